"""Fixtures for every test: an application on each available database, clients, the outbox."""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from config import TestConfig
from employee_pulse.app import create_app
from employee_pulse.foundation.db import Base, db, normalized_url

POSTGRESQL = os.environ.get("TEST_DATABASE_URL")
DATABASES = ["sqlite", *(["postgresql"] if POSTGRESQL else [])]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "pulse.db"
    _create_tables(f"sqlite:///{path}", tmp_path_factory.mktemp("keys"))
    return path


@pytest.fixture(scope="session")
def _postgresql_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One database a test process, emptied before each test that uses it."""
    assert POSTGRESQL
    url = make_url(normalized_url(POSTGRESQL))
    name = f"pulse_test_{os.getpid()}_{secrets.token_hex(3)}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    target = url.set(database=name).render_as_string(hide_password=False)
    _create_tables(target, tmp_path_factory.mktemp("keys"))
    yield target
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


def _create_tables(url: str, key_dir: Path) -> None:
    app = create_app(TestConfig(database_url=url, key_dir=str(key_dir)))
    with app.app_context():
        Base.metadata.create_all(db.engine)
        db.engine.dispose()


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database with every table: SQLite always, PostgreSQL where one is named."""
    if request.param == "sqlite":
        path = tmp_path / "pulse.db"
        shutil.copy(request.getfixturevalue("_sqlite_template"), path)
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("_postgresql_database")
    engine = create_engine(url)
    with engine.begin() as connection:
        tables = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    engine.dispose()
    return url


@pytest.fixture
def key_dir(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def app(database_url: str, key_dir: Path) -> Iterator[Flask]:
    """An application on an empty database; no application context is pushed."""
    app = create_app(TestConfig(database_url=database_url, key_dir=str(key_dir)))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    """Inside the application context, for tests of services, queries and jobs."""
    with app.app_context():
        yield


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> Callable[..., FlaskClient]:
    """``sign_in("hr")``: a client of an account with that role."""
    from tests.factories import signed_in_client

    def signed_in(role: str = "hr") -> FlaskClient:
        return signed_in_client(app, role)

    return signed_in


LEFT_OUT: list[str] = []


def pytest_configure(config: pytest.Config) -> None:
    if not POSTGRESQL:
        LEFT_OUT.append("database tests on PostgreSQL: TEST_DATABASE_URL is not set")
    if CHROMIUM is None:
        LEFT_OUT.append("browser tests: no Chromium found (apt install chromium)")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what was not tried, and why."""
    skipped = [
        f"{report.nodeid}: {report.longrepr[2] if isinstance(report.longrepr, tuple) else ''}"
        for report in terminalreporter.stats.get("skipped", [])
    ]
    for line in [*LEFT_OUT, *skipped]:
        terminalreporter.write_line(f"LEFT OUT: {line}", yellow=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With PULSE_TEST_COMPLETE=1 a run that leaves anything out has failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not os.environ.get("PULSE_TEST_COMPLETE") or reporter is None:
        return
    if LEFT_OUT or reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
