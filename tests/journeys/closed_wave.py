"""A wave that was answered and has closed, ready to be published again and again from copies."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from config import TestConfig
from employee_pulse.anonymity.models import BlindKey
from employee_pulse.app import create_app
from employee_pulse.ballots.register.models import Roll, RollEntry
from employee_pulse.ballots.urn.models import SealedBallot
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import Base, db, prepare_engine
from employee_pulse.notifications.models import OutboxMessage
from employee_pulse.results.models import (
    Comment,
    CompanyMoments,
    Moments,
    Publication,
    PublishedScore,
    Receipt,
    ResultNode,
)
from employee_pulse.surveys import jobs as surveys_jobs
from tests.databases import bare_database, copy_of
from tests.integration.ballots.company import Voter, open_company, tokens

VOTERS = 22
FROZEN = (PublishedScore, ResultNode, Moments, CompanyMoments, Receipt)


@dataclass(frozen=True)
class ClosedWave:
    """Where it is stored, and the receipts of the ballots that were thanked for."""

    url: str
    keys: Path
    after: datetime
    receipts: frozenset[bytes]

    @contextmanager
    def copy(self) -> Iterator["ClosedWave"]:
        folder = self.keys.parent
        with copy_of(self.url, folder) as url:
            keys = folder / f"keys-{url.rsplit('/', 1)[1]}"
            shutil.copytree(self.keys, keys)
            yield ClosedWave(url, keys, self.after, self.receipts)
            shutil.rmtree(keys)


@contextmanager
def closed_wave(kind: str, folder: Path) -> Iterator[ClosedWave]:
    """Two groups of 12 and 14 with their heads; all but a few have answered."""
    keys, now = folder / "keys", clock.now()
    with bare_database(kind, folder) as url:
        app = create_app(TestConfig(database_url=url, key_dir=str(keys)))
        with app.app_context():
            Base.metadata.create_all(db.engine)
        wave_id = open_company(app, keys, now=now)
        receipts = set()
        for number, token in enumerate(tokens(app)[:VOTERS]):
            answers = {"LEAD-01": 1 + number % 5, "ENPS": number % 11}
            comments = {"OPEN-1": f"comment {number}"} if number % 2 else {}
            client = app.test_client(use_cookies=False)
            voter = Voter(client, wave_id, token, answers, comments)
            receipts.add(bytes.fromhex(voter.cast(voter.ballot()).get_json()["receipt"]))
        after = now + timedelta(days=10)
        with app.app_context():
            assert surveys_jobs.close_due_waves(after) == 1
            db.session.remove()
            db.engine.dispose()
        yield ClosedWave(url, keys, after, frozenset(receipts))


@contextmanager
def reading(wave: ClosedWave) -> Iterator[sa.Connection]:
    engine = sa.create_engine(wave.url, poolclass=sa.NullPool)
    prepare_engine(engine)
    with engine.connect() as connection:
        yield connection


def results(wave: ClosedWave) -> dict[str, Any]:
    """Everything that publishing writes for ever, without what chance decides."""
    with reading(wave) as connection:
        found: dict[str, Any] = {
            table.__tablename__: sorted(
                repr(tuple(row)) for row in connection.execute(sa.select(table.__table__))
            )
            for table in FROZEN
        }
        comments = sa.select(Comment.department_id, Comment.question_code, Comment.text)
        found["comment"] = sorted(tuple(row) for row in connection.execute(comments))
        ids = connection.scalars(sa.select(Comment.id)).all()
        letters = sa.select(OutboxMessage.idempotency_key, OutboxMessage.recipient).where(
            OutboxMessage.kind == "results"
        )
        found["letters"] = sorted(tuple(row) for row in connection.execute(letters))
    assert len(set(ids)) == len(found["comment"])
    return found


def left_over(wave: ClosedWave) -> list[str]:
    """What publishing should have finished and has not; empty when all is well."""
    with reading(wave) as connection:
        publications = connection.execute(sa.select(Publication.__table__)).all()
        problems = [
            *_rows(connection, SealedBallot, RollEntry),
            *_secrets(connection, BlindKey.wrapped_private, Roll.wrapped_token_key),
            *_not_rewritten(connection),
        ]
    if [bool(p.published_at and p.keys_destroyed_at) for p in publications] != [True]:
        problems.append(f"publications: {publications}")
    problems += [f"key folder: {path.name}" for path in wave.keys.iterdir()]
    return problems


def untouched(wave: ClosedWave) -> list[str]:
    """What is amiss with a wave whose publication was broken off before its end."""
    with reading(wave) as connection:
        problems = _rows(connection, *FROZEN, Comment)
        receipts = frozenset(connection.scalars(sa.select(SealedBallot.receipt)))
        published = connection.scalars(sa.select(Publication.published_at)).all()
    if receipts != wave.receipts:
        problems.append(f"{len(receipts)} ballots")
    if any(published):
        problems.append("published")
    if len(list(wave.keys.iterdir())) != 1:
        problems.append("the key is gone")
    return problems


def _rows(connection: sa.Connection, *tables: type[Base]) -> list[str]:
    counted = {
        table.__tablename__: connection.scalar(sa.select(sa.func.count()).select_from(table))
        for table in tables
    }
    return [f"{name}: {rows} rows" for name, rows in counted.items() if rows]


def _secrets(connection: sa.Connection, *columns: Any) -> list[str]:
    return [
        f"{column}: still there"
        for column in columns
        if any(value is not None for value in connection.scalars(sa.select(column)))
    ]


def _not_rewritten(connection: sa.Connection) -> list[str]:
    """Where the bytes of deleted rows may still lie."""
    if connection.dialect.name == "sqlite":
        pages = connection.exec_driver_sql("PRAGMA freelist_count").scalar()
        return [f"{pages} free pages"] if pages else []
    tables = (SealedBallot.__tablename__, RollEntry.__tablename__)
    sizes = {name: sa.select(sa.func.pg_relation_size(name)) for name in tables}
    return [f"{name}: not rewritten" for name in tables if connection.scalar(sizes[name])]
