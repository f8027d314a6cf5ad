"""Reading results: only frozen figures, and what publication needs to know beforehand."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from employee_pulse.auth.models import Account
from employee_pulse.auth.rules import Role
from employee_pulse.ballots.register import queries as register
from employee_pulse.ballots.register.models import Roll
from employee_pulse.ballots.register.rules.participation import rounded_down, step
from employee_pulse.foundation.db import db
from employee_pulse.results.models import (
    Comment,
    HistoryUpload,
    Publication,
    PublishedScore,
    Receipt,
    ResultNode,
)
from employee_pulse.results.rules.measures import Asked
from employee_pulse.results.rules.suppression import Reason
from employee_pulse.surveys import queries as surveys
from employee_pulse.surveys.models import Program, Question, Wave, WaveQuestion
from employee_pulse.surveys.rules.questions import Dimension, QuestionKind


@dataclass(frozen=True, slots=True)
class PublishedWave:
    """A published wave of a program; `eligible` and `ballots` are of the whole company."""

    id: int
    period: str
    opens_at: datetime
    closes_at: datetime
    published_at: datetime
    imported: bool
    eligible: int | None
    ballots: int | None
    min_scores: int
    min_distributions: int
    min_comments: int


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


@dataclass(frozen=True, slots=True)
class OpenParticipation:
    """Of the whole company while a wave is open: `taken` is rounded down to steps of `step`."""

    eligible: int
    taken: int
    step: int
    without_email: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a program stands: its newest published wave, and an open or halted one."""

    program: Program
    published: int
    latest: PublishedWave | None
    open_wave: Wave | None
    participation: OpenParticipation | None
    halted: Sequence[tuple[Wave, Publication]]


# --- for publication


def waves_to_publish() -> list[int]:
    """Closed waves that are neither published nor halted, the oldest first."""
    statement = (
        select(Wave.id)
        .outerjoin(Publication, Publication.wave_id == Wave.id)
        .where(
            Wave.closed_at.is_not(None),
            Publication.published_at.is_(None),
            Publication.halted_at.is_(None),
        )
        .order_by(Wave.closed_at, Wave.id)
    )
    return list(db.session.scalars(statement))


def waves_with_keys() -> list[int]:
    """Published waves whose key file may still be there."""
    return list(
        db.session.scalars(
            select(Publication.wave_id)
            .where(Publication.published_at.is_not(None), Publication.keys_destroyed_at.is_(None))
            .order_by(Publication.wave_id)
        )
    )


def asked(wave_id: int) -> list[Asked]:
    """The questions of a wave in order, as far as counting needs them."""
    return [_as_asked(question) for question in surveys.wave_questions(wave_id)]


def program_of(wave_id: int) -> Program:
    statement = select(Program).join(Wave, Wave.program_id == Program.id).where(Wave.id == wave_id)
    return db.session.scalars(statement).one()


def people_to_warn() -> Sequence[Account]:
    """HR accounts in use."""
    return db.session.scalars(
        select(Account).where(Account.role == Role.HR, Account.disabled_at.is_(None))
    ).all()


# --- for the import of history


def first_own_period(program_id: int) -> str | None:
    """The period of the first wave, held or planned, that is not history."""
    return db.session.scalar(
        select(Wave.period)
        .where(Wave.program_id == program_id, Wave.imported_at.is_(None))
        .order_by(Wave.opens_at)
        .limit(1)
    )


def imported_digests(program_id: int) -> dict[str, str]:
    """Imported periods with the digest of their figures."""
    rows = _rows(
        select(Wave.period, Publication.import_digest)
        .join(Publication, Publication.wave_id == Wave.id)
        .where(Wave.program_id == program_id, Publication.import_digest.is_not(None))
    )
    return dict(rows)


def bank() -> list[Asked]:
    """The present versions of all questions, as far as counting needs them."""
    return [_as_asked(question) for question in surveys.current_questions()]


def upload(upload_id: int) -> HistoryUpload | None:
    return db.session.get(HistoryUpload, upload_id)


# --- for pages


def standings(now: datetime) -> list[Standing]:
    """Every launched or ended program with what can be said of it now."""
    statement = select(Program).where(
        or_(
            Program.launched_at.is_not(None),
            select(Publication)
            .join(Wave, Publication.wave_id == Wave.id)
            .where(Wave.program_id == Program.id, Publication.published_at.is_not(None))
            .exists(),
        )
    )
    return [
        standing(program, now) for program in db.session.scalars(statement.order_by(Program.id))
    ]


def standing(program: Program, now: datetime) -> Standing:
    waves = published_waves(program.id)
    open_wave = db.session.scalar(
        select(Wave).where(
            Wave.program_id == program.id,
            Wave.opened_at.is_not(None),
            Wave.closed_at.is_(None),
            Wave.closes_at > now,
        )
    )
    halted = db.session.execute(
        select(Wave, Publication)
        .join(Publication, Publication.wave_id == Wave.id)
        .where(Wave.program_id == program.id, Publication.halted_at.is_not(None))
    ).all()
    return Standing(
        program,
        len(waves),
        waves[-1] if waves else None,
        open_wave,
        _open_participation(open_wave.id) if open_wave else None,
        list(halted),
    )


def _open_participation(wave_id: int) -> OpenParticipation:
    found = register.participation(wave_id)
    return OpenParticipation(
        eligible=found.eligible,
        taken=rounded_down(found.taken, found.eligible),
        step=step(found.eligible),
        without_email=found.without_email,
    )


def published_waves(program_id: int) -> list[PublishedWave]:
    """In the order in which they opened."""
    rows = _rows(
        select(
            Wave.id,
            Wave.period,
            Wave.opens_at,
            Wave.closes_at,
            Publication.published_at,
            Wave.imported_at.is_not(None),
            Publication.eligible,
            Publication.ballots,
            Publication.min_scores,
            Publication.min_distributions,
            Publication.min_comments,
        )
        .join(Publication, Publication.wave_id == Wave.id)
        .where(Wave.program_id == program_id, Publication.published_at.is_not(None))
        .order_by(Wave.opens_at, Wave.id)
    )
    return [PublishedWave(*row) for row in rows]


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


def wave_by_sheet(sheet_hash: str) -> Wave | None:
    """The wave whose sheet has this hash, published or not."""
    return db.session.scalar(
        select(Wave).join(Roll, Roll.wave_id == Wave.id).where(Roll.sheet_hash == sheet_hash)
    )


def publication(wave_id: int) -> Publication | None:
    return db.session.get(Publication, wave_id)


def sheet_hash(wave_id: int) -> str | None:
    return db.session.scalar(select(Roll.sheet_hash).where(Roll.wave_id == wave_id))


def _as_asked(question: Question | WaveQuestion) -> Asked:
    return Asked(
        question.code,
        question.kind,
        question.dimension.value,
        question.reverse_keyed,
        tuple(choice["code"] for choice in question.choices),
    )


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
