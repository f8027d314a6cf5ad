"""Two schedulers and four web processes on one database do everything once."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from employee_pulse.ballots.register.models import Roll, RollEntry
from employee_pulse.ballots.urn.models import SealedBallot
from employee_pulse.demo import turnout
from employee_pulse.demo.models import DemoMail
from employee_pulse.demo.respondent import Result
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db, transaction
from employee_pulse.results.models import Publication
from employee_pulse.scheduler import queries as scheduler_queries
from employee_pulse.surveys import service as surveys
from employee_pulse.surveys.models import Wave
from tests.journeys.conftest import found_company
from tests.smtp_server import free_port

ROOT = Path(__file__).resolve().parents[2]
WEB_PROCESSES, SCHEDULERS = 4, 2
PATIENCE_SECONDS = 90

pytestmark = pytest.mark.database


@contextmanager
def scheduler(environment: dict[str, str]) -> Iterator[None]:
    """A scheduler process that is ready; ends when the block does."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.fast_scheduler"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout
        assert process.stdin
        assert process.stdout.readline() == "ready\n"
        yield
        process.stdin.close()
        assert process.wait(60) == 0


@contextmanager
def web(environment: dict[str, str], port: int) -> Iterator[None]:
    """Four processes that answer on one port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--preload", "--log-level", "error", "wsgi:app"],
        cwd=ROOT,
        env=environment
        | {"PULSE_BIND": f"127.0.0.1:{port}", "PULSE_WEB_WORKERS": str(WEB_PROCESSES)},
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: answers(port))
        yield
    finally:
        process.terminate()
        process.wait(60)


def answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def wait_until(done: Callable[[], object]) -> None:
    """Other processes do the work; look until it is done."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert time.monotonic() < deadline, "the other processes did not finish"
        time.sleep(0.2)


def count(app: Flask, *what: object) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(*what)) or 0


def mails(app: Flask, word: str) -> Counter[str]:
    """How many mails with a word in them each person got."""
    with app.app_context():
        found = db.session.scalars(
            sa.select(DemoMail.recipient).where(DemoMail.body.contains(word))
        )
        return Counter(found)


def environment_of(app: Flask, database_url: str, folder: Path, port: int) -> dict[str, str]:
    return os.environ | {
        "PULSE_DATABASE_URL": database_url,
        "PULSE_INSTANCE": str(folder),
        "PULSE_KEY_DIR": app.config["KEY_DIR"],
        "PULSE_SECRET_KEY": app.config["SECRET_KEY"],
        "PULSE_BASE_URL": f"http://127.0.0.1:{port}",
        "PULSE_DEMO": "1",
    }


def test_one_wave_one_roll_one_invitation_a_person_one_publication(
    app: Flask, database_url: str, tmp_path: Path
) -> None:
    port = free_port()
    environment = environment_of(app, database_url, tmp_path, port)
    with ExitStack() as processes:
        processes.enter_context(web(environment, port))
        for _ in range(SCHEDULERS):
            processes.enter_context(scheduler(environment))

        founded = found_company(app)
        with app.app_context():
            eligible = len(founded.addresses())
        wait_until(lambda: len(mails(app, "/ballot/")) == eligible)
        with app.app_context():
            [wave] = turnout.open_waves(clock.now())
            chosen = turnout.answering(wave, share=0.5, seed=1)
            counted = turnout.Turnout()
            results = list(
                turnout.answer(
                    wave,
                    chosen,
                    base_url=f"http://127.0.0.1:{port}",
                    seed=1,
                    turnout=counted,
                )
            )
        assert results == [Result.CAST] * len(chosen), counted.reasons
        assert count(app, SealedBallot) == len(chosen)

        with app.app_context(), transaction():
            surveys.move_closing(
                db.session.get_one(Wave, wave.wave_id),
                closes_at=clock.now() + timedelta(seconds=1),
                now=clock.now(),
            )
        wait_until(lambda: len(mails(app, "/results/")) == eligible)
        wait_until(lambda: keys_are_gone(app))

    assert set(mails(app, "/ballot/").values()) == {1}
    assert set(mails(app, "/results/").values()) == {1}
    assert count(app, Roll) == 1
    assert count(app, RollEntry) == count(app, SealedBallot) == 0
    with app.app_context():
        opened = db.session.scalars(sa.select(Wave).where(Wave.opened_at.is_not(None))).all()
        [publication] = db.session.scalars(sa.select(Publication))
        failed = {run.job: run.error for run in scheduler_queries.last_runs() if run.error}
    assert len(opened) == 1
    assert publication.published_at is not None
    assert publication.ballots == len(chosen)
    assert failed == {}


def keys_are_gone(app: Flask) -> bool:
    with app.app_context():
        publication = db.session.scalars(sa.select(Publication)).one_or_none()
    return publication is not None and publication.keys_destroyed_at is not None
