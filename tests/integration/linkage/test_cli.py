"""``flask anonymity attack``: what it prints, how it ends, and what it refuses."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from employee_pulse.foundation.db import db, normalized_url, transaction
from employee_pulse.linkage import run
from employee_pulse.linkage.rules.attacks import Attack
from employee_pulse.linkage.rules.verdicts import SQLITE, Case, Finding, applies
from employee_pulse.org.models import Department, Employee
from tests.conftest import POSTGRESQL

Findings = Callable[..., None]


def finding(case: Case, attack: Attack, **changes: Any) -> Finding:
    is_key = attack is Attack.KEYS
    hits = {Case.OPEN: 0 if is_key else 24, Case.PUBLISHED: 0 if is_key else 25}.get(case, 336)
    values = {"hits": hits, "people": 336, "groups": 24, **changes}
    return Finding(SQLITE, case, attack, **values)


@pytest.fixture
def database_url(_sqlite_template: Path, tmp_path: Path) -> str:
    """Which database the commands are typed at makes no difference: they bring their own."""
    shutil.copy(_sqlite_template, tmp_path / "pulse.db")
    return f"sqlite:///{tmp_path / 'pulse.db'}"


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Findings:
    """Instead of staging: every attack at chance and every control linked, but for ``changed``."""

    def let_find(*changed: Finding) -> None:
        findings = {
            (case, attack): finding(case, attack)
            for case in Case
            for attack in Attack
            if applies(attack, case, SQLITE)
        }
        findings |= {(one.case, one.attack): one for one in changed}
        monkeypatch.setattr(run, "attack_everything", lambda *_, **__: list(findings.values()))

    return let_find


@pytest.fixture
def attack(app: Flask) -> Callable[..., Any]:
    app.config["LANGUAGE"] = "en"
    return lambda *words: app.test_cli_runner().invoke(args=["anonymity", "attack", *words])


class TestAttack:
    def test_holds_a_wave_and_finds_nothing(
        self, attack: Callable[..., Any], tmp_path: Path
    ) -> None:
        report = tmp_path / "report.md"
        size = ("--seeds", "1", "--groups", "2", "--people", "10", "--at-once", "4")

        result = attack(*size, "--report", str(report))

        assert "LINKED" not in result.output
        assert "2 groups of 10, 20 people in all" in " ".join(report.read_text().split())
        assert "| Ballots opened with any key |" in report.read_text()

    def test_shows_a_table(self, attack: Callable[..., Any], found: Findings) -> None:
        found()

        result = attack("--report")

        assert result.exit_code == 0, result.output
        assert "No attack on Employee Pulse did better than chance" in result.output
        rows = [line for line in result.output.splitlines() if line.startswith("| Order of rows")]
        cells = [cell.strip() for cell in rows[0].strip("|").split("|")]
        assert cells == ["Order of rows", "100%", "100%", "24, chance", "25, chance", "336"]
        assert len({len(line) for line in result.output.splitlines() if line.startswith("|")}) == 1

    def test_says_only_how_it_came_out(self, attack: Callable[..., Any], found: Findings) -> None:
        found()

        result = attack()

        assert result.exit_code == 0
        assert "did better than chance" in result.output
        assert "|" not in result.output

    def test_speaks_korean(self, app: Flask, attack: Callable[..., Any], found: Findings) -> None:
        app.config["LANGUAGE"] = "ko"
        found()

        result = attack("--report")

        assert "누가 무엇이라고 답했는지" in result.output  # ko
        assert "Order of rows" not in result.output

    def test_gives_every_finding_as_json(self, attack: Callable[..., Any], found: Findings) -> None:
        found()

        result = attack("--json")

        listed = json.loads(result.stdout)
        assert listed[0] == {
            "database": "sqlite",
            "case": "plain",
            "attack": "rows",
            "hits": 336,
            "people": 336,
            "groups": 24,
            "bound": 45,
            "verdict": "works",
        }

    def test_fails_if_an_attack_beats_chance(
        self, attack: Callable[..., Any], found: Findings
    ) -> None:
        found(finding(Case.OPEN, Attack.SIZES, hits=118))

        result = attack("--report")

        assert result.exit_code == 1
        assert "LINKED: Lengths of ballots, SQLite, Wave open: 118 of 336" in result.output
        assert "118, LINKED" in result.output

    def test_fails_if_a_control_was_not_linked(
        self, attack: Callable[..., Any], found: Findings
    ) -> None:
        found(finding(Case.PLAIN, Attack.LOGS, hits=300))

        result = attack("--report")

        assert result.exit_code == 1
        assert "does not work: Log files, SQLite" in result.output
        assert "89% !" in result.output


class TestRefusals:
    @pytest.mark.parametrize(
        ("url", "words"),
        [
            ("mysql://localhost/x", "neither sqlite nor"),
            ("nonsense", "neither sqlite nor"),
            ("postgresql://nobody:secret@127.0.0.1:1/x", "cannot be reached"),
        ],
    )
    def test_what_is_no_server(self, attack: Callable[..., Any], url: str, words: str) -> None:
        result = attack("--database", url)

        assert result.exit_code == 1
        assert words in result.output
        assert "secret" not in result.output

    @pytest.mark.skipif(not POSTGRESQL, reason="TEST_DATABASE_URL is not set")
    def test_whoever_may_not_read_every_byte(
        self, attack: Callable[..., Any], ordinary_user: str
    ) -> None:
        result = attack("--database", ordinary_user)

        assert result.exit_code == 1
        assert "a superuser, the extension pageinspect" in result.output


@pytest.fixture
def ordinary_user() -> Iterator[str]:
    url = make_url(normalized_url(POSTGRESQL or ""))
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    name = "pulse_linkage_ordinary"
    with engine.connect() as connection:
        connection.execute(text(f"DROP ROLE IF EXISTS {name}"))
        connection.execute(text(f"CREATE ROLE {name} LOGIN PASSWORD 'ordinary'"))
    yield url.set(username=name, password="ordinary").render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP ROLE {name}"))
    engine.dispose()


class TestStage:
    """Its steps move the clock and make people up: never in a database of real people."""

    @pytest.fixture(autouse=True)
    def _real_people(self, app: Flask) -> None:
        app.config["LANGUAGE"] = "en"
        with app.app_context(), transaction():
            department = Department(code="D1", name_ko="D1", name_en="D1")
            db.session.add(department)
            db.session.flush()
            db.session.add(
                Employee(
                    number="1",
                    name="A",
                    email="a@real.example",
                    department_id=department.id,
                    language="ko",
                )
            )

    @pytest.mark.parametrize(
        "step", [["found", "--groups", "1", "--people", "10"], ["open"], ["remind"], ["publish"]]
    )
    def test_is_refused_among_real_people(self, app: Flask, step: list[str]) -> None:
        result = app.test_cli_runner().invoke(args=["anonymity", "stage", *step])

        assert result.exit_code == 1
        assert "not made for a staged wave" in result.output
