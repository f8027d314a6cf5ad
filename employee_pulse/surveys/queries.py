"""Reading questions, programs and waves."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import selectinload

from employee_pulse.foundation.db import db
from employee_pulse.org import queries as org
from employee_pulse.surveys.models import (
    Program,
    ProgramAudience,
    ProgramQuestion,
    Question,
    Wave,
    WaveQuestion,
)
from employee_pulse.surveys.rules.periods import parse_period
from employee_pulse.surveys.rules.programs import Crossing, crossings, with_subtrees
from employee_pulse.surveys.rules.questions import Dimension
from employee_pulse.surveys.rules.schedule import WaveDates, openings_of_a_year, wave_dates

_BACK = timedelta(days=400)
_AHEAD = timedelta(days=1100)


@dataclass(frozen=True)
class ProgramLine:
    """A program with the waves that its line in the list names."""

    program: Program
    next_wave: Wave | None
    latest_wave: Wave | None


@dataclass(frozen=True)
class MovedWave:
    """A wave to come that a day decides about, without and with what was changed about it."""

    program: Program
    wave_id: int
    before: WaveDates
    after: WaveDates


def planning_holidays(now: datetime) -> frozenset[date]:
    """Holidays of the time in which waves are planned, caught up and checked."""
    return org.holidays((now - _BACK).date(), (now + _AHEAD).date())


# --- question bank


def current_questions(
    *, dimension: Dimension | None = None, words: str = "", codes: Collection[str] | None = None
) -> list[Question]:
    """Current versions in the order of the bank, narrowed by dimension, words in them, or codes."""
    found = select(Question).where(Question.retired_at.is_(None))
    if dimension is not None:
        found = found.where(Question.dimension == dimension)
    if codes is not None:
        found = found.where(Question.code.in_(codes))
    for word in words.split():
        found = found.where(_contains(word))
    order = list(Dimension)
    questions = db.session.scalars(found).all()
    return sorted(questions, key=lambda question: (order.index(question.dimension), question.code))


def questions_per_dimension() -> Mapping[Dimension, int]:
    counted = (
        select(Question.dimension, func.count())
        .where(Question.retired_at.is_(None))
        .group_by(Question.dimension)
    )
    return dict(db.session.execute(counted).all())


def question_versions(code: str) -> list[Question]:
    """All versions of a question, the newest first; empty for an unknown code."""
    versions = select(Question).where(Question.code == code).order_by(Question.version.desc())
    return list(db.session.scalars(versions))


def programs_asking(code: str) -> list[Program]:
    """Programs that have not ended and ask this question."""
    asking = (
        select(Program)
        .join(ProgramQuestion)
        .where(ProgramQuestion.question_code == code, Program.ended_at.is_(None))
        .order_by(Program.id)
    )
    return list(db.session.scalars(asking))


# --- programs


def program(program_id: int) -> Program | None:
    """A program with its audience and its questions."""
    found = _with_parts(select(Program)).where(Program.id == program_id)
    return db.session.scalar(found)


def programs() -> list[ProgramLine]:
    """Every program, drafts first, then by name, with its next and its latest wave."""
    found = db.session.scalars(_with_parts(select(Program)).order_by(Program.id)).all()
    coming = _first_of_each(
        select(Wave.id, Wave.program_id, Wave.opens_at).where(*_WAITING), latest=False
    )
    latest = _first_of_each(
        select(Wave.id, Wave.program_id, Wave.opens_at).where(Wave.opened_at.is_not(None)),
        latest=True,
    )
    lines = [ProgramLine(one, coming.get(one.id), latest.get(one.id)) for one in found]
    return sorted(lines, key=lambda line: (line.program.ended_at is not None, line.program.id))


def running_programs() -> list[Program]:
    """Launched and not ended, with audience and questions."""
    return list(db.session.scalars(_with_parts(select(Program)).where(*_RUNNING)))


def audience(program_id: int) -> frozenset[int]:
    """The departments whose people a program asks: the chosen ones and all below."""
    chosen = select(ProgramAudience.department_id).where(ProgramAudience.program_id == program_id)
    return with_subtrees(frozenset(db.session.scalars(chosen)), _parents())


def sharing_people(program: Program) -> list[Program]:
    """Other running programs of which somebody may be in this one's audience."""
    parents = _parents()
    ours = with_subtrees(_chosen(program), parents)
    return [
        other
        for other in running_programs()
        if other.id != program.id and ours & with_subtrees(_chosen(other), parents)
    ]


def crossings_of(
    program: Program, *, now: datetime, holidays: Collection[date], burden_days: int
) -> list[Crossing]:
    """Openings of the coming year that are too close to those of programs that share people.

    Openings of the last days count as well.
    """
    others = {}
    for other in sharing_people(program):
        since = max(now - timedelta(days=burden_days), other.scheduled_at or now)
        others[other.title] = openings_of_a_year(other.schedule, since=since, holidays=holidays)
    ours = openings_of_a_year(program.schedule, since=now, holidays=holidays)
    return crossings(ours, others, at_least=burden_days)


