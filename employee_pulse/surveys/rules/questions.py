"""Kinds, dimensions and versions of questions."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_


class QuestionKind(StrEnum):
    """How a question is answered."""

    AGREEMENT = "agreement"
    ENPS = "enps"
    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    FREE_TEXT = "free_text"
    SERVICE_GAP = "service_gap"
    KANO = "kano"
    PROVIDER_RATING = "provider_rating"


class Dimension(StrEnum):
    """What a question is about."""

    LEADERSHIP = "leadership"
    COMMUNICATION = "communication"
    PARTICIPATION = "participation"
    GROWTH = "growth"
    INNOVATION = "innovation"
    GOALS = "goals"
    COLLABORATION = "collaboration"
    PROCESS = "process"
    WELLBEING = "wellbeing"
    MORALE = "morale"
    RECOMMENDATION = "recommendation"


DIMENSION_LABELS: Mapping[Dimension, str] = {
    Dimension.LEADERSHIP: N_("Leadership"),
    Dimension.COMMUNICATION: N_("Transparent communication"),
    Dimension.PARTICIPATION: N_("Participation and recognition"),
    Dimension.GROWTH: N_("Education and growth"),
    Dimension.INNOVATION: N_("Problem solving and innovation"),
    Dimension.GOALS: N_("Shared goals"),
    Dimension.COLLABORATION: N_("Collaboration between departments"),
    Dimension.PROCESS: N_("Process and tools"),
    Dimension.WELLBEING: N_("Workload and well-being"),
    Dimension.MORALE: N_("Overall morale"),
    Dimension.RECOMMENDATION: N_("Recommendation (eNPS)"),
}

KIND_LABELS: Mapping[QuestionKind, str] = {
    QuestionKind.AGREEMENT: N_("Agreement 1–5"),
    QuestionKind.ENPS: N_("Recommendation 0–10"),
    QuestionKind.SINGLE_CHOICE: N_("One choice"),
    QuestionKind.MULTIPLE_CHOICE: N_("Several choices"),
    QuestionKind.FREE_TEXT: N_("Free text"),
}
"""The kinds that can be asked today; the tables hold three more."""

AGREEMENT_LABELS: Mapping[int, str] = {
    1: N_("Strongly disagree"),
    2: N_("Disagree"),
    3: N_("Neither"),
    4: N_("Agree"),
    5: N_("Strongly agree"),
}

ENPS_LABELS: Mapping[int, str] = {0: N_("Not at all"), 10: N_("Very likely")}
"""Words at the ends of the scale from 0 to 10."""

CHOICE_KINDS = frozenset({QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE})
_SECONDS: Mapping[QuestionKind, int] = {QuestionKind.FREE_TEXT: 40}
_SECONDS_OTHERWISE = 9


class CodeTaken(Refused):
    message = N_("There is already a question %(code)s.")
    status = 409


class UnknownCode(Refused):
    message = N_("The question bank has no question %(code)s.")
    status = 404


class ChoicesMissing(Refused):
    message = N_("A question with choices needs at least two of them, in both languages.")


class NothingChanged(Refused):
    message = N_("The wording is the same as before.")


@dataclass(frozen=True)
class Wording:
    """Everything about a question that people see or that decides how it is counted.

    ``choices``: of choice questions, {"code", "ko", "en"} in order; otherwise empty.
    """

    dimension: Dimension
    kind: QuestionKind
    text_ko: str
    text_en: str
    reverse_keyed: bool = False
    choices: tuple[Mapping[str, str], ...] = ()

    def __post_init__(self) -> None:
        if self.kind in CHOICE_KINDS and len(self.choices) < 2:
            raise ChoicesMissing


@dataclass(frozen=True)
class BankQuestion:
    """A question of the shipped bank: a stable code and its present wording."""

    code: str
    wording: Wording


def parse_bank(tables: Sequence[Mapping[str, Any]]) -> list[BankQuestion]:
    """Read the bank's entries; ``ValueError`` for a code that stands there twice."""
    bank = [_bank_question(table) for table in tables]
    codes = [question.code for question in bank]
    if len(set(codes)) < len(codes):
        raise ValueError("a code of the question bank stands there twice")
    return bank


def questions_hash(questions: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 of the canonical JSON of a wave's questions, in order."""
    canonical = json.dumps(
        list(questions), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def minutes(kinds: Sequence[QuestionKind]) -> int:
    """About how long answering takes, in whole minutes, at least one."""
    seconds = sum(_SECONDS.get(kind, _SECONDS_OTHERWISE) for kind in kinds)
    return max(1, round(seconds / 60))


def numbered_choices(choices: Sequence[tuple[str, str]]) -> tuple[dict[str, str], ...]:
    """Choices given as (Korean, English) with the codes ``c1``, ``c2``, ... that ballots carry."""
    return tuple(
        {"code": f"c{number}", "ko": ko, "en": en}
        for number, (ko, en) in enumerate(choices, start=1)
    )


def _bank_question(table: Mapping[str, Any]) -> BankQuestion:
    wording = Wording(
        dimension=Dimension(table["dimension"]),
        kind=QuestionKind(table["kind"]),
        text_ko=table["ko"],
        text_en=table["en"],
        reverse_keyed=table.get("reverse_keyed", False),
        choices=tuple(table.get("choices", ())),
    )
    return BankQuestion(table["code"], wording)
