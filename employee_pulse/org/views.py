"""Pages of the organization: departments, roster import, holidays."""

from datetime import date
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from employee_pulse.foundation import clock
from employee_pulse.foundation.db import transaction
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.table_file import MAX_BYTES, TableRefused, read_table, write_csv
from employee_pulse.foundation.table_refusals import FileTooLarge
from employee_pulse.foundation.translation import say
from employee_pulse.org import queries, service
from employee_pulse.org.forms import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    ColumnsForm,
    ConfirmForm,
    DayForm,
    HolidayForm,
    UploadForm,
)
from employee_pulse.org.models import RosterUpload
from employee_pulse.org.preview import Preview
from employee_pulse.org.preview import preview as look_at
from employee_pulse.org.rules.columns import LABELS

_DRAINED = 512 * 1024**2

blueprint = Blueprint("org", __name__, url_prefix="/app")

SHOWN = 100
"""Rows of a list on the preview; the counts above it are of all."""


@blueprint.get("/organization/")
def departments() -> str:
    branches = queries.tree(_today())
    closed = [each for each in queries.departments(with_closed=True) if each.closed_on]
    return render_template("org/departments.html", branches=branches, closed=closed)


@blueprint.route("/organization/import", methods=["GET", "POST"])
def upload() -> ResponseReturnValue:
    form = UploadForm()
    if form.validate_on_submit():
        content = form.file.data.read()
        filename = form.file.data.filename or ""
        try:
            read_table(content, filename=filename)
        except TableRefused as refused:
            form.file.errors = [say(refused.phrase)]
            return render_template("org/upload.html", form=form), refused.status
        with transaction():
            kept = service.keep_upload(
                filename=filename[-255:], content=content, by_id=g.account.id, now=clock.now()
            )
            address = url_for("org.preview", upload_id=kept.id)
        return redirect(address)
    return render_template("org/upload.html", form=form), 400 if form.errors else 200


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """The form again. The rest of the body is read, or the browser would see no answer at all."""
    left = min(request.content_length or 0, _DRAINED)
    while left > 0 and (chunk := request.environ["wsgi.input"].read(min(left, 1024**2))):
        left -= len(chunk)
    form = UploadForm(formdata=None)
    form.file.errors = [say(FileTooLarge(megabytes=MAX_BYTES // 1024**2).phrase)]
    return render_template("org/upload.html", form=form), 413


@blueprint.get("/organization/import/<int:upload_id>")
def preview(upload_id: int) -> ResponseReturnValue:
    waiting = _upload(upload_id)
    if waiting.applied_at is not None:
        flash(say(service.AlreadyApplied().phrase), "info")
        return redirect(url_for("org.departments"))
    seen = _preview(waiting)
    return _preview_page(waiting, seen, _columns_form(seen, formdata=None))


@blueprint.post("/organization/import/<int:upload_id>/columns")
def map_columns(upload_id: int) -> ResponseReturnValue:
    waiting = _upload(upload_id)
    seen = _preview(waiting)
    form = _columns_form(seen)
    if not form.validate_on_submit():
        return _preview_page(waiting, seen, form), 400
    with transaction():
        service.map_columns(waiting, columns=form.chosen())
    return redirect(url_for("org.preview", upload_id=upload_id))


@blueprint.post("/organization/import/<int:upload_id>")
def confirm(upload_id: int) -> ResponseReturnValue:
    form = ConfirmForm()
    if not form.validate_on_submit():
        abort(400)
    try:
        with transaction():
            _confirm(_upload(upload_id), form)
    except Refused as refused:
        flash(say(refused.phrase), "warning")
        return redirect(url_for("org.preview", upload_id=upload_id))
    flash(_("The roster is applied."))
    return redirect(url_for("org.departments"))


@blueprint.get("/organization/import/<int:upload_id>/errors.csv")
def errors_csv(upload_id: int) -> Response:
    rows = [
        (error.line, error.column, error.value, say(error.problem))
        for error in _preview(_upload(upload_id)).errors
    ]
    content = write_csv([_("Line"), _("Column"), _("Value"), _("Reason")], rows)
    headers = {"Content-Disposition": 'attachment; filename="roster-errors.csv"'}
    return Response(content, mimetype="text/csv", headers=headers)


@blueprint.get("/holidays")
def holidays() -> str:
    return _holidays_page(HolidayForm(formdata=None))


@blueprint.post("/holidays")
def add_holiday() -> ResponseReturnValue:
    form = HolidayForm()
    if not form.validate_on_submit() or form.day.data is None:
        return _holidays_page(form), 400
    day, name = form.day.data, form.name.data or ""
    try:
        with transaction():
            service.add_holiday(day=day, name=name, by_id=g.account.id, now=clock.now())
    except service.AlreadyOff as refused:
        form.day.errors = [say(refused.phrase)]
        return _holidays_page(form), refused.status
    return redirect(url_for("org.holidays", year=day.year, added=day.isoformat()))


@blueprint.post("/holidays/remove")
def remove_holiday() -> ResponseReturnValue:
    form = DayForm()
    if not form.validate_on_submit() or form.day.data is None:
        abort(400)
    day = form.day.data
    with transaction():
        name = service.remove_holiday(day=day, by_id=g.account.id, now=clock.now())
    return redirect(url_for("org.holidays", year=day.year, removed=day.isoformat(), name=name))


def _holidays_page(form: HolidayForm) -> str:
    this_year = _today().year
    year = request.args.get("year", this_year, type=int)
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        abort(404)
    return render_template(
        "org/holidays.html",
        form=form,
        year=year,
        years=range(this_year - 1, this_year + 3),
        days=queries.holiday_calendar(year),
        changes=queries.holiday_changes(limit=10),
        added=_day_argument("added"),
        removed=_day_argument("removed"),
    )


def _day_argument(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _today() -> date:
    return clock.today(current_app.config["TIMEZONE"])


def _upload(upload_id: int) -> RosterUpload:
    return queries.upload(upload_id) or abort(404)


def _preview(waiting: RosterUpload) -> Preview:
    if waiting.applied_at is not None:
        raise service.AlreadyApplied
    return look_at(
        waiting.content, filename=waiting.filename, today=_today(), columns=waiting.columns
    )


def _columns_form(seen: Preview, **kwargs: Any) -> ColumnsForm:
    understood = {field.value: header for field, header in seen.columns.items()}
    return ColumnsForm.over(seen.table.columns, data=understood, **kwargs)


def _preview_page(waiting: RosterUpload, seen: Preview, form: ColumnsForm) -> str:
    confirmation = ConfirmForm(formdata=None)
    if seen.difference is not None:
        confirmation.digest.data = seen.difference.digest
    return render_template(
        "org/preview.html",
        upload=waiting,
        seen=seen,
        form=form,
        confirmation=confirmation,
        labels=LABELS,
        limit=current_app.config["POLICY"].deactivation_share,
        shown=SHOWN,
    )


def _confirm(waiting: RosterUpload, form: ConfirmForm) -> None:
    roster = _preview(waiting).roster
    if roster is None:
        raise service.OrganizationChanged
    service.confirm_upload(
        waiting,
        roster,
        expected=form.digest.data or "",
        allow_deactivation=form.allow_deactivation.data,
        limit=current_app.config["POLICY"].deactivation_share,
        today=_today(),
        now=clock.now(),
    )
