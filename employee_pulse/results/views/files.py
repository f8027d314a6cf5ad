"""Charts and the data behind them, all from the screens that the pages show."""

from collections.abc import Callable

from flask import Response, g, request

from employee_pulse.charts import specs
from employee_pulse.charts.specs import Chart, Size
from employee_pulse.foundation.table_file import write_csv
from employee_pulse.results.rules.readings import Figure
from employee_pulse.results.screens import heatmap, trend
from employee_pulse.results.screens.choice import Choice, choose
from employee_pulse.results.views.pages import blueprint
from employee_pulse.results.wording import gettext as _

_TYPES = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}


@blueprint.get("/app/results/<int:program_id>/trend.png")
def trend_png(program_id: int) -> Response:
    return _drawn(_trend(program_id), "png")


@blueprint.get("/app/results/<int:program_id>/trend.svg")
def trend_svg(program_id: int) -> Response:
    return _drawn(_trend(program_id), "svg")


@blueprint.get("/app/results/<int:program_id>/trend.pdf")
def trend_pdf(program_id: int) -> Response:
    return _drawn(_trend(program_id), "pdf")


@blueprint.get("/app/results/<int:program_id>/trend.csv")
def trend_csv(program_id: int) -> Response:
    screen = trend.build(_choice(program_id))
    return _table("trend", [*screen.columns, _("Note")], screen.csv_rows())


@blueprint.get("/app/results/<int:program_id>/heatmap.png")
def heatmap_png(program_id: int) -> Response:
    return _drawn(heatmap.chart(heatmap.build(_choice(program_id, Figure.FAVORABLE))), "png")


@blueprint.get("/app/results/<int:program_id>/heatmap.csv")
def heatmap_csv(program_id: int) -> Response:
    screen = heatmap.build(_choice(program_id, Figure.FAVORABLE))
    columns = [_("Department code"), _("Department"), *(name for _m, name in screen.columns)]
    return _table("heatmap", columns, screen.csv_rows())


def _choice(program_id: int, default: Figure | None = None) -> Choice:
    return choose(program_id, g.account, request.args, default=default)


def _trend(program_id: int) -> Chart:
    sizes = {size.value: size for size in Size}
    size = sizes.get(request.args.get("size", ""), Size.SLIDE)
    return trend.chart(trend.build(_choice(program_id)), size)


def _drawn(chart: Chart, kind: str) -> Response:
    """The picture, unless the browser has it already: then nothing is drawn."""
    response = Response(mimetype=_TYPES[kind])
    response.set_etag(f"{specs.fingerprint(chart)}-{kind}")
    response.cache_control.private = True
    response.cache_control.no_cache = True
    if response.make_conditional(request).status_code == 304:
        return response
    # Imported here, so that a process that draws nothing does not hold Matplotlib.
    from employee_pulse.charts import export, pdf

    draw: dict[str, Callable[[Chart], bytes]] = {
        "png": export.png,
        "svg": export.svg,
        "pdf": pdf.draw_apart,
    }
    response.set_data(draw[kind](chart))
    return _named(response, f"{type(chart).__name__.removesuffix('Chart').lower()}.{kind}")


def _table(name: str, columns: list[str], rows: list[list[object]]) -> Response:
    response = Response(write_csv(columns, rows), mimetype="text/csv")
    response.add_etag()
    response.cache_control.private = True
    response.cache_control.no_cache = True
    response.make_conditional(request)
    return _named(response, f"{name}.csv")


def _named(response: Response, filename: str) -> Response:
    """The name a download gets; a picture in a page is shown all the same."""
    response.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    return response
