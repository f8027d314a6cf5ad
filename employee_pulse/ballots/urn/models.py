"""The urn: sealed ballots and nothing else. No person, no moment, no order."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from employee_pulse.foundation.db import Base


class SealedBallot(Base):
    """A ballot that only the wave's private key opens; stored by the hash of its serial."""

    __tablename__ = "sealed_ballot"

    serial_hash: Mapped[bytes] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), index=True)
    sealed: Mapped[bytes]
    receipt: Mapped[bytes]

    __table_args__ = ({"sqlite_with_rowid": False},)
