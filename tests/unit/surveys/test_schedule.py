"""Schedules: when waves open and close, over holidays, month ends and clock changes."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from employee_pulse.foundation.working_days import is_working_day, working_days_between
from employee_pulse.surveys.rules.periods import parse_period, period_of
from employee_pulse.surveys.rules.programs import Cadence, OpeningRule
from employee_pulse.surveys.rules.schedule import (
    LAST_NTH,
    LengthOutOfRange,
    OpeningOutOfRange,
    Schedule,
    UnknownTimezone,
    WaveLongerThanPeriod,
    after_working_days,
    check_schedule,
    next_opening,
    next_waves,
    opening_day,
    openings_of_a_year,
    upcoming,
    wave_dates,
)

SEOUL = ZoneInfo("Asia/Seoul")
SEOLLAL_2027 = frozenset({date(2027, 2, 8), date(2027, 2, 9)})
NEW_YEAR_2027 = frozenset({date(2027, 1, 1)})
CHRISTMAS_2026 = frozenset({date(2026, 12, 25)})
HOLIDAYS = SEOLLAL_2027 | NEW_YEAR_2027 | CHRISTMAS_2026 | {date(2027, 3, 1)}

MONTHLY = Schedule(
    cadence=Cadence.MONTHLY,
    opening_rule=OpeningRule.NTH_WORKING_DAY,
    opening_number=1,
    opens_at_time=time(9),
    timezone="Asia/Seoul",
    length_working_days=10,
)


def seoul(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=SEOUL).astimezone(UTC)  # type: ignore[misc,arg-type]


class TestOpeningDay:
    @pytest.mark.parametrize(
        ("rule", "number", "period", "expected"),
        [
            (OpeningRule.NTH_WORKING_DAY, 1, "2027-01", date(2027, 1, 4)),
            (OpeningRule.NTH_WORKING_DAY, 6, "2027-02", date(2027, 2, 10)),
            (OpeningRule.NTH_WORKING_DAY, 1, "2026-Q4", date(2026, 10, 1)),
            (OpeningRule.NTH_WORKING_DAY, 2, "2026-H2", date(2026, 7, 2)),
            (OpeningRule.DAY_OF_MONTH, 15, "2026-12", date(2026, 12, 15)),
            (OpeningRule.DAY_OF_MONTH, 25, "2026-12", date(2026, 12, 28)),
            (OpeningRule.DAY_OF_MONTH, 31, "2027-02", date(2027, 3, 2)),
            (OpeningRule.DAY_OF_MONTH, 31, "2026-11", date(2026, 11, 30)),
            (OpeningRule.DAY_OF_MONTH, 31, "2028-02", date(2028, 2, 29)),
        ],
    )
    def test_follows_the_rule(
        self, rule: OpeningRule, number: int, period: str, expected: date
    ) -> None:
        schedule = replace(MONTHLY, opening_rule=rule, opening_number=number)

        assert opening_day(schedule, parse_period(period), HOLIDAYS) == expected

    def test_leads_into_the_next_month_if_a_month_has_too_few_working_days(self) -> None:
        february_off = frozenset(date(2027, 2, day) for day in range(8, 29))
        schedule = replace(MONTHLY, opening_number=6)

        assert opening_day(schedule, parse_period("2027-02"), february_off) == date(2027, 3, 1)


class TestAfterWorkingDays:
    @pytest.mark.parametrize(
        ("start", "days", "expected"),
        [
            (seoul(2026, 12, 1, 9), 10, seoul(2026, 12, 15, 9)),
            (seoul(2026, 12, 23, 18), 2, seoul(2026, 12, 28, 18)),
            (seoul(2026, 12, 26, 15), 1, seoul(2026, 12, 29, 0)),
            (seoul(2026, 12, 25, 23, 59), 3, seoul(2026, 12, 31, 0)),
        ],
    )
    def test_skips_days_off(self, start: datetime, days: int, expected: datetime) -> None:
        found = after_working_days(start, days, timezone="Asia/Seoul", holidays=HOLIDAYS)

        assert found == expected

    def test_keeps_the_wall_time_over_a_clock_change(self) -> None:
        paris = ZoneInfo("Europe/Paris")
        friday = datetime(2027, 3, 26, 9, tzinfo=paris)

        found = after_working_days(friday, 1, timezone="Europe/Paris", holidays=frozenset())

        assert found == datetime(2027, 3, 29, 9, tzinfo=paris)
        assert found - friday.astimezone(UTC) == timedelta(days=3, hours=-1)


class TestWaveDates:
    def test_lasts_full_working_days(self) -> None:
        dates = wave_dates(MONTHLY, parse_period("2026-12"), HOLIDAYS)

        assert dates.opens_at == seoul(2026, 12, 1, 9)
        assert dates.closes_at == seoul(2026, 12, 15, 9)

    def test_closes_at_the_next_opening_if_late_holidays_make_it_too_long(self) -> None:
        schedule = replace(MONTHLY, length_working_days=18)
        late = frozenset(date(2026, 12, day) for day in range(14, 24))

        dates = wave_dates(schedule, parse_period("2026-12"), HOLIDAYS | late)

        assert dates.closes_at == seoul(2027, 1, 4, 9)

    def test_stays_open_a_day_even_if_a_whole_month_is_off(self) -> None:
        schedule = replace(MONTHLY, opening_rule=OpeningRule.DAY_OF_MONTH, opening_number=31)
        off = frozenset(date(2027, 1, 29) + timedelta(days=i) for i in range(40))

        dates = wave_dates(schedule, parse_period("2027-01"), off)

        assert dates.closes_at == after_working_days(
            dates.opens_at, 1, timezone="Asia/Seoul", holidays=off
        )

    @pytest.mark.parametrize(
        ("day", "at", "expected"),
        [
            # Friday 2021-03-26 in Amman began at 01:00: half past midnight is half past one.
            (date(2021, 3, 26), time(0, 30), datetime(2021, 3, 25, 22, 30, tzinfo=UTC)),
            # Friday 2021-10-29 had half past midnight twice: the first one is meant,
            (date(2021, 10, 29), time(0, 30), datetime(2021, 10, 28, 21, 30, tzinfo=UTC)),
            # whatever fold the given time carries.
            (date(2021, 10, 29), time(0, 30, fold=1), datetime(2021, 10, 28, 21, 30, tzinfo=UTC)),
        ],
    )
    def test_opens_once_on_days_of_a_clock_change(
        self, day: date, at: time, expected: datetime
    ) -> None:
        schedule = replace(
            MONTHLY,
            timezone="Asia/Amman",
            opens_at_time=at,
            opening_rule=OpeningRule.DAY_OF_MONTH,
            opening_number=day.day,
        )

        dates = wave_dates(schedule, period_of(day, Cadence.MONTHLY), frozenset())

        assert dates.opens_at == expected


class TestNextWaves:
    def test_names_three_with_holidays_skipped(self) -> None:
        waves = next_waves(MONTHLY, since=seoul(2026, 11, 22, 14), holidays=HOLIDAYS)

        assert [(wave.period.label, wave.opens_at) for wave in waves] == [
            ("2026-12", seoul(2026, 12, 1, 9)),
            ("2027-01", seoul(2027, 1, 4, 9)),
            ("2027-02", seoul(2027, 2, 1, 9)),
        ]

    def test_includes_one_that_opens_at_this_very_moment(self) -> None:
        waves = next_waves(MONTHLY, since=seoul(2026, 12, 1, 9), holidays=HOLIDAYS)

        assert waves[0].period.label == "2026-12"

    def test_leaves_out_one_that_opened_a_moment_ago(self) -> None:
        waves = next_waves(MONTHLY, since=seoul(2026, 12, 1, 9, 0, 1), holidays=HOLIDAYS)

        assert waves[0].period.label == "2027-01"

    def test_finds_a_wave_of_last_month_that_weekends_moved_into_this_one(self) -> None:
        schedule = replace(MONTHLY, opening_rule=OpeningRule.DAY_OF_MONTH, opening_number=31)

        waves = next_waves(schedule, since=seoul(2026, 2, 1, 0), holidays=frozenset())

        assert waves[0].period.label == "2026-01"
        assert waves[0].opens_at == seoul(2026, 2, 2, 9)

    @pytest.mark.parametrize(
        ("cadence", "labels"),
        [
            (Cadence.QUARTERLY, ["2027-Q1", "2027-Q2", "2027-Q3"]),
            (Cadence.HALF_YEARLY, ["2027-H1", "2027-H2", "2028-H1"]),
        ],
    )
    def test_works_for_slower_cadences(self, cadence: Cadence, labels: list[str]) -> None:
        schedule = replace(MONTHLY, cadence=cadence)

        waves = next_waves(schedule, since=seoul(2026, 11, 22, 14), holidays=HOLIDAYS)

        assert [wave.period.label for wave in waves] == labels


class TestNextOpening:
    def test_is_later_than_the_opening_asked_about(self) -> None:
        found = next_opening(MONTHLY, after=seoul(2026, 12, 1, 9), holidays=HOLIDAYS)

        assert found == seoul(2027, 1, 4, 9)


class TestOpeningsOfAYear:
    @pytest.mark.parametrize(
        ("cadence", "count", "last"),
        [
            (Cadence.MONTHLY, 12, date(2027, 11, 1)),
            (Cadence.QUARTERLY, 4, date(2027, 10, 1)),
            (Cadence.HALF_YEARLY, 2, date(2027, 7, 1)),
        ],
    )
    def test_are_local_days(self, cadence: Cadence, count: int, last: date) -> None:
        schedule = replace(MONTHLY, cadence=cadence, opens_at_time=time(0, 30))

        days = openings_of_a_year(schedule, since=seoul(2026, 11, 22, 14), holidays=HOLIDAYS)

        assert len(days) == count
        assert days[-1] == last


class TestCheckSchedule:
    @pytest.mark.parametrize(
        ("change", "refusal"),
        [
            ({"length_working_days": 2}, LengthOutOfRange),
            ({"length_working_days": 21}, LengthOutOfRange),
            ({"opening_number": 0}, OpeningOutOfRange),
            ({"opening_number": LAST_NTH + 1}, OpeningOutOfRange),
            (
                {"opening_rule": OpeningRule.DAY_OF_MONTH, "opening_number": 32},
                OpeningOutOfRange,
            ),
            ({"timezone": "Mars/Olympus"}, UnknownTimezone),
            ({"timezone": ""}, UnknownTimezone),
            ({"length_working_days": 20}, WaveLongerThanPeriod),
        ],
    )
    def test_refuses(self, change: dict[str, object], refusal: type[Exception]) -> None:
        schedule = replace(MONTHLY, **change)  # type: ignore[arg-type]

        with pytest.raises(refusal):
            check_schedule(schedule, since=seoul(2026, 11, 22, 14), holidays=HOLIDAYS)

    @pytest.mark.parametrize(
        "change",
        [
            {},
            {"length_working_days": 3},
            {"cadence": Cadence.QUARTERLY, "length_working_days": 20},
            {"opening_number": LAST_NTH},
            {"opening_rule": OpeningRule.DAY_OF_MONTH, "opening_number": 31},
            {"timezone": "America/New_York"},
        ],
    )
    def test_lets_pass(self, change: dict[str, object]) -> None:
        schedule = replace(MONTHLY, **change)  # type: ignore[arg-type]

        check_schedule(schedule, since=seoul(2026, 11, 22, 14), holidays=HOLIDAYS)

    def test_says_how_many_days_fit(self) -> None:
        schedule = replace(MONTHLY, length_working_days=20)

        with pytest.raises(WaveLongerThanPeriod) as refused:
            check_schedule(schedule, since=seoul(2026, 11, 22, 14), holidays=HOLIDAYS)

        fitting = refused.value.params["fitting"]
        assert refused.value.params["period"] == "2027-02"
        assert refused.value.params["day"] == "2027-03-02"
        assert fitting == 18
        check_schedule(
            replace(schedule, length_working_days=fitting),
            since=seoul(2026, 11, 22, 14),
            holidays=HOLIDAYS,
        )


SCHEDULES = st.builds(
    Schedule,
    cadence=st.sampled_from(Cadence),
    opening_rule=st.sampled_from(OpeningRule),
    opening_number=st.integers(1, LAST_NTH),
    opens_at_time=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    timezone=st.sampled_from(
        [
            "Asia/Seoul",
            "America/New_York",
            "Europe/Paris",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "UTC",
        ]
    ),
    length_working_days=st.integers(3, 20),
)
SINCE = st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
FEW_HOLIDAYS = st.frozensets(st.dates(date(2024, 12, 1), date(2033, 1, 1)), max_size=40)


class TestEverySchedule:
    @settings(deadline=None, max_examples=200)
    @given(SCHEDULES, SINCE, FEW_HOLIDAYS)
    def test_never_skips_or_doubles_a_period(
        self, schedule: Schedule, since: datetime, holidays: frozenset[date]
    ) -> None:
        waves = list(islice(upcoming(schedule, since=since, holidays=holidays), 8))

        for earlier, later in pairwise(waves):
            assert later.period == earlier.period.following
            assert earlier.opens_at < later.opens_at
            assert earlier.closes_at <= later.opens_at

    @settings(deadline=None, max_examples=200)
    @given(SCHEDULES, SINCE, FEW_HOLIDAYS)
    def test_opens_on_a_working_day_and_closes_after_it(
        self, schedule: Schedule, since: datetime, holidays: frozenset[date]
    ) -> None:
        zone = ZoneInfo(schedule.timezone)

        wave = next(upcoming(schedule, since=since, holidays=holidays))

        opens_on = wave.opens_at.astimezone(zone).date()
        closes_on = wave.closes_at.astimezone(zone).date()
        assert wave.opens_at >= since
        assert is_working_day(opens_on, holidays)
        assert wave.closes_at > wave.opens_at
        assert working_days_between(opens_on, closes_on, holidays) <= schedule.length_working_days

    @settings(deadline=None, max_examples=200)
    @given(SCHEDULES, SINCE, SINCE, FEW_HOLIDAYS)
    def test_gives_the_same_dates_whenever_it_is_asked(
        self, schedule: Schedule, first: datetime, second: datetime, holidays: frozenset[date]
    ) -> None:
        early, late = sorted((first, second))
        from_late = next(upcoming(schedule, since=late, holidays=holidays))

        from_early = next(
            wave
            for wave in upcoming(schedule, since=early, holidays=holidays)
            if wave.opens_at >= late
        )

        assert from_early == from_late
