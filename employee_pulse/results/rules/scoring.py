"""Figures of one group from the histogram of its answers: favorable, mean, index, eNPS, bands."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

POINTS = 5
NORMAL_975 = 1.959963984540054
BAND = 0.2


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval in the unit of the figure it belongs to."""

    low: float
    high: float


ANY_SHARE = Interval(0.0, 1.0)
ANY_ENPS = Interval(-100.0, 100.0)
"""Bands that leave everything open."""


@dataclass(frozen=True, slots=True)
class Enps:
    """Promoters minus detractors in points, -100 to 100, with its 95 % interval."""

    score: float
    low: float
    high: float
    standard_error: float
    n: int


def favorable(histogram: Sequence[int]) -> float | None:
    """Share of answers 4 and 5 among the counts of answers 1 to 5; None without answers."""
    n = sum(histogram)
    return favorable_count(histogram) / n if n else None


def favorable_count(histogram: Sequence[int]) -> int:
    _check(histogram, POINTS)
    return histogram[3] + histogram[4]


def mean(histogram: Sequence[int], *, first: int = 1) -> float | None:
    """Mean answer, the first count standing for the answer `first`; None without answers."""
    n = sum(histogram)
    return sum(count * value for value, count in enumerate(histogram, first)) / n if n else None


def variance(histogram: Sequence[int]) -> float | None:
    """Sample variance (divisor n - 1); None for fewer than two answers."""
    n = sum(histogram)
    if n < 2:
        return None
    total = sum(count * value for value, count in enumerate(histogram))
    squares = sum(count * value * value for value, count in enumerate(histogram))
    return (squares - total * total / n) / (n - 1)


def share_sd(share: float, n: int) -> float | None:
    """Sample standard deviation of answers that count 1 or 0; None for fewer than two."""
    return math.sqrt(share * (1 - share) * n / (n - 1)) if n > 1 else None


def index(mean_answer: float) -> float:
    """A mean on the scale 1 to 5, carried to 0 to 100."""
    return (mean_answer - 1) / (POINTS - 1) * 100


def enps(histogram: Sequence[int], invited: int | None = None) -> Enps | None:
    """eNPS from the counts of answers 0 to 10; None without answers.

    The interval is the adjusted Wald interval (three answers added, 3/4 promoters and 3/4
    detractors; Rocks 2016, The American Statistician) times the finite-population correction
    where the number invited is known.
    """
    _check(histogram, 11)
    n = sum(histogram)
    if n == 0:
        return None
    promoters, detractors = histogram[9] + histogram[10], sum(histogram[:7])
    adjusted = n + 3
    p, d = (promoters + 0.75) / adjusted, (detractors + 0.75) / adjusted
    error = math.sqrt((p + d - (p - d) ** 2) / adjusted * unseen_share(n, invited)) * 100
    center, reach = (p - d) * 100, NORMAL_975 * error
    score = (promoters - detractors) / n * 100
    return Enps(score, max(center - reach, -100.0), min(center + reach, 100.0), error, n)


def wilson(count: int, n: int) -> Interval | None:
    """Wilson's 95 % interval of a share; None without answers."""
    if not 0 <= count <= n:
        raise ValueError(f"{count} of {n} is no share")
    if n == 0:
        return None
    share, square = count / n, NORMAL_975**2
    center = (share + square / (2 * n)) / (1 + square / n)
    spread = math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    reach = NORMAL_975 * spread / (1 + square / n)
    low = center - reach if count > 0 else 0.0
    return Interval(low, center + reach if count < n else 1.0)


def unseen_share(n: int, invited: int | None) -> float:
    """1 - n/N, the factor of the finite-population correction on a variance; 1 without N."""
    if invited is None:
        return 1.0
    if invited < n:
        raise ValueError(f"{n} answered of {invited} invited")
    return 1 - n / invited


def participation(answered: int, invited: int) -> float | None:
    """Share of the invited who answered; None if nobody was invited."""
    if not 0 <= answered <= invited:
        raise ValueError(f"{answered} answered of {invited} invited")
    return answered / invited if invited else None


def rounded_participation(share: float) -> float:
    """To the nearest 5 %, as shown below the level of the whole company."""
    return math.floor(share * 20 + 0.5) / 20


def guarded(histogram: Sequence[int]) -> bool:
    """Whether exact figures of agreement would tell what (nearly) everyone in the group answered.

    So if all but at most one answered favorably, or all but at most one did not. That covers every
    group whose answers are all alike, and every one below 20 whose favorable share lies beyond 10
    or 90 %; the one who may differ keeps a band from saying that nobody does. An empty group tells
    nothing.
    """
    n, count = sum(histogram), favorable_count(histogram)
    return n > 0 and not 1 < count < n - 1


def guarded_enps(histogram: Sequence[int]) -> bool:
    """The same of eNPS: all but at most one are promoters, or passives, or detractors."""
    n = sum(histogram)
    sides = (sum(histogram[:7]), histogram[7] + histogram[8], histogram[9] + histogram[10])
    return n > 0 and max(sides) >= n - 1


def guarded_choices(histogram: Sequence[int], n: int) -> bool:
    """The same of choices made by `n` people: one choice is that of all but at most one."""
    return n > 0 and max(histogram) >= n - 1


def band_reach(n: int) -> int:
    """How many may differ in a band at either end."""
    return max(int(BAND * n), 1)


def band(share: float, n: int) -> Interval:
    """The band shown in place of a guarded share of `n`: wide enough for one who differs."""
    width = max(BAND, 1 / n)
    count = round(share * n)
    if n - count <= band_reach(n):
        return Interval(1 - width, 1.0)
    if count <= band_reach(n):
        return Interval(0.0, width)
    return Interval(width, 1 - width)


def mean_band(share_band: Interval) -> Interval:
    """The means that a band of the favorable share leaves possible on the scale 1 to 5."""
    return Interval(1 + 3 * share_band.low, 3 + 2 * share_band.high)


def enps_band(score: float) -> Interval:
    """The band shown in place of a guarded eNPS."""
    if score > 50:
        return Interval(50.0, 100.0)
    if score < -50:
        return Interval(-100.0, -50.0)
    return Interval(-50.0, 50.0)


def _check(histogram: Sequence[int], length: int) -> None:
    if len(histogram) != length or min(histogram) < 0:
        raise ValueError(f"a histogram of {length} counts is needed, not {list(histogram)!r}")
