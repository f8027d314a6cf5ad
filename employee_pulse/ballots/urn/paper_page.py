"""What the plain page for paper codes shows of a wave."""

from datetime import datetime
from typing import Any

from flask_babel import force_locale

from employee_pulse.ballots.urn.paper_form import PREFIX, PaperForm, too_long, unanswered
from employee_pulse.ballots.wording import closing_words
from employee_pulse.foundation.db import db
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.translation import LANGUAGES, say
from employee_pulse.surveys import queries as surveys
from employee_pulse.surveys.models import Program, Wave
from employee_pulse.surveys.rules.questions import QuestionKind
from employee_pulse.surveys.rules.waves import WaveState, state

_BEFORE = frozenset({WaveState.PLANNED, WaveState.DUE, WaveState.HELD})


def paper_page_context(wave_id: int, *, now: datetime) -> dict[str, Any] | None:
    """The same for everybody; ``stage`` is form, not_ready or closed. None: no such wave."""
    wave = surveys.wave(wave_id)
    if wave is None:
        return None
    program = db.session.get_one(Program, wave.program_id)
    questions = surveys.wave_questions(wave_id)
    return {
        "wave": wave,
        "program": program,
        "stage": _stage(wave, now),
        "questions": questions,
        "scored": [q for q in questions if q.kind is not QuestionKind.FREE_TEXT],
        "prefix": PREFIX,
        "closes": {
            language: closing_words(wave.closes_at, program.timezone, language)
            for language in LANGUAGES
        },
        "form": None,
        "missing": (),
        "too_long": (),
    }


def with_errors(context: dict[str, Any], form: PaperForm) -> dict[str, Any]:
    """The form as it was typed; what is wrong stands beside it."""
    return context | {
        "form": form,
        "code_wrong": form.paper_code is None,
        "missing": unanswered(form, context["questions"]),
        "too_long": too_long(form),
    }


def has_errors(context: dict[str, Any]) -> bool:
    return bool(context["code_wrong"] or context["missing"] or context["too_long"])


def in_both(refusal: Refused) -> dict[str, str]:
    """The page holds both languages, so the refusal is said in both."""
    said = {}
    for language in LANGUAGES:
        with force_locale(language):
            said[language] = say(refusal.phrase)
    return said


def _stage(wave: Wave, now: datetime) -> str:
    found = state(wave, now)
    if found in _BEFORE:
        return "not_ready"
    return "form" if found is WaveState.OPEN else "closed"
