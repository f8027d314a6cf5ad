"""The demo mailbox: mails of the demo company, readable by whoever tries it out."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from employee_pulse.foundation.db import Base, BigId


class DemoMail(Base):
    """A mail that would have left. Exists in demo mode only, where nothing is secret."""

    __tablename__ = "demo_mail"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    recipient: Mapped[str] = mapped_column(String(254), index=True)
    subject: Mapped[str] = mapped_column(String(500))
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    delivered_at: Mapped[datetime]
