"""The open wave of the demo company is open on whatever day it is built."""

from datetime import date, timedelta

import pytest

from employee_pulse.demo.company import opening_day, schedule_opening_on
from employee_pulse.foundation.working_days import is_working_day, working_days_between
from employee_pulse.org.rules.public_holidays import days_off
from employee_pulse.surveys.rules.schedule import check_schedule, moment, upcoming

HOLIDAYS = days_off(date(2025, 6, 1), date(2029, 12, 31), {})
DAYS = [date(2026, 1, 1) + timedelta(days=11 * number) for number in range(80)]


@pytest.mark.parametrize("today", DAYS, ids=str)
class TestOpeningDay:
    def test_is_a_working_day_shortly_ago(self, today: date) -> None:
        opened = opening_day(today, HOLIDAYS)

        assert is_working_day(opened, HOLIDAYS)
        assert 1 <= working_days_between(opened, today, HOLIDAYS) <= 2

    def test_begins_a_wave_that_stays_open_for_days(self, today: date) -> None:
        day = opening_day(today, HOLIDAYS)
        schedule = schedule_opening_on(day)
        opens_at = moment(day, schedule.opens_at_time, schedule.timezone)
        launched = opens_at - timedelta(hours=1)

        first = next(upcoming(schedule, since=launched, holidays=HOLIDAYS))

        check_schedule(schedule, since=launched, holidays=HOLIDAYS)
        assert first.opens_at == opens_at
        assert working_days_between(today, first.closes_at.date(), HOLIDAYS) >= 7
