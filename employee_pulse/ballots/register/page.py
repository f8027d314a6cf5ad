"""What the ballot page shows of a wave, and the checksums of its scripts."""

from base64 import b64encode
from datetime import datetime
from functools import cache
from hashlib import sha384
from pathlib import Path
from typing import Any

from employee_pulse.ballots.register import queries
from employee_pulse.ballots.register.models import Roll
from employee_pulse.ballots.waves import WaveUnknown
from employee_pulse.ballots.wording import closing_words
from employee_pulse.foundation.db import db
from employee_pulse.surveys import queries as surveys
from employee_pulse.surveys.models import Program, Wave
from employee_pulse.surveys.rules.questions import QuestionKind, minutes
from employee_pulse.surveys.rules.waves import WaveState, state

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
"""Of every page under ``/ballot``."""

_STATIC = Path(__file__).parents[2] / "static"
_NOT_READY = frozenset({WaveState.PLANNED, WaveState.DUE, WaveState.HELD})


def ballot_page_context(wave_id: int, *, now: datetime) -> dict[str, Any]:
    """Everything the template needs; ``state`` is open, not_ready, closed or published."""
    wave = surveys.wave(wave_id)
    if wave is None:
        raise WaveUnknown
    program = db.session.get_one(Program, wave.program_id)
    roll = queries.roll(wave_id)
    questions = surveys.wave_questions(wave_id)
    return {
        "wave": wave,
        "program": program,
        "sheet_hash": roll.sheet_hash if roll else None,
        "state": _page_state(wave, roll, now),
        "questions": questions,
        "scored": [q for q in questions if q.kind is not QuestionKind.FREE_TEXT],
        "minutes": minutes([question.kind for question in questions]),
        "closes": {
            language: closing_words(wave.closes_at, program.timezone, language)
            for language in ("ko", "en")
        },
    }


def integrity(filename: str) -> str:
    """The checksum by which the browser accepts a static file."""
    return _checksum(filename, (_STATIC / filename).stat().st_mtime_ns)


def _page_state(wave: Wave, roll: Roll | None, now: datetime) -> str:
    found = state(wave, now)
    if found in _NOT_READY or (found is WaveState.OPEN and roll is None):
        return "not_ready"
    if found is WaveState.OPEN:
        return "open"
    return "published" if roll and roll.wrapped_token_key is None else "closed"


@cache
def _checksum(filename: str, changed: int) -> str:
    digest = sha384((_STATIC / filename).read_bytes()).digest()
    return "sha384-" + b64encode(digest).decode()
