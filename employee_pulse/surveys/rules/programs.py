"""How often a program asks, whom and how much: cadences, opening rules, limits, burden."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_


class Cadence(StrEnum):
    """How often a program asks."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"


class OpeningRule(StrEnum):
    """How the opening day of a period is found in its first month."""

    NTH_WORKING_DAY = "nth_working_day"
    DAY_OF_MONTH = "day_of_month"


class ProgramState(StrEnum):
    """Whether a program is being prepared, opens waves, or is over."""

    DRAFT = "draft"
    RUNNING = "running"
    ENDED = "ended"


CADENCE_LABELS: Mapping[Cadence, str] = {
    Cadence.MONTHLY: N_("Monthly"),
    Cadence.QUARTERLY: N_("Quarterly"),
    Cadence.HALF_YEARLY: N_("Half-yearly"),
}

PROGRAM_STATE_LABELS: Mapping[ProgramState, str] = {
    ProgramState.DRAFT: N_("Draft"),
    ProgramState.RUNNING: N_("Running"),
    ProgramState.ENDED: N_("Ended"),
}

QUESTION_LIMITS: Mapping[Cadence, int] = {
    Cadence.MONTHLY: 10,
    Cadence.QUARTERLY: 30,
    Cadence.HALF_YEARLY: 30,
}
"""The more often people are asked, the shorter the survey."""


class ProgramRefused(Refused):
    """A program that cannot run like this; ``field`` names the input that has to change."""

    field: str = ""


class NameMissing(ProgramRefused):
    message = N_("Give the program a name in Korean and in English.")
    field = "name_ko"


class NoAudience(ProgramRefused):
    message = N_("Choose at least one department: nobody would be asked.")
    field = "audience"


class UnknownDepartment(ProgramRefused):
    message = N_("There is no department %(code)s.")
    field = "audience"


class NoQuestion(ProgramRefused):
    message = N_("Choose at least one question.")
    field = "questions"


class UnknownQuestion(ProgramRefused):
    message = N_("The question bank has no question %(code)s.")
    field = "questions"


class QuestionTwice(ProgramRefused):
    message = N_("The question %(code)s is chosen twice.")
    field = "questions"


class TooManyQuestions(ProgramRefused):
    message = N_("A survey of this cadence asks at most %(limit)s questions; %(count)s are chosen.")
    field = "questions"


class AskedTooOften(ProgramRefused):
    message = N_(
        "%(program)s asks some of the same people on %(other)s, within %(days)s days of %(day)s."
        " Choose other dates, or confirm that they are asked more often."
    )
    field = "burden_override"
    status = 409


class ProgramNotDraft(Refused):
    message = N_("This program has been launched already.")
    status = 409


class ProgramNotRunning(Refused):
    message = N_("This program is not running.")
    status = 409


class ProgramEnded(Refused):
    message = N_("This program has ended and cannot be changed.")
    status = 409


DEFAULT_REMINDER_DAYS = (3, 5, -1)
"""Working days after the opening; -1 is one working day before the closing."""


@dataclass(frozen=True)
class Crossing:
    """Two openings of different programs that are too close for people who belong to both."""

    program: str
    day: date
    other: date


def check_audience(department_ids: Collection[int]) -> None:
    """Refuse a program that asks nobody."""
    if not department_ids:
        raise NoAudience


def check_questions(cadence: Cadence, codes: Sequence[str]) -> None:
    """Refuse none, too many for the cadence, or the same question twice."""
    if not codes:
        raise NoQuestion
    for position, code in enumerate(codes):
        if code in codes[:position]:
            raise QuestionTwice(code=code)
    limit = QUESTION_LIMITS[cadence]
    if len(codes) > limit:
        raise TooManyQuestions(limit=limit, count=len(codes))


def crossings(
    days: Sequence[date], others: Mapping[str, Sequence[date]], *, at_least: int
) -> list[Crossing]:
    """Openings in ``others`` (by program) that are fewer than ``at_least`` days from ours."""
    return [
        Crossing(program, day, other)
        for program, theirs in others.items()
        for day in days
        for other in theirs
        if abs((other - day).days) < at_least
    ]


def with_subtrees(chosen: Collection[int], parents: Mapping[int, int | None]) -> frozenset[int]:
    """The chosen departments and all below them; ``parents`` maps each to the one above."""

    def inside(department_id: int | None) -> bool:
        while department_id is not None:
            if department_id in chosen:
                return True
            department_id = parents[department_id]
        return False

    return frozenset(department_id for department_id in parents if inside(department_id))


def program_state(launched_at: datetime | None, ended_at: datetime | None) -> ProgramState:
    """A program that has ended cannot be launched again."""
    if ended_at is not None:
        return ProgramState.ENDED
    return ProgramState.DRAFT if launched_at is None else ProgramState.RUNNING
