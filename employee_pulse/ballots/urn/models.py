"""The urn: sealed ballots, and the paper codes that admit some. No person, no moment, no order."""

from sqlalchemy import ForeignKey, ForeignKeyConstraint
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


class PaperBox(Base):
    """The box from which a group draws its paper codes; once one was used, none is replaced."""

    __tablename__ = "paper_box"

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    group_id: Mapped[int] = mapped_column(primary_key=True)
    used: Mapped[bool] = mapped_column(default=False)

    __table_args__ = ({"sqlite_with_rowid": False},)


class PaperCode(Base):
    """A paper code by its hash. Whether it was used does not stand here."""

    __tablename__ = "paper_code"

    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(index=True)
    group_id: Mapped[int]

    __table_args__ = (
        ForeignKeyConstraint(["wave_id", "group_id"], ["paper_box.wave_id", "paper_box.group_id"]),
        {"sqlite_with_rowid": False},
    )
