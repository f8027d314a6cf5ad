"""Blind-signing keys; private parts are wrapped, and gone once their purpose is over."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from employee_pulse.foundation.db import Base


class BlindKey(Base):
    """One key pair that signs without seeing, for one holder (a group) of one purpose (a wave)."""

    __tablename__ = "blind_key"

    purpose: Mapped[str] = mapped_column(String(60), primary_key=True)
    holder: Mapped[str] = mapped_column(String(60), primary_key=True)
    modulus: Mapped[bytes]
    exponent: Mapped[int]
    wrapped_private: Mapped[bytes | None]
    destroyed_at: Mapped[datetime | None]
