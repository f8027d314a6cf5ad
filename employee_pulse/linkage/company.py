"""A company of equal departments and the program that asks it, made by the services."""

import secrets
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import select

from employee_pulse.demo.company import is_empty, opening_day, schedule_opening_on
from employee_pulse.demo.opinions import SCORED
from employee_pulse.demo.roster import Line, roster_csv
from employee_pulse.foundation.db import db, transaction
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_
from employee_pulse.foundation.working_days import add_working_days
from employee_pulse.org import queries as org
from employee_pulse.org import service as org_service
from employee_pulse.org.models import Employee
from employee_pulse.org.preview import preview
from employee_pulse.scheduler.runner import run_job
from employee_pulse.scheduler.schedule import SCHEDULE
from employee_pulse.surveys import queries as surveys_queries
from employee_pulse.surveys import service as surveys
from employee_pulse.surveys.rules.schedule import moment

COMMENTED = ("INNO-07", "PART-07", "PROC-07", "ENPS-02")
"""Every free text of the question bank: the more can be written, the more lengths differ."""
ANSWERED = SCORED[-6:]
_AN_HOUR = timedelta(hours=1)
_YEAR = timedelta(days=366)
_DOMAIN = ".staged.example"
_LAST_WORKING_DAY = -1
_IN_THE_MORNING = time(10)


class NotStaged(Refused):
    message = N_("There is a company in this database that was not made for a staged wave.")


def found(*, groups: int, people: int, now: datetime) -> None:
    """People and a launched program in an empty database; its wave opens by the jobs."""
    if not is_empty():
        raise NotStaged
    today = now.astimezone(ZoneInfo(current_app.config["TIMEZONE"])).date()
    content = roster_csv(list(_lines(groups, people)), encoding="utf-8")
    seen = preview(content, filename="roster.csv", today=today)
    if seen.roster is None:
        raise RuntimeError("the roster of the staged company has errors")
    with transaction():
        org_service.apply_roster(seen.roster, today=today, limit=1)
        surveys.load_question_bank(now=now)
        schedule = schedule_opening_on(_opening_day(today))
        opens_at = moment(_opening_day(today), schedule.opens_at_time, schedule.timezone)
        program = surveys.create_program(
            name_ko="Pulse",
            name_en="Pulse",
            audience=[each.id for each in org.departments()],
            questions=(*ANSWERED, *COMMENTED),
            schedule=schedule,
            now=opens_at - _AN_HOUR,
        )
        surveys.set_reminders(program, days=[_LAST_WORKING_DAY])
        surveys.launch(program, now=opens_at - _AN_HOUR)


def open_wave(*, now: datetime) -> None:
    """Open, draw the roll and invite, as the clock would have done when it was due."""
    _require_staged()
    today = now.astimezone(ZoneInfo(current_app.config["TIMEZONE"])).date()
    schedule = schedule_opening_on(_opening_day(today))
    _run_all(moment(_opening_day(today), schedule.opens_at_time, schedule.timezone))


def remind() -> None:
    """On the last working day before closing whoever has taken no ballot gets a mail."""
    _require_staged()
    zone = ZoneInfo(current_app.config["TIMEZONE"])
    closing = _closing().astimezone(zone).date()
    day = add_working_days(closing, _LAST_WORKING_DAY, org.holidays(closing - _YEAR, closing))
    _run_all(datetime.combine(day, _IN_THE_MORNING, zone))


def close_and_publish() -> None:
    _require_staged()
    _run_all(_closing() + _AN_HOUR)


def _require_staged() -> None:
    """The clock of a real company is not to be moved."""
    emails = db.session.scalars(select(Employee.email)).all()
    if not all(email and email.endswith(_DOMAIN) for email in emails):
        raise NotStaged


def _opening_day(today: date) -> date:
    return opening_day(today, org.holidays(today - _YEAR, today + _YEAR))


def _closing() -> datetime:
    [program] = surveys_queries.running_programs()
    return next(
        wave.closes_at
        for wave in surveys_queries.waves(program.id)
        if wave.opened_at is not None and wave.closed_at is None
    )


def _run_all(now: datetime) -> None:
    for job in SCHEDULE:
        run_job(job, now)


def _lines(groups: int, people: int) -> Iterator[Line]:
    """Addresses are no other company's: logs of a database server hold what others write too."""
    company = secrets.token_hex(4)
    for group in range(groups):
        for member in range(people):
            number = f"{group:02}{member:03}"
            yield Line(
                number=number,
                name=f"Person {number}",
                name_en="",
                email=f"person-{number}@{company}{_DOMAIN}",
                department_code=f"D{group:02}",
                department=f"Department {group:02}",
                department_en=f"Department {group:02}",
                parent_code="",
                duty="",
                language="ko",
                since="2020-03-02",
                until="",
            )
