"""The database: typed base, UTC moments, sessions, and the only commit."""

import enum
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Integer,
    LargeBinary,
    MetaData,
    event,
)
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_

_BEGIN = "pulse_begin"
_EMPTY_LOG = "PRAGMA wal_checkpoint(TRUNCATE)"
_BUSY_TIMEOUT_MS = 20_000
_REWRITE_WITHIN_MS = 2_000
"""While a rewriting waits for a table, everybody else waits behind it: people who answer too."""
_REWRITE_TRIES, _BETWEEN_TRIES_S = 10, 0.2
_NUMBER = re.compile(r"\d+")


class DatabaseUnavailable(Refused):
    """The database cannot be written: full, read-only or out of reach."""

    message = N_(
        "The database cannot be written at the moment. Nothing was changed; please try again later."
    )
    status = 503


class ChangedMeanwhile(Refused):
    """A constraint refused what was free a moment before: somebody else was faster."""

    message = N_(
        "Somebody else has changed the same at the same moment. Nothing was written; "
        "please go back, reload the page and try again."
    )
    status = 409


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC; SQLite gives it back aware as well."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone is refused")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def words(kind: type[enum.StrEnum]) -> Enum:
    """A column that stores the values of a ``StrEnum`` as text."""
    return Enum(
        kind,
        native_enum=False,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


BigId = BigInteger().with_variant(Integer(), "sqlite")
"""An identifier that may outgrow 32 bits; SQLite numbers rows by INTEGER only."""


class Base(DeclarativeBase):
    """What every table inherits."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: UtcDateTime(),
            bytes: LargeBinary(),
            dict[str, Any]: JSON(),
            list[Any]: JSON(),
            list[int]: JSON(),
            list[str]: JSON(),
        },
    )


db = SQLAlchemy()


def init_app(app: Flask) -> None:
    """Connect the application with its database and set every connection up."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    app.config["SQLALCHEMY_DATABASE_URI"] = normalized_url(url)
    parsed = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and not parsed.database.startswith((":memory:", "file:")):
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        options = app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", {})
        options.setdefault("connect_args", {}).setdefault("timeout", _BUSY_TIMEOUT_MS / 1000)
    else:
        app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", {}).setdefault("pool_pre_ping", True)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)


def normalized_url(url: str) -> str:
    """Name the driver: ``postgres://`` and ``postgresql://`` both mean psycopg 3."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def prepare_engine(engine: Engine) -> None:
    """On SQLite: durable, one writer at a time, foreign keys, deleted bytes overwritten.

    The driver's own transactions begin too late: two requests that read and then write lose
    updates. So the driver is told to keep out, and ``transaction`` begins IMMEDIATE.
    """
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _set_up_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {_BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))


@contextmanager
def transaction() -> Iterator[None]:
    """Everything inside is written, or nothing is. The only place that commits.

    A reading transaction that is under way ends first, so that what is decided inside is decided
    on the present state; objects loaded before are read again when touched.
    """
    session = db.session
    if session.info.get("writing"):
        raise RuntimeError("transactions do not nest: only doors open them")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("something was changed outside of a transaction")
    session.rollback()
    session.connection(execution_options={_BEGIN: "BEGIN IMMEDIATE"})
    session.info["writing"] = True
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["writing"] = False


def rewrite_tables(*tables: str) -> None:
    """Leave no trace of deleted rows in the database's files.

    SQLite: the write-ahead log is emptied and the file written anew. PostgreSQL: the named tables
    are. Needs a moment without others who write, or who still see what was deleted; raises
    ``OperationalError`` if there is none.
    """
    db.session.rollback()
    engine = db.engine
    if engine.dialect.name == "sqlite":
        _rewrite_file(engine)
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()  # What is set here must not meet the next request.
        connection.exec_driver_sql(f"SET lock_timeout = {_REWRITE_WITHIN_MS}")
        kept = list(tables)
        for tries in range(_REWRITE_TRIES):
            time.sleep(tries and _BETWEEN_TRIES_S)
            kept = [table for table in kept if _rewrite_table(connection, table)]
            if not kept:
                return
    raise OperationalError("VACUUM", None, Exception(f"deleted rows are still seen: {kept}"))


def _rewrite_table(connection: Connection, table: str) -> bool:
    """Tell whether deleted rows were kept, for a transaction that began before the deletion.

    It may be one of another database of the server.
    """
    details: list[str] = []
    raw: Any = connection.connection.dbapi_connection
    raw.add_notice_handler(lambda notice: details.append(notice.message_detail or ""))
    quoted = connection.dialect.identifier_preparer.quote(table)
    connection.exec_driver_sql(f"VACUUM (FULL, VERBOSE) {quoted}")
    # The first number, in any language: dead row versions that cannot be removed yet.
    return any(int(number[0]) for each in details if (number := _NUMBER.search(each)))


def _rewrite_file(engine: Engine) -> None:
    with closing(engine.raw_connection()) as pooled:
        cursor = pooled.cursor()
        for statement in (_EMPTY_LOG, "VACUUM", _EMPTY_LOG):
            try:
                answer = cursor.execute(statement).fetchone()
            except sqlite3.OperationalError as error:  # A full disk, or a writer who stays long.
                raise OperationalError(statement, None, error) from error
            if answer and answer[0]:  # A blocked checkpoint says so without raising.
                raise OperationalError(statement, None, Exception("the database is busy"))
        cursor.close()
