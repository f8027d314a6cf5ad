"""Commands: flask surveys ..."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask_babel import gettext, ngettext

from employee_pulse.foundation import clock
from employee_pulse.foundation.commands import Commands
from employee_pulse.foundation.db import transaction
from employee_pulse.org import queries as org
from employee_pulse.surveys import queries, service
from employee_pulse.surveys.models import Program, Wave
from employee_pulse.surveys.rules.programs import (
    PROGRAM_STATE_LABELS,
    Cadence,
    OpeningRule,
    UnknownDepartment,
    program_state,
)
from employee_pulse.surveys.service.programs import DEFAULT_SCHEDULE

cli = Commands("surveys", help="Question bank and programs.")


@cli.command("load-questions")
def load_questions() -> None:
    """Store the questions of the shipped bank that are not there yet."""
    with transaction():
        added = service.load_question_bank(now=clock.now())
    click.echo(
        ngettext(
            "%(num)s question or wording is new.", "%(num)s questions or wordings are new.", added
        )
    )


@cli.command("create-program")
@click.option("--name", required=True, help="Name in Korean.")
@click.option("--name-en", required=True, help="Name in English.")
@click.option(
    "--audience", multiple=True, help="Code of a department, all below included; repeatable."
)
@click.option("--questions", multiple=True, help="Code of a question; repeatable, in order.")
@click.option("--cadence", type=click.Choice([each.value for each in Cadence]), default="monthly")
@click.option(
    "--opening",
    type=(click.Choice([each.value for each in OpeningRule]), int),
    default=("nth_working_day", 1),
    help="Rule and its number, such as: day_of_month 15.",
)
@click.option("--at", type=click.DateTime(["%H:%M"]), default="09:00", help="Wall time.")
@click.option("--length", type=int, default=DEFAULT_SCHEDULE.length_working_days)
@click.option("--launch", is_flag=True, help="Let it open waves.")
@click.option("--allow-burden", is_flag=True, help="Launch although others ask the same people.")
def create_program(
    name: str,
    name_en: str,
    audience: tuple[str, ...],
    questions: tuple[str, ...],
    cadence: str,
    opening: tuple[str, int],
    at: datetime,
    length: int,
    launch: bool,  # noqa: FBT001 - click passes options by name
    allow_burden: bool,  # noqa: FBT001
) -> None:
    """Make a program; without --launch it stays a draft."""
    schedule = replace(
        DEFAULT_SCHEDULE,
        cadence=Cadence(cadence),
        opening_rule=OpeningRule(opening[0]),
        opening_number=opening[1],
        opens_at_time=at.time(),
        timezone=current_app.config["TIMEZONE"],
        length_working_days=length,
    )
    now = clock.now()
    with transaction():
        program = service.create_program(
            name_ko=name,
            name_en=name_en,
            audience=_department_ids(audience),
            questions=questions,
            schedule=schedule,
            now=now,
        )
        if launch:
            service.launch(
                program,
                now=now,
                burden_override=allow_burden,
                burden_days=current_app.config["POLICY"].burden_days,
            )
    click.echo(gettext("Program %(id)s: %(title)s", id=program.id, title=program.title))
    for wave in queries.waves(program.id)[::-1]:
        click.echo(f"  {_line(wave, program)}")


@cli.command("list")
def list_programs() -> None:
    """Every program with its next wave."""
    for line in queries.programs():
        program = line.program
        state = gettext(PROGRAM_STATE_LABELS[program_state(program.launched_at, program.ended_at)])
        coming = _line(line.next_wave, program) if line.next_wave else "-"
        click.echo(f"{program.id}\t{state}\t{program.title}\t{coming}")


def _department_ids(codes: tuple[str, ...]) -> list[int]:
    by_code = {department.code: department.id for department in org.departments()}
    for code in codes:
        if code not in by_code:
            raise UnknownDepartment(code=code)
    return [by_code[code] for code in codes]


def _line(wave: Wave, program: Program) -> str:
    zone = ZoneInfo(program.timezone)
    opens, closes = (moment.astimezone(zone) for moment in (wave.opens_at, wave.closes_at))
    return f"{wave.period}\t{opens:%Y-%m-%d %H:%M} - {closes:%Y-%m-%d %H:%M}"
