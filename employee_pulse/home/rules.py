"""What the first screen picks out of everything: the first steps of a new company, what moved."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from employee_pulse.foundation.phrases import N_, Phrase


class FirstStep(StrEnum):
    """What a new company does, in order."""

    ORGANIZATION = "organization"
    PROGRAM = "program"
    LAUNCH = "launch"
    RESULTS = "results"


FIRST_STEP_LABELS = {
    FirstStep.ORGANIZATION: N_("Bring in the people"),
    FirstStep.PROGRAM: N_("Make a program"),
    FirstStep.LAUNCH: N_("Launch it"),
    FirstStep.RESULTS: N_("Read the first results"),
}


@dataclass(frozen=True)
class Standing:
    """How far a company has come."""

    people: int
    programs: int
    launched: int
    published: int


def next_step(standing: Standing) -> FirstStep | None:
    """The first step that is not done yet; None once there are results."""
    done = {
        FirstStep.ORGANIZATION: standing.people,
        FirstStep.PROGRAM: standing.programs,
        FirstStep.LAUNCH: standing.launched,
        FirstStep.RESULTS: standing.published,
    }
    return next((step for step in FirstStep if not done[step]), None)


@dataclass(frozen=True)
class Move:
    """A score that changed since the wave before, on the scale 0-100, with its 95 % interval."""

    name: Phrase
    score: float
    difference: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """More than chance: the interval leaves out zero."""
        return self.low > 0 or self.high < 0


def biggest_moves(moves: Iterable[Move], *, limit: int) -> list[Move]:
    """Changes that chance does not explain, the largest first."""
    clear = [move for move in moves if move.clear]
    return sorted(clear, key=lambda move: -abs(move.difference))[:limit]
