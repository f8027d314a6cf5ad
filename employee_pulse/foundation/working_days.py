"""Working-day arithmetic: Monday to Friday without the holidays that are passed in."""

from collections.abc import Collection
from datetime import date, timedelta

_SATURDAY = 5
_DAY = timedelta(days=1)


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Whether people are at work on this day."""
    return day.weekday() < _SATURDAY and day not in holidays


def next_working_day(day: date, holidays: Collection[date]) -> date:
    """The day itself if it is a working day, else the first one after it."""
    while not is_working_day(day, holidays):
        day += _DAY
    return day


def add_working_days(day: date, n: int, holidays: Collection[date]) -> date:
    """The n-th working day after a day, which itself is not counted; before it if n is negative.

    With n = 0 the day itself, even if it is off.
    """
    step = _DAY if n > 0 else -_DAY
    for _ in range(abs(n)):
        day += step
        while not is_working_day(day, holidays):
            day += step
    return day


def nth_working_day(year: int, month: int, n: int, holidays: Collection[date]) -> date:
    """The n-th working day of a month, counted from 1; the month must have that many."""
    if n < 1:
        raise ValueError("working days of a month are counted from 1")
    day = add_working_days(date(year, month, 1) - _DAY, n, holidays)
    if (day.year, day.month) != (year, month):
        raise ValueError(f"{year}-{month:02} has fewer than {n} working days")
    return day


def working_days_between(start: date, end: date, holidays: Collection[date]) -> int:
    """How many working days come after ``start`` up to and including ``end``.

    The inverse of ``add_working_days``; negative if ``end`` lies before ``start``.
    """
    if end < start:
        return -working_days_between(end - _DAY, start - _DAY, holidays)
    days = (end - start).days
    return sum(is_working_day(start + i * _DAY, holidays) for i in range(1, days + 1))
