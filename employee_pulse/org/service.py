"""Changing the organization: rosters applied as a whole, holidays added and removed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, insert, select, text, update

from employee_pulse.foundation.db import Base, db
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_
from employee_pulse.org import queries
from employee_pulse.org.models import Department, Employee, Holiday, HolidayChange, RosterUpload
from employee_pulse.org.rules.departments import Unit
from employee_pulse.org.rules.difference import Difference, compare
from employee_pulse.org.rules.public_holidays import HolidayChangeKind, public_holidays
from employee_pulse.org.rules.roster import Person, Roster

UPLOAD_KEPT = timedelta(days=1)
"""A file full of names that nobody confirms is not kept longer."""


class OrganizationChanged(Refused):
    message = N_(
        "The organization has changed since this preview was made. Nothing was written; "
        "please look at the new preview and confirm again."
    )
    status = 409


class TooManyLeavers(Refused):
    message = N_(
        "This roster would deactivate %(leavers)s of %(staff)s people (%(percent)s %%). "
        "If that is right, confirm it explicitly."
    )
    status = 409


class AlreadyApplied(Refused):
    message = N_("This roster has been applied already.")
    status = 409


class AlreadyOff(Refused):
    message = N_("%(day)s is a holiday already.")
    status = 409


class NotAHoliday(Refused):
    message = N_("%(day)s is not a holiday.")
    status = 409


def apply_roster(
    roster: Roster,
    *,
    today: date,
    limit: float,
    allow_deactivation: bool = False,
    expected: str | None = None,
) -> Difference:
    """Make the organization what the roster says, as a whole.

    ``expected`` is the digest of the difference that was confirmed. Leavers above the share
    ``limit`` of the staff are refused unless ``allow_deactivation``.
    """
    _let_nobody_else_import()
    difference = compare(roster, queries.organization(), today=today)
    if expected is not None and difference.digest != expected:
        raise OrganizationChanged
    if difference.deactivation_share > limit and not allow_deactivation:
        raise TooManyLeavers(
            leavers=len(difference.leavers),
            staff=difference.active_before,
            percent=round(difference.deactivation_share * 100),
        )
    _write_departments(difference, today)
    free_posts(today=today)
    _write_people(difference)
    db.session.expire_all()
    return difference


def free_posts(*, today: date) -> int:
    """Take their posts from heads whose last day has passed; say how many there were.

    Leading a department opens its results, and no roster speaks of somebody who has left.
    """
    freed = (
        update(Employee)
        .where(Employee.is_head, Employee.active_until < today)
        .values(is_head=False)
        .returning(Employee.id)
        .execution_options(synchronize_session=False)
    )
    return len(db.session.scalars(freed).all())


def keep_upload(*, filename: str, content: bytes, by_id: int, now: datetime) -> RosterUpload:
    """Keep a roster file until it is confirmed, or forgotten."""
    upload = RosterUpload(
        filename=filename, content=content, columns=None, uploaded_by_id=by_id, uploaded_at=now
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def forget_uploads(*, now: datetime) -> int:
    """Delete roster files that nobody confirmed within a day; say how many."""
    forgotten = (
        delete(RosterUpload)
        .where(RosterUpload.applied_at.is_(None), RosterUpload.uploaded_at < now - UPLOAD_KEPT)
        .returning(RosterUpload.id)
    )
    return len(db.session.scalars(forgotten).all())


def map_columns(upload: RosterUpload, *, columns: dict[str, str]) -> None:
    """Remember which header holds which field."""
    if upload.applied_at is not None:
        raise AlreadyApplied
    upload.columns = columns


def confirm_upload(
    upload: RosterUpload,
    roster: Roster,
    *,
    expected: str,
    allow_deactivation: bool,
    limit: float,
    today: date,
    now: datetime,
) -> Difference:
    """Apply an upload once, and forget what is in it."""
    claim = (
        update(RosterUpload)
        .where(RosterUpload.id == upload.id, RosterUpload.applied_at.is_(None))
        .values(applied_at=now, content=b"")
        .returning(RosterUpload.id)
    )
    if db.session.scalar(claim) is None:
        raise AlreadyApplied
    return apply_roster(
        roster,
        today=today,
        limit=limit,
        allow_deactivation=allow_deactivation,
        expected=expected,
    )


def add_holiday(*, day: date, name: str, by_id: int, now: datetime) -> None:
    """Make a day a day off."""
    if day in queries.holidays(day, day):
        raise AlreadyOff(day=day.isoformat())
    _forget(day)
    if day not in public_holidays(day.year):
        db.session.add(Holiday(day=day, name=name, is_off=True))
    _record(day, name, HolidayChangeKind.ADDED, by_id, now)


def remove_holiday(*, day: date, by_id: int, now: datetime) -> str:
    """Make a day a working day again, though the law calls it a holiday; its name comes back."""
    name = next(
        (each.name_ko for each in queries.holiday_calendar(day.year) if each.day == day), ""
    )
    if day not in queries.holidays(day, day):
        raise NotAHoliday(day=day.isoformat())
    _forget(day)
    if day in public_holidays(day.year):
        db.session.add(Holiday(day=day, name=name, is_off=False))
    _record(day, name, HolidayChangeKind.REMOVED, by_id, now)
    return name


def _let_nobody_else_import() -> None:
    """Two imports at once follow each other; SQLite has one writer anyway."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("LOCK TABLE department, employee IN SHARE ROW EXCLUSIVE MODE"))


