"""Tables of surveys: question bank, programs, waves with their frozen wording."""

from datetime import datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from employee_pulse.foundation.db import Base, words
from employee_pulse.surveys.rules.programs import Cadence, OpeningRule
from employee_pulse.surveys.rules.questions import Dimension, QuestionKind, Wording
from employee_pulse.surveys.rules.schedule import Schedule


class Question(Base):
    """One version of a question; a changed wording is a new version."""

    __tablename__ = "question"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(default=1)
    dimension: Mapped[Dimension] = mapped_column(words(Dimension))
    kind: Mapped[QuestionKind] = mapped_column(words(QuestionKind))
    text_ko: Mapped[str] = mapped_column(String(500))
    text_en: Mapped[str] = mapped_column(String(500))
    reverse_keyed: Mapped[bool] = mapped_column(default=False)
    choices: Mapped[list[Any]]
    """Of choice questions: [{"code", "ko", "en"}, ...] in order; otherwise empty."""
    settings: Mapped[dict[str, Any]]
    """What a kind needs besides; empty for the kinds in use."""
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    """When a newer version took its place."""

    __table_args__ = (
        UniqueConstraint("code", "version"),
        Index(
            "uq_question_one_current_version",
            "code",
            unique=True,
            sqlite_where=text("retired_at IS NULL"),
            postgresql_where=text("retired_at IS NULL"),
        ),
    )

    def as_asked(self, *, position: int) -> dict[str, Any]:
        """What a wave keeps of this version."""
        return {
            "code": self.code,
            "position": position,
            "version": self.version,
            "dimension": self.dimension,
            "kind": self.kind,
            "text_ko": self.text_ko,
            "text_en": self.text_en,
            "reverse_keyed": self.reverse_keyed,
            "choices": self.choices,
            "settings": self.settings,
        }

    @property
    def wording(self) -> Wording:
        return Wording(
            dimension=self.dimension,
            kind=self.kind,
            text_ko=self.text_ko,
            text_en=self.text_en,
            reverse_keyed=self.reverse_keyed,
            choices=tuple(self.choices),
        )


class Program(Base):
    """A survey that repeats: whom it asks, what, and when."""

    __tablename__ = "program"

    id: Mapped[int] = mapped_column(primary_key=True)
    name_ko: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    cadence: Mapped[Cadence] = mapped_column(words(Cadence))
    opening_rule: Mapped[OpeningRule] = mapped_column(words(OpeningRule))
    opening_number: Mapped[int]
    """The n of the n-th working day, or the day of the month."""
    opens_at_time: Mapped[time]
    timezone: Mapped[str] = mapped_column(String(60))
    length_working_days: Mapped[int] = mapped_column(default=10)
    reminder_days: Mapped[list[int]]
    """Working days after opening on which a reminder goes out; -1 is one before closing."""
    language: Mapped[str] = mapped_column(String(2), default="ko")
    message_ko: Mapped[str] = mapped_column(Text, default="")
    message_en: Mapped[str] = mapped_column(Text, default="")
    min_scores: Mapped[int] = mapped_column(default=5)
    burden_override: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None]
    launched_at: Mapped[datetime | None]
    scheduled_at: Mapped[datetime | None]
    """Since when the schedule is as it is; no wave is planned for before."""
    ended_at: Mapped[datetime | None]

    audience: Mapped[list["ProgramAudience"]] = relationship(cascade="all, delete-orphan")
    questions: Mapped[list["ProgramQuestion"]] = relationship(
        cascade="all, delete-orphan", order_by="ProgramQuestion.position"
    )

    @property
    def title(self) -> str:
        """In both languages, for sentences that are stored before somebody reads them."""
        same = self.name_ko == self.name_en
        return self.name_ko if same else f"{self.name_ko} ({self.name_en})"

    @property
    def schedule(self) -> Schedule:
        return Schedule(
            cadence=self.cadence,
            opening_rule=self.opening_rule,
            opening_number=self.opening_number,
            opens_at_time=self.opens_at_time,
            timezone=self.timezone,
            length_working_days=self.length_working_days,
        )


class ProgramAudience(Base):
    """A department whose whole subtree is asked."""

    __tablename__ = "program_audience"

    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), primary_key=True)


class ProgramQuestion(Base):
    """A question of a program, by code: each wave takes the version valid at its opening."""

    __tablename__ = "program_question"

    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), primary_key=True)
    question_code: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]


class Wave(Base):
    """One period of a program. Only the clock moves it; a person may change ``closes_at``."""

    __tablename__ = "wave"

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"))
    period: Mapped[str] = mapped_column(String(7))
    """``2026-11``, ``2026-Q4`` or ``2026-H2``."""
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    missed_at: Mapped[datetime | None]
    imported_at: Mapped[datetime | None]
    """Set for a wave that another tool held and whose results were imported."""
    hold_reason: Mapped[dict[str, Any] | None]
    """Why a due wave could not open: a phrase as {"msgid", "params"}, shown to HR."""
    thresholds: Mapped[dict[str, Any] | None]
    questions_hash: Mapped[str | None] = mapped_column(String(64))
    sealing_key: Mapped[bytes | None]
    """Public part; the private part is a file outside of the database."""

    __table_args__ = (
        UniqueConstraint("program_id", "period"),
        CheckConstraint("closes_at > opens_at", name="closes_after_opening"),
        Index("ix_wave_opens_at", "opens_at"),
    )


class WaveQuestion(Base):
    """A question as it is asked in one wave, wording frozen at opening."""

    __tablename__ = "wave_question"

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    version: Mapped[int]
    dimension: Mapped[Dimension] = mapped_column(words(Dimension))
    kind: Mapped[QuestionKind] = mapped_column(words(QuestionKind))
    text_ko: Mapped[str] = mapped_column(String(500))
    text_en: Mapped[str] = mapped_column(String(500))
    reverse_keyed: Mapped[bool]
    choices: Mapped[list[Any]]
    settings: Mapped[dict[str, Any]]
