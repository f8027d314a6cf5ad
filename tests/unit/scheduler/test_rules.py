"""Moments as people type them on the command line."""

from datetime import UTC, datetime

import pytest

from employee_pulse.scheduler.rules import parse_moment


class TestParseMoment:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2026-12-01T09:00+09:00", datetime(2026, 12, 1, 0, 0, tzinfo=UTC)),
            ("2026-12-01T09:00-05:00", datetime(2026, 12, 1, 14, 0, tzinfo=UTC)),
            ("2026-12-01T09:00Z", datetime(2026, 12, 1, 9, 0, tzinfo=UTC)),
            ("2026-12-01T09:00", datetime(2026, 12, 1, 0, 0, tzinfo=UTC)),
            ("2026-12-01 09:00:30", datetime(2026, 12, 1, 0, 0, 30, tzinfo=UTC)),
            ("2026-12-01", datetime(2026, 11, 30, 15, 0, tzinfo=UTC)),
        ],
    )
    def test_takes_the_wall_time_of_the_company_without_an_offset(
        self, text: str, expected: datetime
    ) -> None:
        assert parse_moment(text, "Asia/Seoul") == expected

    @pytest.mark.parametrize("text", ["", "tomorrow", "09:00", "2026-13-01"])
    def test_refuses_anything_else(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"."):
            parse_moment(text, "Asia/Seoul")
