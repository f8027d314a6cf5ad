"""Rows of a roster: people and departments, or every error with its row, column and value."""

from datetime import date

import pytest

from employee_pulse.foundation.table_file import Row
from employee_pulse.org.rules.columns import guess_columns
from employee_pulse.org.rules.departments import Unit
from employee_pulse.org.rules.roster import Former, Reading, Roster, read_roster

TODAY = date(2026, 11, 22)


def reading(text: str, known: dict[str, Unit] | None = None) -> Reading:
    """Reads a little table: header, then rows from line 2, cells parted by ``|``."""
    header, *rows = [
        [cell.strip() for cell in line.split("|")] for line in text.strip().split("\n")
    ]
    return read_roster(
        [Row(line, dict(zip(header, row, strict=True))) for line, row in enumerate(rows, start=2)],
        guess_columns(header),
        known=known or {},
        today=TODAY,
    )


def roster(text: str, known: dict[str, Unit] | None = None) -> Roster:
    found = reading(text, known)
    assert found.errors == ()
    assert found.roster is not None
    return found.roster


def errors(text: str, known: dict[str, Unit] | None = None) -> list[tuple[int, str, str, str]]:
    found = reading(text, known)
    assert found.roster is None
    return [
        (error.line, error.column, error.value, error.problem.msgid % error.problem.params)
        for error in found.errors
    ]


class TestPeople:
    def test_have_everything_the_roster_tells(self) -> None:
        (person,) = roster(
            "사번 | 성명 | 영문명 | 이메일 | 부서코드 | 부서명 | 관리자 | 언어 | 입사일 | 퇴사일\n"
            "7 | 김민준 | Kim | KIM@x.kr | D1 | 물류 | Y | en | 2020.1.2 | 2027-01-31"
        ).people

        assert (person.number, person.name, person.name_en) == ("7", "김민준", "Kim")
        assert (person.email, person.department_code) == ("kim@x.kr", "D1")
        assert (person.is_manager, person.is_head, person.language) == (True, False, "en")
        assert (person.active_from, person.active_until) == (date(2020, 1, 2), date(2027, 1, 31))

    def test_and_departments_have_names_of_one_line(self) -> None:
        """A workbook may break lines in a cell; names stand in headers of mails."""
        rows = [
            Row(2, {"사번": "7", "성명": "김\n 민준", "부서코드": "D 1", "부서명": "물류\r\n1팀"})
        ]

        found = read_roster(
            rows, guess_columns(["사번", "성명", "부서코드", "부서명"]), known={}, today=TODAY
        ).roster

        assert found is not None
        assert found.people[0].name == "김 민준"
        assert found.units[0].name_ko == "물류 1팀"

    def test_are_korean_without_address_and_duty_if_nothing_else_is_told(self) -> None:
        (person,) = roster("사번 | 성명 | 부서코드\n7 | 김민준 | D1").people

        assert (person.email, person.name_en, person.language) == (None, None, "ko")
        assert (person.is_manager, person.is_head) == (False, False)

    def test_lead_by_their_duty(self) -> None:
        head, deputy, member = roster(
            "사번 | 성명 | 부서코드 | 직책\n"
            "1 | 가 | D1 | 팀장\n2 | 나 | D1 | 파트장\n3 | 다 | D1 | 팀원"
        ).people

        assert [(p.is_head, p.is_manager) for p in (head, deputy, member)] == [
            (True, True),
            (False, True),
            (False, False),
        ]

    def test_lead_by_the_column_that_says_so_whatever_the_duty(self) -> None:
        one, other = roster(
            "사번 | 성명 | 부서코드 | 직책 | 부서장\n1 | 가 | D1 | 팀장 | N\n2 | 나 | D1 | 팀원 | Y"
        ).people

        assert (one.is_head, other.is_head, other.is_manager) == (False, True, True)

    def test_are_former_from_the_day_after_their_last(self) -> None:
        found = roster(
            "사번 | 성명 | 부서코드 | 퇴사일\n"
            "1 | 가 | D1 | 2026-11-22\n2 | 나 | D9 | 2026-11-21\n3 | 다 | D1 | 9999-12-31"
        )

        assert [person.number for person in found.people] == ["1", "3"]
        assert found.former == (Former(3, "2", date(2026, 11, 21)),)
        assert [unit.code for unit in found.units] == ["D1"]

    def test_may_take_over_what_former_staff_had(self) -> None:
        found = roster(
            "사번 | 성명 | 이메일 | 부서코드 | 직책 | 퇴사일\n"
            "1 | 가 | a@x.kr | D1 | 팀장 | 2020-01-01\n2 | 나 | a@x.kr | D1 | 팀장 |"
        )

        assert [person.number for person in found.people] == ["2"]


