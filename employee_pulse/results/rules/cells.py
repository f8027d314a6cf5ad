"""Cells of an earlier tool's results, and whether some of them tell about a few people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from employee_pulse.foundation.phrases import N_, Phrase
from employee_pulse.foundation.table_file import Row, RowError
from employee_pulse.results.rules.measures import Asked
from employee_pulse.results.rules.tree import Branch
from employee_pulse.surveys.rules.questions import QuestionKind
from employee_pulse.surveys.rules.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Cell:
    """How the people of a department, those below it included, answered a question in a period.

    Without `n` the earlier tool did not show it; `few` if it says that too few people answered.
    Otherwise there is a histogram, or mean and sd; those of reverse-keyed questions are turned
    round already.
    """

    row: Row
    period: str
    department_id: int
    code: str
    n: int | None
    histogram: tuple[int, ...] | None = None
    mean: float | None = None
    sd: float | None = None
    few: bool = False
    mean_given: str = ""
    """As it stands in the row, not turned round."""


def minimum_of(asked: Asked, thresholds: Thresholds) -> int:
    """People a cell of this question needs."""
    if asked.kind is QuestionKind.AGREEMENT:
        return thresholds.scores
    return max(thresholds.scores, thresholds.distributions)


def check_twice(cells: Sequence[Cell], errors: list[RowError]) -> None:
    seen: dict[tuple[str, int, str], int] = {}
    for cell in cells:
        key = (cell.period, cell.department_id, cell.code)
        if key in seen:
            problem = Phrase(N_("The same cell stands in line %(line)s."), {"line": seen[key]})
            errors.append(RowError(cell.row.line, "", "", problem))
        seen.setdefault(key, cell.row.line)


def check_together(
    cells: Sequence[Cell], branches: Sequence[Branch], minimum: int, errors: list[RowError]
) -> None:
    """Cells of one question and period: no difference of theirs may be about a few people."""
    given = {cell.department_id: cell for cell in cells if cell.n is not None}
    if len({cell.histogram is None for cell in given.values()}) > 1:
        mixed = Phrase(N_("Give histograms for all departments of a question, or for none."))
        line = next(cell.row.line for cell in given.values() if cell.histogram is None)
        errors.append(RowError(line, "histogram", "", mixed))
        return
    for department_id, rest in rests(given, branches).items():
        cell = given[department_id]
        if problem := _problem(cell, rest, minimum):
            column, value = ("mean", cell.mean_given) if _is_alike(cell) else ("n", str(cell.n))
            errors.append(RowError(cell.row.line, column, value, problem))


def _problem(cell: Cell, rest: "Rest", minimum: int) -> Phrase | None:
    if _is_alike(cell):
        return Phrase(N_("Nearly all answers are alike: leave n and the figures empty."))
    if rest.n < 0 or (rest.histogram is not None and min(rest.histogram) < 0):
        return Phrase(N_("The departments below have more answers than this one."))
    if 0 < rest.n < minimum:
        return Phrase(
            N_("Taking the departments below away leaves %(rest)s people, too few to show."),
            {"rest": rest.n},
        )
    if rest.total is not None and means_are_alike(rest.n, rest.total):
        return Phrase(
            N_("Taking the departments below away leaves people who nearly all answer alike.")
        )
    return None


def _is_alike(cell: Cell) -> bool:
    if cell.n is None or cell.mean is None:
        return False
    few_differ = cell.sd is not None and (cell.n - 1) * cell.sd**2 < 1
    return few_differ or means_are_alike(cell.n, cell.n * cell.mean)


def means_are_alike(n: int, total: float) -> bool:
    """Whether a sum of answers 1 to 5 proves that all but at most one are, or are not, favorable.

    An answer that is not favorable lacks at least 2 to a 5; a favorable one has at least 3 more
    than a 1.
    """
    return n > 0 and (5 * n - total < 4 or total - n < 6)


@dataclass(frozen=True, slots=True)
class Rest:
    """What a given department has beyond the given ones below it."""

    parent_id: int | None
    n: int
    histogram: list[int] | None
    total: float | None
    """Of answers, where means are given in place of histograms."""


def rests(given: Mapping[int, Cell], branches: Sequence[Branch]) -> dict[int, Rest]:
    above: dict[int, int | None] = {}
    parents: dict[int, int | None] = {}
    for branch in branches:
        nearest = above[branch.parent_id] if branch.parent_id is not None else None
        if branch.id in given:
            parents[branch.id] = nearest
        above[branch.id] = branch.id if branch.id in given else nearest
    n = {v: given[v].n or 0 for v in parents}
    counts = {v: list(given[v].histogram or ()) for v in parents}
    totals = {v: (given[v].n or 0) * (given[v].mean or 0.0) for v in parents}
    for v, parent in parents.items():
        if parent is not None:
            cell = given[v]
            n[parent] -= cell.n or 0
            totals[parent] -= (cell.n or 0) * (cell.mean or 0.0)
            counts[parent] = [
                a - b for a, b in zip(counts[parent], cell.histogram or (), strict=True)
            ]
    return {
        v: Rest(parent, n[v], counts[v] or None, totals[v] if given[v].mean is not None else None)
        for v, parent in parents.items()
    }
