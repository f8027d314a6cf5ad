"""The clock by hand."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from employee_pulse.scheduler import queries, schedule
from employee_pulse.scheduler.rules import Job

ROOT = Path(__file__).resolve().parents[3]
RELAY = [
    "plan-next-waves",
    "open-due-waves",
    "draw-rolls",
    "invite",
    "remind",
    "close-due-waves",
    "publish-closed-waves",
    "deliver-outbox",
    "forget-rosters",
    "free-posts",
]


@pytest.fixture(autouse=True)
def _in_english(app: Flask) -> None:
    app.config["LANGUAGE"] = "en"


class TestOnce:
    def test_runs_a_job_as_if_it_were_then(
        self, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[datetime] = []
        job = Job("look", lambda now: len(seen.append(now) or seen), timedelta(hours=1))
        monkeypatch.setattr(schedule, "SCHEDULE", (job,))

        result = app.test_cli_runner().invoke(
            args=["scheduler", "once", "look", "--now", "2026-12-01T09:00"]
        )

        assert result.output == "look: 1\n"
        assert seen == [datetime(2026, 12, 1, tzinfo=UTC)]

    def test_runs_the_whole_relay_in_order(self, app: Flask) -> None:
        result = app.test_cli_runner().invoke(args=["scheduler", "once", "all"])

        assert result.exit_code == 0, result.output
        assert [line.partition(":")[0] for line in result.output.splitlines()] == RELAY
        with app.app_context():
            assert {run.job for run in queries.last_runs()} == set(RELAY)

    def test_says_which_jobs_there_are(self, app: Flask) -> None:
        result = app.test_cli_runner().invoke(args=["scheduler", "once", "open-due-wave"])

        assert result.exit_code == 2
        assert "open-due-waves, draw-rolls" in result.output

    def test_says_what_is_wrong_with_a_moment(self, app: Flask) -> None:
        result = app.test_cli_runner().invoke(args=["scheduler", "once", "invite", "--now", "soon"])

        assert result.exit_code == 2
        assert "soon is no moment" in result.output

    def test_fails_aloud_and_still_runs_the_rest(
        self, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def breaks(now: datetime) -> int:
            raise LookupError("kim@example.com")

        jobs = (
            Job("breaks", breaks, timedelta(hours=1)),
            Job("works", lambda now: 2, timedelta(hours=1)),
        )
        monkeypatch.setattr(schedule, "SCHEDULE", jobs)

        result = app.test_cli_runner().invoke(args=["scheduler", "once", "all"])

        assert result.exit_code == 1
        assert "works: 2" in result.output
        assert "breaks failed: LookupError at" in result.output
        assert "kim@example.com" not in result.output


class TestList:
    def test_shows_every_job_and_its_last_run(self, app: Flask) -> None:
        runner = app.test_cli_runner()
        runner.invoke(args=["scheduler", "once", "invite"])

        lines = runner.invoke(args=["scheduler", "list"]).output.splitlines()

        assert [line.split()[0] for line in lines] == RELAY
        assert "never ran" in lines[0]
        assert "0 done" in lines[3]


class TestRun:
    def test_stops_when_told_to(self, database_url: str, tmp_path: Path) -> None:
        environment = os.environ | {
            "PULSE_DATABASE_URL": database_url,
            "PULSE_INSTANCE": str(tmp_path),
            "PULSE_MAIL_TRANSPORT": "memory",
            "PULSE_LANGUAGE": "en",
            "PYTHONUNBUFFERED": "1",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "scheduler", "run"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        with process.stdout as output:
            said = output.readline()
            process.send_signal(signal.SIGTERM)
            rest = output.read()

        assert process.wait(20) == 0
        assert "The scheduler runs" in said
        assert "Finishing" in rest
