"""Publish a wave: open the urn, count, decide what is shown, freeze it, and forget the ballots.

The steps are separate so that the long one, opening and counting, holds no lock; a door runs
them in this order, and a run that died is finished by the next one:
``claim_wave``, ``count_ballots`` (or ``halt_wave``), ``publish_wave``, ``note_keys_destroyed``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite

from employee_pulse.anonymity import service as anonymity
from employee_pulse.ballots.protocol import key_purpose
from employee_pulse.ballots.register import queries as register
from employee_pulse.ballots.register import service as register_service
from employee_pulse.ballots.urn import service as urn_service
from employee_pulse.foundation.db import db
from employee_pulse.foundation.phrases import Phrase
from employee_pulse.notifications.rules import Mail
from employee_pulse.notifications.service import enqueue_mails, enqueue_webhook
from employee_pulse.results import queries
from employee_pulse.results.models import Publication
from employee_pulse.results.service.opening import Counted
from employee_pulse.results.service.writing import write_results

LEASE = timedelta(minutes=10)
"""A claim older than this belongs to a worker that died."""


@dataclass(frozen=True)
class Letter:
    """A mail in one language, before it is addressed."""

    subject: str
    body: str
    html: str


def claim_wave(wave_id: int, *, now: datetime) -> bool:
    """Take a closed wave for ourselves; False if another worker has it, or it is done or halted."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    first = dialect.insert(Publication).values(wave_id=wave_id, claimed_at=now)
    if db.session.scalar(first.on_conflict_do_nothing().returning(Publication.wave_id)):
        return True
    again = (
        update(Publication)
        .where(
            Publication.wave_id == wave_id,
            Publication.published_at.is_(None),
            Publication.halted_at.is_(None),
            Publication.claimed_at <= now - LEASE,
        )
        .values(claimed_at=now)
        .returning(Publication.wave_id)
    )
    return db.session.scalar(again) is not None


def publish_wave(
    counted: Counted, *, letters: Mapping[str, Letter], event: Mapping[str, Any], now: datetime
) -> bool:
    """Freeze the results, tell people, and forget the ballots, the roll and the signing keys.

    All of it in the caller's one transaction; says whether it was us who published. ``letters``
    go by language to everybody who was asked.
    """
    wave_id = counted.wave_id
    ours = (
        update(Publication)
        .where(
            Publication.wave_id == wave_id,
            Publication.published_at.is_(None),
            Publication.halted_at.is_(None),
        )
        .values(published_at=now, **_summary(counted))
        .returning(Publication.wave_id)
    )
    if db.session.scalar(ours) is None:
        return False
    write_results(counted)
    _tell(wave_id, letters, now)
    enqueue_webhook(
        event="wave.published", data=event, idempotency_key=f"wave:{wave_id}:published", now=now
    )
    urn_service.clear(wave_id)
    register_service.clear(wave_id)
    anonymity.destroy_keys(key_purpose(wave_id), now=now)
    return True


def halt_wave(
    wave_id: int, *, reason: Phrase, letters: Mapping[str, Letter], now: datetime
) -> bool:
    """Stop the publication until a person has looked; nothing is deleted. HR is told by mail."""
    params = {name: str(value) for name, value in reason.params.items()}
    halted = db.session.scalar(
        update(Publication)
        .where(Publication.wave_id == wave_id, Publication.published_at.is_(None))
        .values(halted_at=now, halt_reason={"msgid": reason.msgid, "params": params})
        .returning(Publication.wave_id)
    )
    if halted is None:
        return False
    mails = [
        _addressed(
            letters[account.language],
            kind="halted",
            recipient=account.email,
            key=f"wave:{wave_id}:halted:{now.isoformat()}:{account.id}",
        )
        for account in queries.people_to_warn()
    ]
    enqueue_mails(mails, now=now)
    return True


def resume_wave(wave_id: int) -> bool:
    """Let the next run try a halted wave again, after a person has looked; say if it was halted."""
    resumed = (
        delete(Publication)
        .where(Publication.wave_id == wave_id, Publication.halted_at.is_not(None))
        .returning(Publication.wave_id)
    )
    return db.session.scalar(resumed) is not None


def note_keys_destroyed(wave_id: int, *, now: datetime) -> None:
    """The key file is gone and the tables were rewritten: no ballot can be opened any more."""
    db.session.execute(
        update(Publication).where(Publication.wave_id == wave_id).values(keys_destroyed_at=now)
    )


def _summary(counted: Counted) -> dict[str, Any]:
    root = counted.frozen.nodes[0]
    return {
        "eligible": root.invited,
        "ballots": root.ballots,
        "min_scores": counted.thresholds.scores,
        "min_distributions": counted.thresholds.distributions,
        "min_comments": counted.thresholds.comments,
    }


def _tell(wave_id: int, letters: Mapping[str, Letter], now: datetime) -> None:
    mails = [
        _addressed(
            letters[language],
            kind="results",
            recipient=email,
            key=f"wave:{wave_id}:results:{employee_id}",
        )
        for employee_id, email, language in register.everyone(wave_id)
    ]
    enqueue_mails(mails, now=now)


def _addressed(letter: Letter, *, kind: str, recipient: str, key: str) -> Mail:
    return Mail(
        kind=kind,
        recipient=recipient,
        subject=letter.subject,
        body=letter.body,
        html=letter.html,
        idempotency_key=key,
        erase=kind == "results",
    )
