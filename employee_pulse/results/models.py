"""Frozen results: only what may be shown is stored, so nothing else can leak."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, deferred, mapped_column

from employee_pulse.foundation.db import Base, words
from employee_pulse.results.rules.suppression import Reason

EVERYONE = 0
"""Stands for the department of the whole audience, where no single department holds all of it."""


class Publication(Base):
    """That and when a wave's results were published; its claim while a worker is at it."""

    __tablename__ = "publication"

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    claimed_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    keys_destroyed_at: Mapped[datetime | None]
    """Since then nobody can open a ballot of the wave any more, wherever a copy may lie."""
    halted_at: Mapped[datetime | None]
    halt_reason: Mapped[dict[str, Any] | None]
    """A phrase as {"msgid", "params"}, shown to HR."""
    eligible: Mapped[int | None]
    ballots: Mapped[int | None]
    """Of the whole wave; None where that is below the minimum, or unknown (history)."""
    import_digest: Mapped[str | None] = mapped_column(String(64))
    """Of the figures of an imported wave, so that the same file twice changes nothing."""
    min_scores: Mapped[int | None]
    min_distributions: Mapped[int | None]
    min_comments: Mapped[int | None]


class ResultNode(Base):
    """A department as it stood in one wave. ``reason`` says why its scores are not shown."""

    __tablename__ = "result_node"

    wave_id: Mapped[int] = mapped_column(ForeignKey("publication.wave_id"), primary_key=True)
    department_id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None]
    """None for the company: the root of the wave's tree."""
    position: Mapped[int]
    """In tree order, so that a page needs no tree to list departments."""
    depth: Mapped[int]
    code: Mapped[str] = mapped_column(String(50))
    name_ko: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    invited: Mapped[int | None]
    ballots: Mapped[int | None]
    """Of the whole subtree; None where it is not shown."""
    issued: Mapped[int | None]
    """Signatures that were issued there, each good for one ballot; None where not shown."""
    participation: Mapped[float | None]
    """Share 0-1; rounded to .05 below company level; None where it is not shown."""
    reason: Mapped[Reason | None] = mapped_column(words(Reason))

    __table_args__ = (Index("ix_result_node_department", "department_id", "wave_id"),)


class PublishedScore(Base):
    """One measure of one department in one wave, as every page, chart and file shows it.

    ``measure`` is ``question:CODE``, ``dimension:NAME``, ``index`` or ``enps``.
    """

    __tablename__ = "published_score"

    wave_id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(String(60), primary_key=True)
    n: Mapped[int | None]
    favorable: Mapped[float | None]
    favorable_sd: Mapped[float | None]
    mean: Mapped[float | None]
    sd: Mapped[float | None]
    score: Mapped[float | None]
    """The mean carried to 0-100; of eNPS -100..100."""
    band: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """In place of figures: {"favorable": [low, high], "mean": [...]} or {"score": [...]}."""
    histogram: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    reason: Mapped[Reason | None] = mapped_column(words(Reason))

    __table_args__ = (
        Index("ix_published_score_measure_department", "measure", "department_id", "wave_id"),
    )


class Moments(Base):
    """Integer sums over complete respondents of a dimension or the index, for reliability.

    ``items`` holds [[code, sum, sum of squares], ...] over the same people.
    """

    __tablename__ = "moments"

    wave_id: Mapped[int] = mapped_column(ForeignKey("publication.wave_id"), primary_key=True)
    department_id: Mapped[int] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(String(60), primary_key=True)
    n: Mapped[int]
    total: Mapped[int]
    square: Mapped[int]
    items: Mapped[list[Any]]


class CompanyMoments(Base):
    """Sums and cross-products of dimension sums over the whole company, for drivers."""

    __tablename__ = "company_moments"

    wave_id: Mapped[int] = mapped_column(ForeignKey("publication.wave_id"), primary_key=True)
    n: Mapped[int]
    measures: Mapped[list[str]]
    sums: Mapped[list[int]]
    products: Mapped[list[Any]]


class Comment(Base):
    """What somebody wrote, split from every score; random id, no moment, no order.

    It hangs on the smallest department around its author whose comments may be read.
    """

    __tablename__ = "comment"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("publication.wave_id"), index=True)
    department_id: Mapped[int]
    question_code: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)

    __table_args__ = ({"sqlite_with_rowid": False},)


class Receipt(Base):
    """The receipt of a counted ballot, so that its author can find it in the list."""

    __tablename__ = "receipt"

    wave_id: Mapped[int] = mapped_column(ForeignKey("publication.wave_id"), primary_key=True)
    receipt: Mapped[bytes] = mapped_column(primary_key=True)

    __table_args__ = ({"sqlite_with_rowid": False},)


class HistoryUpload(Base):
    """A file with the results of an earlier tool, between preview and confirmation."""

    __tablename__ = "history_upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"))
    filename: Mapped[str] = mapped_column(String(255))
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    uploaded_by_id: Mapped[int | None]
    uploaded_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
