"""How survey tools commonly store answers: what the attacks must be able to link."""

import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from employee_pulse.ballots.protocol import canonical_json
from employee_pulse.linkage.answering import Respondent, said
from employee_pulse.linkage.rules.copies import Copy, Entry, Envelope
from employee_pulse.linkage.stores import Store

TABLES = ("participation", "answer", "comment")
_PLAIN = (
    "CREATE TABLE participation (id {number}, email TEXT, token TEXT, moment TIMESTAMP)",
    "CREATE TABLE answer (id {number}, reference TEXT, answers TEXT, moment TIMESTAMP)",
    "CREATE TABLE comment (id {number}, reference TEXT, comments TEXT)",
)
_RANDOM_KEYS = (
    "CREATE TABLE participation (token TEXT PRIMARY KEY, email TEXT)",
    "CREATE TABLE answer (reference TEXT PRIMARY KEY, answers TEXT)",
    "CREATE TABLE comment (reference TEXT PRIMARY KEY, comments TEXT)",
)
_NUMBER = {
    "sqlite": "INTEGER PRIMARY KEY AUTOINCREMENT",
    "postgresql": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
}
_BETWEEN = timedelta(minutes=7)


class NaiveTool:
    """Answers never stand beside a name, and yet."""

    def __init__(self, store: Store, database: str, *, moments: bool, since: datetime) -> None:
        self._store = store
        self._moments = moments
        self._now = since
        for statement in _PLAIN if moments else _RANDOM_KEYS:
            store.execute(statement.format(number=_NUMBER[database]))

    def answer(self, person: Respondent) -> None:
        """Note that somebody took part, and store the answers apart from it."""
        self._now += _BETWEEN
        moment = {"moment": self._now.isoformat(sep=" ")} if self._moments else {}
        reference = secrets.token_hex(16)
        self._insert(
            "participation", {"token": person.invitation.token, "email": person.email, **moment}
        )
        answers, comments = canonical_json(person.answers), canonical_json(person.comments)
        self._insert("answer", {"reference": reference, "answers": answers, **moment})
        self._insert("comment", {"reference": reference, "comments": comments})

    def copy(self) -> Copy:
        return self._store.copy(TABLES)

    def _insert(self, table: str, values: Mapping[str, str]) -> None:
        places = ", ".join("?" * len(values))
        statement = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})"  # noqa: S608 - our names
        self._store.execute(statement, *values.values())


def entries(copy: Copy) -> list[Entry]:
    return [
        Entry(row.values["email"], row.values["email"].encode(), row)
        for row in copy.tables["participation"]
    ]


def envelopes(copy: Copy) -> list[Envelope]:
    comments = {row.values["reference"]: row.values["comments"] for row in copy.tables["comment"]}
    found = []
    for row in copy.tables["answer"]:
        reference, answers = row.values["reference"], row.values["answers"]
        says = said(json.loads(answers), json.loads(comments[reference]))
        size = len(answers.encode()) + len(comments[reference].encode())
        found.append(Envelope(reference, reference.encode(), says, row, size, end=answers.encode()))
    return found


def access_log(senders: Iterable[str], since: datetime) -> bytes:
    """What a web server writes when nobody stops it."""
    lines = []
    for index, address in enumerate(senders, start=1):
        moment = since + index * _BETWEEN
        lines.append(f'{address} - - [{moment:%d/%b/%Y:%H:%M:%S +0000}] "POST /answer" 200\n')
    return "".join(lines).encode()
