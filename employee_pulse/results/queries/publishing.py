"""Waves that wait for publication, and what publishing them or importing others needs to know."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from employee_pulse.auth.models import Account
from employee_pulse.auth.rules import Role
from employee_pulse.foundation.db import db
from employee_pulse.results.models import (
    HistoryUpload,
    Publication,
)
from employee_pulse.results.rules.measures import Asked
from employee_pulse.surveys import queries as surveys
from employee_pulse.surveys.models import Question, Wave, WaveQuestion


def waves_to_publish() -> list[int]:
    """Closed waves that are neither published nor halted, the oldest first."""
    statement = (
        select(Wave.id)
        .outerjoin(Publication, Publication.wave_id == Wave.id)
        .where(
            Wave.closed_at.is_not(None),
            Publication.published_at.is_(None),
            Publication.halted_at.is_(None),
        )
        .order_by(Wave.closed_at, Wave.id)
    )
    return list(db.session.scalars(statement))


def waves_with_keys() -> list[int]:
    """Published waves whose key file may still be there."""
    return list(
        db.session.scalars(
            select(Publication.wave_id)
            .where(Publication.published_at.is_not(None), Publication.keys_destroyed_at.is_(None))
            .order_by(Publication.wave_id)
        )
    )


def asked(wave_id: int) -> list[Asked]:
    """The questions of a wave in order, as far as counting needs them."""
    return [_as_asked(question) for question in surveys.wave_questions(wave_id)]


def bank() -> list[Asked]:
    """The present versions of all questions, as far as counting needs them."""
    return [_as_asked(question) for question in surveys.current_questions()]


def people_to_warn() -> Sequence[Account]:
    """HR accounts in use."""
    return db.session.scalars(
        select(Account).where(Account.role == Role.HR, Account.disabled_at.is_(None))
    ).all()


def first_own_period(program_id: int) -> str | None:
    """The period of the first wave, held or planned, that is not history."""
    return db.session.scalar(
        select(Wave.period)
        .where(Wave.program_id == program_id, Wave.imported_at.is_(None))
        .order_by(Wave.opens_at)
        .limit(1)
    )


def imported_digests(program_id: int) -> dict[str, str]:
    """Imported periods with the digest of their figures."""
    rows: Sequence[Any] = db.session.execute(
        select(Wave.period, Publication.import_digest)
        .join(Publication, Publication.wave_id == Wave.id)
        .where(Wave.program_id == program_id, Publication.import_digest.is_not(None))
    ).all()
    return dict(rows)


def upload(upload_id: int) -> HistoryUpload | None:
    return db.session.get(HistoryUpload, upload_id)


def _as_asked(question: Question | WaveQuestion) -> Asked:
    return Asked(
        question.code,
        question.kind,
        question.dimension.value,
        question.reverse_keyed,
        tuple(choice["code"] for choice in question.choices),
    )
