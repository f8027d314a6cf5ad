"""Reading the outbox: how much left, what is stuck and why. Never a text, never who is reminded."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, case, func, select

from employee_pulse.foundation.db import db
from employee_pulse.notifications.models import DeliveryAttempt, OutboxMessage, WebhookEndpoint
from employee_pulse.notifications.rules import SECRET_KINDS, Problem


@dataclass(frozen=True)
class KindCount:
    """How many messages of one kind wait, have left, or were given up."""

    kind: str
    waiting: int
    delivered: int
    given_up: int


@dataclass(frozen=True)
class Failure:
    """A message that is stuck, with its last problem."""

    message_id: int
    kind: str
    recipient: str
    problem: Problem
    reply: str | None
    attempts: int
    attempted_at: datetime
    next_attempt_at: datetime | None


@dataclass(frozen=True)
class SecretFailures:
    """That messages to unnamed people are stuck, and why. How many would tell who has answered."""

    kind: str
    problem: Problem


def counts() -> list[KindCount]:
    """By kind, in alphabetical order; as many reminders leave as people have not answered."""
    waiting = func.sum(case((OutboxMessage.next_attempt_at.is_not(None), 1), else_=0))
    delivered = func.sum(case((OutboxMessage.delivered_at.is_not(None), 1), else_=0))
    given_up = func.sum(case((OutboxMessage.given_up_at.is_not(None), 1), else_=0))
    rows = db.session.execute(
        select(OutboxMessage.kind, waiting, delivered, given_up)
        .where(OutboxMessage.kind.not_in(SECRET_KINDS))
        .group_by(OutboxMessage.kind)
        .order_by(OutboxMessage.kind)
    )
    return [KindCount(*row) for row in rows]


def failures(*, limit: int) -> list[Failure]:
    """Undelivered messages that failed at least once, given-up ones first, latest first."""
    statement = (
        _stuck()
        .with_only_columns(
            OutboxMessage.id.label("message_id"),
            OutboxMessage.kind,
            OutboxMessage.recipient,
            DeliveryAttempt.problem,
            DeliveryAttempt.reply,
            OutboxMessage.attempts,
            DeliveryAttempt.attempted_at,
            OutboxMessage.next_attempt_at,
        )
        .where(OutboxMessage.kind.not_in(SECRET_KINDS))
        .order_by(OutboxMessage.given_up_at.is_(None), DeliveryAttempt.id.desc())
        .limit(limit)
    )
    return [Failure(**row) for row in db.session.execute(statement).mappings()]


def secret_failures() -> list[SecretFailures]:
    """Stuck messages whose recipients are nobody's business: only that there are some, and why."""
    statement = (
        _stuck()
        .with_only_columns(OutboxMessage.kind, DeliveryAttempt.problem)
        .where(OutboxMessage.kind.in_(SECRET_KINDS))
        .group_by(OutboxMessage.kind, DeliveryAttempt.problem)
        .order_by(OutboxMessage.kind, DeliveryAttempt.problem)
    )
    return [SecretFailures(*row) for row in db.session.execute(statement)]


def endpoints() -> list[WebhookEndpoint]:
    """Webhook endpoints in use, oldest first."""
    return list(
        db.session.scalars(
            select(WebhookEndpoint)
            .where(WebhookEndpoint.disabled_at.is_(None))
            .order_by(WebhookEndpoint.id)
        )
    )


def _stuck() -> Select[OutboxMessage, DeliveryAttempt]:
    """Undelivered messages, each with its last failure."""
    last = (
        select(func.max(DeliveryAttempt.id))
        .where(DeliveryAttempt.message_id == OutboxMessage.id)
        .correlate(OutboxMessage)
        .scalar_subquery()
    )
    return (
        select(OutboxMessage, DeliveryAttempt)
        .join(DeliveryAttempt, DeliveryAttempt.id == last)
        .where(OutboxMessage.delivered_at.is_(None))
    )
