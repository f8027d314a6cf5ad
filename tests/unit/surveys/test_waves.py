"""A wave at a moment: states, late openings, moved closings."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from employee_pulse.surveys.rules.programs import Cadence, OpeningRule
from employee_pulse.surveys.rules.schedule import Schedule, after_working_days, next_waves
from employee_pulse.surveys.rules.waves import (
    STATE_LABELS,
    ClosingAfterNextOpening,
    ClosingInThePast,
    WaveNotOpen,
    WaveState,
    check_closing,
    closing_if_opened,
    state,
)

SEOUL = ZoneInfo("Asia/Seoul")
SCHEDULE = Schedule(
    cadence=Cadence.MONTHLY,
    opening_rule=OpeningRule.NTH_WORKING_DAY,
    opening_number=1,
    opens_at_time=time(9),
    timezone="Asia/Seoul",
    length_working_days=10,
)


def seoul(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=SEOUL).astimezone(UTC)  # type: ignore[misc,arg-type]


OPENS_AT = seoul(2026, 12, 1, 9)
CLOSES_AT = seoul(2026, 12, 15, 9)


@dataclass(frozen=True)
class Row:
    opens_at: datetime = OPENS_AT
    closes_at: datetime = CLOSES_AT
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    missed_at: datetime | None = None
    imported_at: datetime | None = None
    hold_reason: dict[str, Any] | None = None


MOMENT = timedelta(microseconds=1)
OPENED = Row(opened_at=seoul(2026, 12, 1, 9))


class TestState:
    @pytest.mark.parametrize(
        ("wave", "now", "expected"),
        [
            (Row(), OPENS_AT - MOMENT, WaveState.PLANNED),
            (Row(), OPENS_AT, WaveState.DUE),
            (Row(hold_reason={"msgid": "x"}), OPENS_AT, WaveState.HELD),
            (Row(hold_reason={"msgid": "x"}), OPENS_AT - MOMENT, WaveState.PLANNED),
            (OPENED, CLOSES_AT - MOMENT, WaveState.OPEN),
            (OPENED, CLOSES_AT, WaveState.CLOSED),
            (replace(OPENED, closed_at=OPENS_AT), OPENS_AT, WaveState.CLOSED),
            (Row(missed_at=CLOSES_AT), CLOSES_AT, WaveState.MISSED),
            (Row(imported_at=OPENS_AT), CLOSES_AT, WaveState.IMPORTED),
        ],
    )
    def test_follows_from_rows_and_the_clock(
        self, wave: Row, now: datetime, expected: WaveState
    ) -> None:
        assert state(wave, now) is expected

    def test_every_state_has_a_word(self) -> None:
        assert set(STATE_LABELS) == set(WaveState)


def closing(now: datetime, holidays: frozenset[date] = frozenset()) -> datetime | None:
    row = Row()
    return closing_if_opened(
        SCHEDULE, opens_at=row.opens_at, closes_at=row.closes_at, now=now, holidays=holidays
    )


class TestClosingIfOpened:
    def test_is_kept_on_time(self) -> None:
        assert closing(seoul(2026, 12, 1, 9)) == CLOSES_AT

    def test_is_kept_with_exactly_two_working_days_left(self) -> None:
        assert closing(seoul(2026, 12, 11, 9)) == CLOSES_AT

    def test_moves_with_a_moment_less(self) -> None:
        assert closing(seoul(2026, 12, 11, 9) + MOMENT) == seoul(2026, 12, 17, 9)

    def test_leaves_exactly_three_working_days_at_the_usual_time_of_day(self) -> None:
        assert closing(seoul(2026, 12, 14, 9)) == seoul(2026, 12, 17, 9)

    def test_moves_for_a_window_that_has_passed_before_the_next_wave(self) -> None:
        assert closing(seoul(2026, 12, 21, 8)) == seoul(2026, 12, 24, 9)

    def test_counts_from_the_next_working_day_on_a_weekend(self) -> None:
        assert closing(seoul(2026, 12, 19, 15)) == seoul(2026, 12, 24, 9)

    def test_skips_holidays(self) -> None:
        christmas = frozenset({date(2026, 12, 25)})

        assert closing(seoul(2026, 12, 22, 9), christmas) == seoul(2026, 12, 28, 9)

    def test_may_end_just_when_the_next_wave_opens(self) -> None:
        assert closing(seoul(2026, 12, 29, 9)) == seoul(2027, 1, 1, 9)

    def test_is_none_when_three_days_do_not_fit_before_the_next_wave(self) -> None:
        assert closing(seoul(2026, 12, 29, 9) + MOMENT) is None

    def test_is_none_long_after(self) -> None:
        assert closing(seoul(2027, 6, 1, 9)) is None

    @settings(deadline=None, max_examples=300)
    @given(
        st.integers(0, 200 * 24 * 60),
        st.sampled_from(Cadence),
        st.integers(3, 20),
        st.frozensets(st.dates(date(2026, 11, 1), date(2027, 12, 31)), max_size=20),
    )
    def test_catches_up_at_most_one_period(
        self, minutes: int, cadence: Cadence, length: int, holidays: frozenset[date]
    ) -> None:
        schedule = replace(SCHEDULE, cadence=cadence, length_working_days=length)
        now = seoul(2026, 11, 30, 9) + timedelta(minutes=minutes)
        waves = next_waves(schedule, since=seoul(2026, 11, 30, 9), holidays=holidays, count=9)
        due = [wave for wave in waves if wave.opens_at <= now]

        closings = [
            closing_if_opened(
                schedule,
                opens_at=wave.opens_at,
                closes_at=wave.closes_at,
                now=now,
                holidays=holidays,
            )
            for wave in due
        ]

        assert all(found is None for found in closings[:-1])
        for found in closings[-1:]:
            if found is not None:
                two_days = after_working_days(now, 2, timezone="Asia/Seoul", holidays=holidays)
                assert found >= two_days
                assert found <= waves[len(due)].opens_at


class TestCheckClosing:
    NEXT = seoul(2027, 1, 4, 9)
    NOW = seoul(2026, 12, 10, 9)

    def check(self, wave: Row, closes_at: datetime, next_opens_at: datetime | None = NEXT) -> None:
        check_closing(
            wave, closes_at, now=self.NOW, next_opens_at=next_opens_at, timezone="Asia/Seoul"
        )

    @pytest.mark.parametrize(
        "closes_at", [NOW + MOMENT, seoul(2026, 12, 14, 18), seoul(2026, 12, 20, 9), NEXT]
    )
    def test_may_be_earlier_or_later(self, closes_at: datetime) -> None:
        self.check(OPENED, closes_at)

    def test_has_no_end_without_a_next_wave(self) -> None:
        self.check(OPENED, seoul(2027, 6, 1, 9), next_opens_at=None)

    @pytest.mark.parametrize("closes_at", [NOW, NOW - MOMENT])
    def test_refuses_the_past(self, closes_at: datetime) -> None:
        with pytest.raises(ClosingInThePast):
            self.check(OPENED, closes_at)

    def test_refuses_to_run_into_the_next_wave_and_names_its_local_day(self) -> None:
        early_morning = seoul(2027, 1, 4, 1)

        with pytest.raises(ClosingAfterNextOpening) as refused:
            self.check(OPENED, early_morning + MOMENT, next_opens_at=early_morning)

        assert refused.value.params == {"day": "2027-01-04"}

    @pytest.mark.parametrize(
        "wave", [Row(), replace(OPENED, closed_at=NOW), Row(missed_at=NOW), Row(imported_at=NOW)]
    )
    def test_refuses_a_wave_that_is_not_open(self, wave: Row) -> None:
        with pytest.raises(WaveNotOpen):
            self.check(wave, seoul(2026, 12, 20, 9))
