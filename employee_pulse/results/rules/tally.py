"""Counts opened ballots by department, so that nothing of a single ballot is left."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from employee_pulse.results.rules import measures
from employee_pulse.results.rules.measures import Asked
from employee_pulse.surveys.rules.questions import QuestionKind

_AGREEMENT_POINTS, _ENPS_POINTS = 5, 11
Histograms = dict[int, list[int]]
"""Counts of answers by department: of its own people, not of those below."""


@dataclass(slots=True)
class Sums:
    """Integer sums over people who answered every question of a bundle."""

    n: int = 0
    total: int = 0
    square: int = 0
    items: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By question: sum and sum of squares over the same people."""

    def add(self, answers: Mapping[str, int]) -> None:
        total = sum(answers.values())
        self.n += 1
        self.total += total
        self.square += total * total
        for code, answer in answers.items():
            before, squares = self.items.get(code, (0, 0))
            self.items[code] = (before + answer, squares + answer * answer)

    def merge(self, other: "Sums") -> None:
        self.n += other.n
        self.total += other.total
        self.square += other.square
        for code, (total, square) in other.items.items():
            before, squares = self.items.get(code, (0, 0))
            self.items[code] = (before + total, squares + square)


@dataclass(slots=True)
class Bundle:
    """Questions that are summed up per person: those of a dimension, or all of the index."""

    measure: str
    codes: tuple[str, ...]
    sums: dict[int, Sums] = field(default_factory=dict)

    def complete(self) -> Counter[int]:
        return Counter({department: sums.n for department, sums in self.sums.items()})


@dataclass(slots=True)
class Cross:
    """Sums and cross-products of dimension sums and eNPS over those who answered everything."""

    measures: tuple[str, ...]
    codes: tuple[str, ...]
    """The questions that had to be answered."""
    people: Counter[int] = field(default_factory=Counter)
    sums: list[int] = field(default_factory=list)
    products: list[list[int]] = field(default_factory=list)

    def add(self, department: int, values: Sequence[int]) -> None:
        if not self.sums:
            self.sums = [0] * len(values)
            self.products = [[0] * len(values) for _ in values]
        self.people[department] += 1
        for row, value in enumerate(values):
            self.sums[row] += value
            for column, other in enumerate(values):
                self.products[row][column] += value * other


@dataclass(slots=True)
class Tally:
    """Everything counted. Reverse-keyed answers are turned round before they are counted."""

    ballots: Counter[int]
    histograms: dict[str, Histograms]
    """By question code. Of several choices each is counted, so they may sum up to more than n."""
    answered: dict[str, Counter[int]]
    bundles: list[Bundle]
    cross: Cross


def count(ballots: Iterable[tuple[int, Mapping[str, Any]]], questions: Sequence[Asked]) -> Tally:
    """Count ballots given as (department, answers by question code); None is no answer."""
    tally = _empty(questions)
    scales = {asked.code: asked for asked in questions if asked.kind is not QuestionKind.FREE_TEXT}
    for department, answers in ballots:
        tally.ballots[department] += 1
        scored = {}
        for code, asked in scales.items():
            answer = answers.get(code)
            if answer is not None:
                tally.answered[code][department] += 1
                places = _places(asked, answer)
                histogram = tally.histograms[code].setdefault(department, [0] * _length(asked))
                for place in places:
                    histogram[place] += 1
                if not asked.is_choice:
                    scored[code] = places[0] + (asked.kind is QuestionKind.AGREEMENT)
        _sum_up(tally, department, scored, measures.enps_code(questions))
    return tally


def _empty(questions: Sequence[Asked]) -> Tally:
    dimensions = measures.by_dimension(questions)
    bundles = [
        Bundle(measures.of_dimension(name), tuple(codes)) for name, codes in dimensions.items()
    ]
    outcome = measures.enps_code(questions)
    names = [bundle.measure for bundle in bundles]
    codes = measures.agreement_codes(questions)
    if outcome is not None:
        names.append(measures.ENPS)
        codes.append(outcome)
    if bundles:
        bundles.append(Bundle(measures.INDEX, tuple(measures.agreement_codes(questions))))
    counted = [asked.code for asked in questions if asked.kind is not QuestionKind.FREE_TEXT]
    return Tally(
        ballots=Counter(),
        histograms={code: {} for code in counted},
        answered={code: Counter() for code in counted},
        bundles=bundles,
        cross=Cross(tuple(names), tuple(codes)),
    )


def _places(asked: Asked, answer: Any) -> list[int]:
    if asked.kind is QuestionKind.AGREEMENT:
        return [_AGREEMENT_POINTS - answer if asked.reverse_keyed else answer - 1]
    if asked.kind is QuestionKind.ENPS:
        return [answer]
    chosen = answer if isinstance(answer, list) else [answer]
    return [asked.choices.index(code) for code in chosen]


def _length(asked: Asked) -> int:
    if asked.kind is QuestionKind.AGREEMENT:
        return _AGREEMENT_POINTS
    return _ENPS_POINTS if asked.kind is QuestionKind.ENPS else len(asked.choices)


def _sum_up(tally: Tally, department: int, scored: dict[str, int], enps: str | None) -> None:
    totals = {}
    for bundle in tally.bundles:
        if all(code in scored for code in bundle.codes):
            answers = {code: scored[code] for code in bundle.codes}
            bundle.sums.setdefault(department, Sums()).add(answers)
            totals[bundle.measure] = sum(answers.values())
    if enps in scored:
        totals[measures.ENPS] = scored[enps]
    values = [totals[name] for name in tally.cross.measures if name in totals]
    if values and len(values) == len(tally.cross.measures):
        tally.cross.add(department, values)
