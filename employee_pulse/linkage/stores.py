"""Databases of both kinds, made for a staging and thrown away after it."""

import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.engine import make_url

from employee_pulse.linkage.postgresql import Cluster, PostgresqlStore
from employee_pulse.linkage.rules.copies import Copy
from employee_pulse.linkage.rules.verdicts import POSTGRESQL, SQLITE
from employee_pulse.linkage.sqlite import SqliteStore


class Store(Protocol):
    """A database with everything physical about it."""

    def start_log(self) -> None:
        """What the log holds from here on belongs to the evidence."""

    def execute(self, statement: str, *values: Any) -> None:
        """One transaction; ``?`` marks a value."""

    def copy(self, tables: Collection[str]) -> Copy: ...

    def close(self) -> None: ...


class Kind(Protocol):
    """Makes databases of one kind."""

    @property
    def name(self) -> str: ...

    def database(self, template: str | None = None) -> AbstractContextManager[str]:
        """The URL of a new database, a copy of ``template`` if one is given."""

    def store(self, url: str) -> Store: ...


@dataclass(frozen=True)
class Sqlite:
    folder: Path
    name: str = SQLITE

    @contextmanager
    def database(self, template: str | None = None) -> Iterator[str]:
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            path = Path(folder) / "pulse.db"
            if template:
                shutil.copyfile(_path(template), path)
            yield f"sqlite:///{path}"

    def store(self, url: str) -> Store:
        return SqliteStore(_path(url))


@dataclass(frozen=True)
class Postgresql:
    cluster: Cluster
    name: str = POSTGRESQL

    def database(self, template: str | None = None) -> AbstractContextManager[str]:
        return self.cluster.database(template)

    def store(self, url: str) -> Store:
        return PostgresqlStore(url)


def _path(url: str) -> Path:
    return Path(make_url(url).database or "")
