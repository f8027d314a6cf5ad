"""Migrations: up, down, with data in it, and equal to the models, on every database."""

import secrets
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.engine import make_url

from config import TestConfig
from employee_pulse.app import create_app
from employee_pulse.foundation.db import Base, UtcDateTime, db, normalized_url
from tests.conftest import DATABASES, POSTGRESQL

ROOT = Path(__file__).resolve().parents[2]
FOLDER = str(ROOT / "migrations")


@pytest.fixture(params=DATABASES)
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database without a single table."""
    if request.param == "sqlite":
        yield from _application(f"sqlite:///{tmp_path / 'bare.db'}", tmp_path)
        return
    assert POSTGRESQL
    url = make_url(normalized_url(POSTGRESQL))
    name = f"pulse_bare_{secrets.token_hex(4)}"
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    try:
        yield from _application(
            url.set(database=name).render_as_string(hide_password=False), tmp_path
        )
    finally:
        with admin.connect() as connection:
            connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()


def _application(url: str, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(TestConfig(database_url=url, key_dir=str(tmp_path / "keys")))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def revisions() -> list[str]:
    script = ScriptDirectory(FOLDER)
    return [revision.revision for revision in reversed(list(script.walk_revisions()))]


def tables() -> set[str]:
    return set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}


def fill(names: set[str]) -> None:
    """Put one row into each of these tables, parents first."""
    reflected = sa.MetaData()
    reflected.reflect(db.engine)
    with db.engine.begin() as connection:
        for table in reflected.sorted_tables:
            if table.name in names:
                connection.execute(table.insert().values(**_row(connection, table)))


def _row(connection: sa.Connection, table: sa.Table) -> dict[str, Any]:
    row = {}
    for column in table.columns:
        if column.foreign_keys and not column.nullable:
            target = next(iter(column.foreign_keys)).column
            row[column.name] = connection.execute(sa.select(target)).scalars().first()
        elif not column.nullable:
            row[column.name] = _value(column)
    if "language" in row:
        row["language"] = "ko"
    if "closes_at" in row:
        row["closes_at"] = datetime(2026, 2, 1, tzinfo=UTC)
    return row


def _value(column: sa.Column[Any]) -> Any:
    samples: list[tuple[type, Any]] = [
        (sa.Boolean, False),
        (sa.Integer, 1),
        (sa.Float, 1.0),
        (sa.DateTime, datetime(2026, 1, 1, tzinfo=UTC)),
        (sa.Date, date(2026, 1, 1)),
        (sa.Time, time(9)),
        (sa.JSON, []),
        (sa.LargeBinary, b"x"),
        (sa.String, "x"),
    ]
    return next(value for kind, value in samples if isinstance(column.type, kind))


class TestMigrations:
    def test_up_to_head_equals_the_models(self, bare: Flask) -> None:
        flask_migrate.upgrade(FOLDER)

        with db.engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"compare_type": _same_type, "render_as_batch": True}
            )
            assert compare_metadata(context, Base.metadata) == []

    def test_tables_without_row_order_stay_so(self, bare: Flask) -> None:
        """SQLite numbers rows in the order they came unless a table is WITHOUT ROWID."""
        if db.engine.dialect.name != "sqlite":
            assert not any("rowid" in table for table in tables())
            return
        flask_migrate.upgrade(FOLDER)
        wanted = {
            table.name
            for table in Base.metadata.sorted_tables
            if table.dialect_options["sqlite"]["with_rowid"] is False
        }

        with sqlite3.connect(str(db.engine.url.database)) as connection:
            listed = connection.execute("PRAGMA table_list").fetchall()

        assert {name for _, name, _, _, without_rowid, _ in listed if without_rowid} == wanted
        assert {"sealed_ballot", "roll_entry", "receipt", "comment"} <= wanted

    def test_each_step_goes_down_and_up_with_data_in_it(self, bare: Flask) -> None:
        before = "base"
        for revision in revisions():
            known = tables()
            flask_migrate.upgrade(FOLDER, revision)
            fill(tables() - known)
            flask_migrate.downgrade(FOLDER, before)
            assert tables() == known
            flask_migrate.upgrade(FOLDER, revision)
            fill(tables() - known)
            before = revision

        flask_migrate.downgrade(FOLDER, "base")

        assert tables() == set()

    def test_running_it_twice_changes_nothing(self, bare: Flask) -> None:
        flask_migrate.upgrade(FOLDER)
        first = tables()

        flask_migrate.upgrade(FOLDER)

        assert tables() == first


def _same_type(
    context: Any, inspected: Any, metadata: Any, inspected_type: Any, metadata_type: Any
) -> bool | None:
    """Compare types as Alembic does, our moment type by what it stores."""
    if isinstance(metadata_type, UtcDateTime):
        return not isinstance(inspected_type, sa.DateTime)
    return None
