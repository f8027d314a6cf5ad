"""Working days: weekends and holidays are skipped, and counting is its own inverse."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from employee_pulse.foundation.working_days import (
    add_working_days,
    is_working_day,
    next_working_day,
    nth_working_day,
    working_days_between,
)

SEOLLAL = frozenset({date(2026, 2, 16), date(2026, 2, 17), date(2026, 2, 18)})
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
HOLIDAYS = st.frozensets(DAYS, max_size=40)


class TestIsWorkingDay:
    @pytest.mark.parametrize(
        ("day", "expected"),
        [
            (date(2026, 2, 13), True),
            (date(2026, 2, 14), False),
            (date(2026, 2, 15), False),
            (date(2026, 2, 16), False),
            (date(2026, 2, 19), True),
        ],
    )
    def test_knows_weekends_and_holidays(self, day: date, *, expected: bool) -> None:
        assert is_working_day(day, SEOLLAL) is expected


class TestNextWorkingDay:
    def test_stays_on_a_working_day(self) -> None:
        assert next_working_day(date(2026, 2, 13), SEOLLAL) == date(2026, 2, 13)

    def test_leaps_over_a_long_weekend(self) -> None:
        assert next_working_day(date(2026, 2, 14), SEOLLAL) == date(2026, 2, 19)


class TestAddWorkingDays:
    @pytest.mark.parametrize(
        ("day", "n", "expected"),
        [
            (date(2026, 2, 12), 1, date(2026, 2, 13)),
            (date(2026, 2, 12), 2, date(2026, 2, 19)),
            (date(2026, 2, 14), 1, date(2026, 2, 19)),
            (date(2026, 2, 14), 0, date(2026, 2, 14)),
            (date(2026, 2, 19), -1, date(2026, 2, 13)),
            (date(2026, 2, 19), -2, date(2026, 2, 12)),
        ],
    )
    def test_counts_from_the_next_working_day(self, day: date, n: int, expected: date) -> None:
        assert add_working_days(day, n, SEOLLAL) == expected


class TestNthWorkingDay:
    def test_counts_from_one(self) -> None:
        assert nth_working_day(2026, 2, 1, SEOLLAL) == date(2026, 2, 2)
        assert nth_working_day(2026, 2, 11, SEOLLAL) == date(2026, 2, 19)

    @pytest.mark.parametrize("n", [0, -1, 18])
    def test_refuses_a_day_that_the_month_does_not_have(self, n: int) -> None:
        with pytest.raises(ValueError, match="working days"):
            nth_working_day(2026, 2, n, SEOLLAL)


class TestWorkingDaysBetween:
    def test_leaves_the_start_out_and_counts_the_end(self) -> None:
        assert working_days_between(date(2026, 2, 12), date(2026, 2, 19), SEOLLAL) == 2
        assert working_days_between(date(2026, 2, 12), date(2026, 2, 12), SEOLLAL) == 0

    def test_is_negative_backwards(self) -> None:
        assert working_days_between(date(2026, 2, 19), date(2026, 2, 12), SEOLLAL) == -2

    @given(DAYS, st.integers(-60, 60), HOLIDAYS)
    def test_turns_adding_around(self, day: date, n: int, holidays: frozenset[date]) -> None:
        reached = add_working_days(day, n, holidays)

        assert working_days_between(day, reached, holidays) == n
        assert n == 0 or is_working_day(reached, holidays)

    @given(DAYS, DAYS, HOLIDAYS)
    def test_counts_each_working_day_once(
        self, start: date, end: date, holidays: frozenset[date]
    ) -> None:
        first, last = sorted((start, end))
        days = (first + timedelta(days=i) for i in range(1, (last - first).days + 1))

        expected = sum(is_working_day(day, holidays) for day in days)

        assert working_days_between(first, last, holidays) == expected
