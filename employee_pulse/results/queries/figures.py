"""Frozen figures, comments and receipts: nothing else is left of a wave."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute

from employee_pulse.foundation.db import db
from employee_pulse.results.models import (
    Comment,
    Publication,
    PublishedScore,
    Receipt,
    ResultNode,
)
from employee_pulse.results.rules.suppression import Reason
from employee_pulse.surveys.models import Wave, WaveQuestion
from employee_pulse.surveys.rules.questions import Dimension, QuestionKind


@dataclass(frozen=True, slots=True)
class TrendRow:
    """One measure of one department in one wave; `score` is None where it was not asked."""

    wave_id: int
    period: str
    invited: int | None
    participation: float | None
    in_tree: bool
    score: "ScoreRow | None"


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A published score, without the weight of an entity."""

    department_id: int
    measure: str
    n: int | None
    favorable: float | None
    favorable_sd: float | None
    mean: float | None
    sd: float | None
    score: float | None
    band: dict[str, list[float]] | None
    histogram: list[int] | None
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A department of one wave."""

    department_id: int
    parent_id: int | None
    depth: int
    code: str
    name_ko: str
    name_en: str
    invited: int | None
    ballots: int | None
    participation: float | None
    reason: Reason | None
    issued: int | None


@dataclass(frozen=True, slots=True)
class AskedVersion:
    """Which version of a question a wave asked."""

    wave_id: int
    code: str
    version: int
    dimension: Dimension
    kind: QuestionKind


def nodes(wave_id: int, scope: Collection[int] | None) -> list[NodeRow]:
    """Departments of a wave in tree order; `scope` limits them, None is all of them."""
    statement = (
        select(
            ResultNode.department_id,
            ResultNode.parent_id,
            ResultNode.depth,
            ResultNode.code,
            ResultNode.name_ko,
            ResultNode.name_en,
            ResultNode.invited,
            ResultNode.ballots,
            ResultNode.participation,
            ResultNode.reason,
            ResultNode.issued,
        )
        .where(ResultNode.wave_id == wave_id, _within(ResultNode.department_id, scope))
        .order_by(ResultNode.position)
    )
    return [NodeRow(*row) for row in _rows(statement)]


def scores_of_department(
    wave_ids: Collection[int], department_id: int
) -> dict[tuple[int, str], ScoreRow]:
    """All measures of one department, by wave and measure."""
    rows = _rows(
        _scores(PublishedScore.wave_id).where(
            PublishedScore.wave_id.in_(wave_ids), PublishedScore.department_id == department_id
        )
    )
    return {(wave_id, row[1]): ScoreRow(*row) for wave_id, *row in rows}


def scores_of_wave(wave_id: int, measures: Collection[str]) -> dict[tuple[int, str], ScoreRow]:
    """These measures of every department, by department and measure."""
    rows = _rows(
        _scores().where(PublishedScore.wave_id == wave_id, PublishedScore.measure.in_(measures))
    )
    return {(row[0], row[1]): ScoreRow(*row) for row in rows}


def trend_rows(program_id: int, department_id: int | None, measure: str) -> list[TrendRow]:
    """One measure of a department over all published waves; None is the company, whatever
    department holds it in a wave."""
    node = and_(
        ResultNode.wave_id == Wave.id,
        ResultNode.parent_id.is_(None)
        if department_id is None
        else ResultNode.department_id == department_id,
    )
    score = and_(
        PublishedScore.wave_id == Wave.id,
        PublishedScore.department_id == ResultNode.department_id,
        PublishedScore.measure == measure,
    )
    statement = (
        _scores(
            Wave.id,
            Wave.period,
            ResultNode.invited,
            ResultNode.participation,
            ResultNode.department_id.is_not(None),
        )
        .select_from(Wave)
        .join(Publication, Publication.wave_id == Wave.id)
        .outerjoin(ResultNode, node)
        .outerjoin(PublishedScore, score)
        .where(Wave.program_id == program_id, Publication.published_at.is_not(None))
        .order_by(Wave.opens_at, Wave.id)
    )
    return [
        TrendRow(wave_id, period, invited, share, in_tree, ScoreRow(*score) if score[1] else None)
        for wave_id, period, invited, share, in_tree, *score in _rows(statement)
    ]


def versions_asked(program_id: int) -> list[AskedVersion]:
    """Every question of published waves."""
    rows = _rows(
        select(
            WaveQuestion.wave_id,
            WaveQuestion.code,
            WaveQuestion.version,
            WaveQuestion.dimension,
            WaveQuestion.kind,
        )
        .join(Wave, Wave.id == WaveQuestion.wave_id)
        .join(Publication, Publication.wave_id == Wave.id)
        .where(Wave.program_id == program_id, Publication.published_at.is_not(None))
    )
    return [AskedVersion(*row) for row in rows]


def comments(
    wave_id: int, departments: Collection[int], *, words: Sequence[str], limit: int
) -> list[Comment]:
    """Comments that hold all the words, in the order of their random ids."""
    return list(
        db.session.scalars(
            select(Comment)
            .where(
                Comment.wave_id == wave_id,
                Comment.department_id.in_(departments),
                *(Comment.text.icontains(word, autoescape=True) for word in words),
            )
            .order_by(Comment.id)
            .limit(limit)
        )
    )


def count_comments(wave_id: int, departments: Collection[int]) -> int:
    there = and_(Comment.wave_id == wave_id, Comment.department_id.in_(departments))
    return db.session.scalar(select(func.count()).select_from(Comment).where(there)) or 0


def receipts(wave_id: int) -> Sequence[bytes]:
    """Sorted."""
    return db.session.scalars(
        select(Receipt.receipt).where(Receipt.wave_id == wave_id).order_by(Receipt.receipt)
    ).all()


def _rows(statement: Any) -> Sequence[Any]:
    return db.session.execute(statement).all()


def _scores(*first: Any) -> Any:
    columns = (
        PublishedScore.department_id,
        PublishedScore.measure,
        PublishedScore.n,
        PublishedScore.favorable,
        PublishedScore.favorable_sd,
        PublishedScore.mean,
        PublishedScore.sd,
        PublishedScore.score,
        PublishedScore.band,
        PublishedScore.histogram,
        PublishedScore.reason,
    )
    return select(*first, *columns)


def _within(
    column: InstrumentedAttribute[int], scope: Collection[int] | None
) -> ColumnElement[bool]:
    return column.is_not(None) if scope is None else column.in_(scope)
