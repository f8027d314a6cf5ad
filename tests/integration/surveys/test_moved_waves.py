"""A change of the holidays says which planned waves it moves, before and after the clock's job."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from employee_pulse.foundation import clock
from employee_pulse.foundation.db import transaction
from employee_pulse.org import service as org
from employee_pulse.surveys import jobs, queries
from employee_pulse.surveys.models import Program
from tests.integration.surveys.conftest import NOW

Make = Callable[..., Program]
OPENING = date(2026, 12, 1)
WITHIN = date(2026, 12, 9)
SUNDAY = date(2026, 12, 6)


def moved(day: date) -> list[tuple[str, bool, bool]]:
    """Periods, and whether opening and closing move."""
    return [
        (
            wave.after.period.label,
            wave.before.opens_at != wave.after.opens_at,
            wave.before.closes_at != wave.after.closes_at,
        )
        for wave in queries.moved_waves(day, NOW)
    ]


def take_off(day: date) -> None:
    with transaction():
        org.add_holiday(day=day, name="임시 공휴일", by_id=1, now=NOW)


class TestMovedWaves:
    @pytest.mark.parametrize(
        ("day", "expected"),
        [
            (OPENING, [("2026-12", True, True)]),
            (WITHIN, [("2026-12", False, True)]),
            (SUNDAY, []),
        ],
    )
    def test_are_those_that_the_day_decides_about(
        self, make_program: Make, day: date, expected: list[tuple[str, bool, bool]]
    ) -> None:
        make_program(launched=True)

        take_off(day)
        before_the_job = moved(day)
        jobs.plan_next_waves(NOW)

        assert before_the_job == expected
        assert moved(day) == expected

    def test_move_back_when_the_day_is_taken_out_again(self, make_program: Make) -> None:
        make_program(launched=True)
        take_off(OPENING)
        jobs.plan_next_waves(NOW)

        with transaction():
            org.remove_holiday(day=OPENING, by_id=1, now=NOW)

        (wave,) = queries.moved_waves(OPENING, NOW)
        assert wave.before.opens_at == datetime(2026, 12, 2, tzinfo=UTC)
        assert wave.after.opens_at == datetime(2026, 12, 1, tzinfo=UTC)

    def test_leaves_drafts_out(self, make_program: Make) -> None:
        make_program()
        take_off(OPENING)

        assert moved(OPENING) == []


@pytest.fixture
def hr(sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return sign_in("hr")


def test_hr_reads_it_in_the_answer_to_the_change(hr: FlaskClient, make_program: Make) -> None:
    program = make_program(launched=True, name="펄스", name_en="Pulse", now=clock.now())
    zone = ZoneInfo(program.timezone)
    opens = queries.waves(program.id)[-1].opens_at.astimezone(zone)

    page = hr.post(
        "/app/holidays",
        data={"day": opens.date().isoformat(), "name": "Surprise"},
        follow_redirects=True,
    )

    assert opens.time() == time(9)
    assert "1 planned wave moves with it" in page.text
    assert f"Pulse {queries.waves(program.id)[-1].period}" in page.text
    assert "instead of" in page.text
    assert "planned wave" not in hr.get("/app/holidays").text
    none = hr.get("/app/holidays?added=2020-01-01")
    assert "No planned wave moves because of it." in none.text
