"""How far the company has come, what is under way, and what happens next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from employee_pulse.ballots.register.models import Roll
from employee_pulse.foundation.db import db
from employee_pulse.foundation.phrases import Phrase
from employee_pulse.home.rules import Standing
from employee_pulse.org import queries as org
from employee_pulse.results.models import Publication
from employee_pulse.scheduler import queries as scheduler
from employee_pulse.scheduler.models import JobRun
from employee_pulse.surveys import queries as surveys
from employee_pulse.surveys.models import Program, Wave
from employee_pulse.surveys.rules.waves import TooFewPeople


@dataclass(frozen=True)
class Ahead:
    """Something a wave will do by itself."""

    at: datetime
    opens: bool
    program: Program
    wave: Wave


@dataclass(frozen=True)
class Held:
    """A wave that should be open and could not be, with the reason."""

    program: Program
    wave: Wave
    reason: Phrase


@dataclass(frozen=True)
class CheckableWave:
    """A wave with what anybody may compare: the hash of its sheet, and its public pages."""

    program: Program
    wave: Wave
    sheet_hash: str
    published: bool


@dataclass(frozen=True)
class SchedulerState:
    """When the clock last did anything, and which jobs failed last time."""

    last_run_at: datetime | None
    failed: Sequence[JobRun]


def standing(on: date) -> Standing:
    """How far the company has come."""
    launched = func.count(Program.launched_at)
    programs, launched_programs = db.session.execute(select(func.count(Program.id), launched)).one()
    published = select(func.count(Publication.published_at))
    return Standing(
        people=sum(org.headcounts(on).values()),
        programs=programs,
        launched=launched_programs,
        published=db.session.scalar(published) or 0,
    )


def ahead(now: datetime, *, limit: int) -> list[Ahead]:
    """The next openings and closings of running programs, the earliest first."""
    rows = db.session.execute(
        select(Program, Wave)
        .join(Wave, Wave.program_id == Program.id)
        .where(Wave.closes_at > now, Wave.closed_at.is_(None), Wave.missed_at.is_(None))
        .where(Program.launched_at.is_not(None), Program.ended_at.is_(None))
        .order_by(Wave.opens_at)
    )
    events = [
        Ahead(
            wave.closes_at if wave.opened_at else wave.opens_at, not wave.opened_at, program, wave
        )
        for program, wave in rows
    ]
    return sorted((event for event in events if event.at > now), key=lambda event: event.at)[:limit]


def held() -> list[Held]:
    """Waves that should be open and could not be."""
    rows = db.session.execute(
        select(Program, Wave)
        .join(Wave, Wave.program_id == Program.id)
        .where(Wave.hold_reason.is_not(None), Wave.opened_at.is_(None), Wave.missed_at.is_(None))
        .where(Program.ended_at.is_(None))
        .order_by(Wave.opens_at)
    )
    return [
        Held(program, wave, Phrase(reason["msgid"], reason["params"]))
        for program, wave in rows
        if (reason := wave.hold_reason)
    ]


def unasked(now: datetime, *, min_company: int) -> list[Held]:
    """Open waves whose roll cannot be drawn, because people have left since they opened."""
    rows = db.session.execute(
        select(Program, Wave)
        .join(Wave, Wave.program_id == Program.id)
        .outerjoin(Roll, Roll.wave_id == Wave.id)
        .where(Wave.opened_at.is_not(None), Wave.closed_at.is_(None), Wave.closes_at > now)
        .where(Roll.wave_id.is_(None))
        .order_by(Wave.opens_at)
    ).all()
    return [
        Held(program, wave, TooFewPeople(count=people, minimum=min_company).phrase)
        for program, wave in rows
        if (people := surveys.people_asked(program, now)) < min_company
    ]


def checkable_waves(*, limit: int) -> list[CheckableWave]:
    """Waves that have a sheet, the newest first."""
    rows = db.session.execute(
        select(Program, Wave, Roll.sheet_hash, Publication.published_at)
        .join(Wave, Wave.program_id == Program.id)
        .join(Roll, Roll.wave_id == Wave.id)
        .outerjoin(Publication, Publication.wave_id == Wave.id)
        .order_by(Wave.opens_at.desc(), Wave.id.desc())
        .limit(limit)
    )
    return [
        CheckableWave(program, wave, sheet_hash, published_at is not None)
        for program, wave, sheet_hash, published_at in rows
    ]


def scheduler_state() -> SchedulerState:
    runs = scheduler.last_runs()
    return SchedulerState(
        last_run_at=runs[0].started_at if runs else None,
        failed=[run for run in runs if run.error is not None],
    )
