"""A published score as it is read: value, interval, band or reason, and the change to another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from employee_pulse.results.rules import measures, scoring, trends
from employee_pulse.results.rules.scoring import Enps, Interval
from employee_pulse.results.rules.suppression import Reason
from employee_pulse.results.rules.trends import Change, Sample

_TO_INDEX = 25
"""Points of the index for one point of the scale 1 to 5."""


class Figure(StrEnum):
    """What a reader looks at: the share of favorable answers, or the mean as 0 to 100."""

    FAVORABLE = "favorable"
    INDEX = "index"


class Score(Protocol):
    """What is read of a stored score."""

    @property
    def measure(self) -> Any: ...
    @property
    def n(self) -> Any: ...
    @property
    def favorable(self) -> Any: ...
    @property
    def favorable_sd(self) -> Any: ...
    @property
    def mean(self) -> Any: ...
    @property
    def sd(self) -> Any: ...
    @property
    def score(self) -> Any: ...
    @property
    def band(self) -> Any: ...
    @property
    def histogram(self) -> Any: ...
    @property
    def reason(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure in points: 0 to 100, of eNPS -100 to 100. Without `value`: `band`, else `reason`."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    band: Interval | None = None
    n: int | None = None
    reason: Reason | None = None
    sample: Sample | Enps | None = None


NO_DATA = Reading(reason=Reason.NO_DATA)


def reading(score: Score | None, figure: Figure, *, invited: int | None) -> Reading:
    """Read one figure of a score; None is a score that does not exist. `invited` may be unknown."""
    if score is None:
        return NO_DATA
    if score.reason is not None:
        return Reading(reason=score.reason)
    if score.band is not None:
        return _band(score, figure)
    if score.histogram is not None and len(score.histogram) == 11:
        return _enps(score.histogram, invited)
    if figure is Figure.FAVORABLE:
        return _favorable(score, invited)
    return _index(score, invited)


def compared(before: Reading, after: Reading) -> Change | None:
    """The change between two readings of the same figure, in points; None if one has no sample."""
    if isinstance(before.sample, Enps) and isinstance(after.sample, Enps):
        return trends.enps_change(before.sample, after.sample)
    if isinstance(before.sample, Sample) and isinstance(after.sample, Sample):
        return trends.change(before.sample, after.sample)
    return None


def scale(readings: Sequence[Reading], *, floor: float, ceiling: float) -> Interval:
    """Round ends of an axis that holds all values and intervals, at least 40 points apart."""
    ends = [
        end
        for one in readings
        for end in (one.value, one.low, one.high, *_ends(one.band))
        if end is not None
    ]
    low, high = min(ends, default=40.0), max(ends, default=80.0)
    low, high = low // 10 * 10, -(-high // 10) * 10
    spread = max(40 - (high - low), 0)
    low -= spread // 20 * 10
    high = max(high, low + 40)
    if high > ceiling:
        low, high = low - (high - ceiling), ceiling
    if low < floor:
        low, high = floor, min(max(high, floor + 40), ceiling)
    return Interval(low, high)


def _ends(band: Interval | None) -> tuple[float, ...]:
    return (band.low, band.high) if band else ()


def _band(score: Score, figure: Figure) -> Reading:
    """A band that leaves everything open is said as hidden, for the sake of those around it."""
    bands: Mapping[str, Sequence[float]] = score.band
    whole = Interval(0.0, 100.0)
    if "score" in bands:
        band, whole = Interval(*bands["score"]), scoring.ANY_ENPS
    elif figure is Figure.FAVORABLE and "favorable" in bands:
        low, high = bands["favorable"]
        band = Interval(low * 100, high * 100)
    elif figure is Figure.INDEX and "mean" in bands:
        low, high = bands["mean"]
        band = Interval(scoring.index(low), scoring.index(high))
    else:
        return NO_DATA
    return Reading(reason=Reason.COMPLEMENTARY) if band == whole else Reading(band=band, n=score.n)


def _enps(histogram: Sequence[int], invited: int | None) -> Reading:
    enps = scoring.enps(histogram, invited)
    if enps is None:
        return NO_DATA
    return Reading(enps.score, enps.low, enps.high, n=enps.n, sample=enps)


def _favorable(score: Score, invited: int | None) -> Reading:
    if score.favorable is None:
        return NO_DATA
    value, sd = score.favorable * 100, score.favorable_sd
    sample = _sample(value, None if sd is None else sd * 100, score.n, invited)
    if measures.question_code(score.measure) is not None:
        share = scoring.wilson(round(score.favorable * score.n), score.n) or Interval(0, 1)
        return Reading(value, share.low * 100, share.high * 100, n=score.n, sample=sample)
    return _with_interval(value, sample, score.n)


def _index(score: Score, invited: int | None) -> Reading:
    if score.mean is None:
        return NO_DATA
    value = scoring.index(score.mean)
    sd = None if score.sd is None else score.sd * _TO_INDEX
    return _with_interval(value, _sample(value, sd, score.n, invited), score.n)


def _sample(value: float, sd: float | None, n: int, invited: int | None) -> Sample | None:
    return None if sd is None or n < 2 else Sample(value, sd * sd, n, invited)


def _with_interval(value: float, sample: Sample | None, n: int) -> Reading:
    if sample is None:
        return Reading(value, n=n)
    reach = trends.student_975(n - 1) * sample.error_squared**0.5
    return Reading(value, max(value - reach, 0.0), min(value + reach, 100.0), n=n, sample=sample)
