"""Tables of what leaves the house: outbox, failed tries, webhook endpoints."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from employee_pulse.foundation.db import Base, BigId, words
from employee_pulse.notifications.rules import Channel, Problem


class OutboxMessage(Base):
    """A mail or webhook call that was decided on and is delivered later, at least once.

    Once an ``erase`` message is delivered, recipient, subject, body and key are overwritten: the
    row then says that a message of this kind left, and nothing about whom it went to.
    """

    __tablename__ = "outbox_message"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    channel: Mapped[Channel] = mapped_column(words(Channel))
    kind: Mapped[str] = mapped_column(String(50))
    recipient: Mapped[str] = mapped_column(String(2000))
    subject: Mapped[str] = mapped_column(String(500))
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    idempotency_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    erase: Mapped[bool] = mapped_column(default=False)
    queued_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime | None]
    """None: delivered or given up."""
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    """Failures since it was queued, or since HR had it tried again."""
    delivered_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_outbox_message_due", "channel", "next_attempt_at", "id"),)


class DeliveryAttempt(Base):
    """One failed try to deliver: what went wrong, without the words of the other side."""

    __tablename__ = "delivery_attempt"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    message_id: Mapped[int] = mapped_column(
        ForeignKey("outbox_message.id", ondelete="CASCADE"), index=True
    )
    attempted_at: Mapped[datetime]
    problem: Mapped[Problem] = mapped_column(words(Problem))
    reply: Mapped[str | None] = mapped_column(String(20))
    """The code the other side gave, such as ``550 5.1.1``."""


class WebhookEndpoint(Base):
    """An address that wants to know what happened; calls carry an HMAC made with ``secret``."""

    __tablename__ = "webhook_endpoint"

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(String(2000), unique=True)
    secret: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
