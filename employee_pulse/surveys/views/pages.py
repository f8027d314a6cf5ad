"""What the pages of surveys share: the blueprint, dates in a program's zone, refusals in forms."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from flask import Blueprint, abort, current_app
from flask_babel import get_locale
from flask_wtf import FlaskForm

from employee_pulse.foundation import clock
from employee_pulse.foundation.db import transaction
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import Phrase
from employee_pulse.foundation.translation import current_language, say
from employee_pulse.surveys import queries
from employee_pulse.surveys.models import Program, Question, Wave
from employee_pulse.surveys.rules.programs import (
    CADENCE_LABELS,
    PROGRAM_STATE_LABELS,
    program_state,
)
from employee_pulse.surveys.rules.questions import DIMENSION_LABELS, KIND_LABELS, Dimension
from employee_pulse.surveys.rules.waves import STATE_LABELS

blueprint = Blueprint("surveys", __name__, url_prefix="/app")


@blueprint.app_template_filter("in_zone")
def in_zone(value: datetime, timezone: str) -> str:
    """Day and time of day in a program's zone; the zone is named if it is not the company's."""
    local = value.astimezone(ZoneInfo(timezone))
    words = f"{format_skeleton('MMMEd', local, locale=get_locale())} {local:%H:%M}"
    return words if timezone == current_app.config["TIMEZONE"] else f"{words} ({timezone})"


@blueprint.app_template_filter("in_language")
def in_language(named: Any, field: str = "name") -> str:
    """The Korean or English text of something that has both, by the language of the page."""
    text: str = getattr(named, f"{field}_{current_language()}")
    return text


@blueprint.app_template_filter("promised_scores")
def promised_scores(program: Program) -> int:
    """From how many people on scores of its next wave are shown."""
    minimum: int = current_app.config["POLICY"].min_scores
    return max(program.min_scores, minimum)


@blueprint.app_template_global("moved_waves")
def moved_waves(day: date) -> list[queries.MovedWave]:
    """For the page of holidays, whose room knows no waves."""
    return queries.moved_waves(day, clock.now())


@blueprint.context_processor
def labels() -> dict[str, Any]:
    return {
        "cadences": CADENCE_LABELS,
        "dimensions": DIMENSION_LABELS,
        "kinds": KIND_LABELS,
        "program_states": PROGRAM_STATE_LABELS,
        "program_state": program_state,
        "wave_states": STATE_LABELS,
    }


def program_or_404(program_id: int) -> Program:
    return queries.program(program_id) or abort(404)


def saved(form: FlaskForm, change: Callable[[], object]) -> bool:
    """Whether the form was in order and the change made; what stands against it is in the form."""
    if not form.validate_on_submit():
        return False
    try:
        with transaction():
            change()
    except Refused as refusal:
        _refuse(form, refusal)
        return False
    return True


def by_dimension(questions: Iterable[Question]) -> list[tuple[Dimension, list[Question]]]:
    """Questions that come in the order of the bank, a section for each dimension."""
    sections = groupby(questions, attrgetter("dimension"))
    return [(dimension, list(part)) for dimension, part in sections]


def burden(program: Program) -> dict[str, Any]:
    """Openings too close to those of programs that ask the same people, as the program is now."""
    now = clock.now()
    days = current_app.config["POLICY"].burden_days
    holidays = queries.planning_holidays(now)
    crossings = queries.crossings_of(program, now=now, holidays=holidays, burden_days=days)
    return {"crossings": crossings, "burden_days": days}


def hold_reason(wave: Wave) -> Phrase | None:
    """Why a wave waits, to be said in the language of the page."""
    stored = wave.hold_reason
    return Phrase(stored["msgid"], stored["params"]) if stored else None


def _refuse(form: FlaskForm, refusal: Refused) -> None:
    """Put a refusal next to the field it is about, or above the form."""
    name = getattr(refusal, "field", "")
    words = say(refusal.phrase)
    if name in form:
        form[name].errors = [*form[name].errors, words]
    else:
        form.form_errors.append(words)
