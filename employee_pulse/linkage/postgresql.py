"""Everything physical about a PostgreSQL database: row versions, pages, write-ahead log."""

import secrets
import struct
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from employee_pulse.foundation.db import normalized_url
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_
from employee_pulse.linkage.rules.copies import Copy, Row
from employee_pulse.linkage.rules.raw import postgresql_records, records_of

_PAGE = 8192
_STAGING_LOCK = 5_201_314
_PAGES = """
    SELECT get_raw_page(relation.oid::regclass::text, 'main', page::int)
    FROM pg_class AS relation
    LEFT JOIN pg_class AS owner ON owner.reltoastrelid = relation.oid
    CROSS JOIN LATERAL generate_series(0, pg_relation_size(relation.oid) / 8192 - 1) AS page
    WHERE relation.relkind IN ('r', 't', 'i')
    AND COALESCE(owner.relnamespace, relation.relnamespace) = 'public'::regnamespace
    ORDER BY relation.relkind = 'i', relation.oid, page
"""
"""Heaps with their dead row versions first, then indexes."""
_VERSIONS = """
    SELECT item.t_xmin::text, item.t_data
    FROM generate_series(0, pg_relation_size(CAST(:table AS regclass)) / 8192 - 1) AS page,
    heap_page_items(get_raw_page(CAST(:table AS text), page::int)) AS item
    WHERE item.t_data IS NOT NULL
"""
_SEGMENT = """
    SELECT pg_read_binary_file(
        'pg_wal/' || pg_walfile_name('0/0'::pg_lsn + CAST(:first + 1 AS numeric)), :offset, :length
    )
"""
_SEGMENT_SIZE = "SELECT setting FROM pg_settings WHERE name = 'wal_segment_size'"
_NUMBERS = """
    SELECT dattablespace::bigint, oid::bigint FROM pg_database WHERE datname = current_database()
"""
_MOMENTS = """
    SELECT column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = :table
    AND (data_type LIKE 'timestamp%' OR data_type IN ('date', 'time without time zone'))
"""
_KEEP_LOG = "SELECT pg_create_physical_replication_slot(:slot, true, true)"
"""From now on, until the connection ends."""
_MAY_READ_EVERYTHING = """
    SELECT rolsuper AND EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pageinspect')
    AND current_setting('wal_level') <> 'minimal'
    AND (SELECT count(*) FROM pg_replication_slots) < current_setting('max_replication_slots')::int
    FROM pg_roles WHERE rolname = current_user
"""


class NoPostgresql(Refused):
    message = N_("%(url)s is neither sqlite nor the address of a PostgreSQL server.")


class ServerUnreachable(Refused):
    message = N_("The PostgreSQL server %(server)s cannot be reached.")


class RightsMissing(Refused):
    message = N_(
        "On %(server)s a superuser, the extension pageinspect and a free replication slot are"
        " needed: an attacker reads every byte."
    )


class PostgresqlStore:
    """A database, read with the rights of a superuser; its log from ``start_log`` on.

    A replication slot keeps the log, as a server does that ships its log to a second one.
    """

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, isolation_level="AUTOCOMMIT")
        self._keeper = self._engine.connect()
        self._keeper.execute(text("CREATE EXTENSION IF NOT EXISTS pageinspect"))
        self._keeper.execute(text(_KEEP_LOG), {"slot": f"pulse_linkage_{secrets.token_hex(6)}"})
        self.start_log()

    def start_log(self) -> None:
        found = self._keeper.scalar(text("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn"))
        self._start = int(found or 0)

    def execute(self, statement: str, *values: Any) -> None:
        """One transaction for each statement; ``?`` marks a value."""
        named = {f"v{index}": value for index, value in enumerate(values)}
        for name in named:
            statement = statement.replace("?", f":{name}", 1)
        with self._engine.connect() as connection:
            connection.execute(text(statement), named)

    def copy(self, tables: Collection[str]) -> Copy:
        with self._engine.connect() as connection:
            rows = {table: _rows(connection, table) for table in tables}
            versions = [each for table in tables for each in _versions(connection, table)]
            pages = b"".join(connection.scalars(text(_PAGES)))
            log = _log(connection, self._start)
        return Copy(
            tables=rows,
            files=pages,
            page_size=_PAGE,
            appends_pages=False,
            log=log,
            log_page_size=None,
            stale=b"",
            versions=versions,
        )

    def close(self) -> None:
        self._keeper.close()
        self._engine.dispose()


