"""What a ballot must look like, and its one canonical text."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from employee_pulse.anonymity.blind_signature import MODULUS_BITS, SERIAL_BYTES
from employee_pulse.ballots.protocol import canonical_json, parse_json
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_
from employee_pulse.surveys.rules.questions import QuestionKind

MAX_BODY_BYTES = 64 * 1024
MAX_COMMENT_CHARACTERS = 1000
_NONCE_BYTES = 16
_LARGEST_NUMBER = 2**31 - 1
_WIDEST_CHARACTER = "\U00020000"
"""Four bytes; what JSON escapes takes two."""
_CONTROL_CHARACTERS = frozenset(map(chr, range(32))) - {"\n", "\t"}
_FIELDS = frozenset({"group", "serial", "signature", "nonce", "answers", "comments"})


class BallotMalformed(Refused):
    message = N_("This ballot cannot be read. Nothing was stored.")


class AnswerInvalid(Refused):
    message = N_("The answer to %(code)s does not fit the question. Nothing was stored.")
    status = 422


class BallotTooLarge(Refused):
    message = N_("This ballot is too large. Nothing was stored.")
    status = 413


@dataclass(frozen=True)
class AskedQuestion:
    code: str
    kind: QuestionKind
    choices: Collection[str]


@dataclass(frozen=True)
class Ballot:
    wave_id: int
    group: int
    serial: bytes
    signature: bytes
    nonce: bytes
    answers: Mapping[str, Any]
    """By question code: a number, a choice, a list of choices, or None for no answer."""
    comments: Mapping[str, str]

    def canonical(self) -> bytes:
        """What is sealed; its hash is the receipt, and the page computes the same one."""
        return canonical_json(
            {
                "wave": self.wave_id,
                "group": self.group,
                "serial": self.serial.hex(),
                "signature": self.signature.hex(),
                "nonce": self.nonce.hex(),
                "answers": self.answers,
                "comments": self.comments,
            }
        ).encode()

    @property
    def receipt(self) -> bytes:
        return sha256(self.canonical()).digest()

    @property
    def serial_hash(self) -> bytes:
        return sha256(self.serial).digest()


def read_ballot(data: bytes, *, wave_id: int) -> Ballot:
    """The shape only; whether it fits the questions is ``check_answers``."""
    if len(data) > MAX_BODY_BYTES:
        raise BallotTooLarge
    return _ballot(_fields(data), wave_id)


def read_sealed(text: bytes) -> Ballot:
    """What was sealed, read as strictly as when it was cast: ``canonical`` gives the text again.

    The key that seals is public, so nothing says that the urn has sealed it.
    """
    fields = _fields(text)
    ballot = _ballot(fields, _as(int, fields.pop("wave", None)))
    if ballot.canonical() != text:
        raise BallotMalformed
    return ballot


def _fields(data: bytes) -> dict[str, Any]:
    try:
        return dict(_as(dict, parse_json(data)))
    except ValueError as error:
        raise BallotMalformed from error


def _ballot(fields: Mapping[str, Any], wave_id: int) -> Ballot:
    if fields.keys() != _FIELDS:
        raise BallotMalformed
    try:
        ballot = Ballot(
            wave_id,
            _as(int, fields["group"]),
            _octets(fields["serial"], SERIAL_BYTES),
            _octets(fields["signature"]),
            _octets(fields["nonce"], _NONCE_BYTES),
            _as(dict, fields["answers"]),
            _as(dict, fields["comments"]),
        )
        ballot.canonical()
    except ValueError as error:
        raise BallotMalformed from error
    return ballot


def longest(questions: Sequence[AskedQuestion]) -> int:
    """Bytes of the longest ballot that fits the questions, as it is sealed."""
    ballot = Ballot(
        wave_id=_LARGEST_NUMBER,
        group=_LARGEST_NUMBER,
        serial=bytes(SERIAL_BYTES),
        signature=bytes(MODULUS_BITS // 8),
        nonce=bytes(_NONCE_BYTES),
        # No answer, "null", is longer than any number; all choices are longer than one.
        answers={q.code: list(q.choices) or None for q in questions},
        comments={q.code: _WIDEST_CHARACTER * MAX_COMMENT_CHARACTERS for q in _written(questions)},
    )
    return len(ballot.canonical())


def check_answers(ballot: Ballot, questions: Sequence[AskedQuestion]) -> None:
    """Refuse unless every question is answered or declined, as its kind asks, and no other is."""
    scored = {q.code: q for q in questions if q.kind is not QuestionKind.FREE_TEXT}
    written = {q.code for q in _written(questions)}
    if unmatched := scored.keys() ^ ballot.answers.keys():
        raise AnswerInvalid(code=min(unmatched))
    for code, question in scored.items():
        value = ballot.answers[code]
        if value is not None and not _FITS[question.kind](value, question):
            raise AnswerInvalid(code=code)
    for code, text in ballot.comments.items():
        if code not in written or not _is_comment(text):
            raise AnswerInvalid(code=code)


def _written(questions: Sequence[AskedQuestion]) -> list[AskedQuestion]:
    return [question for question in questions if question.kind is QuestionKind.FREE_TEXT]


def _is_comment(text: object) -> bool:
    return (
        isinstance(text, str)
        and len(text) <= MAX_COMMENT_CHARACTERS
        and text.strip() != ""
        and _CONTROL_CHARACTERS.isdisjoint(text)
    )


def _whole_number(value: object, lowest: int, highest: int) -> bool:
    return type(value) is int and lowest <= value <= highest


def _one_choice(value: object, question: AskedQuestion) -> bool:
    return isinstance(value, str) and value in question.choices


def _some_choices(value: object, question: AskedQuestion) -> bool:
    return (
        isinstance(value, list)
        and len(value) > 0
        and all(_one_choice(each, question) for each in value)
        and len(set(value)) == len(value)
    )


_FITS: Mapping[QuestionKind, Callable[[object, AskedQuestion], bool]] = {
    QuestionKind.AGREEMENT: lambda value, _: _whole_number(value, 1, 5),
    QuestionKind.ENPS: lambda value, _: _whole_number(value, 0, 10),
    QuestionKind.SINGLE_CHOICE: _one_choice,
    QuestionKind.MULTIPLE_CHOICE: _some_choices,
}


def _as(kind: type[Any], value: object) -> Any:
    if type(value) is not kind:
        raise BallotMalformed
    return value


def _octets(value: object, length: int | None = None) -> bytes:
    """Lower-case hexadecimal only, so that one ballot has one text."""
    octets = bytes.fromhex(_as(str, value))
    if octets.hex() != value or (length is not None and len(octets) != length):
        raise BallotMalformed
    return octets
