"""Jobs in their rhythm: each in its own context, noted, and no failure stops the others."""

import logging
import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, current_app

from employee_pulse.foundation.db import db, transaction
from employee_pulse.org.models import Department
from employee_pulse.scheduler import queries
from employee_pulse.scheduler.models import JobRun
from employee_pulse.scheduler.rules import Job
from employee_pulse.scheduler.runner import JobFailed, run_job, start

NOW = datetime(2026, 12, 1, tzinfo=UTC)
SECRET = "kim@example.com"


def job(function: object, name: str = "count-things") -> Job:
    return Job(name, function, timedelta(hours=1))  # type: ignore[arg-type]


def fails(now: datetime) -> int:
    """Writes half of something and then shows a person's address in an error."""
    with transaction():
        db.session.add(Department(code="A", name_ko="A", name_en="A"))
        db.session.flush()
        raise LookupError(SECRET)


@pytest.mark.usefixtures("context")
class TestRunJob:
    def test_gives_the_moment_to_the_job_and_notes_what_it_did(self) -> None:
        seen: list[datetime] = []

        def count(now: datetime) -> int:
            seen.append(now)
            return 3

        assert run_job(job(count), NOW) == 3
        [run] = queries.last_runs()
        assert seen == [NOW]
        assert (run.job, run.done, run.error) == ("count-things", 3, None)
        assert run.finished_at is not None
        assert run.finished_at >= run.started_at

    def test_keeps_one_row_a_job(self) -> None:
        for result in (1, 2):
            run_job(job(lambda now, result=result: result), NOW)

        assert [run.done for run in queries.last_runs()] == [2]

    def test_notes_where_it_failed_and_nothing_of_the_message(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        with pytest.raises(JobFailed):
            run_job(job(fails), NOW)

        [run] = queries.last_runs()
        assert run.done is None
        assert (run.error or "").startswith("LookupError at test_runner.py:")
        assert "count-things" in caplog.text
        assert SECRET not in caplog.text
        assert db.session.get(Department, 1) is None

    def test_forgets_an_old_failure_after_a_good_run(self) -> None:
        with pytest.raises(JobFailed):
            run_job(job(fails), NOW)

        run_job(job(lambda now: 0), NOW)

        assert [run.error for run in queries.last_runs()] == [None]


class TestStart:
    def test_runs_every_job_at_once_and_survives_one_that_fails(
        self, app: Flask, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.ERROR)
        ran = threading.Event()

        def works(now: datetime) -> int:
            assert current_app.config["TESTING"]
            ran.set()
            return 1

        scheduler = start(app, [job(fails, "fails"), job(works, "works")])
        assert ran.wait(10)
        scheduler.shutdown(wait=True)

        with app.app_context():
            runs = {run.job: run for run in queries.last_runs()}
        assert runs["works"].done == 1
        assert runs["fails"].error is not None
        assert SECRET not in caplog.text

    def test_is_not_stopped_by_a_database_that_is_gone(
        self, app: Flask, caplog: pytest.LogCaptureFixture
    ) -> None:
        with app.app_context():
            JobRun.__table__.drop(db.engine)
        try:
            scheduler = start(app, [job(lambda now: 1)])
            scheduler.shutdown(wait=True)
        finally:
            with app.app_context():
                JobRun.__table__.create(db.engine)

        assert "could not be noted" in caplog.text

    def test_waits_for_what_is_under_way(self, app: Flask) -> None:
        begun, go_on = threading.Event(), threading.Event()

        def slow(now: datetime) -> int:
            begun.set()
            go_on.wait(10)
            return 7

        scheduler = start(app, [job(slow, "slow")])
        begun.wait(10)
        threading.Timer(0.05, go_on.set).start()
        scheduler.shutdown(wait=True)

        with app.app_context():
            assert [run.done for run in queries.last_runs()] == [7]
