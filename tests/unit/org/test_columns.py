"""Headers of rosters are recognized as HR systems write them."""

import pytest

from employee_pulse.org.rules.columns import LABELS, Field, guess_columns, missing_columns
from employee_pulse.org.rules.words import HEADERS


class TestGuessColumns:
    @pytest.mark.parametrize(
        ("headers", "expected"),
        [
            (
                [
                    "사번",
                    "성명",
                    "영문명",
                    "이메일",
                    "부서코드",
                    "부서명",
                    "영문부서명",
                    "상위부서코드",
                ],
                [
                    Field.NUMBER,
                    Field.NAME,
                    Field.NAME_EN,
                    Field.EMAIL,
                    Field.DEPARTMENT_CODE,
                    Field.DEPARTMENT_NAME,
                    Field.DEPARTMENT_NAME_EN,
                    Field.PARENT,
                ],
            ),
            (
                [
                    "직원번호",
                    "이름",
                    "팀명",
                    "상위부서",
                    "부서장",
                    "관리자",
                    "언어",
                    "입사일",
                    "퇴사일",
                ],
                [
                    Field.NUMBER,
                    Field.NAME,
                    Field.DEPARTMENT_NAME,
                    Field.PARENT,
                    Field.HEAD,
                    Field.MANAGER,
                    Field.LANGUAGE,
                    Field.ACTIVE_FROM,
                    Field.ACTIVE_UNTIL,
                ],
            ),
            (
                [
                    "Employee No.",
                    "Full Name",
                    "E-mail",
                    "Department Code",
                    "Department",
                    "Position",
                ],
                [
                    Field.NUMBER,
                    Field.NAME,
                    Field.EMAIL,
                    Field.DEPARTMENT_CODE,
                    Field.DEPARTMENT_NAME,
                    Field.DUTY,
                ],
            ),
        ],
    )
    def test_reads_korean_and_english(self, headers: list[str], expected: list[Field]) -> None:
        assert guess_columns(headers) == dict(zip(expected, headers, strict=True))

    def test_does_not_mind_spaces_signs_and_case(self) -> None:
        assert guess_columns(["성  명", "EMPLOYEE_ID", "부서명(영문)"]) == {
            Field.NAME: "성  명",
            Field.NUMBER: "EMPLOYEE_ID",
            Field.DEPARTMENT_NAME_EN: "부서명(영문)",
        }

    @pytest.mark.parametrize(
        "headers", [["상위부서명", "상위부서코드"], ["상위부서코드", "상위부서명"]]
    )
    def test_prefers_the_code_of_the_parent_to_its_name(self, headers: list[str]) -> None:
        assert guess_columns(headers)[Field.PARENT] == "상위부서코드"

    def test_leaves_out_what_it_does_not_know(self) -> None:
        assert guess_columns(["직위", "비고", ""]) == {}

    def test_every_spelling_leads_to_one_field(self) -> None:
        spellings = [spelling for known in HEADERS.values() for spelling in known]

        assert len(spellings) == len(set(spellings))
        assert set(HEADERS) == set(Field) == set(LABELS)


class TestMissingColumns:
    def test_names_what_a_roster_needs(self) -> None:
        missing = [phrase.msgid for phrase in missing_columns({Field.EMAIL: "이메일"})]

        assert missing == ["Employee number", "Name", "Department code"]

    @pytest.mark.parametrize("department", [Field.DEPARTMENT_CODE, Field.DEPARTMENT_NAME])
    def test_is_content_with_a_code_or_a_name(self, department: Field) -> None:
        columns = {Field.NUMBER: "a", Field.NAME: "b", department: "c"}

        assert missing_columns(columns) == []
