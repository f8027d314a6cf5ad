"""What is measured: one question, one dimension, the index over all questions, eNPS."""

from collections.abc import Sequence
from dataclasses import dataclass

from employee_pulse.surveys.rules.questions import CHOICE_KINDS, QuestionKind

INDEX = "index"
ENPS = "enps"
_QUESTION, _DIMENSION = "question:", "dimension:"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a wave, as far as counting needs it; `choices` are the codes of its choices."""

    code: str
    kind: QuestionKind
    dimension: str
    reverse_keyed: bool = False
    choices: tuple[str, ...] = ()

    @property
    def is_choice(self) -> bool:
        return self.kind in CHOICE_KINDS


def of_question(code: str) -> str:
    return _QUESTION + code


def of_dimension(name: str) -> str:
    return _DIMENSION + name


def question_code(measure: str) -> str | None:
    """The code of the question that is measured; None for any other measure."""
    return measure.removeprefix(_QUESTION) if measure.startswith(_QUESTION) else None


def dimension_name(measure: str) -> str | None:
    """The dimension that is measured; None for any other measure."""
    return measure.removeprefix(_DIMENSION) if measure.startswith(_DIMENSION) else None


def of_asked(asked: Asked, questions: Sequence[Asked]) -> str:
    """The measure that a question's own figures are stored as."""
    return ENPS if asked.code == enps_code(questions) else of_question(asked.code)


def agreement_codes(questions: Sequence[Asked]) -> list[str]:
    """The questions the index is made of."""
    return [asked.code for asked in questions if asked.kind is QuestionKind.AGREEMENT]


def by_dimension(questions: Sequence[Asked]) -> dict[str, list[str]]:
    """Agreement questions by dimension, both in the order they are asked."""
    dimensions: dict[str, list[str]] = {}
    for asked in questions:
        if asked.kind is QuestionKind.AGREEMENT:
            dimensions.setdefault(asked.dimension, []).append(asked.code)
    return dimensions


def enps_code(questions: Sequence[Asked]) -> str | None:
    """The question eNPS is taken from: the first of its kind."""
    codes = [asked.code for asked in questions if asked.kind is QuestionKind.ENPS]
    return codes[0] if codes else None
