"""What the page says by which anybody can check that everybody got the same survey."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import select

from employee_pulse.ballots.register import queries
from employee_pulse.ballots.register.models import Roll
from employee_pulse.ballots.waves import WaveUnknown
from employee_pulse.ballots.wording import closing_words
from employee_pulse.foundation.db import db
from employee_pulse.surveys import queries as surveys
from employee_pulse.surveys.models import Program, Wave
from employee_pulse.surveys.rules.waves import WaveState, state

_TO_COME = frozenset({WaveState.PLANNED, WaveState.DUE, WaveState.HELD, WaveState.OPEN})


def check_page_context(wave_id: int, *, now: datetime) -> dict[str, Any]:
    """Everything the template needs; without a sheet, ``to_come``: there will be one."""
    wave = surveys.wave(wave_id)
    if wave is None:
        raise WaveUnknown
    program = db.session.get_one(Program, wave.program_id)
    roll = queries.roll(wave_id)
    facts = sheet_facts(roll) if roll else None
    now_closing = _in_both(wave.closes_at, program.timezone)
    closing = now_closing
    if facts:
        closing = _in_both(datetime.fromisoformat(facts["closes_at"]), program.timezone)
    return {
        "wave": wave,
        "program": program,
        "to_come": state(wave, now) in _TO_COME,
        "facts": facts,
        "sheet_hash": roll.sheet_hash if roll else None,
        "closes": closing,
        "moved_to": now_closing if now_closing != closing else None,
    }


def sheet_facts(roll: Roll) -> dict[str, Any]:
    """What a sheet says, without its keys, and which sheets came before it; plain JSON."""
    sheet = json.loads(roll.sheet)
    return {
        "wave": roll.wave_id,
        "sheet_hash": roll.sheet_hash,
        "closes_at": sheet["closes_at"],
        "questions": sheet["questions"],
        "thresholds": sheet["thresholds"],
        "groups": [
            {"id": group["id"], "label": group["label"], "eligible": group["eligible"]}
            for group in sheet["groups"]
        ],
        "earlier": _earlier(sheet["previous"]),
    }


def _in_both(moment: datetime, timezone: str) -> dict[str, str]:
    return {language: closing_words(moment, timezone, language) for language in ("ko", "en")}


def _earlier(previous: str | None) -> list[dict[str, Any]]:
    """The chain as the sheets themselves name it, latest first, as far as it is known here."""
    chain = []
    while previous is not None:
        found = db.session.execute(
            select(Wave.id, Wave.period, Roll.sheet)
            .join(Roll, Roll.wave_id == Wave.id)
            .where(Roll.sheet_hash == previous)
        ).one_or_none()
        wave_id, period, sheet = found or (None, None, None)
        chain.append({"wave": wave_id, "period": period, "sheet_hash": previous})
        previous = json.loads(sheet)["previous"] if sheet else None
    return chain
