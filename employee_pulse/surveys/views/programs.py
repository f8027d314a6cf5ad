"""Pages of programs: the list, one program, launch and end."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from employee_pulse.foundation import clock
from employee_pulse.foundation.db import transaction
from employee_pulse.org import queries as org
from employee_pulse.surveys import queries, service
from employee_pulse.surveys.models import Program
from employee_pulse.surveys.rules.programs import ProgramState, program_state
from employee_pulse.surveys.rules.questions import minutes
from employee_pulse.surveys.rules.waves import WaveState, state
from employee_pulse.surveys.views.pages import blueprint, hold_reason, program_or_404

SHOWN_WAVES = 12
"""Waves of the past on a program's page, until all are asked for."""
_COMING = frozenset({WaveState.PLANNED, WaveState.DUE, WaveState.HELD})


@blueprint.get("/programs")
def programs() -> str:
    now = clock.now()
    return render_template(
        "surveys/programs.html",
        lines=queries.programs(),
        state_of=lambda wave: state(wave, now),
    )


@blueprint.get("/programs/<int:program_id>")
def program(program_id: int) -> ResponseReturnValue:
    found = program_or_404(program_id)
    if program_state(found.launched_at, found.ended_at) is ProgramState.DRAFT:
        step = "surveys.launch" if found.questions else "surveys.edit_questions"
        return redirect(url_for(step, program_id=program_id))
    return render_template("surveys/program.html", program=found, **_facts(found))


@blueprint.post("/programs/<int:program_id>/end")
def end(program_id: int) -> ResponseReturnValue:
    with transaction():
        service.end_program(program_or_404(program_id), now=clock.now())
    flash(_("The program has ended. No further wave opens."), "good")
    return redirect(url_for("surveys.program", program_id=program_id))


@blueprint.post("/programs/<int:program_id>/discard")
def discard(program_id: int) -> ResponseReturnValue:
    with transaction():
        service.discard_draft(program_or_404(program_id))
    flash(_("The draft is deleted."), "good")
    return redirect(url_for("surveys.programs"))


def _facts(program: Program) -> dict[str, Any]:
    now = clock.now()
    waves = queries.waves(program.id)
    states = {wave.id: state(wave, now) for wave in waves}
    past = [wave for wave in waves if states[wave.id] not in _COMING]
    shown = len(past) if "all" in request.args else SHOWN_WAVES
    chosen = {part.department_id for part in program.audience}
    codes = [part.question_code for part in program.questions]
    return {
        "coming": [wave for wave in waves if states[wave.id] in _COMING][::-1],
        "past": past[:shown],
        "left_out": max(0, len(past) - shown),
        "states": states,
        "holds": {wave.id: hold_reason(wave) for wave in waves if wave.hold_reason},
        "departments": [each for each in org.departments(with_closed=True) if each.id in chosen],
        "people": queries.people_asked(program, now),
        "questions": queries.current_questions(codes=codes),
        "minutes": minutes,
        "min_company": current_app.config["POLICY"].min_company,
    }
