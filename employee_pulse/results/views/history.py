"""Import of an earlier tool's results: choose a file, check it, confirm."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db, transaction
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.table_file import Table, TableRefused, read_table, write_csv
from employee_pulse.foundation.translation import say
from employee_pulse.results import queries, service, wording
from employee_pulse.results.forms import HistoryForm
from employee_pulse.results.models import HistoryUpload
from employee_pulse.results.policy import present_thresholds
from employee_pulse.results.rules.history import COLUMNS, History
from employee_pulse.results.views.pages import blueprint
from employee_pulse.results.wording import gettext as _
from employee_pulse.surveys import queries as surveys
from employee_pulse.surveys.models import Program

SHOWN = 100
"""Errors listed on the page; all of them are in the file to download."""
EXAMPLE = (
    ("2025-11", "HQ", "LEAD-01", 120, "4|11|30|52|23", None, None),
    ("2025-11", "SALES", "LEAD-01", 34, "1|3|8|15|7", None, None),
    ("2025-11", "SALES-NORTH", "LEAD-01", None, None, None, None),
    ("2025-11", "HQ", "COMM-01", 118, None, 3.62, 1.04),
)


@dataclass(frozen=True)
class _Seen:
    upload: HistoryUpload
    table: Table
    history: History


@blueprint.route("/app/results/history", methods=["GET", "POST"])
def history() -> ResponseReturnValue:
    form = _form()
    if form.validate_on_submit():
        content, filename = form.file.data.read(), form.file.data.filename or ""
        try:
            read_table(content, filename=filename)
        except TableRefused as refused:
            form.file.errors = [say(refused.phrase)]
            return render_template("results/history.html", form=form), refused.status
        with transaction():
            upload = service.keep_upload(
                program_id=form.program_id.data,
                filename=filename,
                content=content,
                by_id=g.account.id,
                now=clock.now(),
            )
            address = url_for("results.history_preview", upload_id=upload.id)
        return redirect(address)
    return render_template("results/history.html", form=form), 400 if form.errors else 200


@blueprint.get("/app/results/history/<int:upload_id>")
def history_preview(upload_id: int) -> ResponseReturnValue:
    upload = _upload(upload_id)
    if upload.applied_at is not None:
        return redirect(url_for("results.program", program_id=upload.program_id))
    seen = _look_at(upload)
    return render_template(
        "results/history_preview.html",
        seen=seen,
        shown=SHOWN,
        program=db.session.get_one(Program, seen.upload.program_id),
    )


@blueprint.post("/app/results/history/<int:upload_id>")
def history_confirm(upload_id: int) -> ResponseReturnValue:
    upload = _upload(upload_id)
    if upload.applied_at is not None:
        return redirect(url_for("results.program", program_id=upload.program_id))
    seen = _look_at(upload)
    try:
        with transaction():
            imported = service.import_upload(
                seen.upload, seen.table, thresholds=present_thresholds(), now=clock.now()
            )
    except Refused as refused:
        flash(say(refused.phrase), "warning")
        return redirect(url_for("results.history_preview", upload_id=upload_id))
    flash(
        _(
            "Imported %(cells)s figures of %(periods)s periods; %(unchanged)s were there already.",
            cells=imported.cells,
            periods=len(imported.periods),
            unchanged=len(imported.unchanged),
        )
    )
    return redirect(url_for("results.program", program_id=seen.upload.program_id))


@blueprint.get("/app/results/history/<int:upload_id>/errors.csv")
def history_errors(upload_id: int) -> Response:
    rows = [
        (error.line, error.column, error.value, say(error.problem))
        for error in _look_at(_upload(upload_id)).history.errors
    ]
    return _csv("history-errors.csv", [_("Line"), _("Column"), _("Value"), _("Reason")], rows)


@blueprint.get("/app/results/history/template.csv")
def history_template() -> Response:
    return _csv("history-template.csv", list(COLUMNS), EXAMPLE)


def _form() -> HistoryForm:
    form = HistoryForm()
    form.program_id.choices = [
        (line.program.id, wording.program_name(line.program)) for line in surveys.programs()
    ]
    return form


def _upload(upload_id: int) -> HistoryUpload:
    upload = queries.upload(upload_id)
    if upload is None:
        abort(404)
    return upload


def _look_at(upload: HistoryUpload) -> _Seen:
    table = read_table(upload.content, filename=upload.filename)
    history = service.check_history(
        program_id=upload.program_id, table=table, thresholds=present_thresholds()
    )
    return _Seen(upload, table, history)


def _csv(filename: str, columns: list[str], rows: Sequence[Sequence[object]]) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return Response(write_csv(columns, rows), mimetype="text/csv", headers=headers)
