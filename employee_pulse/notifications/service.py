"""Changing the outbox: queue, claim, record, try again; webhook endpoints."""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from employee_pulse.foundation.db import db
from employee_pulse.notifications import queries
from employee_pulse.notifications.models import DeliveryAttempt, OutboxMessage, WebhookEndpoint
from employee_pulse.notifications.rules import (
    LEASE,
    SECRET_KINDS,
    Channel,
    EndpointKnown,
    Letter,
    Mail,
    Outcome,
    Problem,
    check_webhook_url,
    forgotten,
    retry_after,
)

BATCH = 50
"""Messages claimed at once. When a worker dies after sending, this many may be sent twice."""
_FORGOTTEN: Mapping[str, Any] = {
    "recipient": "",
    "subject": "",
    "body": "",
    "html": None,
    "idempotency_key": None,
}


def enqueue_mail(
    *,
    kind: str,
    recipient: str,
    subject: str,
    body: str,
    idempotency_key: str,
    now: datetime,
    html: str | None = None,
    erase: bool = False,
) -> None:
    """Queue one mail in the caller's transaction; a key seen before queues nothing."""
    mail = Mail(
        kind=kind,
        recipient=recipient,
        subject=subject,
        body=body,
        idempotency_key=idempotency_key,
        html=html,
        erase=erase,
    )
    enqueue_mails([mail], now=now)


def enqueue_mails(messages: Sequence[Mail], *, now: datetime) -> int:
    """Queue many mails in the caller's transaction and say how many were new."""
    return _enqueue(
        [
            {
                "channel": Channel.MAIL,
                "kind": mail.kind,
                "recipient": mail.recipient,
                "subject": mail.subject,
                "body": mail.body,
                "html": mail.html,
                "idempotency_key": mail.idempotency_key,
                "erase": mail.erase,
            }
            for mail in messages
        ],
        now,
    )


def enqueue_webhook(
    *, event: str, data: Mapping[str, Any], idempotency_key: str, now: datetime
) -> int:
    """Queue a call to every endpoint in use; ``data`` must be JSON and name no person."""
    body = json.dumps(
        {"event": event, "at": now.isoformat(timespec="seconds"), "data": data}, ensure_ascii=False
    )
    return _enqueue(
        [
            {
                "channel": Channel.WEBHOOK,
                "kind": event,
                "recipient": endpoint.url,
                "subject": "",
                "body": body,
                "html": None,
                "idempotency_key": f"{idempotency_key}:{endpoint.id}",
                "erase": False,
            }
            for endpoint in queries.endpoints()
        ],
        now,
    )


