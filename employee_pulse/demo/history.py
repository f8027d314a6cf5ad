"""Two years of monthly results of the demo company, as an earlier tool would hand them over."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random  # noqa: TID251 - seeded: the same history every time

from employee_pulse.demo import opinions
from employee_pulse.demo.departments import DEPARTMENTS
from employee_pulse.demo.roster import SEED
from employee_pulse.foundation.table_file import write_csv
from employee_pulse.results.rules.suppression import Node, shown_nodes
from employee_pulse.surveys.rules.questions import QuestionKind

COLUMNS = ("period", "department_code", "question_code", "n", "histogram")
MONTHS = 24
_MINIMUMS = {QuestionKind.AGREEMENT: 5, QuestionKind.ENPS: 10}
_TURNOUT = 0.84
_SCALES = {QuestionKind.AGREEMENT: range(1, 6), QuestionKind.ENPS: range(11)}


@dataclass(frozen=True)
class Cell:
    """How the people of one department, without those below it, answered a question in a month."""

    month: date
    department_code: str
    question_code: str
    histogram: tuple[int, ...]


def history_csv(latest: date) -> bytes:
    """The file for the history import: whole subtrees, and nothing where few people answered.

    What the earlier tool did not show stands there without figures.
    """
    groups: dict[tuple[date, str], dict[str, Sequence[int]]] = defaultdict(dict)
    for cell in cells(latest):
        groups[cell.month, cell.question_code][cell.department_code] = cell.histogram
    rows = [
        (f"{month:%Y-%m}", department, question, *figures)
        for (month, question), own in groups.items()
        for department, figures in _shown(own, _MINIMUMS[opinions.kind_of(question)])
    ]
    return write_csv(COLUMNS, rows)


def _shown(own: Mapping[str, Sequence[int]], minimum: int) -> Iterator[tuple[str, tuple[str, str]]]:
    """By department: how many answered in it and below, and how; empty if it may not be shown."""
    nodes = [Node(place.code, place.parent or None, sum(own[place.code])) for place in DEPARTMENTS]
    shown = shown_nodes(nodes, minimum=minimum)
    totals = {code: list(histogram) for code, histogram in own.items()}
    for place in reversed(DEPARTMENTS):
        if place.parent:
            above = totals[place.parent]
            totals[place.parent] = [a + b for a, b in zip(above, totals[place.code], strict=True)]
    for place in DEPARTMENTS:
        counts = totals[place.code]
        if place.code in shown:
            yield place.code, (str(sum(counts)), " ".join(map(str, counts)))
        else:
            yield place.code, ("", "")


def months_before(month: date) -> list[date]:
    """The first days of the ``MONTHS`` months before one, the oldest first."""
    count = month.year * 12 + month.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(count - MONTHS, count)]


def cells(latest: date) -> Iterator[Cell]:
    """What was answered in each month before ``latest``; a department may be empty in a month."""
    random = Random(SEED)  # noqa: S311 - nothing secret
    for month in months_before(latest):
        for place in DEPARTMENTS:
            turnout = random.gauss(_TURNOUT + 0.1 * place.mood, 0.06)
            people = [random.gauss(0, 1) for _ in range(place.people) if random.random() < turnout]
            for code in opinions.SCORED:
                level = opinions.mood(place.code, code, month=month, latest=latest)
                histogram = _histogram(opinions.kind_of(code), level, people, random)
                yield Cell(month, place.code, code, histogram)


def _histogram(
    kind: QuestionKind, level: float, people: Sequence[float], random: Random
) -> tuple[int, ...]:
    answers = [
        opinions.answer(kind, level, person, random, reverse=False, choices=0) for person in people
    ]
    return tuple(answers.count(value) for value in _SCALES[kind])
