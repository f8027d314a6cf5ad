"""Reading: the people of a roll whom no mail reaches, by department and by reporting group."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from employee_pulse.ballots.register.models import ReportingGroup, Roll, RollEntry
from employee_pulse.ballots.register.rules.without_email import Way
from employee_pulse.foundation.db import db
from employee_pulse.org import queries as org
from employee_pulse.org.models import Department, Employee


@dataclass(frozen=True)
class DepartmentCount:
    """People of a department who get a letter, in tree order."""

    department: Department
    people: int


@dataclass(frozen=True)
class GroupCount:
    """People of a reporting group who have no e-mail; those who draw a slip among them."""

    group: ReportingGroup
    people: int
    slips: int

    @property
    def way(self) -> Way | None:
        return self.group.way


@dataclass(frozen=True)
class Recipient:
    """Somebody who gets a letter."""

    employee_id: int
    group_id: int
    number: str
    name: str
    name_en: str | None
    language: str


def count(wave_id: int) -> int | None:
    """People of the roll without e-mail as things are now; None without a roll of people."""
    if db.session.scalar(select(Roll.wrapped_token_key).where(Roll.wave_id == wave_id)) is None:
        return None
    return db.session.scalar(_select(func.count(), wave_id=wave_id)) or 0


def by_department(wave_id: int) -> list[DepartmentCount]:
    """Who gets a letter; people who draw a slip are left out."""
    selected = _letters(Employee.department_id, func.count(), wave_id=wave_id)
    counts: dict[int, int] = dict(
        db.session.execute(selected.group_by(Employee.department_id)).all()
    )
    return [
        DepartmentCount(department, counts[department.id])
        for department in org.departments(with_closed=True)
        if department.id in counts
    ]


def by_group(wave_id: int) -> list[GroupCount]:
    """Groups with somebody without e-mail."""
    rows = db.session.execute(
        select(
            ReportingGroup,
            func.count(),
            func.count().filter(RollEntry.draws_paper.is_(True)),
        )
        .join(
            RollEntry,
            (RollEntry.wave_id == ReportingGroup.wave_id)
            & (RollEntry.group_id == ReportingGroup.department_id),
        )
        .join(Employee, Employee.id == RollEntry.employee_id)
        .where(
            ReportingGroup.wave_id == wave_id,
            Employee.email.is_(None) | RollEntry.draws_paper.is_(True),
        )
        .group_by(ReportingGroup.wave_id, ReportingGroup.department_id)
        .order_by(ReportingGroup.department_id)
    )
    return [GroupCount(*row) for row in rows]


def recipients(wave_id: int, department_id: int) -> Sequence[Recipient]:
    """Everybody of a department without e-mail, whether they took a ballot or not."""
    selected = _letters(
        RollEntry.employee_id,
        RollEntry.group_id,
        Employee.number,
        Employee.name,
        Employee.name_en,
        Employee.language,
        wave_id=wave_id,
    ).where(Employee.department_id == department_id)
    return [Recipient(*row) for row in db.session.execute(selected)]


def _letters(*columns: Any, wave_id: int) -> Select[Any]:
    return _select(*columns, wave_id=wave_id).where(RollEntry.draws_paper.is_not(True))


def _select(*columns: Any, wave_id: int) -> Select[Any]:
    return (
        select(*columns)
        .select_from(RollEntry)
        .join(Employee, Employee.id == RollEntry.employee_id)
        .where(RollEntry.wave_id == wave_id, Employee.email.is_(None))
    )
