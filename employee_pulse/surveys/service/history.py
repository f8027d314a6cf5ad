"""Waves that an earlier tool held."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from employee_pulse.foundation.db import db
from employee_pulse.surveys import queries
from employee_pulse.surveys.models import Program, Wave, WaveQuestion
from employee_pulse.surveys.rules.periods import parse_period


def add_imported_wave(
    program: Program, *, period: str, codes: Sequence[str], now: datetime
) -> Wave:
    """A wave over the whole of a past period, with the present wording of its questions."""
    this = parse_period(period)
    zone = ZoneInfo(program.timezone)
    begins, ends = (
        datetime(each.year, each.first_month, 1, tzinfo=zone).astimezone(UTC)
        for each in (this, this.following)
    )
    wave = Wave(
        program_id=program.id, period=period, opens_at=begins, closes_at=ends, imported_at=now
    )
    db.session.add(wave)
    db.session.flush()
    current = {question.code: question for question in queries.current_questions(codes=codes)}
    db.session.add_all(
        WaveQuestion(wave_id=wave.id, **current[code].as_asked(position=position))
        for position, code in enumerate(codes, start=1)
    )
    return wave
