"""Periods of a cadence: ``2026-11``, ``2026-Q4``, ``2026-H2``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from employee_pulse.surveys.rules.programs import Cadence

_PER_YEAR: Mapping[Cadence, int] = {
    Cadence.MONTHLY: 12,
    Cadence.QUARTERLY: 4,
    Cadence.HALF_YEARLY: 2,
}
_LABEL = re.compile(r"(\d{4})-(?:Q([1-4])|H([12])|(0[1-9]|1[0-2]))")


@dataclass(frozen=True)
class Period:
    """The ``number``-th month, quarter or half (from 1) of a year."""

    cadence: Cadence
    year: int
    number: int

    @property
    def label(self) -> str:
        if self.cadence is Cadence.MONTHLY:
            return f"{self.year:04d}-{self.number:02d}"
        letter = "Q" if self.cadence is Cadence.QUARTERLY else "H"
        return f"{self.year:04d}-{letter}{self.number}"

    @property
    def first_month(self) -> int:
        return (self.number - 1) * (12 // _PER_YEAR[self.cadence]) + 1

    @property
    def following(self) -> "Period":
        return self._shifted(1)

    @property
    def previous(self) -> "Period":
        return self._shifted(-1)

    def _shifted(self, by: int) -> "Period":
        per_year = _PER_YEAR[self.cadence]
        year, index = divmod(self.year * per_year + self.number - 1 + by, per_year)
        return Period(self.cadence, year, index + 1)


def period_of(day: date, cadence: Cadence) -> Period:
    """The period of the calendar that ``day`` lies in."""
    return Period(cadence, day.year, (day.month - 1) * _PER_YEAR[cadence] // 12 + 1)


def parse_period(label: str) -> Period:
    """Read a label; ``ValueError`` if it is none."""
    match = _LABEL.fullmatch(label)
    if match is None:
        raise ValueError(label)
    year, quarter, half, month = match.groups()
    if quarter:
        return Period(Cadence.QUARTERLY, int(year), int(quarter))
    if half:
        return Period(Cadence.HALF_YEARLY, int(year), int(half))
    return Period(Cadence.MONTHLY, int(year), int(month))
