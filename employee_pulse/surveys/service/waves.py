"""Waves: plan, open, hold, close, move the closing."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import update

from employee_pulse.anonymity.keyring import Keyring
from employee_pulse.foundation.db import db
from employee_pulse.foundation.phrases import Phrase
from employee_pulse.surveys import queries
from employee_pulse.surveys.models import Program, Wave, WaveQuestion
from employee_pulse.surveys.rules.periods import parse_period
from employee_pulse.surveys.rules.programs import ProgramState, program_state
from employee_pulse.surveys.rules.questions import questions_hash
from employee_pulse.surveys.rules.schedule import WaveDates, upcoming, wave_dates
from employee_pulse.surveys.rules.thresholds import DEFAULT_THRESHOLDS, Thresholds
from employee_pulse.surveys.rules.waves import (
    AskedRecently,
    TooFewPeople,
    check_closing,
    closing_if_opened,
)

PLANNED_AHEAD = 3
MIN_COMPANY = 5
BURDEN_DAYS = 21


def plan_waves(program: Program, *, now: datetime, holidays: frozenset[date]) -> int:
    """Store the coming waves, three ahead, and every one since the last; say how many are new.

    Dates of waves that are still to come follow the holidays as they are known now.
    """
    # One planner at a time: the row of the program is the lock, and may be another one after it.
    db.session.flush()
    db.session.refresh(program, with_for_update=True)
    if program_state(program.launched_at, program.ended_at) is not ProgramState.RUNNING:
        return 0
    waves = {wave.period: wave for wave in queries.waves(program.id)}
    for wave in waves.values():
        if _is_waiting(wave) and wave.opens_at > now:
            _write_dates(wave, wave_dates(program.schedule, parse_period(wave.period), holidays))
    held = [wave.closes_at for wave in waves.values() if wave.opened_at or wave.missed_at]
    since = max([program.scheduled_at or now, *held])
    ahead = added = 0
    for dates in upcoming(program.schedule, since=since, holidays=holidays):
        if ahead == PLANNED_AHEAD:
            break
        known = waves.get(dates.period.label)
        if known is None:
            db.session.add(_new_wave(program, dates))
            added += 1
        if dates.opens_at > now and (known is None or _is_waiting(known)):
            ahead += 1
    db.session.flush()
    return added


def open_wave(
    *,
    wave_id: int,
    now: datetime,
    keyring: Keyring,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
    min_company: int = MIN_COMPANY,
    burden_days: int = BURDEN_DAYS,
) -> bool:
    """Open a due wave unless it is open already; say whether we did.

    What is asked, the thresholds and the public sealing key are frozen with it. A period whose
    time has passed is recorded as missed. Raises ``Refused`` with the reason if it must wait.
    """
    wave = db.session.get(Wave, wave_id)
    if wave is None or not _is_waiting(wave) or wave.opens_at > now:
        return False
    program = db.session.get_one(Program, wave.program_id)
    closes_at = closing_if_opened(
        program.schedule,
        opens_at=wave.opens_at,
        closes_at=wave.closes_at,
        now=now,
        holidays=queries.planning_holidays(now),
    )
    if closes_at is None:
        _claim(wave_id, missed_at=now)
        return False
    keyring.check()
    _check_people(program, now=now, minimum=min_company)
    _check_burden(program, now=now, days=burden_days)
    if not _claim(wave_id, opened_at=now, closes_at=closes_at, hold_reason=None):
        return False
    db.session.refresh(wave)
    wave.sealing_key = keyring.create(f"wave-{wave_id}")
    wave.thresholds = dict(_promised(thresholds, program).as_json())
    wave.questions_hash = _freeze_questions(wave, program)
    return True


def hold_wave(*, wave_id: int, reason: Phrase) -> None:
    """Write down, for HR, why a due wave does not open."""
    params = {name: str(value) for name, value in reason.params.items()}
    _claim(wave_id, hold_reason={"msgid": reason.msgid, "params": params})


def close_wave(*, wave_id: int, now: datetime) -> bool:
    """Note that a wave's closing has come; say whether we did."""
    claim = (
        update(Wave)
        .where(
            Wave.id == wave_id,
            Wave.opened_at.is_not(None),
            Wave.closed_at.is_(None),
            Wave.closes_at <= now,
        )
        .values(closed_at=now)
        .returning(Wave.id)
    )
    return db.session.scalar(claim) is not None


def move_closing(wave: Wave, *, closes_at: datetime, now: datetime) -> None:
    """The one thing that a person may change about an open wave."""
    db.session.refresh(wave, with_for_update=True)  # The clock may be closing it right now.
    following = queries.next_planned(wave)
    program = db.session.get_one(Program, wave.program_id)
    check_closing(
        wave,
        closes_at,
        now=now,
        next_opens_at=following.opens_at if following else None,
        timezone=program.timezone,
    )
    wave.closes_at = closes_at


def _is_waiting(wave: Wave) -> bool:
    return wave.opened_at is None and wave.missed_at is None and wave.imported_at is None


def _claim(wave_id: int, **values: Any) -> bool:
    """Change a wave that has neither opened nor been missed; only one worker succeeds."""
    claim = (
        update(Wave)
        .where(Wave.id == wave_id, Wave.opened_at.is_(None), Wave.missed_at.is_(None))
        .values(**values)
        .returning(Wave.id)
    )
    return db.session.scalar(claim) is not None


def _new_wave(program: Program, dates: WaveDates) -> Wave:
    return Wave(
        program_id=program.id,
        period=dates.period.label,
        opens_at=dates.opens_at,
        closes_at=dates.closes_at,
    )


def _write_dates(wave: Wave, dates: WaveDates) -> None:
    wave.opens_at, wave.closes_at = dates.opens_at, dates.closes_at


def _promised(thresholds: Thresholds, program: Program) -> Thresholds:
    return thresholds.with_scores(max(thresholds.scores, program.min_scores))


def _check_people(program: Program, *, now: datetime, minimum: int) -> None:
    count = queries.people_asked(program, now)
    if count < minimum:
        raise TooFewPeople(count=count, minimum=minimum)


def _check_burden(program: Program, *, now: datetime, days: int) -> None:
    if program.burden_override:
        return
    others = {
        other.id: other for other in queries.sharing_people(program) if not other.burden_override
    }
    for wave in queries.asked_since(others, now - timedelta(days=days)):
        raise AskedRecently(program=others[wave.program_id].title, days=days)


def _freeze_questions(wave: Wave, program: Program) -> str:
    """Copy what is asked, as worded now; give the hash of it that goes onto the sheet."""
    codes = [part.question_code for part in program.questions]
    current = {question.code: question for question in queries.current_questions(codes=codes)}
    frozen = [
        current[code].as_asked(position=position) for position, code in enumerate(codes, start=1)
    ]
    db.session.add_all(WaveQuestion(wave_id=wave.id, **question) for question in frozen)
    db.session.flush()
    return questions_hash(frozen)
