"""Reading the organization: departments as a tree, people who may answer, days off."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from employee_pulse.foundation.db import db
from employee_pulse.org.models import Department, Employee, Holiday, HolidayChange, RosterUpload
from employee_pulse.org.rules import public_holidays
from employee_pulse.org.rules.departments import Unit, tree_order
from employee_pulse.org.rules.difference import KnownPerson, KnownUnit, Organization
from employee_pulse.org.rules.public_holidays import DayOff, Override
from employee_pulse.org.rules.roster import Person


@dataclass(frozen=True, slots=True)
class Eligible:
    """Somebody who belongs to the company on a day and may be asked."""

    employee_id: int
    department_id: int
    email: str | None
    language: str
    name: str
    is_manager: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """An open department where it stands in the tree; ``depth`` is 0 for a root."""

    department: Department
    depth: int
    head: str | None
    own: int
    """People in the department itself."""
    total: int
    """People in it and everywhere below."""


def department(department_id: int) -> Department | None:
    """A department by its id."""
    return db.session.get(Department, department_id)


def departments(*, with_closed: bool = False) -> list[Department]:
    """Departments in tree order: parents before children, siblings by code."""
    found = list(db.session.scalars(select(Department)))
    codes = {each.id: each.code for each in found}
    order = tree_order(
        {each.code: codes[each.parent_id] if each.parent_id else None for each in found}
    )
    by_code = {each.code: each for each in found}
    ordered = [by_code[code] for code in order]
    return ordered if with_closed else [each for each in ordered if each.closed_on is None]


def subtree_ids(department_id: int) -> frozenset[int]:
    """The department and everything below it, closed ones included."""
    return subtrees([department_id])


def subtrees(department_ids: Iterable[int]) -> frozenset[int]:
    """These departments and everything below any of them."""
    children: dict[int | None, list[int]] = defaultdict(list)
    for child, parent in db.session.execute(select(Department.id, Department.parent_id)):
        children[parent].append(child)
    found: set[int] = set()
    waiting = list(department_ids)
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting += children[current]
    return frozenset(found)


def eligible(on: date, department_ids: Collection[int]) -> list[Eligible]:
    """People of exactly these departments who belong to the company on the day, by id."""
    statement = (
        select(
            Employee.id,
            Employee.department_id,
            Employee.email,
            Employee.language,
            Employee.name,
            Employee.is_manager,
        )
        .where(_belongs(on), Employee.department_id.in_(department_ids))
        .order_by(Employee.id)
    )
    return [Eligible(*row) for row in db.session.execute(statement)]


def headcounts(on: date) -> dict[int, int]:
    """Department id -> people in the department itself on the day."""
    statement = (
        select(Employee.department_id, func.count()).where(_belongs(on)).group_by("department_id")
    )
    return dict(db.session.execute(statement).all())


def tree(on: date) -> list[Branch]:
    """Every open department in tree order with its head and its sizes."""
    ordered = departments()
    own = headcounts(on)
    heads = dict(
        db.session.execute(
            select(Employee.department_id, Employee.name).where(Employee.is_head, _belongs(on))
        ).all()
    )
    totals = {each.id: own.get(each.id, 0) for each in ordered}
    for each in reversed(ordered):
        if each.parent_id in totals:
            totals[each.parent_id] += totals[each.id]
    depths: dict[int | None, int] = {None: -1}
    for each in ordered:
        depths[each.id] = depths.get(each.parent_id, -1) + 1
    return [
        Branch(each, depths[each.id], heads.get(each.id), own.get(each.id, 0), totals[each.id])
        for each in ordered
    ]


def headed_department(employee_id: int) -> int | None:
    """The department that the person leads."""
    return db.session.scalar(
        select(Employee.department_id).where(Employee.id == employee_id, Employee.is_head)
    )


def employee_by_number(number: str) -> Employee | None:
    """A person by employee number."""
    return db.session.scalar(select(Employee).where(Employee.number == number))


def organization() -> Organization:
    """Everything that a roster is compared with."""
    return Organization(units=_known_units(), people=_known_people())


def upload(upload_id: int) -> RosterUpload | None:
    """A roster file that waits for confirmation, or was applied."""
    return db.session.get(RosterUpload, upload_id)


def holidays(first: date, last: date) -> frozenset[date]:
    """Days off from the first to the last day, both included, as HR has changed them."""
    return public_holidays.days_off(first, last, _overrides(first, last))


def holiday_calendar(year: int) -> list[DayOff]:
    """The holidays of a year with what HR has changed."""
    return public_holidays.calendar(year, _overrides(date(year, 1, 1), date(year, 12, 31)))


def holiday_changes(limit: int) -> Sequence[HolidayChange]:
    """The latest changes of the holidays, newest first."""
    return db.session.scalars(
        select(HolidayChange).order_by(HolidayChange.id.desc()).limit(limit)
    ).all()


def _belongs(on: date) -> ColumnElement[bool]:
    return (or_(Employee.active_from.is_(None), Employee.active_from <= on)) & (
        or_(Employee.active_until.is_(None), Employee.active_until >= on)
    )


def _overrides(first: date, last: date) -> Mapping[date, Override]:
    statement = select(Holiday).where(Holiday.day.between(first, last))
    return {
        each.day: Override(name=each.name, is_off=each.is_off)
        for each in db.session.scalars(statement)
    }


def _known_units() -> dict[str, KnownUnit]:
    parent = aliased(Department)
    statement = select(
        Department.id,
        Department.code,
        Department.name_ko,
        Department.name_en,
        parent.code,
        Department.closed_on,
    ).outerjoin(parent, Department.parent_id == parent.id)
    return {
        code: KnownUnit(
            id=id_, unit=Unit(code, name_ko, name_en, parent_code), is_closed=closed_on is not None
        )
        for id_, code, name_ko, name_en, parent_code, closed_on in db.session.execute(statement)
    }


def _known_people() -> dict[str, KnownPerson]:
    statement = select(
        Employee.id,
        Employee.number,
        Employee.name,
        Employee.name_en,
        Employee.email,
        Department.code,
        Employee.language,
        Employee.is_manager,
        Employee.is_head,
        Employee.active_from,
        Employee.active_until,
    ).join(Department, Employee.department_id == Department.id)
    return {
        number: KnownPerson(id=id_, person=Person(0, number, *rest))
        for id_, number, *rest in db.session.execute(statement)
    }
