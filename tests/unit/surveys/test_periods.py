"""Periods: labels, neighbors, the period of a day."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from employee_pulse.surveys.rules.periods import Period, parse_period, period_of
from employee_pulse.surveys.rules.programs import Cadence

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
CADENCES = st.sampled_from(Cadence)


class TestLabel:
    @pytest.mark.parametrize(
        ("day", "cadence", "label", "first_month"),
        [
            (date(2026, 11, 30), Cadence.MONTHLY, "2026-11", 11),
            (date(2026, 1, 1), Cadence.MONTHLY, "2026-01", 1),
            (date(2026, 12, 31), Cadence.QUARTERLY, "2026-Q4", 10),
            (date(2026, 3, 31), Cadence.QUARTERLY, "2026-Q1", 1),
            (date(2026, 4, 1), Cadence.QUARTERLY, "2026-Q2", 4),
            (date(2026, 6, 30), Cadence.HALF_YEARLY, "2026-H1", 1),
            (date(2026, 7, 1), Cadence.HALF_YEARLY, "2026-H2", 7),
        ],
    )
    def test_names_the_period_of_a_day(
        self, day: date, cadence: Cadence, label: str, first_month: int
    ) -> None:
        period = period_of(day, cadence)

        assert period.label == label
        assert period.first_month == first_month

    @given(DAYS, CADENCES)
    def test_is_read_back(self, day: date, cadence: Cadence) -> None:
        period = period_of(day, cadence)

        assert parse_period(period.label) == period

    @pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026-Q5", "2026-H3", "26-11", "", "x"])
    def test_refuses_what_is_no_period(self, text: str) -> None:
        with pytest.raises(ValueError):  # noqa: PT011 - the text itself is the message
            parse_period(text)


class TestNeighbors:
    @pytest.mark.parametrize(
        ("label", "following"),
        [
            ("2026-12", "2027-01"),
            ("2026-Q4", "2027-Q1"),
            ("2026-H2", "2027-H1"),
            ("2026-01", "2026-02"),
        ],
    )
    def test_cross_the_year(self, label: str, following: str) -> None:
        assert parse_period(label).following.label == following
        assert parse_period(following).previous.label == label

    @given(DAYS, CADENCES)
    def test_start_later(self, day: date, cadence: Cadence) -> None:
        period = period_of(day, cadence)

        following = period.following

        assert (following.year, following.first_month) > (period.year, period.first_month)
        assert isinstance(following, Period)
