"""How many people must have answered before something is shown."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_

SCORES_FLOOR = 3
"""No configuration shows scores of fewer people."""


class ThresholdTooLow(Refused):
    message = N_("Results of fewer than %(floor)s people are never shown.")


class ThresholdLowered(Refused):
    message = N_("A threshold that people were promised may be raised, never lowered.")
    field = "min_scores"
    status = 409


@dataclass(frozen=True)
class Thresholds:
    """Frozen into a wave at its opening and printed on its ballot page; numbers of people."""

    scores: int = 5
    distributions: int = 10
    comments: int = 10
    participation: int = 5
    drivers: int = 20

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < SCORES_FLOOR:
                raise ThresholdTooLow(floor=SCORES_FLOOR)

    def as_json(self) -> dict[str, int]:
        return asdict(self)

    def with_scores(self, minimum: int) -> "Thresholds":
        """At least ``minimum`` people for scores; what counts finer needs as many at least."""
        return Thresholds(
            **{
                name: minimum if name == "scores" else max(value, minimum)
                for name, value in self.as_json().items()
            }
        )


DEFAULT_THRESHOLDS = Thresholds()


def thresholds_from_json(stored: Mapping[str, int]) -> Thresholds:
    return Thresholds(**stored)


def raised(promised: Thresholds, wanted: Thresholds) -> Thresholds:
    """``wanted``, unless a single number in it is below what was promised."""
    before, after = promised.as_json(), wanted.as_json()
    if any(after[name] < value for name, value in before.items()):
        raise ThresholdLowered
    return wanted
