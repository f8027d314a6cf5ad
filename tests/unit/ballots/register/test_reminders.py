"""Reminders: on working days, at working hours, never two on a day, never in a burst."""

from datetime import UTC, date, datetime

import pytest

from employee_pulse.ballots.register.rules.reminders import reminder_days, reminder_due

SEOUL = "Asia/Seoul"
# Opens Monday 2026-11-02 10:00, closes Friday 2026-11-13 18:00 in Seoul.
OPENED = datetime(2026, 11, 2, 1, tzinfo=UTC)
CLOSES = datetime(2026, 11, 13, 9, tzinfo=UTC)


def days(
    plan: list[int],
    *,
    opened_at: datetime = OPENED,
    closes_at: datetime = CLOSES,
    holidays: frozenset[date] = frozenset(),
    timezone: str = SEOUL,
) -> list[date]:
    return reminder_days(
        opened_at=opened_at, closes_at=closes_at, plan=plan, timezone=timezone, holidays=holidays
    )


def november(*numbers: int) -> list[date]:
    return [date(2026, 11, number) for number in numbers]


class TestReminderDays:
    def test_follows_the_plan_over_working_days(self) -> None:
        assert days([3, 5, -1]) == november(5, 9, 12)

    def test_skips_holidays_from_both_ends(self) -> None:
        holidays = frozenset(november(4, 12))

        assert days([3, -1], holidays=holidays) == november(6, 11)

    def test_steps_over_the_weekend_before_closing(self) -> None:
        monday = datetime(2026, 11, 16, 9, tzinfo=UTC)

        assert days([-1], closes_at=monday) == november(13)

    def test_reminds_once_where_two_reminders_meet(self) -> None:
        assert days([8, -1]) == november(12)

    def test_reminds_neither_on_the_opening_nor_on_the_closing_day_nor_later(self) -> None:
        tuesday = datetime(2026, 11, 3, 9, tzinfo=UTC)

        assert days([1, 3, -1], closes_at=tuesday) == []

    def test_an_empty_plan_reminds_nobody(self) -> None:
        assert days([]) == []

    def test_counts_days_where_the_company_is(self) -> None:
        late = datetime(2026, 11, 2, 16, tzinfo=UTC)

        assert days([1], opened_at=late) == november(4)
        assert days([1], opened_at=late, timezone="Europe/Berlin") == november(3)


class TestReminderDue:
    @pytest.mark.parametrize(
        ("now", "due"),
        [
            (datetime(2026, 11, 4, 23, 59, tzinfo=UTC), None),
            (datetime(2026, 11, 5, 0, 0, tzinfo=UTC), date(2026, 11, 5)),
            (datetime(2026, 11, 5, 8, 59, 59, tzinfo=UTC), date(2026, 11, 5)),
            (datetime(2026, 11, 5, 9, 0, tzinfo=UTC), None),
            (datetime(2026, 11, 6, 1, 0, tzinfo=UTC), None),
        ],
    )
    def test_is_due_from_nine_to_six_on_its_day_alone(
        self, now: datetime, due: date | None
    ) -> None:
        assert reminder_due(november(5), now=now, timezone=SEOUL) == due

    def test_missed_ones_are_not_made_up_for(self) -> None:
        thursday = datetime(2026, 11, 12, 1, tzinfo=UTC)

        assert reminder_due(november(5, 9, 12), now=thursday, timezone=SEOUL) == date(2026, 11, 12)
