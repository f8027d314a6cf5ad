"""Waves and their publications, as pages list them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from employee_pulse.ballots.register import queries as register
from employee_pulse.ballots.register.models import Roll
from employee_pulse.ballots.register.rules.participation import rounded_down, step
from employee_pulse.foundation.db import db
from employee_pulse.results.models import (
    Publication,
)
from employee_pulse.surveys.models import Program, Wave


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


def published_waves(program_id: int) -> list[PublishedWave]:
    """In the order in which they opened."""
    rows: Sequence[Any] = db.session.execute(
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
    ).all()
    return [PublishedWave(*row) for row in rows]


def publication(wave_id: int) -> Publication | None:
    return db.session.get(Publication, wave_id)


def program_of(wave_id: int) -> Program:
    statement = select(Program).join(Wave, Wave.program_id == Program.id).where(Wave.id == wave_id)
    return db.session.scalars(statement).one()


def wave_by_sheet(sheet_hash: str) -> Wave | None:
    """The wave whose sheet has this hash, published or not."""
    return db.session.scalar(
        select(Wave).join(Roll, Roll.wave_id == Wave.id).where(Roll.sheet_hash == sheet_hash)
    )


def sheet_hash(wave_id: int) -> str | None:
    return db.session.scalar(select(Roll.sheet_hash).where(Roll.wave_id == wave_id))


def _open_participation(wave_id: int) -> OpenParticipation:
    found = register.participation(wave_id)
    return OpenParticipation(
        eligible=found.eligible,
        taken=rounded_down(found.taken, found.eligible),
        step=step(found.eligible),
        without_email=found.without_email,
    )
