"""Commands on a database that cannot be written end in words."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from flask import Flask

from config import TestConfig
from employee_pulse.app import create_app
from employee_pulse.foundation.db import db
from employee_pulse.foundation.translation import say
from employee_pulse.surveys.rules.programs import UnknownDepartment
from tests.data.rosters.generator import as_csv, company

CREATE = ["create-account", "kim@example.com", "--name", "Kim", "--role", "hr"]


@pytest.fixture(params=["journal_mode = WAL", "journal_mode = DELETE"])
def read_only(
    request: pytest.FixtureRequest, _sqlite_template: Path, tmp_path: Path
) -> Iterator[Flask]:
    """In one case connecting works and writing fails, in the other connecting fails as well."""
    path = tmp_path / "pulse.db"
    path.write_bytes(_sqlite_template.read_bytes())
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA {request.param}")
    connection.close()
    url = f"sqlite:///file:{path}?mode=ro&uri=true"
    app = create_app(TestConfig(database_url=url, key_dir=str(tmp_path / "keys")))
    app.config["LANGUAGE"] = "en"
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


class TestReadOnlyDatabase:
    @pytest.mark.parametrize(
        "command",
        [
            ["scheduler", "once", "all"],
            ["auth", *CREATE],
            ["surveys", "load-questions"],
            ["results", "resume", "1"],
            ["org", "import", "roster.csv", "--yes"],
        ],
        ids=lambda command: command[0],
    )
    def test_is_said_in_words(
        self,
        read_only: Flask,
        command: Sequence[str],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path("roster.csv").write_bytes(as_csv(company()))

        result = read_only.test_cli_runner().invoke(args=command)

        assert result.exit_code == 1
        assert isinstance(result.exception, SystemExit)
        assert "Error: The database cannot be written at the moment." in result.output
        assert "kim@example.com" not in result.output
        assert "INSERT" not in result.output
        assert {path.name for path in tmp_path.iterdir() if path.is_dir()} <= {"keys"}


def test_a_refusal_is_translated(app: Flask) -> None:
    refused = UnknownDepartment(code="NOWHERE")
    result = app.test_cli_runner().invoke(
        args=[
            *("surveys", "create-program", "--name", "펄스", "--name-en", "Pulse"),
            *("--audience", "NOWHERE"),
        ]
    )

    assert result.exit_code == 1
    with app.app_context():
        assert say(refused.phrase) in result.output
        assert str(refused) not in result.output
