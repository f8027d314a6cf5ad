"""Databases that a test makes for itself, where the shared empty one will not do."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from employee_pulse.foundation.db import normalized_url
from tests.conftest import POSTGRESQL


@contextmanager
def bare_database(kind: str, folder: Path) -> Iterator[str]:
    """The address of a database without a table, on ``sqlite`` or ``postgresql``."""
    with _made(kind, folder, None) as url:
        yield url


@contextmanager
def copy_of(url: str, folder: Path) -> Iterator[str]:
    """The address of a copy; nobody may be connected with the original."""
    with _made("sqlite" if url.startswith("sqlite") else "postgresql", folder, url) as copy:
        yield copy


@contextmanager
def _made(kind: str, folder: Path, template: str | None) -> Iterator[str]:
    name = f"pulse_made_{secrets.token_hex(4)}"
    if kind == "sqlite":
        path = folder / f"{name}.db"
        if template:
            shutil.copy(make_url(template).database or "", path)
        yield f"sqlite:///{path}"
        return
    assert POSTGRESQL
    url = make_url(normalized_url(POSTGRESQL))
    like = f' TEMPLATE "{make_url(template).database}"' if template else ""
    _administer(url, f'CREATE DATABASE "{name}"{like}')
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        _administer(url, f'DROP DATABASE "{name}" WITH (FORCE)')


def _administer(url: sa.URL, statement: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
