"""The page of a wave."""

from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from employee_pulse.foundation import clock
from employee_pulse.surveys import queries, service
from employee_pulse.surveys.forms import ClosingForm
from employee_pulse.surveys.models import Program, Wave
from employee_pulse.surveys.rules.waves import state
from employee_pulse.surveys.views.pages import blueprint, hold_reason, program_or_404, saved


@blueprint.get("/waves/<int:wave_id>")
def wave(wave_id: int) -> ResponseReturnValue:
    found = queries.wave(wave_id) or abort(404)
    program = program_or_404(found.program_id)
    local = found.closes_at.astimezone(ZoneInfo(program.timezone))
    shown = local.replace(second=0, microsecond=0, tzinfo=None)
    return _page(found, program, ClosingForm(formdata=None, data={"closes_at": shown}))


@blueprint.post("/waves/<int:wave_id>/closing")
def move_closing(wave_id: int) -> ResponseReturnValue:
    found = queries.wave(wave_id) or abort(404)
    program = program_or_404(found.program_id)
    form = ClosingForm()
    zone = program.timezone
    if saved(
        form,
        lambda: service.move_closing(found, closes_at=form.moment(zone), now=clock.now()),
    ):
        flash(_("The closing has been moved."), "good")
        return redirect(url_for("surveys.wave", wave_id=wave_id))
    return _page(found, program, form), 400


def _page(wave: Wave, program: Program, form: ClosingForm) -> str:
    return render_template(
        "surveys/wave.html",
        wave=wave,
        program=program,
        state=state(wave, clock.now()),
        reason=hold_reason(wave),
        following=queries.next_planned(wave),
        questions=queries.wave_questions(wave.id),
        form=form,
    )
