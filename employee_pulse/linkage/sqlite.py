"""Everything physical about a SQLite database: rows in storage order, file, write-ahead log."""

import shutil
import sqlite3
import tempfile
from collections.abc import Collection, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from employee_pulse.linkage.rules.copies import Copy, Row
from employee_pulse.linkage.rules.raw import sqlite_frames

_MOMENTS = ("DATE", "TIME")


class SqliteStore:
    """A database file, read beside whoever uses it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    def start_log(self) -> None:
        """The file holds what it holds; nothing needs to be noted."""

    def execute(self, statement: str, *values: Any) -> None:
        """One transaction for each statement. The connection stays, and so does the log."""
        if self._connection is None:
            self._connection = sqlite3.connect(self._path, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute(statement, values)

    def copy(self, tables: Collection[str]) -> Copy:
        """The bytes as they lie there; tables are read from the copied bytes."""
        with tempfile.TemporaryDirectory() as folder:
            copied = Path(folder) / self._path.name
            for ending in ("", "-wal"):
                file = Path(f"{self._path}{ending}")
                if file.exists():
                    shutil.copyfile(file, f"{copied}{ending}")
            stale, log = copied.read_bytes(), Path(f"{copied}-wal")
            frames = sqlite_frames(log.read_bytes()) if log.exists() else b""
            with closing(sqlite3.connect(copied)) as connection:
                connection.row_factory = sqlite3.Row
                rows = {table: _rows(connection, table) for table in tables}
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            data = copied.read_bytes()
        page_size = int.from_bytes(data[16:18])
        return Copy(
            tables=rows,
            files=data,
            page_size=page_size,
            appends_pages=True,
            log=frames,
            log_page_size=page_size,
            stale=stale,
        )

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


def _rows(connection: sqlite3.Connection, table: str) -> Sequence[Row]:
    """Without an index: the order in which the table itself is stored."""
    moments = [
        name
        for _, name, kind, *_ in connection.execute(f'PRAGMA table_info("{table}")')
        if any(word in kind.upper() for word in _MOMENTS)
    ]
    selected = connection.execute(f'SELECT * FROM "{table}" NOT INDEXED')  # noqa: S608 - our names
    return [
        Row(dict(row), (index,), None, tuple(str(row[name]) for name in moments))
        for index, row in enumerate(selected)
    ]
