"""Programs: draft, change, launch, end."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time

from sqlalchemy import delete

from employee_pulse.foundation.db import db
from employee_pulse.surveys import queries
from employee_pulse.surveys.models import Program, ProgramAudience, ProgramQuestion, Wave
from employee_pulse.surveys.rules.programs import (
    DEFAULT_REMINDER_DAYS,
    AskedTooOften,
    Cadence,
    NameMissing,
    OpeningRule,
    ProgramEnded,
    ProgramNotDraft,
    ProgramNotRunning,
    ProgramState,
    UnknownQuestion,
    check_audience,
    check_questions,
    program_state,
)
from employee_pulse.surveys.rules.schedule import Schedule, check_schedule
from employee_pulse.surveys.rules.thresholds import DEFAULT_THRESHOLDS, raised
from employee_pulse.surveys.service.waves import plan_waves

BURDEN_DAYS = 21
DEFAULT_SCHEDULE = Schedule(
    cadence=Cadence.MONTHLY,
    opening_rule=OpeningRule.NTH_WORKING_DAY,
    opening_number=1,
    opens_at_time=time(9),
    timezone="Asia/Seoul",
    length_working_days=10,
)


def create_program(
    *,
    name_ko: str,
    name_en: str,
    audience: Collection[int],
    questions: Sequence[str],
    now: datetime,
    schedule: Schedule = DEFAULT_SCHEDULE,
    created_by_id: int | None = None,
) -> Program:
    """A complete draft in one go; ``audience`` holds department ids, ``questions`` codes."""
    program = draft_program(
        name_ko=name_ko, name_en=name_en, audience=audience, now=now, created_by_id=created_by_id
    )
    set_schedule(program, schedule=schedule, now=now)
    set_questions(program, codes=questions)
    return program


def draft_program(
    *,
    name_ko: str,
    name_en: str,
    audience: Collection[int],
    now: datetime,
    timezone: str = DEFAULT_SCHEDULE.timezone,
    created_by_id: int | None = None,
) -> Program:
    """The beginning of a program: a name and whom it asks. It opens nothing until launched."""
    _check_name(name_ko, name_en)
    check_audience(audience)
    program = Program(
        name_ko=name_ko,
        name_en=name_en,
        reminder_days=list(DEFAULT_REMINDER_DAYS),
        created_at=now,
        created_by_id=created_by_id,
        audience=[ProgramAudience(department_id=department_id) for department_id in audience],
    )
    _write_schedule(program, DEFAULT_SCHEDULE)
    program.timezone = timezone
    db.session.add(program)
    db.session.flush()
    return program


def set_audience(
    program: Program, *, name_ko: str, name_en: str, department_ids: Collection[int]
) -> None:
    """Name and departments; an open wave keeps the roll it was opened with."""
    _check_changeable(program)
    _check_name(name_ko, name_en)
    check_audience(department_ids)
    program.name_ko, program.name_en = name_ko, name_en
    kept = {part.department_id: part for part in program.audience}
    program.audience = [
        kept.get(department_id) or ProgramAudience(department_id=department_id)
        for department_id in department_ids
    ]


def set_questions(program: Program, *, codes: Sequence[str]) -> None:
    """What is asked, in this order, from the next wave on."""
    _check_changeable(program)
    check_questions(program.cadence, codes)
    known = {question.code for question in queries.current_questions(codes=codes)}
    for code in codes:
        if code not in known:
            raise UnknownQuestion(code=code)
    kept = {part.question_code: part for part in program.questions}
    parts = [kept.get(code) or ProgramQuestion(question_code=code) for code in codes]
    for position, part in enumerate(parts, start=1):
        part.position = position
    program.questions = parts


def set_schedule(
    program: Program,
    *,
    schedule: Schedule,
    now: datetime,
    burden_override: bool = False,
    burden_days: int = BURDEN_DAYS,
) -> None:
    """When waves open; of a running program the planned waves are planned anew.

    A running program is refused the same as at its launch if it would ask too often, unless
    ``burden_override`` says that this is meant.
    """
    _check_changeable(program)
    holidays = queries.planning_holidays(now)
    check_schedule(schedule, since=now, holidays=holidays)
    if program.questions:
        check_questions(schedule.cadence, [part.question_code for part in program.questions])
    running = program_state(program.launched_at, program.ended_at) is ProgramState.RUNNING
    if running:
        program.burden_override = burden_override
    if schedule == program.schedule:
        return
    _write_schedule(program, schedule)
    if running:
        if not burden_override:
            _check_burden(program, now, holidays, burden_days)
        program.scheduled_at = now
        _drop_planned(program, now)
        plan_waves(program, now=now, holidays=holidays)


def set_messages(
    program: Program,
    *,
    language: str,
    message_ko: str,
    message_en: str,
    min_scores: int,
) -> None:
    """What invitations say, and from how many people on scores are shown."""
    _check_changeable(program)
    program.language = language
    program.message_ko, program.message_en = message_ko, message_en
    wanted = DEFAULT_THRESHOLDS.with_scores(min_scores)
    if program.launched_at is not None:
        wanted = raised(DEFAULT_THRESHOLDS.with_scores(program.min_scores), wanted)
    program.min_scores = wanted.scores


def set_reminders(program: Program, *, days: Sequence[int]) -> None:
    """Working days after an opening; -1 is one working day before the closing."""
    _check_changeable(program)
    program.reminder_days = sorted(set(days), key=lambda day: (day < 0, day))


def launch(
    program: Program,
    *,
    now: datetime,
    burden_override: bool = False,
    burden_days: int = BURDEN_DAYS,
) -> None:
    """Let the clock open waves from now on.

    Refused if another program asks some of the same people within ``burden_days``, unless
    ``burden_override`` says that this is meant.
    """
    if program_state(program.launched_at, program.ended_at) is not ProgramState.DRAFT:
        raise ProgramNotDraft
    holidays = queries.planning_holidays(now)
    check_audience([part.department_id for part in program.audience])
    check_questions(program.cadence, [part.question_code for part in program.questions])
    check_schedule(program.schedule, since=now, holidays=holidays)
    if not burden_override:
        _check_burden(program, now, holidays, burden_days)
    program.burden_override = burden_override
    program.launched_at = program.scheduled_at = now
    plan_waves(program, now=now, holidays=holidays)


def end_program(program: Program, *, now: datetime) -> None:
    """No further wave opens; one that is open runs to its closing and is published."""
    if program_state(program.launched_at, program.ended_at) is not ProgramState.RUNNING:
        raise ProgramNotRunning
    program.ended_at = now
    _drop_planned(program, None)


def discard_draft(program: Program) -> None:
    """A program that was never launched leaves no trace."""
    if program_state(program.launched_at, program.ended_at) is not ProgramState.DRAFT:
        raise ProgramNotDraft
    db.session.delete(program)


def _check_name(name_ko: str, name_en: str) -> None:
    if not name_ko.strip() or not name_en.strip():
        raise NameMissing


def _check_changeable(program: Program) -> None:
    if program.ended_at is not None:
        raise ProgramEnded


def _check_burden(
    program: Program, now: datetime, holidays: frozenset[date], burden_days: int
) -> None:
    for crossing in queries.crossings_of(
        program, now=now, holidays=holidays, burden_days=burden_days
    ):
        raise AskedTooOften(
            program=crossing.program,
            other=crossing.other.isoformat(),
            days=burden_days,
            day=crossing.day.isoformat(),
        )


def _write_schedule(program: Program, schedule: Schedule) -> None:
    program.cadence = schedule.cadence
    program.opening_rule = schedule.opening_rule
    program.opening_number = schedule.opening_number
    program.opens_at_time = schedule.opens_at_time
    program.timezone = schedule.timezone
    program.length_working_days = schedule.length_working_days


def _drop_planned(program: Program, after: datetime | None) -> None:
    """Forget waves that have not opened: those later than ``after``, or all of them."""
    planned = delete(Wave).where(
        Wave.program_id == program.id,
        Wave.opened_at.is_(None),
        Wave.missed_at.is_(None),
        Wave.imported_at.is_(None),
    )
    if after is not None:
        planned = planned.where(Wave.opens_at > after)
    db.session.execute(planned)
