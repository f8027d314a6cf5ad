"""What must not be stored about those who answer is not stored: every table, every migration.

The tables are read from the database itself, not from the models. A table that is new has to be
put into ``KIND`` first; until somebody has thought about it, this fails.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from config import TestConfig
from employee_pulse.app import create_app
from employee_pulse.foundation.db import db
from tests.conftest import DATABASES
from tests.databases import bare_database

pytestmark = pytest.mark.database

FOLDER = str(Path(__file__).resolve().parents[2] / "migrations")


class Kind(StrEnum):
    ANSWERS = "a row for each answer of somebody unknown"
    TAKERS = "a row for each person who may take a ballot"
    TALLIES = "sums over several people"
    MAIL = "letters and their delivery"
    NEITHER = "neither answers nor those who give them"


KIND = {
    "sealed_ballot": Kind.ANSWERS,
    "comment": Kind.ANSWERS,
    "receipt": Kind.ANSWERS,
    "paper_code": Kind.ANSWERS,
    "roll_entry": Kind.TAKERS,
    **dict.fromkeys(("published_score", "moments", "company_moments", "result_node"), Kind.TALLIES),
    **dict.fromkeys(("outbox_message", "delivery_attempt", "demo_mail"), Kind.MAIL),
    **dict.fromkeys(
        (
            *("department", "employee", "holiday", "holiday_change", "roster_upload"),
            *("account", "webhook_endpoint", "job_run", "blind_key", "alembic_version"),
            *("question", "program", "program_audience", "program_question"),
            *("wave", "wave_question", "publication", "history_upload"),
            *("roll", "reporting_group", "reminder_round", "paper_box"),
        ),
        Kind.NEITHER,
    ),
}

COLUMNS = {
    "sealed_ballot": {"serial_hash", "wave_id", "sealed", "receipt"},
    "comment": {"id", "wave_id", "department_id", "question_code", "text"},
    "receipt": {"wave_id", "receipt"},
    "paper_code": {"code_hash", "wave_id", "group_id"},
    "roll_entry": {
        *("wave_id", "employee_id", "group_id", "token_hash", "invited", "blinded_hash"),
        "draws_paper",
    },
}
"""Where a row is about one person: these columns and no other, whatever its name."""

MOMENTS = {
    *("at", "on", "when", "time", "timestamp", "date", "day", "hour", "minute", "moment", "epoch"),
    *("duration", "elapsed", "took", "seconds", "minutes", "ms", "created", "updated", "modified"),
}
SEQUENCES = {"seq", "sequence", "serialno", "order", "ordinal", "rank", "counter", "version"}
SENDERS = {
    *("address", "addr", "ip", "host", "port", "agent", "ua", "browser", "device", "platform"),
    *("language", "lang", "locale", "session", "cookie", "fingerprint", "referer", "referrer"),
}
PEOPLE = {
    *("employee", "person", "people", "user", "account", "author", "respondent", "participant"),
    *("email", "mail", "recipient", "name", "number", "invitation", "token", "entry", "taker"),
    *("pseudonym", "alias", "member", "by", "manager"),
}
ANSWERING = {
    *("ballot", "serial", "sealed", "receipt", "nonce", "blinded", "taken", "cast", "answer"),
    *("answers", "answered", "vote", "voted", "pseudonym", "respondent", "participant"),
}
TRACKING = {"opened", "seen", "read", "viewed", "click", "clicked", "clicks", "pixel", "tracking"}

FORBIDDEN_WORDS = {
    Kind.ANSWERS: MOMENTS | SEQUENCES | SENDERS | PEOPLE | {"ballot", "blinded"},
    Kind.TAKERS: (MOMENTS | SEQUENCES | SENDERS | PEOPLE | ANSWERING | TRACKING)
    - {"employee", "token", "blinded"},
    Kind.TALLIES: MOMENTS | SENDERS | (PEOPLE - {"name"}) | ANSWERING,
    Kind.MAIL: ANSWERING | TRACKING | (SENDERS - {"language"}),
    Kind.NEITHER: ANSWERING | {"click", "clicked", "clicks", "pixel", "tracking"},
}
TIMES = (sa.DateTime, sa.Date, sa.Time, sa.Interval)
ABOUT_ONE = (Kind.ANSWERS, Kind.TAKERS)
POINTS_AT_PEOPLE = ("employee", "account", "roll_entry", "outbox_message", "delivery_attempt")
ADDRESSES = {"INET", "CIDR", "MACADDR", "MACADDR8"}


@dataclass(frozen=True)
class Table:
    """What the database says of a table."""

    name: str
    columns: Mapping[str, sa.types.TypeEngine[object]]
    numbered: Sequence[str]
    """Columns that the database fills by itself, in order of arrival or by the clock."""
    targets: frozenset[str]
    """Tables its foreign keys point at."""
    has_rowid: bool


def tables_of(connection: sa.Connection) -> list[Table]:
    inspector = sa.inspect(connection)
    inspector.clear_cache()
    return [_table(connection, inspector, name) for name in inspector.get_table_names()]


def _table(connection: sa.Connection, inspector: sa.Inspector, name: str) -> Table:
    columns = inspector.get_columns(name)
    keys = inspector.get_pk_constraint(name)["constrained_columns"]
    numbered = [
        column["name"]
        for column in columns
        if column.get("default") is not None
        or column.get("identity")
        or column.get("computed")
        or (keys == [column["name"]] and _counts_up(connection, column["type"]))
    ]
    return Table(
        name,
        {column["name"]: column["type"] for column in columns},
        numbered,
        frozenset(key["referred_table"] for key in inspector.get_foreign_keys(name)),
        _has_rowid(connection, name),
    )


def _counts_up(connection: sa.Connection, kind: sa.types.TypeEngine[object]) -> bool:
    """On SQLite a lone integer key is the row number."""
    return connection.dialect.name == "sqlite" and isinstance(kind, sa.Integer)


def _has_rowid(connection: sa.Connection, name: str) -> bool:
    if connection.dialect.name != "sqlite":
        return False
    listed = connection.exec_driver_sql(f'PRAGMA table_list("{name}")').mappings().one()
    return not listed["wr"]


def recorders(connection: sa.Connection) -> list[str]:
    """Triggers and views: they could write down, or join, what no column holds."""
    if connection.dialect.name == "sqlite":
        found = "SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view')"
    else:
        found = (
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal UNION ALL "
            "SELECT table_name::text FROM information_schema.views WHERE table_schema = 'public'"
        )
    return list(connection.exec_driver_sql(found).scalars())


def complaints(table: Table) -> list[str]:
    """Everything about a table that section 5 of the design of anonymity forbids."""
    kind = KIND.get(table.name)
    if kind is None:
        return [f"{table.name}: say in KIND what it is about"]
    found = [
        f"{table.name}.{column}: says {word!r}"
        for column in table.columns
        for word in column.lower().split("_")
        if word in FORBIDDEN_WORDS[kind]
        and (table.name, column) not in {("sealed_ballot", "receipt"), ("receipt", "receipt")}
    ]
    if kind in (Kind.ANSWERS, Kind.TALLIES):
        found += [f"{table.name} points at {name}" for name in _people(table)]
    if kind is not Kind.ANSWERS:
        found += [
            f"{table.name} points at {name}"
            for name in table.targets
            if KIND.get(name) in ABOUT_ONE
        ]
    if kind in (*ABOUT_ONE, Kind.TALLIES):
        found += _kept_moments(table)
    return found + (_beyond_the_known(table) if kind in ABOUT_ONE else [])


def _people(table: Table) -> list[str]:
    return sorted(table.targets & set(POINTS_AT_PEOPLE))


def _kept_moments(table: Table) -> list[str]:
    return [
        f"{table.name}.{column}: {kind}"
        for column, kind in table.columns.items()
        if isinstance(kind, TIMES) or kind.__class__.__name__ in ADDRESSES
    ]


def _beyond_the_known(table: Table) -> list[str]:
    found = [f"{table.name}.{column}: filled by the database" for column in table.numbered]
    found += [
        f"{table.name}.{column}: not among the columns that may be"
        for column in sorted(table.columns.keys() - COLUMNS[table.name])
    ]
    return [*found, f"{table.name}: keeps the order of its rows"] if table.has_rowid else found


@pytest.fixture(scope="module", params=DATABASES)
def chain(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[sa.Engine, dict[str, list[str]]]]:
    """A database at the newest revision, and what was forbidden after each."""
    folder = tmp_path_factory.mktemp("columns")
    with bare_database(request.param, folder) as url:
        app = create_app(TestConfig(database_url=url, key_dir=str(folder / "keys")))
        with app.app_context():
            yield db.engine, dict(_after_each_revision())
            db.session.remove()
            db.engine.dispose()


def _after_each_revision() -> Iterator[tuple[str, list[str]]]:
    for step in reversed(list(ScriptDirectory(FOLDER).walk_revisions())):
        flask_migrate.upgrade(FOLDER, step.revision)
        with db.engine.connect() as connection:
            found = [each for table in tables_of(connection) for each in complaints(table)]
            yield step.revision, found + recorders(connection)


class TestForbiddenColumns:
    def test_there_is_none_after_any_migration(
        self, chain: tuple[sa.Engine, dict[str, list[str]]]
    ) -> None:
        _, found = chain

        assert len(found) >= 10
        assert {revision: each for revision, each in found.items() if each} == {}

    def test_every_table_that_is_named_here_exists(
        self, chain: tuple[sa.Engine, dict[str, list[str]]]
    ) -> None:
        """So that renaming one does not take it out of sight."""
        engine, _ = chain
        with engine.connect() as connection:
            assert {table.name for table in tables_of(connection)} == KIND.keys()

    @pytest.mark.parametrize(
        ("table", "column"),
        [
            ("sealed_ballot", "cast_at TIMESTAMP"),
            ("sealed_ballot", "noted DATE"),
            ("sealed_ballot", "x BIGINT"),
            ("sealed_ballot", "employee_id INTEGER REFERENCES employee (id)"),
            ("sealed_ballot", "token_hash BYTEA"),
            ("comment", "ballot_id INTEGER"),
            ("comment", "seconds_taken INTEGER"),
            ("comment", "language VARCHAR(2)"),
            ("receipt", "ip VARCHAR(40)"),
            ("receipt", "position INTEGER"),
            ("receipt", "said TEXT DEFAULT CURRENT_TIMESTAMP"),
            ("roll_entry", "taken_at TIMESTAMP"),
            ("roll_entry", "user_agent VARCHAR(200)"),
            ("roll_entry", "pseudonym VARCHAR(32)"),
            ("published_score", "updated TIMESTAMP"),
            ("moments", "employee_id INTEGER"),
            ("outbox_message", "opened_at TIMESTAMP"),
            ("delivery_attempt", "clicks INTEGER"),
            ("employee", "answered BOOLEAN"),
            ("account", "pseudonym VARCHAR(32)"),
            ("job_run", "receipt VARCHAR(64)"),
        ],
    )
    def test_one_that_is_planted_is_found(
        self, chain: tuple[sa.Engine, object], table: str, column: str
    ) -> None:
        planted = f'ALTER TABLE "{table}" ADD COLUMN {column}'

        assert table in self.found_after(chain[0], planted)

    @pytest.mark.parametrize(
        "planted",
        [
            "CREATE TABLE audit (id INTEGER PRIMARY KEY, what VARCHAR(40))",
            "CREATE VIEW links AS SELECT employee_id, receipt FROM roll_entry, sealed_ballot",
        ],
    )
    def test_a_table_nobody_has_thought_about_is_found(
        self, chain: tuple[sa.Engine, object], planted: str
    ) -> None:
        assert self.found_after(chain[0], planted)

    def test_ballots_in_the_order_of_their_arrival_are_found(
        self, chain: tuple[sa.Engine, object]
    ) -> None:
        engine, _ = chain
        numbered = "INTEGER" if engine.dialect.name == "sqlite" else "SERIAL"
        planted = f"CREATE TABLE receipt (receipt {numbered} PRIMARY KEY, wave_id INTEGER)"

        found = self.found_after(engine, "DROP TABLE receipt", planted)

        assert "receipt.receipt: filled by the database" in found

    def test_a_table_that_points_at_ballots_is_found(self, chain: tuple[sa.Engine, object]) -> None:
        kind = "BLOB" if chain[0].dialect.name == "sqlite" else "BYTEA"
        planted = f"ALTER TABLE job_run ADD COLUMN x {kind} REFERENCES sealed_ballot (serial_hash)"

        assert "job_run points at sealed_ballot" in self.found_after(chain[0], planted)

    def found_after(self, engine: sa.Engine, *statements: str) -> str:
        """Complaints once these were executed; they are taken back."""
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
            found = [each for table in tables_of(connection) for each in complaints(table)]
            found += recorders(connection)
            connection.rollback()
        return "\n".join(found)
