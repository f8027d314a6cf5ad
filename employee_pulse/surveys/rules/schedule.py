"""From a cadence to moments: when the waves of a program open and close."""

from calendar import monthrange
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

from employee_pulse.foundation.phrases import N_
from employee_pulse.foundation.working_days import (
    add_working_days,
    is_working_day,
    next_working_day,
)
from employee_pulse.surveys.rules.periods import Period, period_of
from employee_pulse.surveys.rules.programs import Cadence, OpeningRule, ProgramRefused

SHORTEST = 3
LONGEST = 20
"""Working days a wave may last."""
LAST_NTH = 15
"""The largest n of "n-th working day": every month has as many, holidays or not."""
_CHECKED_WAVES: Mapping[Cadence, int] = {
    Cadence.MONTHLY: 12,
    Cadence.QUARTERLY: 4,
    Cadence.HALF_YEARLY: 2,
}
"""A year ahead; holidays further away are guesses."""


class LengthOutOfRange(ProgramRefused):
    message = N_("A wave lasts %(shortest)s to %(longest)s working days.")
    field = "length_working_days"


class OpeningOutOfRange(ProgramRefused):
    message = N_("Choose a number from 1 to %(last)s.")
    field = "opening_number"


class UnknownTimezone(ProgramRefused):
    message = N_("There is no time zone %(timezone)s.")
    field = "timezone"


class WaveLongerThanPeriod(ProgramRefused):
    message = N_(
        "%(length)s working days are longer than the period: the wave of %(period)s would still be"
        " open when the next one opens on %(day)s. At most %(fitting)s working days fit."
    )
    field = "length_working_days"


@dataclass(frozen=True)
class Schedule:
    """When a program opens its waves, and for how long.

    ``opening_number`` is the n of the n-th working day, or the day of the month; ``opens_at_time``
    is wall time in ``timezone``.
    """

    cadence: Cadence
    opening_rule: OpeningRule
    opening_number: int
    opens_at_time: time
    timezone: str
    length_working_days: int


@dataclass(frozen=True)
class WaveDates:
    """A period with the moments (UTC) at which its wave opens and closes."""

    period: Period
    opens_at: datetime
    closes_at: datetime


def moment(day: date, at: time, timezone: str) -> datetime:
    """Wall time as a moment in UTC.

    A time that the clocks skip in spring is the same number of minutes after the change; one that
    comes twice in autumn is the first.
    """
    return datetime.combine(day, at.replace(fold=0), ZoneInfo(timezone)).astimezone(UTC)


def opening_day(schedule: Schedule, period: Period, holidays: Collection[date]) -> date:
    """The working day on which a period's wave opens.

    A day of the month is clamped to the month's end and moved to the next working day. Where too
    many days are off, either rule leads into the following month.
    """
    year, month = period.year, period.first_month
    if schedule.opening_rule is OpeningRule.NTH_WORKING_DAY:
        eve = date(year, month, 1) - timedelta(days=1)
        return add_working_days(eve, schedule.opening_number, holidays)
    day = min(schedule.opening_number, monthrange(year, month)[1])
    return next_working_day(date(year, month, day), holidays)


def opening(schedule: Schedule, period: Period, holidays: Collection[date]) -> datetime:
    """The moment at which a period's wave opens."""
    day = opening_day(schedule, period, holidays)
    return moment(day, schedule.opens_at_time, schedule.timezone)


def after_working_days(
    start: datetime, days: int, *, timezone: str, holidays: Collection[date]
) -> datetime:
    """The same wall time ``days`` working days later; a day off counts as the midnight after it."""
    local = start.astimezone(ZoneInfo(timezone))
    day, at = local.date(), local.time()
    if not is_working_day(day, holidays):
        day, at = next_working_day(day, holidays), time(0)
    return moment(add_working_days(day, days, holidays), at, timezone)