def _write_departments(difference: Difference, today: date) -> None:
    changed = [*difference.changed_units, *difference.reopened_units]
    _insert(Department, [_unit_row(unit) for unit in difference.new_units])
    _update(
        Department,
        [{"id": change.known.id, **_unit_row(change.unit)} for change in changed],
    )
    _update(Department, [{"id": known.id, "closed_on": today} for known in difference.closed_units])
    ids = _department_ids()
    _update(
        Department,
        [
            {"id": ids[unit.code], "parent_id": ids[unit.parent_code] if unit.parent_code else None}
            for unit in (*difference.new_units, *(change.unit for change in changed))
        ],
    )


def _unit_row(unit: Unit) -> dict[str, Any]:
    return {
        "code": unit.code,
        "name_ko": unit.name_ko,
        "name_en": unit.name_en,
        "closed_on": None,
    }


def _write_people(difference: Difference) -> None:
    """Addresses and headships are given up by all before anybody takes one over."""
    ids = _department_ids()
    changes = [*difference.returners, *difference.movers, *difference.changed]
    _update(Employee, [{"id": known.id, "email": None} for known in difference.freed])
    _update(
        Employee,
        [
            {"id": gone.known.id, "active_until": gone.last_day, "is_head": False}
            for gone in difference.leavers
        ],
    )
    _update(
        Employee,
        [{"id": change.known.id, "email": None, "is_head": False} for change in changes],
    )
    _update(
        Employee,
        [{"id": change.known.id, **_person_row(change.person, ids)} for change in changes],
    )
    _insert(Employee, [_person_row(person, ids) for person in difference.joiners])


def _person_row(person: Person, department_ids: Mapping[str, int]) -> dict[str, Any]:
    return {
        "number": person.number,
        "name": person.name,
        "name_en": person.name_en,
        "email": person.email,
        "department_id": department_ids[person.department_code],
        "language": person.language,
        "is_manager": person.is_manager,
        "is_head": person.is_head,
        "active_from": person.active_from,
        "active_until": person.active_until,
    }


def _department_ids() -> dict[str, int]:
    return dict(db.session.execute(select(Department.code, Department.id)).all())


def _insert(model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(_table(model)), rows)


def _update(model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """By ``id``: one statement for all rows, which the ORM would send one by one."""
    if rows:
        table = _table(model)
        renamed = [{"row_id" if key == "id" else key: row[key] for key in row} for row in rows]
        statement = update(table).where(table.c.id == bindparam("row_id"))
        db.session.execute(statement, renamed)


def _table(model: type[Base]) -> Table:
    return cast(Table, model.__table__)


def _forget(day: date) -> None:
    db.session.execute(delete(Holiday).where(Holiday.day == day))


def _record(day: date, name: str, kind: HolidayChangeKind, by_id: int, now: datetime) -> None:
    db.session.add(
        HolidayChange(day=day, name=name, kind=kind, changed_by_id=by_id, changed_at=now)
    )
    db.session.flush()
