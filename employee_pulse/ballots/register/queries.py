"""Rolls, groups and participation; no query here can say who answered what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select

from employee_pulse.ballots.register.models import ReminderRound, ReportingGroup, Roll, RollEntry
from employee_pulse.foundation.db import db
from employee_pulse.org.models import Employee
from employee_pulse.surveys.models import Program, Wave


@dataclass(frozen=True)
class GroupCount:
    """A reporting group; ``issued`` counts signatures until the wave is published."""

    id: int
    department_id: int
    label_ko: str
    label_en: str
    eligible: int
    issued: int


@dataclass(frozen=True)
class Participation:
    """Of the whole company: the only count that is known while a wave is open."""

    eligible: int
    taken: int
    without_email: int
    """People of the roll whom no mail could reach when it was drawn."""


@dataclass(frozen=True)
class OpenRoll:
    """A wave that is under way, with what its mails say."""

    wave_id: int
    sheet_hash: str
    opened_at: datetime
    closes_at: datetime
    program_ko: str
    program_en: str
    timezone: str
    reminder_days: Sequence[int]


@dataclass(frozen=True, slots=True)
class Addressee:
    """Where a mail of an entry goes."""

    employee_id: int
    group_id: int
    email: str
    language: str


def roll(wave_id: int) -> Roll | None:
    return db.session.get(Roll, wave_id)


def groups(wave_id: int) -> list[GroupCount]:
    issued = (
        select(func.count(RollEntry.blinded_hash))
        .where(
            RollEntry.wave_id == ReportingGroup.wave_id,
            RollEntry.group_id == ReportingGroup.department_id,
        )
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(ReportingGroup, issued)
        .where(ReportingGroup.wave_id == wave_id)
        .order_by(ReportingGroup.department_id)
    )
    return [
        GroupCount(
            group.department_id,
            group.department_id,
            group.label_ko,
            group.label_en,
            group.eligible,
            count,
        )
        for group, count in rows
    ]


def participation(wave_id: int) -> Participation:
    eligible, taken = db.session.execute(
        select(func.count(), func.count(RollEntry.blinded_hash)).where(RollEntry.wave_id == wave_id)
    ).one()
    roll = db.session.get(Roll, wave_id)
    return Participation(eligible, taken, roll.without_email if roll else 0)


def waves_without_roll(now: datetime) -> list[int]:
    """Open waves that wait for their roll, in the order in which they opened."""
    return list(
        db.session.scalars(
            select(Wave.id)
            .where(*_under_way(now), ~select(Roll).where(Roll.wave_id == Wave.id).exists())
            .order_by(Wave.opened_at, Wave.id)
        )
    )


def open_rolls(now: datetime) -> list[OpenRoll]:
    rows = db.session.execute(
        select(Wave, Roll, Program)
        .join(Roll, Roll.wave_id == Wave.id)
        .join(Program, Program.id == Wave.program_id)
        .where(*_under_way(now))
        .order_by(Wave.id)
    )
    return [
        OpenRoll(
            wave_id=wave.id,
            sheet_hash=roll.sheet_hash,
            opened_at=wave.opened_at,
            closes_at=wave.closes_at,
            program_ko=program.name_ko,
            program_en=program.name_en,
            timezone=program.timezone,
            reminder_days=tuple(program.reminder_days),
        )
        for wave, roll, program in rows
        if wave.opened_at is not None
    ]


def uninvited(wave_id: int, *, limit: int) -> list[Addressee]:
    """People to invite, held until we commit."""
    return _addressees(
        _addresses(wave_id)
        .where(~RollEntry.invited, RollEntry.draws_paper.is_not(True))
        .limit(limit)
        .with_for_update(of=RollEntry, skip_locked=True)
    )


def unanswered(wave_id: int) -> list[Addressee]:
    """Those who were invited and have taken no ballot; for mails, never for pages."""
    return _addressees(
        _addresses(wave_id).where(RollEntry.invited, RollEntry.blinded_hash.is_(None))
    )


def everyone(wave_id: int) -> list[tuple[int, str, str]]:
    """Employee, address and language of all people of the roll who have an address."""
    return [
        (person.employee_id, person.email, person.language)
        for person in _addressees(_addresses(wave_id))
    ]


def was_reminded(wave_id: int, day: object) -> bool:
    return db.session.get(ReminderRound, (wave_id, day)) is not None


def previous_sheet_hash(wave: Wave) -> str | None:
    """Of the program's wave before this one that had a roll."""
    return db.session.scalar(
        select(Roll.sheet_hash)
        .join(Wave, Wave.id == Roll.wave_id)
        .where(Wave.program_id == wave.program_id, Wave.opens_at < wave.opens_at)
        .order_by(Wave.opens_at.desc())
        .limit(1)
    )


def _addresses(wave_id: int) -> Select[int, int, str | None, str]:
    return (
        select(RollEntry.employee_id, RollEntry.group_id, Employee.email, Employee.language)
        .join(Employee, Employee.id == RollEntry.employee_id)
        .where(RollEntry.wave_id == wave_id, Employee.email.is_not(None))
        .order_by(RollEntry.employee_id)
    )


def _addressees(selected: Select[int, int, str | None, str]) -> list[Addressee]:
    return [
        Addressee(employee_id, group_id, email, language)
        for employee_id, group_id, email, language in db.session.execute(selected)
        if email
    ]


def _under_way(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (Wave.opened_at.is_not(None), Wave.closed_at.is_(None), Wave.closes_at > now)