def wave_dates(schedule: Schedule, period: Period, holidays: Collection[date]) -> WaveDates:
    """When a period's wave opens and closes: full working days, at the time of day it opened.

    Should a holiday that was added late make it longer than its period, it closes when the next
    one opens; it stays open for one working day at least.
    """
    opens_at = opening(schedule, period, holidays)
    following = opening(schedule, period.following, holidays)
    least = _full_closing(replace(schedule, length_working_days=1), opens_at, holidays)
    closes_at = max(min(_full_closing(schedule, opens_at, holidays), following), least)
    return WaveDates(period, opens_at, closes_at)


def upcoming(
    schedule: Schedule, *, since: datetime, holidays: Collection[date]
) -> Iterator[WaveDates]:
    """Every wave that opens at ``since`` or later, in order, without end."""
    period = period_of(since.astimezone(ZoneInfo(schedule.timezone)).date(), schedule.cadence)
    while opening(schedule, period.previous, holidays) >= since:
        period = period.previous
    while True:
        dates = wave_dates(schedule, period, holidays)
        if dates.opens_at >= since:
            yield dates
        period = period.following


def next_waves(
    schedule: Schedule, *, since: datetime, holidays: Collection[date], count: int = 3
) -> list[WaveDates]:
    """The next ``count`` waves that open at ``since`` or later."""
    return list(islice(upcoming(schedule, since=since, holidays=holidays), count))


def next_opening(schedule: Schedule, *, after: datetime, holidays: Collection[date]) -> datetime:
    """When the first wave after the moment ``after`` opens."""
    return next(
        dates.opens_at
        for dates in upcoming(schedule, since=after, holidays=holidays)
        if dates.opens_at > after
    )


def openings_of_a_year(
    schedule: Schedule, *, since: datetime, holidays: Collection[date]
) -> list[date]:
    """The local days on which the waves of a year from ``since`` open."""
    zone = ZoneInfo(schedule.timezone)
    count = _CHECKED_WAVES[schedule.cadence]
    waves = next_waves(schedule, since=since, holidays=holidays, count=count)
    return [wave.opens_at.astimezone(zone).date() for wave in waves]


def check_schedule(schedule: Schedule, *, since: datetime, holidays: Collection[date]) -> None:
    """Refuse numbers out of range, an unknown zone, and a wave longer than its period."""
    if not SHORTEST <= schedule.length_working_days <= LONGEST:
        raise LengthOutOfRange(shortest=SHORTEST, longest=LONGEST)
    last = LAST_NTH if schedule.opening_rule is OpeningRule.NTH_WORKING_DAY else 31
    if not 1 <= schedule.opening_number <= last:
        raise OpeningOutOfRange(last=last)
    if schedule.timezone not in available_timezones():
        raise UnknownTimezone(timezone=schedule.timezone)
    _check_length(schedule, since, holidays)


def _check_length(schedule: Schedule, since: datetime, holidays: Collection[date]) -> None:
    waves = next_waves(
        schedule, since=since, holidays=holidays, count=_CHECKED_WAVES[schedule.cadence]
    )
    for wave in waves:
        if _full_closing(schedule, wave.opens_at, holidays) > wave.closes_at:
            raise WaveLongerThanPeriod(
                length=schedule.length_working_days,
                period=wave.period.label,
                day=opening_day(schedule, wave.period.following, holidays).isoformat(),
                fitting=_fitting_length(schedule, waves, holidays),
            )


def _fitting_length(schedule: Schedule, waves: list[WaveDates], holidays: Collection[date]) -> int:
    length = schedule.length_working_days
    while any(
        _full_closing(replace(schedule, length_working_days=length), wave.opens_at, holidays)
        > wave.closes_at
        for wave in waves
    ):
        length -= 1
    return length


def _full_closing(schedule: Schedule, opens_at: datetime, holidays: Collection[date]) -> datetime:
    return after_working_days(
        opens_at,
        schedule.length_working_days,
        timezone=schedule.timezone,
        holidays=holidays,
    )
