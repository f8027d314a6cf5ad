"""Copies of databases: rows as stored, files with what was deleted, logs since a moment."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from employee_pulse.foundation.db import normalized_url
from employee_pulse.linkage import postgresql
from employee_pulse.linkage.stores import Kind, Store
from tests.anonymity.conftest import kind_of
from tests.conftest import DATABASES, POSTGRESQL

pytestmark = pytest.mark.database


@pytest.fixture(params=DATABASES)
def kind(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kind]:
    with kind_of(request.param, tmp_path) as kind:
        yield kind


@pytest.fixture
def store(kind: Kind) -> Iterator[Store]:
    with kind.database() as url, closing(kind.store(url)) as store:
        store.execute("CREATE TABLE note (name TEXT PRIMARY KEY, moment TIMESTAMP)")
        for name in ("zoe-took-part", "ann-took-part"):
            store.execute("INSERT INTO note (name, moment) VALUES (?, ?)", name, "2026-11-02")
        yield store


def test_rows_come_as_they_are_stored(store: Store) -> None:
    """Not by the key, which an index keeps in order."""
    rows = store.copy(["note"]).tables["note"]

    assert [row.values["name"] for row in rows] == ["zoe-took-part", "ann-took-part"]
    assert rows[0].place < rows[1].place


def test_rows_tell_their_moments(store: Store) -> None:
    rows = store.copy(["note"]).tables["note"]

    assert [moment[:10] for row in rows for moment in row.moments] == ["2026-11-02"] * 2


def test_transactions_are_numbered_by_postgresql_alone(store: Store, kind: Kind) -> None:
    numbers = [row.transaction for row in store.copy(["note"]).tables["note"]]

    if kind.name == "sqlite":
        assert numbers == [None, None]
    else:
        assert numbers[0] < numbers[1]  # type: ignore[operator]


def test_files_and_log_hold_what_was_changed(store: Store) -> None:
    store.execute("UPDATE note SET name = ? WHERE name = ?", "nobody-at-all", "zoe-took-part")

    copy = store.copy(["note"])

    assert b"nobody-at-all" in copy.files
    assert b"zoe-took-part" in copy.log
    assert copy.log.index(b"zoe-took-part") < copy.log.index(b"nobody-at-all")


def test_postgresql_tells_who_wrote_a_row_also_of_one_replaced_since(
    store: Store, kind: Kind
) -> None:
    store.execute("UPDATE note SET moment = NULL")

    found = [number for number, data in store.copy(["note"]).versions if b"zoe-took-part" in data]

    assert len(set(found)) == (2 if kind.name == "postgresql" else 0)


def test_the_log_begins_where_it_is_started(kind: Kind, store: Store) -> None:
    store.start_log()
    store.execute("INSERT INTO note (name) VALUES (?)", "ben-took-part")

    log = store.copy(["note"]).log

    assert b"ben-took-part" in log
    if kind.name == "postgresql":
        assert b"zoe-took-part" not in log


def test_a_database_may_be_a_copy_of_another_one(kind: Kind) -> None:
    with kind.database() as template:
        with closing(kind.store(template)) as store:
            store.execute("CREATE TABLE note (name TEXT)")
            store.execute("INSERT INTO note (name) VALUES (?)", "ann-took-part")
        with kind.database(template) as url, closing(kind.store(url)) as store:
            rows = store.copy(["note"]).tables["note"]

    assert [row.values["name"] for row in rows] == ["ann-took-part"]


@pytest.mark.parametrize("url", [POSTGRESQL] if POSTGRESQL else [])
def test_a_log_of_which_nothing_was_flushed_since_is_empty(url: str) -> None:
    """What is noted as its start may be ahead of what has reached the disk."""
    engine = create_engine(normalized_url(url))
    with engine.connect() as connection:
        ahead = postgresql._end_of_log(connection) + 112

        assert list(postgresql._pieces(connection, ahead)) == []
    engine.dispose()


def test_the_log_holds_nothing_of_other_databases(kind: Kind, store: Store) -> None:
    with kind.database() as url, closing(kind.store(url)) as other:
        other.execute("CREATE TABLE note (name TEXT)")
        other.execute("INSERT INTO note (name) VALUES (?)", "somebody-else-took-part")
        store.execute("INSERT INTO note (name) VALUES (?)", "ben-took-part")
        theirs = other.copy(["note"]).log

    log = store.copy(["note"]).log

    assert b"somebody-else-took-part" in theirs
    assert b"ben-took-part" in log
    assert b"somebody-else-took-part" not in log
