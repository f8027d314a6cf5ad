"""The department tree: put together from rows, completed by what is known, checked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from employee_pulse.org.rules.departments import Unit, tree_order
from tests.unit.org.test_roster import errors, roster

KNOWN = {
    "C": Unit("C", "회사", "Company", None),
    "B": Unit("B", "본부", "Division", "C"),
    "D1": Unit("D1", "물류", "Logistics", "B"),
}


class TestUnits:
    def test_take_what_any_row_says(self) -> None:
        found = roster(
            "사번 | 성명 | 부서코드 | 부서명 | 부서명(영문) | 상위부서코드\n"
            "1 | 가 | D1 |  |  |\n"
            "2 | 나 | D1 | 물류 |  | C\n"
            "3 | 다 | D1 | 물류 | Logistics |\n"
            "  |  | C | 회사 |  |"
        )

        assert found.units == (
            Unit("D1", "물류", "Logistics", "C"),
            Unit("C", "회사", "회사", None),
        )

    def test_make_a_flat_company_without_a_column_for_parents(self) -> None:
        found = roster("사번 | 성명 | 부서코드\n1 | 가 | D1\n2 | 나 | D2")

        assert found.units == (Unit("D1", "D1", "D1", None), Unit("D2", "D2", "D2", None))

    def test_are_named_where_there_are_no_codes(self) -> None:
        found = roster("사번 | 성명 | 팀명 | 상위부서\n1 | 가 | 물류팀 | 본부\n2 | 나 | 본부 |")

        assert found.units == (
            Unit("물류팀", "물류팀", "물류팀", "본부"),
            Unit("본부", "본부", "본부", None),
        )
        assert [person.department_code for person in found.people] == ["물류팀", "본부"]

    def test_may_name_their_parent_instead_of_its_code(self) -> None:
        found = roster(
            "사번 | 성명 | 부서코드 | 부서명 | 상위부서\n"
            "1 | 가 | D1 | 물류 | 본부\n2 | 나 | B | 본부 |"
        )

        assert found.units[0].parent_code == "B"


class TestKnownDepartments:
    def test_keep_what_the_roster_has_no_column_for(self) -> None:
        found = roster("사번 | 성명 | 부서코드\n1 | 가 | D1", KNOWN)

        assert set(found.units) == set(KNOWN.values())

    def test_lose_what_the_roster_has_a_column_for(self) -> None:
        found = roster(
            "사번 | 성명 | 부서코드 | 부서명 | 부서명(영문) | 상위부서코드\n1 | 가 | D1 | 물류 | |",
            KNOWN,
        )

        assert found.units == (Unit("D1", "물류", "물류", None),)

    def test_keep_an_english_name_of_their_own_when_renamed(self) -> None:
        found = roster("사번 | 성명 | 부서코드 | 부서명\n1 | 가 | D1 | 유통", KNOWN)

        assert found.units[0] == Unit("D1", "유통", "Logistics", "B")

    def test_do_not_keep_an_english_name_that_only_repeated_the_korean_one(self) -> None:
        known = {"D1": Unit("D1", "물류", "물류", None)}

        found = roster("사번 | 성명 | 부서코드 | 부서명\n1 | 가 | D1 | 유통", known)

        assert found.units == (Unit("D1", "유통", "유통", None),)

    def test_may_be_parents_that_no_row_defines(self) -> None:
        found = roster(
            "사번 | 성명 | 부서코드 | 부서명 | 상위부서코드\n1 | 가 | D2 | 구매 | B", KNOWN
        )

        assert found.units == (Unit("D2", "구매", "구매", "B"), KNOWN["B"], KNOWN["C"])


class TestErrors:
    def test_one_code_with_two_names(self) -> None:
        assert errors(
            "사번 | 성명 | 부서코드 | 부서명\n1 | 가 | D1 | 물류\n2 | 나 | D1 |\n3 | 다 | D1 | 유통"
        ) == [(4, "부서명", "유통", "Line 2 says “물류” for department D1.")]

    def test_one_code_with_two_parents(self) -> None:
        assert errors(
            "사번 | 성명 | 부서코드 | 상위부서코드\n1 | 가 | D1 | D2\n2 | 나 | D2 |\n"
            "3 | 다 | D3 |\n4 | 라 | D1 | D3"
        ) == [(5, "상위부서코드", "D3", "Line 2 says “D2” for department D1.")]

    def test_the_row_that_stands_alone_is_the_wrong_one(self) -> None:
        assert errors(
            "사번 | 성명 | 부서코드 | 부서명 | 상위부서코드\n1 | 가 | D1 | 믈류 | Z9\n"
            "2 | 나 | D1 | 물류 | C\n3 | 다 | D1 | 물류 | C\n4 | 라 | C | 회사 |"
        ) == [
            (2, "부서명", "믈류", "Line 3 says “물류” for department D1."),
            (2, "상위부서코드", "Z9", "Line 3 says “C” for department D1."),
        ]

    def test_no_name_in_any_row(self) -> None:
        assert errors("사번 | 성명 | 부서코드 | 부서명\n1 | 가 | D1 |\n2 | 나 | D1 |") == [
            (2, "부서코드", "D1", "No row names this department.")
        ]

    def test_a_parent_that_several_departments_are_named_like(self) -> None:
        assert errors(
            "사번 | 성명 | 부서코드 | 부서명 | 상위부서\n"
            "1 | 가 | A | 인사 |\n2 | 나 | B | 인사 |\n3 | 다 | D | 채용 | 인사"
        ) == [(4, "상위부서", "인사", "Several departments have this name. Please use the code.")]

    @pytest.mark.parametrize(
        ("rows", "line", "value", "circle"),
        [
            ("1 | 가 | A | A", 2, "A", "A → A"),
            ("1 | 가 | A | B\n2 | 나 | B | C\n3 | 다 | C | A", 2, "B", "A → B → C → A"),
            ("1 | 가 | X | A\n2 | 나 | A | B\n3 | 다 | B | A", 3, "B", "A → B → A"),
        ],
    )
    def test_a_circle_is_told_once(self, rows: str, line: int, value: str, circle: str) -> None:
        assert errors(f"사번 | 성명 | 부서코드 | 상위부서코드\n{rows}") == [
            (line, "상위부서코드", value, f"These departments lie in a circle: {circle}.")
        ]

    def test_each_of_two_circles_is_told(self) -> None:
        found = errors(
            "사번 | 성명 | 부서코드 | 상위부서코드\n"
            "1 | 가 | A | B\n2 | 나 | B | A\n3 | 다 | C | D\n4 | 라 | D | C"
        )

        assert [line for line, *_ in found] == [2, 4]

    def test_a_circle_through_a_department_that_is_known(self) -> None:
        assert errors("사번 | 성명 | 부서코드 | 상위부서코드\n1 | 가 | C | D1", KNOWN) == [
            (2, "상위부서코드", "D1", "These departments lie in a circle: C → D1 → B → C.")
        ]


class TestTreeOrder:
    def test_has_parents_first_and_siblings_by_code(self) -> None:
        parents = {"b2": "b", "c": None, "b": "c", "a": "c", "b1": "b", "z": None}

        assert tree_order(parents) == ["c", "a", "b", "b1", "b2", "z"]

    @given(st.lists(st.integers(0, 30), max_size=30))
    def test_holds_every_department_after_its_parent(self, choices: list[int]) -> None:
        parents: dict[str, str | None] = {"d0": None}
        for number, choice in enumerate(choices, start=1):
            parents[f"d{number}"] = f"d{choice % number}"

        order = tree_order(parents)

        assert sorted(order) == sorted(parents)
        places = {code: place for place, code in enumerate(order)}
        assert all(parent is None or places[parent] < places[c] for c, parent in parents.items())
