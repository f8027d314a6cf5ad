"""Builds the demo company: everything up to the launch at once, then the jobs open its wave."""

from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from employee_pulse.demo import company, history
from employee_pulse.foundation.db import db, transaction
from employee_pulse.foundation.table_file import read_table
from employee_pulse.results import service as results
from employee_pulse.results.policy import present_thresholds
from employee_pulse.scheduler.runner import run_job
from employee_pulse.scheduler.schedule import SCHEDULE
from employee_pulse.surveys import service as surveys
from employee_pulse.surveys.models import Program, Wave


class NoWaveOpened(Exception):
    """The wave of the demo company did not open; ``hold_reason`` in its row says why."""


def build(now: datetime) -> None:
    """Make an empty database into the demo company, with a bar that shows how far it is.

    One transaction holds everything up to the launch of its program. Whoever interrupts it leaves
    an empty database, or one in which the scheduler opens the wave a little later.
    """
    started = monotonic()
    builder = _Builder(now)
    label = _("Building the demo company")
    with click.progressbar(length=100, label=label) as bar:
        with transaction():
            for work, share in builder.preparations:
                work()
                bar.update(share)
        builder.open_wave()
        bar.update(100 - bar.pos)
    click.echo(
        _(
            "%(people)s people, one open wave: built in %(seconds)s s.",
            people=company.PEOPLE,
            seconds=round(monotonic() - started),
        )
    )


class _Builder:
    def __init__(self, now: datetime) -> None:
        self._now = now
        self._today = now.astimezone(ZoneInfo(current_app.config["TIMEZONE"])).date()
        self._program_id = 0
        self._opens_at = now

    @property
    def preparations(self) -> Sequence[tuple[Callable[[], None], int]]:
        """What the company has before its wave opens, each with its share of the time."""
        return (
            (self._load_questions, 2),
            (self._import_people, 3),
            (self._create_accounts, 25),
            (self._create_program, 15),
            (self._import_history, 25),
            (self._launch, 1),
        )

    def open_wave(self) -> None:
        """By the jobs, as if it were the moment at which it was due."""
        for job in SCHEDULE:
            run_job(job, self._opens_at)
        opened = select(Wave.id).where(
            Wave.program_id == self._program_id, Wave.opened_at.is_not(None)
        )
        if db.session.scalar(opened) is None:
            raise NoWaveOpened

    def _load_questions(self) -> None:
        surveys.load_question_bank(now=self._now)

    def _import_people(self) -> None:
        limit = current_app.config["POLICY"].deactivation_share
        company.import_people(today=self._today, limit=limit)

    def _create_accounts(self) -> None:
        company.create_accounts(now=self._now)

    def _create_program(self) -> None:
        program, self._opens_at = company.create_program(today=self._today)
        self._program_id = program.id

    def _import_history(self) -> None:
        results.import_history(
            program_id=self._program_id,
            table=read_table(history.history_csv(self._opens_at.date()), filename="history.csv"),
            thresholds=present_thresholds(),
            now=self._now,
        )

    def _launch(self) -> None:
        program = db.session.get_one(Program, self._program_id)
        company.launch(program, opens_at=self._opens_at)
