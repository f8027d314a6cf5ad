"""Ballots: read strictly, checked against the questions, hashed in one way."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import pytest

from employee_pulse.ballots.protocol import canonical_json
from employee_pulse.ballots.urn.rules import (
    MAX_BODY_BYTES,
    MAX_COMMENT_CHARACTERS,
    AnswerInvalid,
    AskedQuestion,
    Ballot,
    BallotMalformed,
    BallotTooLarge,
    check_answers,
    longest,
    read_ballot,
    read_sealed,
)
from employee_pulse.surveys.rules.questions import QuestionKind

BODY: Mapping[str, Any] = {
    "group": 3,
    "serial": "0a" * 32,
    "signature": "ff" * 256,
    "nonce": "1b" * 16,
    "answers": {"LEAD-1": 4, "ENPS": None},
    "comments": {"OPEN-1": "좋아요"},
}
QUESTIONS = [
    AskedQuestion("LEAD-1", QuestionKind.AGREEMENT, ()),
    AskedQuestion("ENPS", QuestionKind.ENPS, ()),
    AskedQuestion("ONE", QuestionKind.SINGLE_CHOICE, ("a", "b")),
    AskedQuestion("MANY", QuestionKind.MULTIPLE_CHOICE, ("a", "b")),
    AskedQuestion("OPEN-1", QuestionKind.FREE_TEXT, ()),
]
ANSWERS: Mapping[str, Any] = {"LEAD-1": 5, "ENPS": 0, "ONE": "a", "MANY": ["b", "a"]}


def read(**changes: Any) -> Ballot:
    return read_ballot(json.dumps({**BODY, **changes}).encode(), wave_id=7)


def answered(comments: Mapping[str, Any] | None = None, **changes: Any) -> Ballot:
    return read(answers={**ANSWERS, **changes}, comments=comments or {})


class TestReadBallot:
    def test_reads_every_field(self) -> None:
        ballot = read()

        assert ballot == Ballot(
            7,
            3,
            b"\x0a" * 32,
            b"\xff" * 256,
            b"\x1b" * 16,
            {"LEAD-1": 4, "ENPS": None},
            {"OPEN-1": "좋아요"},
        )

    @pytest.mark.parametrize("field", sorted(BODY))
    def test_refuses_a_missing_field(self, field: str) -> None:
        rest = {name: value for name, value in BODY.items() if name != field}

        with pytest.raises(BallotMalformed):
            read_ballot(json.dumps(rest).encode(), wave_id=7)

    @pytest.mark.parametrize(
        "changes",
        [
            {"employee": 5},
            {"group": "3"},
            {"group": True},
            {"group": 3.0},
            {"serial": "0a" * 31},
            {"serial": "0A" * 32},
            {"serial": " " + "0a" * 32},
            {"serial": "zz" * 32},
            {"serial": None},
            {"signature": 5},
            {"nonce": ""},
            {"nonce": "1b" * 17},
            {"answers": []},
            {"answers": None},
            {"comments": "x"},
            {"comments": {"OPEN-1": "\ud800"}},
        ],
    )
    def test_refuses_another_shape(self, changes: dict[str, Any]) -> None:
        with pytest.raises(BallotMalformed):
            read(**changes)

    @pytest.mark.parametrize("data", [b"", b"[]", b"null", b"{", b"\xff", b'"x"'])
    def test_refuses_what_is_no_ballot(self, data: bytes) -> None:
        with pytest.raises(BallotMalformed):
            read_ballot(data, wave_id=7)

    def test_refuses_more_than_may_be_sent(self) -> None:
        with pytest.raises(BallotTooLarge):
            read_ballot(b" " * (MAX_BODY_BYTES + 1), wave_id=7)


class TestCanonical:
    def test_is_one_text_whatever_the_order_of_the_request(self) -> None:
        turned = dict(reversed(list(BODY.items())))

        assert read_ballot(json.dumps(turned).encode(), wave_id=7).canonical() == read().canonical()

    def test_is_what_the_page_builds(self) -> None:
        text = (
            '{"answers":{"ENPS":null,"LEAD-1":4},"comments":{"OPEN-1":"좋아요"},"group":3,'
            f'"nonce":"{"1b" * 16}","serial":"{"0a" * 32}","signature":"{"ff" * 256}","wave":7}}'
        )

        assert read().canonical() == text.encode()
        assert read().receipt == sha256(text.encode()).digest()

    def test_the_receipt_cannot_be_guessed_from_the_answers(self) -> None:
        assert read().receipt != read(nonce="1c" * 16).receipt

    def test_the_serial_is_stored_hashed(self) -> None:
        assert read().serial_hash == sha256(b"\x0a" * 32).digest()


class TestCheckAnswers:
    @pytest.mark.parametrize(
        "changes",
        [
            {},
            {"LEAD-1": 1},
            {"ENPS": 10},
            {"ONE": "b"},
            {"MANY": ["a"]},
            {"LEAD-1": None, "ENPS": None, "ONE": None, "MANY": None},
        ],
    )
    def test_accepts_what_fits(self, changes: dict[str, Any]) -> None:
        check_answers(answered(**changes), QUESTIONS)

    @pytest.mark.parametrize(
        ("code", "value"),
        [
            ("LEAD-1", 0),
            ("LEAD-1", 6),
            ("LEAD-1", 4.0),
            ("LEAD-1", True),
            ("LEAD-1", "4"),
            ("LEAD-1", [4]),
            ("ENPS", -1),
            ("ENPS", 11),
            ("ONE", "c"),
            ("ONE", ["a"]),
            ("ONE", 1),
            ("MANY", []),
            ("MANY", "a"),
            ("MANY", ["a", "a"]),
            ("MANY", ["c"]),
            ("MANY", [["a"]]),
            ("OTHER", 3),
            ("OPEN-1", "text"),
        ],
    )
    def test_refuses_what_does_not_fit_and_names_the_question(self, code: str, value: Any) -> None:
        with pytest.raises(AnswerInvalid, match=code):
            check_answers(answered(**{code: value}), QUESTIONS)

    def test_refuses_a_question_left_out(self) -> None:
        rest = {code: value for code, value in ANSWERS.items() if code != "ONE"}

        with pytest.raises(AnswerInvalid, match="ONE"):
            check_answers(read(answers=rest, comments={}), QUESTIONS)

    @pytest.mark.parametrize("text", ["좋아요", "a\nb\tc", "👩‍🚀\u00a0x", "x" * 1000])
    def test_accepts_a_comment(self, text: str) -> None:
        check_answers(answered({"OPEN-1": text}), QUESTIONS)

    @pytest.mark.parametrize(
        "comments",
        [
            {"OPEN-1": ""},
            {"OPEN-1": " \n"},
            {"OPEN-1": "x" * 1001},
            {"OPEN-1": "a\x00b"},
            {"OPEN-1": 5},
            {"OPEN-1": None},
            {"LEAD-1": "text"},
            {"OTHER": "text"},
        ],
    )
    def test_refuses_a_comment_that_is_none(self, comments: dict[str, Any]) -> None:
        with pytest.raises(AnswerInvalid, match=next(iter(comments))):
            check_answers(answered(comments), QUESTIONS)


class TestLongest:
    @pytest.mark.parametrize("character", ["가", "\U0001f600", '"', "\n", "\\", "\u2028"])
    @pytest.mark.parametrize(
        "answers",
        [
            {"LEAD-1": None, "ENPS": None, "ONE": None, "MANY": None},
            {"LEAD-1": 5, "ENPS": 10, "ONE": "b", "MANY": ["a", "b"]},
        ],
    )
    def test_no_ballot_that_fits_the_questions_is_longer(
        self, answers: Mapping[str, Any], character: str
    ) -> None:
        body = {
            **BODY,
            "group": 2**31 - 1,
            "answers": answers,
            "comments": {"OPEN-1": "a" + character * (MAX_COMMENT_CHARACTERS - 1)},
        }
        ballot = read_ballot(json.dumps(body).encode(), wave_id=2**31 - 1)
        check_answers(ballot, QUESTIONS)

        assert len(ballot.canonical()) <= longest(QUESTIONS)

    def test_wastes_little(self) -> None:
        """Every ballot of the wave is sealed as long as this."""
        widest = "\U0001f600" * MAX_COMMENT_CHARACTERS
        ballot = answered(comments={"OPEN-1": widest}, ONE=None, MANY=["a", "b"])

        assert longest(QUESTIONS) - len(ballot.canonical()) < 50


class TestReadSealed:
    def test_gives_back_what_was_sealed(self) -> None:
        ballot = read_ballot(json.dumps(BODY).encode(), wave_id=7)

        assert read_sealed(ballot.canonical()) == ballot

    @pytest.mark.parametrize(
        "text",
        [
            b"",
            b"no json",
            b"[]",
            canonical_json(BODY).encode(),
            canonical_json({**BODY, "wave": "7"}).encode(),
            canonical_json({**BODY, "wave": 7, "more": 1}).encode(),
            canonical_json({**BODY, "wave": 7, "nonce": "x"}).encode(),
            canonical_json({**BODY, "wave": 7}).encode() + b" ",
            json.dumps({**BODY, "wave": 7}).encode(),
        ],
        ids=[
            *("nothing", "no JSON", "no object", "no wave", "a word for a wave", "a field more"),
            *("no nonce", "a space more", "another text of the same"),
        ],
    )
    def test_refuses_what_the_urn_cannot_have_sealed(self, text: bytes) -> None:
        with pytest.raises(BallotMalformed):
            read_sealed(text)
