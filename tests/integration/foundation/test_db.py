"""The database: transactions, one writer at a time, refusals in words."""

import sqlite3
import threading
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from employee_pulse.foundation import db as database
from employee_pulse.foundation.db import (
    DatabaseUnavailable,
    db,
    normalized_url,
    rewrite_tables,
    transaction,
)
from employee_pulse.org.models import Department, Holiday
from employee_pulse.scheduler.models import JobRun


@pytest.mark.usefixtures("context")
class TestConnections:
    def test_lose_nothing_and_leave_nothing_on_sqlite(self) -> None:
        """A thanked ballot survives a power cut; what is deleted is overwritten."""
        if db.engine.dialect.name != "sqlite":
            return
        full = 2
        expected = {"synchronous": full, "secure_delete": 1, "foreign_keys": 1}

        found = {
            name: db.session.scalar(sa.text(f"PRAGMA {name}"))  # names of our own
            for name in expected
        }

        assert found == expected
        assert db.session.scalar(sa.text("PRAGMA journal_mode")) == "wal"


@pytest.mark.usefixtures("context")
class TestTransaction:
    def test_writes_everything(self) -> None:
        with transaction():
            db.session.add(Holiday(day=date(2026, 6, 3), name="Election", is_off=True))

        db.session.remove()
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Holiday)) == 1

    def test_writes_nothing_if_something_inside_fails(self) -> None:
        with pytest.raises(ZeroDivisionError), transaction():
            _write_and_fail()

        assert db.session.scalar(sa.select(sa.func.count()).select_from(Holiday)) == 0

    def test_does_not_nest(self) -> None:
        with transaction(), pytest.raises(RuntimeError, match="nest"), transaction():
            pass

    def test_refuses_changes_made_outside(self) -> None:
        db.session.add(Holiday(day=date(2026, 6, 3), name="Election", is_off=True))

        with pytest.raises(RuntimeError, match="outside"), transaction():
            pass

        db.session.rollback()

    def test_sees_what_others_wrote_since_the_page_was_read(self, app: Flask) -> None:
        with transaction():
            db.session.add(Department(code="A", name_ko="a", name_en="a"))
        seen = db.session.scalars(sa.select(Department)).one()
        assert seen.name_en == "a"
        renamed = threading.Thread(target=_rename, args=(app,))
        renamed.start()
        renamed.join()

        with transaction():
            assert seen.name_en == "renamed"


def _write_and_fail() -> None:
    db.session.add(Holiday(day=date(2026, 6, 3), name="Election", is_off=True))
    db.session.flush()
    _ = 1 / 0


def _rename(app: Flask) -> None:
    with app.app_context(), transaction():
        db.session.execute(sa.update(Department).values(name_en="renamed"))


class TestOneWriterAtATime:
    def test_no_update_is_lost(self, app: Flask) -> None:
        """Read, then write, from eight threads: a plain BEGIN loses updates or fails busy."""
        with app.app_context(), transaction():
            db.session.add(JobRun(job="count", started_at=datetime.now(UTC), done=0))
        threads = [threading.Thread(target=_count, args=(app,)) for _ in range(8)]

        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        with app.app_context():
            assert db.session.scalar(sa.select(JobRun.done)) == 8 * 20


def _count(app: Flask) -> None:
    with app.app_context():
        for _ in range(20):
            with transaction():
                run = db.session.scalars(sa.select(JobRun).with_for_update()).one()
                run.done = (run.done or 0) + 1


@pytest.mark.usefixtures("context")
class TestUtcDateTime:
    def test_gives_back_an_aware_moment_in_utc(self) -> None:
        seoul = datetime(2026, 11, 2, 9, tzinfo=timezone(timedelta(hours=9)))
        with transaction():
            db.session.add(JobRun(job="x", started_at=seoul))

        db.session.remove()
        stored = db.session.scalar(sa.select(JobRun.started_at))

        assert stored == seoul
        assert stored.tzinfo is UTC

    def test_refuses_a_moment_without_a_zone(self) -> None:
        with pytest.raises(sa.exc.StatementError, match="time zone"), transaction():
            _note_a_run(datetime(2026, 1, 1))  # noqa: DTZ001 - naive on purpose