def people_asked(program: Program, now: datetime) -> int:
    """How many people belong to the audience today."""
    today = now.astimezone(ZoneInfo(program.timezone)).date()
    return len(org.eligible(today, audience(program.id)))


def people_without_email(program: Program, now: datetime) -> int:
    """How many people of the audience no invitation can reach today."""
    today = now.astimezone(ZoneInfo(program.timezone)).date()
    return sum(not person.email for person in org.eligible(today, audience(program.id)))


def asked_since(program_ids: Collection[int], since: datetime) -> list[Wave]:
    """Waves of these programs that opened after ``since``."""
    opened = select(Wave).where(Wave.program_id.in_(program_ids), Wave.opened_at > since)
    return list(db.session.scalars(opened))


# --- waves


def wave(wave_id: int) -> Wave | None:
    return db.session.get(Wave, wave_id)


def waves(program_id: int) -> list[Wave]:
    """All waves of a program, the newest first."""
    found = select(Wave).where(Wave.program_id == program_id).order_by(Wave.opens_at.desc())
    return list(db.session.scalars(found))


def wave_questions(wave_id: int) -> list[WaveQuestion]:
    """What a wave asks, as frozen at its opening, in order."""
    found = (
        select(WaveQuestion).where(WaveQuestion.wave_id == wave_id).order_by(WaveQuestion.position)
    )
    return list(db.session.scalars(found))


def next_planned(wave: Wave) -> Wave | None:
    """The wave that its program opens after this one."""
    later = (
        select(Wave)
        .where(Wave.program_id == wave.program_id, Wave.opens_at > wave.opens_at, *_WAITING)
        .order_by(Wave.opens_at)
        .limit(1)
    )
    return db.session.scalar(later)


def moved_waves(day: date, now: datetime) -> list[MovedWave]:
    """Waves to come whose dates are others than if this day were no holiday, or were one."""
    holidays = planning_holidays(now)
    otherwise = holidays ^ {day}
    planned = db.session.execute(
        select(Program, Wave.id, Wave.period)
        .join(Wave, Wave.program_id == Program.id)
        .where(Wave.opens_at > now, *_WAITING, *_RUNNING)
        .order_by(Wave.opens_at, Wave.id)
    )
    compared = [
        MovedWave(
            program,
            wave_id,
            before=wave_dates(program.schedule, parse_period(period), otherwise),
            after=wave_dates(program.schedule, parse_period(period), holidays),
        )
        for program, wave_id, period in planned
    ]
    return [wave for wave in compared if wave.before != wave.after]


def due_waves(now: datetime) -> Sequence[int]:
    """Waves that should be open, the oldest first."""
    due = (
        select(Wave.id)
        .join(Program)
        .where(Wave.opens_at <= now, *_WAITING, *_RUNNING)
        .order_by(Wave.opens_at, Wave.id)
    )
    return db.session.scalars(due).all()


def waves_past_closing(now: datetime) -> Sequence[int]:
    """Open waves whose closing has come."""
    past = select(Wave.id).where(
        Wave.opened_at.is_not(None), Wave.closed_at.is_(None), Wave.closes_at <= now
    )
    return db.session.scalars(past).all()


_WAITING = (Wave.opened_at.is_(None), Wave.missed_at.is_(None), Wave.imported_at.is_(None))
_RUNNING = (Program.launched_at.is_not(None), Program.ended_at.is_(None))


def _with_parts(programs: Select[Program]) -> Select[Program]:
    return programs.options(selectinload(Program.audience), selectinload(Program.questions))


def _chosen(program: Program) -> frozenset[int]:
    return frozenset(part.department_id for part in program.audience)


def _parents() -> dict[int, int | None]:
    return {department.id: department.parent_id for department in org.departments(with_closed=True)}


def _contains(word: str) -> ColumnElement[bool]:
    return or_(
        *(
            column.icontains(word, autoescape=True)
            for column in (Question.code, Question.text_ko, Question.text_en)
        )
    )


def _first_of_each(waves: Select[int, int, datetime], *, latest: bool) -> dict[int, Wave]:
    """The earliest or latest of these waves, by program."""
    candidates = waves.subquery()
    order = candidates.c.opens_at.desc() if latest else candidates.c.opens_at
    place = func.row_number().over(partition_by=candidates.c.program_id, order_by=order)
    ranked = select(candidates.c.id, place.label("place")).subquery()
    firsts = select(Wave).join(ranked, ranked.c.id == Wave.id).where(ranked.c.place == 1)
    return {wave.program_id: wave for wave in db.session.scalars(firsts)}