class TestErrors:
    def test_are_all_collected_in_the_order_of_the_file(self) -> None:
        assert errors(
            "사번 | 성명 | 이메일 | 부서코드 | 상위부서코드 | 부서장 | 입사일 | 언어\n"
            "1 | 가 | a@x.kr | D1 |  | Y | 2020-01-02 | ko\n"
            " | 나 | kim | D1 | D9 | 홍길동 | 2020-02-30 | fr\n"
            "1 |  | A@x.kr |  |  | Y | 2021-01-01 | en"
        ) == [
            (3, "사번", "", "This is missing."),
            (3, "입사일", "2020-02-30", "There is no such day."),
            (3, "이메일", "kim", "This is not an e-mail address."),
            (3, "부서장", "홍길동", "Please write Y or N."),
            (3, "언어", "fr", "Please write ko or en."),
            (
                3,
                "상위부서코드",
                "D9",
                "No row defines this parent department. Add a row with its code and name "
                "and no employee number.",
            ),
            (4, "사번", "1", "This already stands in line 2."),
            (4, "성명", "", "This is missing."),
            (4, "이메일", "A@x.kr", "This already stands in line 2."),
            (4, "부서코드", "", "This is missing."),
        ]

    def test_two_heads(self) -> None:
        assert errors(
            "사번 | 성명 | 부서코드 | 직책\n"
            "1 | 가 | D1 | 팀장\n2 | 나 | D2 | 팀장\n3 | 다 | D1 | 팀장"
        ) == [(4, "직책", "팀장", "Department D1 already has a head in line 2.")]
        assert errors("사번 | 성명 | 부서코드 | 부서장\n1 | 가 | D1 | Y\n2 | 나 | D1 | Y") == [
            (3, "부서장", "Y", "Department D1 already has a head in line 2.")
        ]

    def test_left_before_they_came(self) -> None:
        assert errors(
            "사번 | 성명 | 부서코드 | 입사일 | 퇴사일\n1 | 가 | D1 | 2026-01-02 | 2026-01-01"
        ) == [(2, "퇴사일", "2026-01-01", "This is before the first day.")]

    @pytest.mark.parametrize(
        ("header", "row", "limit"),
        [
            ("사번 | 성명 | 부서코드", f"{'1' * 51} | 가 | D1", 50),
            ("사번 | 성명 | 부서코드", f"1 | {'가' * 201} | D1", 200),
            ("사번 | 성명 | 부서코드", f"1 | 가 | {'D' * 51}", 50),
            ("사번 | 성명 | 부서명", f"1 | 가 | {'팀' * 51}", 50),
        ],
    )
    def test_longer_than_the_database_keeps(self, header: str, row: str, limit: int) -> None:
        ((line, _column, _value, problem),) = errors(f"{header}\n{row}")

        assert (line, problem) == (2, f"This is longer than {limit} characters.")

    def test_a_person_without_number_is_no_department(self) -> None:
        assert errors("사번 | 성명 | 이메일 | 부서코드\n | | a@x.kr | D1") == [
            (2, "사번", "", "This is missing."),
            (2, "성명", "", "This is missing."),
        ]

    def test_a_row_that_says_nothing_of_a_department(self) -> None:
        assert errors("사번 | 성명 | 부서명 | 비고\n | | | note") == [
            (2, "부서명", "", "This is missing.")
        ]