class Cluster:
    """A PostgreSQL server on which databases may be made and dropped."""

    def __init__(self, url: str) -> None:
        try:
            self._url = make_url(normalized_url(url))
        except ArgumentError as error:
            raise NoPostgresql(url=url) from error
        if self._url.get_backend_name() != "postgresql":
            raise NoPostgresql(url=url)
        self._engine: Engine = create_engine(self._url, isolation_level="AUTOCOMMIT")
        self._alone: Connection | None = None

    def open(self) -> None:
        """Refuse unless we may make databases here and read every byte of them; have it alone.

        Its log holds what everybody writes: a second staging would disturb the first.
        """
        try:
            self._alone = self._engine.connect()
        except OperationalError as error:
            raise ServerUnreachable(server=self._url.render_as_string()) from error
        if not self._alone.scalar(text(_MAY_READ_EVERYTHING)):
            raise RightsMissing(server=self._url.render_as_string())
        self._alone.execute(text("SELECT pg_advisory_lock(:number)"), {"number": _STAGING_LOCK})

    @contextmanager
    def database(self, template: str | None = None) -> Iterator[str]:
        """The URL of a new database, dropped at the end; a copy of another one if given."""
        original = make_url(template).database if template else "template0"
        name = f"pulse_linkage_{secrets.token_hex(6)}"
        with self._engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{original}"'))
        try:
            yield self._url.set(database=name).render_as_string(hide_password=False)
        finally:
            with self._engine.connect() as connection:
                connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))

    def close(self) -> None:
        if self._alone is not None:
            self._alone.close()
        self._engine.dispose()


def _rows(connection: Connection, table: str) -> Sequence[Row]:
    """In physical order; the transaction number tells the order of writing."""
    moments = connection.scalars(text(_MOMENTS), {"table": table}).all()
    selected = connection.execute(
        text(f'SELECT ctid::text AS "_place", xmin::text AS "_writer", * FROM "{table}"')  # noqa: S608 - our names
    )
    rows = []
    for found in selected.mappings():
        values = dict(found)
        page, item = values.pop("_place").strip("()").split(",")
        rows.append(
            Row(
                values=values,
                place=(int(page), int(item)),
                transaction=int(values.pop("_writer")),
                moments=tuple(str(values[name]) for name in moments),
            )
        )
    return sorted(rows, key=lambda row: row.place)


def _versions(connection: Connection, table: str) -> list[tuple[int, bytes]]:
    """Every row on the pages, the dead ones too, with the transaction that wrote it."""
    found = connection.execute(text(_VERSIONS), {"table": table})
    return [(int(number), bytes(data)) for number, data in found]


def _end_of_log(connection: Connection) -> int:
    found = connection.scalar(text("SELECT pg_current_wal_flush_lsn() - '0/0'::pg_lsn"))
    return int(found or 0)


def _log(connection: Connection, start: int) -> bytes:
    """What was written since, and as far as records can be told apart, of this database only."""
    try:
        return records_of(_pieces(connection, start), _locator(connection))
    except ValueError:
        return b"".join(_pieces(connection, start))


def _locator(connection: Connection) -> bytes:
    tablespace, database = connection.execute(text(_NUMBERS)).one()
    return struct.pack("<II", tablespace, database)


def _pieces(connection: Connection, start: int) -> Iterator[bytes]:
    """Segment by segment: of a busy server this may be much."""
    end = _end_of_log(connection)
    size = int(connection.scalar(text(_SEGMENT_SIZE)) or 0)
    for first in range(start - start % size, end, size):
        begin, stop = max(start, first), min(end, first + size)
        if stop <= begin:
            return  # The start was written, but nothing was flushed since.
        position = {"first": first, "offset": begin - first, "length": stop - begin}
        piece = bytes(connection.scalar(text(_SEGMENT), position) or b"")
        yield postgresql_records(piece, begin % _PAGE)
