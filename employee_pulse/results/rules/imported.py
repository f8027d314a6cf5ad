"""History becomes published scores, under the same guard and for the same measures as our own."""

from collections.abc import Sequence
from typing import Any

from employee_pulse.results.rules import measures, scoring, suppression
from employee_pulse.results.rules.cells import Cell, rests
from employee_pulse.results.rules.freezing import (
    FrozenScore,
    averaged,
    question_values,
)
from employee_pulse.results.rules.guard import exact_nodes, wide_nodes
from employee_pulse.results.rules.history import Known, PeriodHistory
from employee_pulse.results.rules.measures import Asked
from employee_pulse.results.rules.suppression import Node, Reason
from employee_pulse.results.rules.tally import Histograms


def frozen_history(history: PeriodHistory, known: Known) -> list[FrozenScore]:
    """The scores of one period."""
    questions = [known.questions[code] for code in history.codes]
    figures: dict[str, dict[int, FrozenScore]] = {}
    for asked in questions:
        cells = [cell for cell in history.cells if cell.code == asked.code]
        figures[asked.code] = _figures(cells, asked, questions, known)
    bundles = {
        measures.of_dimension(name): codes
        for name, codes in measures.by_dimension(questions).items()
    }
    if bundles:
        bundles[measures.INDEX] = measures.agreement_codes(questions)
    scores = [score for found in figures.values() for score in found.values()]
    scores += [
        averaged(measure, [figures[code][branch.id] for code in codes])
        for measure, codes in bundles.items()
        for branch in known.branches
    ]
    return scores


def _figures(
    cells: Sequence[Cell], asked: Asked, questions: Sequence[Asked], known: Known
) -> dict[int, FrozenScore]:
    measure = measures.of_asked(asked, questions)
    by_department = {cell.department_id: cell for cell in cells}
    given = {v: cell for v, cell in by_department.items() if cell.n is not None}
    left = rests(given, known.branches)
    people = [Node(v, rest.parent_id, rest.n) for v, rest in left.items()]
    own: Histograms = {v: rest.histogram for v, rest in left.items() if rest.histogram}
    exact = exact_nodes(people, frozenset(given), own, asked)
    sums = {v: list(cell.histogram) for v, cell in given.items() if cell.histogram}
    wide = wide_nodes(people, frozenset(given), exact, sums, asked)
    fine = suppression.shown_nodes(
        suppression.only(people, exact),
        minimum=max(known.thresholds.distributions, known.thresholds.scores),
    )
    figures = {}
    for branch in known.branches:
        v = branch.id
        if v in given:
            values = _values(given[v], asked, exact=v in exact, fine=v in fine, wide=v in wide)
            figures[v] = FrozenScore(v, measure, given[v].n, **values)
        else:
            figures[v] = FrozenScore(v, measure, reason=_reason(by_department.get(v)))
    return figures


def _reason(cell: Cell | None) -> Reason:
    """Why there is no figure, as far as the earlier tool says."""
    if cell is None:
        return Reason.NO_DATA
    return Reason.BELOW_MINIMUM if cell.few else Reason.COMPLEMENTARY


def _values(cell: Cell, asked: Asked, *, exact: bool, fine: bool, wide: bool) -> dict[str, Any]:
    if cell.histogram is not None:
        return question_values(asked, list(cell.histogram), exact=exact, fine=fine, wide=wide)
    mean = cell.mean or 0.0
    return {"mean": mean, "score": scoring.index(mean), "sd": cell.sd if fine else None}
