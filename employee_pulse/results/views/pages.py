"""Pages of published results."""

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from employee_pulse.auth import queries as auth
from employee_pulse.foundation import clock
from employee_pulse.results import queries, wording
from employee_pulse.results.rules.readings import Figure
from employee_pulse.results.screens import comments as comments_screen
from employee_pulse.results.screens import heatmap as heatmap_screen
from employee_pulse.results.screens import overview as overview_screen
from employee_pulse.results.screens import receipts as receipts_screen
from employee_pulse.results.screens import summary as summary_screen
from employee_pulse.results.screens import trend as trend_screen
from employee_pulse.results.screens.choice import Choice, NothingToShow, choose
from employee_pulse.results.screens.overview import Headlines

blueprint = Blueprint("results", __name__)


@blueprint.get("/app/results/")
def index() -> str:
    """Every program; while a wave is open, the participation of the whole company and no more."""
    scope = auth.scope(g.account)
    programs = [
        (standing, _headlines(standing))
        for standing in queries.standings(clock.now())
        if scope is None or standing.latest is not None
    ]
    return render_template(
        "results/index.html", programs=programs, whole=scope is None, wording=wording
    )


@blueprint.get("/app/results/<int:program_id>")
def program(program_id: int) -> str:
    choice = choose(program_id, g.account, request.args)
    return _page("results/program.html", choice, screen=overview_screen.build(choice))


@blueprint.get("/app/results/<int:program_id>/heatmap")
def heatmap(program_id: int) -> str:
    choice = choose(program_id, g.account, request.args, default=Figure.FAVORABLE)
    return _page("results/heatmap.html", choice, screen=heatmap_screen.build(choice))


@blueprint.get("/app/results/<int:program_id>/trend")
def trend(program_id: int) -> str:
    choice = choose(program_id, g.account, request.args)
    return _page("results/trend.html", choice, screen=trend_screen.build(choice))


@blueprint.get("/app/results/<int:program_id>/comments")
def comments(program_id: int) -> str:
    choice = choose(program_id, g.account, request.args)
    screen = comments_screen.build(choice, words=request.args.get("q", ""))
    return _page("results/comments.html", choice, screen=screen)


@blueprint.get("/results/<sheet_hash>")
def summary(sheet_hash: str) -> ResponseReturnValue:
    screen = summary_screen.build(sheet_hash)
    page = render_template("results/summary.html", screen=screen, wording=wording)
    return page, {"Cache-Control": "public, max-age=300"}


@blueprint.get("/results/<sheet_hash>/receipts")
def receipts(sheet_hash: str) -> ResponseReturnValue:
    screen = receipts_screen.build(sheet_hash)
    page = render_template("results/receipts.html", screen=screen, wording=wording)
    return page, {"Cache-Control": "no-cache"}


@blueprint.get("/results/<sheet_hash>/receipts.txt")
def receipts_file(sheet_hash: str) -> ResponseReturnValue:
    screen = receipts_screen.build_published(sheet_hash)
    return screen.file, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-cache"}


def _page(template: str, choice: Choice, **values: object) -> str:
    return render_template(
        template,
        choice=choice,
        wording=wording,
        figures=Figure,
        **values,
    )


def _headlines(standing: queries.Standing) -> Headlines | None:
    """None also where the reader's department is not part of the program."""
    if standing.latest is None:
        return None
    try:
        return overview_screen.headlines(choose(standing.program.id, g.account, {}))
    except NothingToShow:
        return None
