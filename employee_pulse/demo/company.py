"""The demo company: its people, accounts and program, made by the services of each room."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select

from employee_pulse.auth import service as auth
from employee_pulse.auth.models import Account
from employee_pulse.auth.rules import Role
from employee_pulse.demo.departments import DEPARTMENTS, DOMAIN
from employee_pulse.demo.opinions import QUESTIONS
from employee_pulse.demo.roster import make_roster, roster_csv
from employee_pulse.foundation.db import db
from employee_pulse.foundation.working_days import add_working_days
from employee_pulse.org import queries as org
from employee_pulse.org import service as org_service
from employee_pulse.org.models import Department, Employee
from employee_pulse.org.preview import preview
from employee_pulse.surveys import service as surveys
from employee_pulse.surveys.models import Program
from employee_pulse.surveys.rules.programs import OpeningRule
from employee_pulse.surveys.rules.schedule import Schedule, moment
from employee_pulse.surveys.service.programs import DEFAULT_SCHEDULE

PEOPLE = sum(place.people for place in DEPARTMENTS)
PASSWORD = "look-around-2026"  # noqa: S105 - of a company in which nothing is secret
OPENED_WORKING_DAYS_AGO = 2
_ROOT, _HEADED = "G000", "G510"
_AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class DemoAccount:
    """Somebody who signs in."""

    email: str
    name: str
    role: Role


ACCOUNTS = (
    DemoAccount(f"hr@{DOMAIN}", "김채원", Role.HR),
    DemoAccount(f"ceo@{DOMAIN}", "신동현", Role.EXECUTIVE),
    DemoAccount(f"admin@{DOMAIN}", "Emma Wilson", Role.ADMINISTRATOR),
    DemoAccount(f"council@{DOMAIN}", "박경호", Role.WORKS_COUNCIL),
    DemoAccount(f"owner@{DOMAIN}", "이수정", Role.OWNER),
    DemoAccount(f"head@{DOMAIN}", "", Role.EMPLOYEE),
)
"""The employee leads a department and sees the results of it."""


def is_empty() -> bool:
    """Whether nobody has begun to use this database."""
    counted = (select(func.count()).select_from(table) for table in (Department, Account, Program))
    return not any(db.session.scalar(count) for count in counted)


def import_people(*, today: date, limit: float) -> int:
    """Read the roster file and apply it, as HR would."""
    content = roster_csv(make_roster(PEOPLE))
    seen = preview(content, filename="gaonliving.csv", today=today)
    if seen.roster is None:
        raise RuntimeError("the demo roster has errors")
    org_service.apply_roster(seen.roster, today=today, limit=limit)
    return len(seen.roster.people)


def create_accounts(*, now: datetime) -> None:
    """One account a role."""
    head = _head_of(_HEADED)
    for account in ACCOUNTS:
        auth.create_account(
            email=account.email,
            name=account.name or head.name,
            role=account.role,
            password=PASSWORD,
            employee_number=None if account.name else head.number,
            now=now,
        )


def opening_day(today: date, holidays: Collection[date]) -> date:
    """The day on which the open wave opened: it runs since two working days, and for eight more."""
    return add_working_days(today, -OPENED_WORKING_DAYS_AGO, holidays)


def schedule_opening_on(day: date) -> Schedule:
    """Monthly, on the day of the month that ``day`` is; a wave lasts ten working days."""
    return replace(
        DEFAULT_SCHEDULE,
        opening_rule=OpeningRule.DAY_OF_MONTH,
        opening_number=day.day,
        opens_at_time=time(9),
    )


def create_program(*, today: date) -> tuple[Program, datetime]:
    """The monthly program, and the moment at which its open wave opened."""
    year = timedelta(days=366)
    day = opening_day(today, org.holidays(today - year, today + year))
    schedule = schedule_opening_on(day)
    opens_at = moment(day, schedule.opens_at_time, schedule.timezone)
    program = surveys.create_program(
        name_ko="월간 펄스",
        name_en="Monthly Pulse",
        audience=[each.id for each in org.departments() if each.code == _ROOT],
        questions=QUESTIONS,
        schedule=schedule,
        now=opens_at - _AN_HOUR,
    )
    return program, opens_at


def launch(program: Program, *, opens_at: datetime) -> None:
    """Let the clock open its waves, the first of them at ``opens_at``."""
    surveys.launch(program, now=opens_at - _AN_HOUR)


def _head_of(code: str) -> Employee:
    statement = select(Employee).join(Department).where(Department.code == code, Employee.is_head)
    return db.session.scalars(statement).one()
