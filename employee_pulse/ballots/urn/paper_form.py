"""Reads the paper form: what was typed, what is wrong with it, and the answers it holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from employee_pulse.ballots.codes import PAPER_SYMBOLS, read_code
from employee_pulse.ballots.urn.rules import MAX_COMMENT_CHARACTERS
from employee_pulse.surveys.models import WaveQuestion
from employee_pulse.surveys.rules.questions import QuestionKind

PREFIX = "q."
"""Of the names of answers, so that no question's code takes the place of another field."""
_CONTROLS = {number: None for number in range(32) if chr(number) not in "\n\t"}
_NONCE_BYTES = 16


@dataclass(frozen=True)
class PaperForm:
    """What came with the form, by question code; everything as it was typed."""

    code: str
    shown: str
    """Language in which the form is read; it is sent back and nothing else."""
    chosen: Mapping[str, Sequence[str]]
    typed: Mapping[str, str]
    nonce: bytes | None
    """Given out with the last look at the answers."""

    @property
    def paper_code(self) -> str | None:
        return read_code(self.code, symbols=PAPER_SYMBOLS)


def read_form(fields: Mapping[str, Sequence[str]], questions: Sequence[WaveQuestion]) -> PaperForm:
    def one(name: str) -> str:
        return next(iter(fields.get(name, ())), "")

    def values(question: WaveQuestion) -> Sequence[str]:
        return fields.get(PREFIX + question.code, ())

    return PaperForm(
        code=one("code"),
        shown="en" if one("shown") == "en" else "ko",
        chosen={q.code: values(q) for q in questions if q.kind is not QuestionKind.FREE_TEXT},
        typed={
            q.code: _clean(next(iter(values(q)), ""))
            for q in questions
            if q.kind is QuestionKind.FREE_TEXT
        },
        nonce=_nonce(one("nonce")),
    )


def unanswered(form: PaperForm, questions: Sequence[WaveQuestion]) -> list[str]:
    """Codes of questions that are neither answered nor declined, or both."""
    found = []
    for question in questions:
        chosen = form.chosen.get(question.code)
        if chosen is None:
            continue
        unclear = "" in chosen and len(chosen) > 1
        if unclear or not set(chosen) or set(chosen) - _values(question):
            found.append(question.code)
    return found


def too_long(form: PaperForm) -> list[str]:
    """Codes of the questions whose text does not fit."""
    return [code for code, text in form.typed.items() if len(text) > MAX_COMMENT_CHARACTERS]


def answers(form: PaperForm, questions: Sequence[WaveQuestion]) -> dict[str, Any]:
    """As the ballot page sends them; the form is complete."""
    return {
        question.code: _answer(question.kind, form.chosen[question.code])
        for question in questions
        if question.code in form.chosen
    }


def comments(form: PaperForm) -> dict[str, str]:
    return {code: text for code, text in form.typed.items() if text}


def _answer(kind: QuestionKind, chosen: Sequence[str]) -> Any:
    if "" in chosen:
        return None
    if kind is QuestionKind.MULTIPLE_CHOICE:
        return list(dict.fromkeys(chosen))
    return chosen[0] if kind is QuestionKind.SINGLE_CHOICE else int(chosen[0])


def _values(question: WaveQuestion) -> set[str]:
    """Every value an input of the question may send."""
    numbers = {QuestionKind.AGREEMENT: range(1, 6), QuestionKind.ENPS: range(11)}
    known = [str(number) for number in numbers.get(question.kind, ())]
    return {"", *known, *(choice["code"] for choice in question.choices)}


def _clean(text: str) -> str:
    """As the ballot page does: line ends of one kind, no control characters, no blanks around."""
    return text.replace("\r\n", "\n").translate(_CONTROLS).strip()


def _nonce(text: str) -> bytes | None:
    try:
        nonce = bytes.fromhex(text)
    except ValueError:
        return None
    return nonce if len(nonce) == _NONCE_BYTES else None
