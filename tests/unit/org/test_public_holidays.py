"""Days off: public holidays of Korea as HR has changed them."""

from datetime import date

from employee_pulse.org.rules.public_holidays import Override, calendar, days_off, public_holidays

SUBSTITUTE = date(2026, 3, 2)
PLAIN = date(2026, 11, 16)


class TestPublicHolidays:
    def test_know_lunar_and_substitute_days_in_both_languages(self) -> None:
        found = public_holidays(2026)

        assert {date(2026, 2, day) for day in (16, 17, 18)} <= found.keys()
        assert found[date(2026, 9, 25)] == ("추석", "Chuseok")
        assert SUBSTITUTE in found


class TestCalendar:
    def test_holds_added_and_taken_out_days_in_order(self) -> None:
        overrides = {
            PLAIN: Override("창립기념일", is_off=True),
            SUBSTITUTE: Override("", is_off=False),
            date(2025, 11, 17): Override("last year", is_off=True),
        }

        found = {each.day: each for each in calendar(2026, overrides)}

        assert list(found) == sorted(found)
        assert (found[PLAIN].name_ko, found[PLAIN].is_public, found[PLAIN].is_off) == (
            "창립기념일",
            False,
            True,
        )
        assert (found[SUBSTITUTE].is_public, found[SUBSTITUTE].is_off) == (True, False)
        assert len(found) == len(public_holidays(2026)) + 1

    def test_leaves_out_a_plain_day_that_is_not_off(self) -> None:
        assert PLAIN not in {
            each.day for each in calendar(2026, {PLAIN: Override("x", is_off=False)})
        }


class TestDaysOff:
    def test_holds_both_ends_and_crosses_years(self) -> None:
        found = days_off(date(2026, 12, 25), date(2027, 1, 1), {})

        assert found == {date(2026, 12, 25), date(2027, 1, 1)}

    def test_follows_hr(self) -> None:
        overrides = {
            PLAIN: Override("x", is_off=True),
            SUBSTITUTE: Override("", is_off=False),
        }

        found = days_off(date(2026, 3, 1), date(2026, 11, 30), overrides)

        assert PLAIN in found
        assert SUBSTITUTE not in found
        assert date(2026, 3, 1) in found
