"""Single cells: what they mean, and what they cannot mean."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from employee_pulse.org.rules import cells


class TestDay:
    @pytest.mark.parametrize(
        "text",
        [
            "2026-03-02",
            "2026.03.02",
            "2026/3/2",
            "20260302",
            "2026. 3. 2.",
            "2026. 3. 2",
            "2026년 3월 2일",
            "2026-03-02 00:00:00",
            "2026-03-02T00:00",
        ],
    )
    def test_reads_what_people_write(self, text: str) -> None:
        assert cells.day(text) == date(2026, 3, 2)

    @pytest.mark.parametrize("text", ["", "-", "0000-00-00", "00000000", "N/A", "없음"])
    def test_reads_nothing(self, text: str) -> None:
        assert cells.day(text) is None

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("2026-02-29", "no such day"),
            ("2026-13-01", "no such day"),
            ("02.03.2026", "not a date"),
            ("260302", "not a date"),
            ("45292", "not a date"),
            ("2026-03-02 09:30", "not a date"),
            ("soon", "not a date"),
        ],
    )
    def test_refuses_the_rest(self, text: str, words: str) -> None:
        with pytest.raises(cells.CellRefused, match=words):
            cells.day(text)


class TestLastDay:
    def test_takes_the_end_of_time_for_none(self) -> None:
        assert cells.last_day("9999-12-31") is None
        assert cells.last_day("29991231") is None
        assert cells.last_day("") is None

    def test_keeps_a_real_day(self) -> None:
        assert cells.last_day("2026-12-31") == date(2026, 12, 31)


class TestEmail:
    @pytest.mark.parametrize(
        "text", ["kim@example.com", "kim.min-jun+hr@mail.example.co.kr", "a_b'c@x1.y2.zz"]
    )
    def test_accepts_addresses(self, text: str) -> None:
        assert cells.email(text) == text

    def test_is_in_lower_case(self) -> None:
        assert cells.email("Kim@Example.COM") == "kim@example.com"

    @pytest.mark.parametrize("text", ["", "-", "없음"])
    def test_may_be_absent(self, text: str) -> None:
        assert cells.email(text) is None

    @pytest.mark.parametrize(
        "text",
        [
            "kim",
            "kim@",
            "@example.com",
            "kim@example",
            "kim@@example.com",
            "kim@example..com",
            ".kim@example.com",
            "kim.@example.com",
            "ki..m@example.com",
            "kim lee@example.com",
            "kim@-example.com",
            "kim@example.com\nbcc: x@example.com",
            "김@example.com",
            "kim@example.com, lee@example.com",
            "k" * 250 + "@example.com",
        ],
    )
    def test_refuses_the_rest(self, text: str) -> None:
        with pytest.raises(cells.CellRefused):
            cells.email(text)


class TestYesOrNo:
    @pytest.mark.parametrize("text", ["Y", "yes", "1", "TRUE", "O", "○", "예", "✓"])
    def test_yes(self, text: str) -> None:
        assert cells.yes_or_no(text) is True

    @pytest.mark.parametrize("text", ["", "N", "No", "0", "x", "아니오", "-"])
    def test_no(self, text: str) -> None:
        assert cells.yes_or_no(text) is False


class TestLanguage:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", "ko"),
            ("KO", "ko"),
            ("한국어", "ko"),
            ("en", "en"),
            ("English", "en"),
            ("영어", "en"),
        ],
    )
    def test_is_korean_or_english(self, text: str, expected: str) -> None:
        assert cells.language(text) == expected


@pytest.mark.parametrize("read", [cells.yes_or_no, cells.language])
def test_a_word_nobody_knows_is_refused(read: Callable[[str], Any]) -> None:
    with pytest.raises(cells.CellRefused, match="Please write"):
        read("홍길동")


class TestDuties:
    @pytest.mark.parametrize("duty", ["팀장", "본 부 장", "CEO", "Team Leader"])
    def test_heads(self, duty: str) -> None:
        assert cells.leads_department(duty)
        assert cells.manages_people(duty)

    @pytest.mark.parametrize("duty", ["파트장", "부팀장"])
    def test_managers_that_are_no_heads(self, duty: str) -> None:
        assert not cells.leads_department(duty)
        assert cells.manages_people(duty)

    @pytest.mark.parametrize("duty", ["", "팀원", "부장", "과장", "반장님"])
    def test_neither(self, duty: str) -> None:
        assert not cells.leads_department(duty)
        assert not cells.manages_people(duty)
