"""Tables of people who may answer: roll, entries, reporting groups. No answer is ever here."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from employee_pulse.ballots.register.rules.without_email import Way
from employee_pulse.foundation.db import Base, words


class Roll(Base):
    """Who may answer in a wave, drawn once; the sheet is what everybody can compare."""

    __tablename__ = "roll"

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    eligible: Mapped[int]
    without_email: Mapped[int]
    sheet: Mapped[str] = mapped_column(Text)
    """Canonical JSON, byte for byte as hashed."""
    sheet_hash: Mapped[str] = mapped_column(String(64), unique=True)
    wrapped_token_key: Mapped[bytes | None]
    """Makes the invitation tokens of this roll; gone at publication."""
    invited_at: Mapped[datetime | None]
    """When the last invitation was queued."""


class ReportingGroup(Base):
    """A department whose ballots are counted together, with the smaller ones rolled up into it."""

    __tablename__ = "reporting_group"

    wave_id: Mapped[int] = mapped_column(ForeignKey("roll.wave_id"), primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), primary_key=True)
    label_ko: Mapped[str] = mapped_column(String(200))
    label_en: Mapped[str] = mapped_column(String(200))
    eligible: Mapped[int]
    way: Mapped[Way | None] = mapped_column(words(Way))
    """How its people without e-mail are asked, once something was printed for them."""


class RollEntry(Base):
    """One person of a roll, deleted at publication. No moment stands here, and none may."""

    __tablename__ = "roll_entry"

    wave_id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), primary_key=True)
    group_id: Mapped[int]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    invited: Mapped[bool] = mapped_column(default=False)
    blinded_hash: Mapped[bytes | None]
    """SHA-256 of the blinded message that was signed; None: no ballot taken."""
    draws_paper: Mapped[bool | None]
    """True: draws a paper code, with others of the group, and the invitation is void."""

    __table_args__ = (
        ForeignKeyConstraint(
            ["wave_id", "group_id"], ["reporting_group.wave_id", "reporting_group.department_id"]
        ),
        {"sqlite_with_rowid": False},
    )


class ReminderRound(Base):
    """A reminder of a wave that was sent: the claim that it happens once, at most one a day."""

    __tablename__ = "reminder_round"

    wave_id: Mapped[int] = mapped_column(ForeignKey("roll.wave_id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    """Where the program is, by its time zone."""
    sent_at: Mapped[datetime]
