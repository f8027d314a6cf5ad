"""What the health pages and the first screen ask about the state of the service."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from employee_pulse.foundation.db import db
from employee_pulse.notifications.models import DeliveryAttempt, OutboxMessage
from employee_pulse.notifications.rules import Problem


@dataclass(frozen=True)
class Backlog:
    """Messages wait to be delivered. How many would tell, of reminders, who has not answered."""

    since: datetime
    problem: Problem | None
    """Of the latest try; None if nothing has been tried."""


def schema_revision() -> str | None:
    """The migration the database stands at; None if it answers, but was never migrated."""
    if not inspect(db.session.connection()).has_table("alembic_version"):
        return None
    revision: str | None = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def database_answers() -> bool:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        db.session.rollback()
        return False
    return True


def longest_wait(now: datetime) -> timedelta:
    """How long the oldest undelivered message has been in the outbox; zero if none waits."""
    oldest = db.session.scalar(
        select(func.min(OutboxMessage.queued_at)).where(OutboxMessage.next_attempt_at.is_not(None))
    )
    return timedelta() if oldest is None else max(now - oldest, timedelta())


def backlog(now: datetime, *, after: timedelta) -> Backlog | None:
    """What waits in the outbox, if the oldest of it has waited longer than ``after``."""
    waiting = OutboxMessage.next_attempt_at.is_not(None)
    since = db.session.scalar(select(func.min(OutboxMessage.queued_at)).where(waiting))
    if since is None or now - since <= after:
        return None
    problem = db.session.scalar(
        select(DeliveryAttempt.problem)
        .join(OutboxMessage, OutboxMessage.id == DeliveryAttempt.message_id)
        .where(waiting)
        .order_by(DeliveryAttempt.id.desc())
        .limit(1)
    )
    return Backlog(since, problem)
