"""Colleagues answer over HTTP, and the roster file is written."""

import threading
from collections.abc import Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import sqlalchemy as sa
from flask import Flask

from employee_pulse.ballots.register import queries as register
from employee_pulse.ballots.urn.models import SealedBallot
from employee_pulse.demo import turnout
from employee_pulse.demo.models import DemoMail
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db, transaction
from employee_pulse.surveys.models import WaveQuestion


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def address(demo: Flask) -> Iterator[str]:
    """The demo company, served over HTTP."""
    server = make_server("127.0.0.1", 0, demo, handler_class=_Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def ballots(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(SealedBallot)) or 0


def answer(app: Flask, address: str, *more: str):  # type: ignore[no-untyped-def]
    return app.test_cli_runner().invoke(
        args=["demo", "answer", "--share", "0.2", "--base-url", address, *more]
    )


class TestAnswer:
    def test_casts_a_ballot_for_each_and_none_twice(self, demo: Flask, address: str) -> None:
        with demo.app_context():
            [wave] = turnout.open_waves(clock.now())
        wanted = round(0.2 * len(wave.invited))

        first, second = answer(demo, address), answer(demo, address)

        assert first.exit_code == second.exit_code == 0, first.output
        assert ballots(demo) == wanted
        with demo.app_context():
            assert register.participation(wave.wave_id).taken == wanted
        assert f" {wanted}" in second.output

    def test_sends_nothing_to_a_server_that_shows_another_sheet(
        self, demo: Flask, address: str
    ) -> None:
        with demo.app_context(), transaction():
            db.session.execute(sa.text("UPDATE roll SET sheet = replace(sheet, '65537', '65539')"))

        result = answer(demo, address)

        assert result.exit_code == 1
        assert ballots(demo) == 0

    def test_sends_nothing_when_the_questions_were_changed(self, demo: Flask, address: str) -> None:
        with demo.app_context(), transaction():
            db.session.execute(sa.text("UPDATE wave SET questions_hash = 'other'"))

        result = answer(demo, address)

        assert result.exit_code == 1
        assert ballots(demo) == 0

    def test_says_how_many_failed_and_why(self, demo: Flask, address: str) -> None:
        with demo.app_context(), transaction():
            db.session.execute(sa.delete(WaveQuestion).where(WaveQuestion.code == "ENPS-01"))
            db.session.execute(
                sa.text("UPDATE roll_entry SET token_hash = randomblob(32) WHERE employee_id < 100")
            )

        result = answer(demo, address)

        assert result.exit_code == 1
        assert "Unanswered: HTTP 4" in result.output

    def test_says_when_there_is_no_server(self, demo: Flask) -> None:
        result = answer(demo, "http://127.0.0.1:1")

        assert result.exit_code == 1
        assert "http://127.0.0.1:1" in result.output

    def test_says_when_nobody_was_invited(self, demo: Flask) -> None:
        with demo.app_context(), transaction():
            db.session.execute(sa.delete(DemoMail))

        result = answer(demo, "http://127.0.0.1:1")

        assert result.exit_code == 1
        assert ballots(demo) == 0


class TestRoster:
    def test_is_a_file_that_the_import_takes(self, app: Flask, tmp_path: Path) -> None:
        file = tmp_path / "roster.csv"
        runner = app.test_cli_runner()

        written = runner.invoke(args=["demo", "roster", str(file), "--people", "300"])
        imported = runner.invoke(args=["org", "import", str(file), "--yes"])

        assert written.exit_code == 0
        assert imported.exit_code == 0, imported.output
        with app.app_context():
            assert db.session.scalar(sa.text("SELECT count(*) FROM employee")) == 300
