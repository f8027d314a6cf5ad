"""Changes between waves: how large, how sure, and which earlier wave to compare with."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from employee_pulse.results.rules import scoring
from employee_pulse.surveys.rules.periods import parse_period


@dataclass(frozen=True, slots=True)
class Sample:
    """The mean of one group in one wave. `invited` is None where it is not known (history)."""

    mean: float
    variance: float
    n: int
    invited: int | None = None

    @property
    def error_squared(self) -> float:
        """s²/n with the finite-population correction: nobody unseen, no error."""
        return self.variance / self.n * scoring.unseen_share(self.n, self.invited)


@dataclass(frozen=True, slots=True)
class Change:
    """A difference with its 95 % interval, in the unit of what was compared."""

    difference: float
    standard_error: float
    low: float
    high: float

    @property
    def statistic(self) -> float | None:
        """Difference in standard errors; None if there is no error to measure it by."""
        return self.difference / self.standard_error if self.standard_error else None

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out zero, so that opinion itself has changed."""
        return self.low > 0 or self.high < 0

    def scaled(self, factor: float) -> "Change":
        """The same change in another unit; `factor` is positive."""
        return Change(
            self.difference * factor,
            self.standard_error * factor,
            self.low * factor,
            self.high * factor,
        )


def change(before: Sample, after: Sample) -> Change | None:
    """Welch's comparison of two waves, each s²/n times (1 - n/N); None for n below 2."""
    if min(before.n, after.n) < 2:
        return None
    parts = [(sample.error_squared, sample.n - 1) for sample in (before, after)]
    difference = after.mean - before.mean
    squared = sum(part for part, _ in parts)
    if squared == 0:
        return Change(difference, 0.0, difference, difference)
    freedom = squared**2 / sum(part**2 / df for part, df in parts)
    error = math.sqrt(squared)
    reach = student_975(freedom) * error
    return Change(difference, error, difference - reach, difference + reach)


def wave_change(
    histogram_before: Sequence[int],
    invited_before: int | None,
    histogram_after: Sequence[int],
    invited_after: int | None,
) -> Change | None:
    """Change of the mean between two histograms, in scale points; None for n below 2."""
    before, after = (
        _sample(histogram, invited)
        for histogram, invited in (
            (histogram_before, invited_before),
            (histogram_after, invited_after),
        )
    )
    return change(before, after) if before and after else None


def enps_change(before: scoring.Enps, after: scoring.Enps) -> Change:
    """Change of eNPS in points, from the errors of the adjusted Wald intervals."""
    error = math.hypot(before.standard_error, after.standard_error)
    difference = after.score - before.score
    reach = scoring.NORMAL_975 * error
    return Change(difference, error, difference - reach, difference + reach)


def student_975(freedom: float) -> float:
    """The .975 quantile of Student's t for at least one degree of freedom, without SciPy.

    Exact for 1 and 2, otherwise Abramowitz and Stegun 26.7.5: off by less than 0.02 at 3 degrees
    and 0.001 from 5 on.
    """
    if freedom < 1:
        raise ValueError(f"{freedom} degrees of freedom")
    if freedom == 1:
        return 12.706204736174694
    if freedom <= 2:
        return 4.302652729749462
    z = scoring.NORMAL_975
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return sum(term / freedom**power for power, term in enumerate(terms))


def same_period_last_year(period: str) -> str:
    """`2026-11` -> `2025-11`, `2026-Q4` -> `2025-Q4`, `2026-H2` -> `2025-H2`."""
    this = parse_period(period)
    return replace(this, year=this.year - 1).label


def periods(first: str, last: str) -> list[str]:
    """All periods from first to last, so that one without a wave is a gap and not left out."""
    current, end = parse_period(first), parse_period(last)
    if current.cadence is not end.cadence:
        raise ValueError(f"{first} and {last} are periods of different length")
    found = []
    while (current.year, current.number) <= (end.year, end.number):
        found.append(current.label)
        current = current.following
    return found


def _sample(histogram: Sequence[int], invited: int | None) -> Sample | None:
    mean, variance = scoring.mean(histogram), scoring.variance(histogram)
    if mean is None or variance is None:
        return None
    return Sample(mean, variance, sum(histogram), invited)
