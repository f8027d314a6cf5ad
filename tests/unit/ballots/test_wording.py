"""Closing moments are said where the program is, in 24 hours."""

from datetime import UTC, datetime

import pytest

from employee_pulse.ballots.wording import closing_words


class TestClosingWords:
    @pytest.mark.parametrize(
        ("language", "timezone", "words"),
        [
            ("ko", "Asia/Seoul", "11월 27일 금요일 18:00"),
            ("en", "Asia/Seoul", "Fri, Nov 27, 18:00"),
            ("en", "Europe/Berlin", "Fri, Nov 27, 10:00"),
        ],
    )
    def test_names_day_weekday_and_time(self, language: str, timezone: str, words: str) -> None:
        assert closing_words(datetime(2026, 11, 27, 9, tzinfo=UTC), timezone, language) == words
