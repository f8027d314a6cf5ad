"""The question bank: load it, add a question, give one a new wording."""

import tomllib
from datetime import datetime
from importlib.resources import files

from sqlalchemy import select

from employee_pulse.foundation.db import db
from employee_pulse.surveys import queries
from employee_pulse.surveys.models import Question
from employee_pulse.surveys.rules.questions import (
    CodeTaken,
    NothingChanged,
    UnknownCode,
    Wording,
    parse_bank,
)

_BANK = files("employee_pulse.surveys") / "question_bank.toml"


def load_question_bank(*, now: datetime) -> int:
    """Store what the shipped bank has and the database has not; say how many versions are new.

    A wording of HR's own stays in use: only one that was never loaded takes its place.
    """
    known: dict[str, list[Question]] = {}
    for question in db.session.scalars(select(Question).order_by(Question.version)):
        known.setdefault(question.code, []).append(question)
    added = 0
    for entry in parse_bank(tomllib.loads(_BANK.read_text(encoding="utf-8"))["question"]):
        versions = known.get(entry.code, [])
        if all(version.wording != entry.wording for version in versions):
            _add_version(entry.code, entry.wording, versions, now)
            added += 1
    return added


def add_question(*, code: str, wording: Wording, now: datetime) -> Question:
    """A question of HR's own."""
    if queries.question_versions(code):
        raise CodeTaken(code=code)
    return _add_version(code, wording, [], now)


def revise_question(code: str, *, wording: Wording, now: datetime) -> Question:
    """A new version; waves that opened before keep theirs, and the trend line breaks."""
    versions = queries.question_versions(code)[::-1]
    if not versions:
        raise UnknownCode(code=code)
    if versions[-1].wording == wording:
        raise NothingChanged
    return _add_version(code, wording, versions, now)


def _add_version(code: str, wording: Wording, versions: list[Question], now: datetime) -> Question:
    """``versions``: those there are, the oldest first."""
    if versions:
        # The old one steps back first: the database allows one current version of a code.
        versions[-1].retired_at = now
        db.session.flush()
    question = Question(
        code=code,
        version=len(versions) + 1,
        dimension=wording.dimension,
        kind=wording.kind,
        text_ko=wording.text_ko,
        text_en=wording.text_en,
        reverse_keyed=wording.reverse_keyed,
        choices=[dict(choice) for choice in wording.choices],
        settings={},
        created_at=now,
    )
    db.session.add(question)
    return question