def claim_batch(channel: Channel, *, now: datetime) -> list[Letter]:
    """Take up to ``BATCH`` due messages for ourselves until the lease ends."""
    due = (
        select(OutboxMessage.id)
        .where(
            OutboxMessage.channel == channel,
            OutboxMessage.next_attempt_at <= now,
            OutboxMessage.claimed_until.is_(None) | (OutboxMessage.claimed_until <= now),
        )
        .order_by(OutboxMessage.next_attempt_at, OutboxMessage.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    claim = (
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(due))
        .values(claimed_until=now + LEASE)
        .returning(
            OutboxMessage.id,
            OutboxMessage.kind,
            OutboxMessage.recipient,
            OutboxMessage.subject,
            OutboxMessage.body,
            OutboxMessage.html,
            OutboxMessage.queued_at,
        )
        .execution_options(synchronize_session=False)
    )
    keys = {endpoint.url: endpoint.secret for endpoint in queries.endpoints()}
    letters = [Letter(*row, secret=keys.get(row[2], "")) for row in db.session.execute(claim)]
    return sorted(letters, key=lambda letter: letter.id)


def record(letters: Sequence[Letter], outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """Write down what became of claimed letters; those without an outcome are free again."""
    _change([letter.id for letter in letters], claimed_until=None)
    delivered = [outcome.letter_id for outcome in outcomes if outcome.problem is None]
    _change(delivered, delivered_at=now, next_attempt_at=None)
    _forget(delivered, delivered=True)
    for outcome in outcomes:
        if outcome.problem is not None:
            _record_failure(outcome.letter_id, outcome.problem, outcome.reply, now)


def retry(message: OutboxMessage, *, now: datetime) -> None:
    """Try a message again from the start, at once."""
    _retry(select(OutboxMessage.id).where(OutboxMessage.id == message.id), now)


def retry_given_up(*, now: datetime) -> int:
    """Try every message again that was given up, and say how many."""
    return _retry(select(OutboxMessage.id).where(OutboxMessage.given_up_at.is_not(None)), now)


def withdraw(*, key_prefix: str) -> int:
    """Drop messages nobody needs any more that have not left; say how many.

    What was about a wave goes when the wave is over: an undelivered reminder would name somebody
    who had not answered.
    """
    undelivered = delete(OutboxMessage).where(
        OutboxMessage.idempotency_key.startswith(key_prefix, autoescape=True),
        OutboxMessage.delivered_at.is_(None),
    )
    return len(db.session.scalars(undelivered.returning(OutboxMessage.id)).all())


def add_endpoint(*, url: str, now: datetime) -> WebhookEndpoint:
    """Call an address from now on, with a secret made for it."""
    check_webhook_url(url)
    endpoint = db.session.scalar(select(WebhookEndpoint).where(WebhookEndpoint.url == url))
    if endpoint is not None and endpoint.disabled_at is None:
        raise EndpointKnown
    if endpoint is None:
        endpoint = WebhookEndpoint(url=url, secret="", created_at=now)
        db.session.add(endpoint)
    endpoint.secret = secrets.token_urlsafe(32)
    endpoint.disabled_at = None
    db.session.flush()
    return endpoint


def remove_endpoint(endpoint: WebhookEndpoint, *, now: datetime) -> None:
    """Call an address no more; calls that wait for it are dropped."""
    endpoint.disabled_at = now
    db.session.execute(
        delete(OutboxMessage).where(
            OutboxMessage.channel == Channel.WEBHOOK,
            OutboxMessage.recipient == endpoint.url,
            OutboxMessage.delivered_at.is_(None),
        )
    )


def _enqueue(rows: Sequence[Mapping[str, Any]], now: datetime) -> int:
    if not rows:
        return 0
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    statement = (
        dialect.insert(OutboxMessage.__table__)
        .on_conflict_do_nothing(index_elements=["idempotency_key"])
        .returning(OutboxMessage.__table__.c.id)
    )
    moments = {"queued_at": now, "next_attempt_at": now, "attempts": 0}
    new = db.session.connection().execute(statement, [{**row, **moments} for row in rows])
    return len(new.all())


def _record_failure(message_id: int, problem: Problem, reply: str | None, now: datetime) -> None:
    """Nothing to write if it is gone, or if another worker has delivered it meanwhile."""
    message = db.session.get(OutboxMessage, message_id, populate_existing=True)
    if message is None or message.delivered_at is not None:
        return
    message.attempts += 1
    wait = retry_after(problem, message.attempts)
    message.next_attempt_at = None if wait is None else now + wait
    message.given_up_at = now if wait is None else None
    db.session.add(
        DeliveryAttempt(message_id=message_id, attempted_at=now, problem=problem, reply=reply)
    )
    db.session.flush()
    if wait is None:
        _forget([message_id], delivered=False)


def _forget(ids: Sequence[int], *, delivered: bool) -> None:
    rows = db.session.execute(
        select(OutboxMessage.id, OutboxMessage.kind, OutboxMessage.erase).where(
            OutboxMessage.id.in_(ids)
        )
    )
    gone = [row.id for row in rows if forgotten(row.kind, erase=row.erase, delivered=delivered)]
    _change(gone, **_FORGOTTEN)


def _change(ids: Iterable[int], **values: Any) -> None:
    if ids := list(ids):
        db.session.execute(
            update(OutboxMessage).where(OutboxMessage.id.in_(ids)).values(**values),
            execution_options={"synchronize_session": False},
        )


def _retry(which: Any, now: datetime) -> int:
    """An erased message cannot be sent again: nobody knows to whom."""
    again = (
        update(OutboxMessage)
        .where(
            OutboxMessage.id.in_(which),
            OutboxMessage.delivered_at.is_(None),
            OutboxMessage.recipient != "",
            OutboxMessage.kind.not_in(SECRET_KINDS),
        )
        .values(next_attempt_at=now, given_up_at=None, claimed_until=None, attempts=0)
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return len(db.session.scalars(again).all())
