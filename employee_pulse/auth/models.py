"""Accounts of people who sign in."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from employee_pulse.auth.rules import Role
from employee_pulse.foundation.db import Base, words


class Account(Base):
    """Somebody who signs in; employees answer surveys without one."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(words(Role))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    password_given_at: Mapped[datetime | None]
    """When the present password was made for its owner, who then has to choose another one."""
    employee_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id"))
    language: Mapped[str] = mapped_column(String(2), default="ko")
    epoch: Mapped[int] = mapped_column(default=0)
    """Raised to end every session of this account at once."""
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
