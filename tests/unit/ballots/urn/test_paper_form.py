"""The paper form: every answer is understood, or asked for again, and none is guessed."""

from collections.abc import Sequence
from typing import Any

import pytest

from employee_pulse.ballots.codes import make_code
from employee_pulse.ballots.urn.paper_form import (
    PaperForm,
    answers,
    comments,
    read_form,
    too_long,
    unanswered,
)
from employee_pulse.surveys.models import WaveQuestion
from employee_pulse.surveys.rules.questions import QuestionKind

CHOICES = [{"code": "a", "ko": "가", "en": "A"}, {"code": "b", "ko": "나", "en": "B"}]
CODE = make_code(12345, symbols=20)


def question(code: str, kind: QuestionKind, choices: Sequence[Any] = ()) -> WaveQuestion:
    return WaveQuestion(code=code, kind=kind, choices=list(choices))


QUESTIONS = [
    question("LEAD", QuestionKind.AGREEMENT),
    question("ENPS", QuestionKind.ENPS),
    question("ONE", QuestionKind.SINGLE_CHOICE, CHOICES),
    question("MANY", QuestionKind.MULTIPLE_CHOICE, CHOICES),
    question("TEXT", QuestionKind.FREE_TEXT),
]
COMPLETE = {"code": [CODE], "q.LEAD": ["5"], "q.ENPS": ["10"], "q.ONE": ["a"], "q.MANY": ["b", "a"]}


def form(**changes: Sequence[str]) -> PaperForm:
    fields = {**COMPLETE, **{name.replace("q_", "q."): value for name, value in changes.items()}}
    return read_form(fields, QUESTIONS)


class TestReadForm:
    def test_reads_the_code_as_it_was_typed_and_as_it_is_meant(self) -> None:
        typed = form(code=[CODE.lower() + " "])

        assert typed.code == CODE.lower() + " "
        assert typed.paper_code == CODE
        assert form(code=["ABC"]).paper_code is None
        assert form(code=[]).paper_code is None

    def test_a_question_takes_no_other_fields_place(self) -> None:
        taken = read_form({"code": ["x"]}, [question("code", QuestionKind.FREE_TEXT)])

        assert taken.typed == {"code": ""}

    def test_leaves_of_a_text_what_the_urn_takes(self) -> None:
        typed = form(q_TEXT=[" one\r\ntwo\x00\x0b\tthree \r\n"])

        assert typed.typed == {"TEXT": "one\ntwo\tthree"}
        assert comments(typed) == {"TEXT": "one\ntwo\tthree"}
        assert comments(form(q_TEXT=["\r\n "])) == {}

    @pytest.mark.parametrize(("shown", "expected"), [("en", "en"), ("ko", "ko"), ("xx", "ko")])
    def test_knows_two_languages(self, shown: str, expected: str) -> None:
        assert form(shown=[shown]).shown == expected

    @pytest.mark.parametrize(
        ("given", "expected"),
        [("ab" * 16, b"\xab" * 16), ("ab" * 15, None), ("", None), ("no hex", None)],
    )
    def test_takes_a_nonce_of_its_length(self, given: str, expected: bytes | None) -> None:
        assert form(nonce=[given]).nonce == expected


class TestUnanswered:
    def test_is_nothing_when_all_is_answered_or_declined(self) -> None:
        assert unanswered(form(), QUESTIONS) == []
        declined = form(q_LEAD=[""], q_ENPS=[""], q_ONE=[""], q_MANY=[""])
        assert unanswered(declined, QUESTIONS) == []

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            *(("LEAD", [each]) for each in ("0", "6", "4.0", "x", "٣")),
            *(("ENPS", [each]) for each in ("11", "-1", " 5")),
            *(("ONE", [each]) for each in ("c", "A")),
            ("MANY", ["a", ""]),
            ("MANY", ["a", "c"]),
            *((name, []) for name in ("LEAD", "ENPS", "ONE", "MANY")),
        ],
    )
    def test_names_what_is_not_understood(self, name: str, value: list[str]) -> None:
        assert unanswered(form(**{f"q_{name}": value}), QUESTIONS) == [name]


class TestTooLong:
    def test_a_thousand_characters_fit(self) -> None:
        assert too_long(form(q_TEXT=["가" * 1000])) == []
        assert too_long(form(q_TEXT=["가" * 1001])) == ["TEXT"]


class TestAnswers:
    def test_are_what_the_ballot_page_sends(self) -> None:
        assert answers(form(), QUESTIONS) == {
            "LEAD": 5,
            "ENPS": 10,
            "ONE": "a",
            "MANY": ["b", "a"],
        }

    def test_a_declined_question_has_none(self) -> None:
        assert answers(form(q_MANY=[""], q_LEAD=[""]), QUESTIONS) == {
            "LEAD": None,
            "ENPS": 10,
            "ONE": "a",
            "MANY": None,
        }

    def test_a_choice_twice_is_one(self) -> None:
        assert answers(form(q_MANY=["a", "a"]), QUESTIONS)["MANY"] == ["a"]
