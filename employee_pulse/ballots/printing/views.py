"""HR's page for people without e-mail, and what it prints. Nothing printed is kept."""

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from employee_pulse.ballots.printing.forms import DepartmentForm, GroupForm
from employee_pulse.ballots.printing.sheets import Letters, Slips, draw_apart
from employee_pulse.ballots.printing.wording import letter_sheets, slip_sheets
from employee_pulse.ballots.register import letters as letter_service
from employee_pulse.ballots.register import paper as paper_service
from employee_pulse.ballots.register import queries, without_email
from employee_pulse.ballots.urn import paper as urn_paper
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import transaction
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.translation import say
from employee_pulse.surveys import queries as surveys
from employee_pulse.surveys.models import Wave
from employee_pulse.surveys.rules.thresholds import thresholds_from_json
from employee_pulse.surveys.rules.waves import WaveState, state

blueprint = Blueprint("printing", __name__, url_prefix="/app/waves/<int:wave_id>")
blueprint.add_app_template_global(without_email.count, "without_email_in_wave")


@blueprint.get("/letters")
def people(wave_id: int) -> str:
    wave = surveys.wave(wave_id) or abort(404)
    ready = state(wave, clock.now()) is WaveState.OPEN and queries.roll(wave_id) is not None
    return render_template(
        "ballots/printing.html",
        wave=wave,
        program=surveys.program(wave.program_id),
        ready=ready,
        departments=without_email.by_department(wave_id) if ready else (),
        groups=without_email.by_group(wave_id) if ready else (),
        minimum=thresholds_from_json(wave.thresholds or {}).scores,
        kiosk_address=_address("register.kiosk_page", wave_id),
        paper_address=_address("urn.paper_form", wave_id),
    )


@blueprint.post("/letters.pdf")
def letters(wave_id: int) -> ResponseReturnValue:
    """Of one department or of all. The choice of a group falls with its first print."""
    form = DepartmentForm()
    wave = _wave(wave_id, form)
    try:
        with transaction():
            written = letter_service.write_letters(
                wave_id,
                departments=form.chosen(),
                base_url=current_app.config["BASE_URL"],
                secret=current_app.config["SECRET_KEY"],
                now=clock.now(),
            )
    except Refused as refused:
        return _back(wave_id, refused)
    kiosk = _address("register.kiosk_page", wave_id)
    return _pdf(letter_sheets(wave, written, kiosk_address=kiosk), f"letters-{wave_id}.pdf")


@blueprint.post("/paper-codes.pdf")
def paper_codes(wave_id: int) -> ResponseReturnValue:
    form = GroupForm()
    wave = _wave(wave_id, form)
    group_id = form.group.data or 0
    try:
        with transaction():
            group = paper_service.choose_paper(wave_id, group_id, now=clock.now())
            codes = urn_paper.fill_box(wave_id, group_id, slips=len(group.people))
    except Refused as refused:
        return _back(wave_id, refused)
    sheets = slip_sheets(wave, group, codes, address=_address("urn.paper_form", wave_id))
    return _pdf(sheets, f"paper-codes-{wave_id}-{group_id}.pdf")


def _wave(wave_id: int, form: FlaskForm) -> Wave:
    if not form.validate_on_submit():
        abort(400)
    return surveys.wave(wave_id) or abort(404)


def _back(wave_id: int, refused: Refused) -> ResponseReturnValue:
    flash(say(refused.phrase), "warning")
    return redirect(url_for("printing.people", wave_id=wave_id))


def _address(endpoint: str, wave_id: int) -> str:
    return str(current_app.config["BASE_URL"]) + url_for(endpoint, wave_id=wave_id)


def _pdf(sheets: Letters | Slips, filename: str) -> Response:
    response = Response(draw_apart(sheets), mimetype="application/pdf")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