def _note_a_run(moment: datetime) -> None:
    db.session.add(JobRun(job="x", started_at=moment))
    db.session.flush()


@pytest.mark.usefixtures("context")
class TestRewriteTables:
    def test_leaves_no_deleted_byte_in_the_file(self) -> None:
        marker = "remembered-only-by-the-disk"
        with transaction():
            db.session.add(Holiday(day=date(2026, 6, 3), name=marker, is_off=True))
        with transaction():
            db.session.execute(sa.delete(Holiday))

        rewrite_tables("holiday")

        if db.engine.dialect.name == "sqlite":
            path = Path(str(db.engine.url.database))
            files = [path, path.with_name(path.name + "-wal")]
            assert not any(marker.encode() in file.read_bytes() for file in files if file.exists())

    def test_says_so_when_somebody_still_sees_what_was_deleted(self) -> None:
        """PostgreSQL keeps it for them without a word, and would keep it for ever."""
        if db.engine.dialect.name != "postgresql":
            return
        with transaction():
            db.session.add(Holiday(day=date(2026, 6, 3), name="x", is_off=True))
        with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as reader:
            reader.execute(sa.text("SELECT 1 FROM pg_class"))
            with transaction():
                db.session.execute(sa.delete(Holiday))

            with pytest.raises(OperationalError, match="holiday"):
                rewrite_tables("department", "holiday")

        rewrite_tables("department", "holiday")

        assert db.session.scalar(sa.text("SELECT pg_relation_size('holiday')")) == 0
        assert db.session.scalar(sa.text("SHOW lock_timeout")) == "0"

    def test_says_so_when_a_reader_keeps_the_log(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A blocked checkpoint does not raise by itself; deleted rows would stay in the log."""
        if db.engine.dialect.name != "sqlite":
            return
        monkeypatch.setattr(database, "_BUSY_TIMEOUT_MS", 50)
        db.engine.dispose()
        reader = sqlite3.connect(str(db.engine.url.database), isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM holiday").fetchone()
        with transaction():
            db.session.add(Holiday(day=date(2026, 6, 3), name="Election", is_off=True))

        with pytest.raises(sa.exc.OperationalError):
            rewrite_tables("holiday")

        reader.close()
        rewrite_tables("holiday")


class TestRefusals:
    def test_a_database_that_cannot_be_written_is_said_in_words(
        self, app: Flask, client: FlaskClient
    ) -> None:
        app.testing = True
        app.add_url_rule("/write", "write", _write)
        _allow(app, "write")
        _make_read_only(app)

        answer = client.post("/write", headers={"Accept": "application/json"})

        assert answer.status_code == DatabaseUnavailable.status
        assert answer.get_json()["error"] == "DatabaseUnavailable"


def _write() -> str:
    with transaction():
        db.session.add(Holiday(day=date(2026, 6, 3), name="Election", is_off=True))
    return "written"


_write.methods = ["POST"]  # type: ignore[attr-defined]


def _allow(app: Flask, endpoint: str) -> None:
    """Let a page that only this test has pass the access check."""
    from employee_pulse.auth import access

    access.ENDPOINTS.setdefault(endpoint, None)


def _make_read_only(app: Flask) -> None:
    statement = (
        "PRAGMA query_only = ON"
        if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
        else "SET default_transaction_read_only = on"
    )
    with app.app_context():

        @sa.event.listens_for(db.engine, "checkout")
        def refuse_writing(connection, record, proxy) -> None:  # type: ignore[no-untyped-def]
            connection.cursor().execute(statement)
            if "SET" in statement:
                connection.commit()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("sqlite:///x.db", "sqlite:///x.db"),
    ],
)
def test_normalized_url(given: str, expected: str) -> None:
    assert normalized_url(given) == expected
