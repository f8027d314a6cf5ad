"""Rows of an earlier tool's results, checked as strictly as our own are chosen."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from employee_pulse.foundation.phrases import N_, Phrase
from employee_pulse.foundation.table_file import Row, RowError, Table
from employee_pulse.results.rules.cells import Cell, check_together, check_twice, minimum_of
from employee_pulse.results.rules.measures import Asked
from employee_pulse.results.rules.tree import Branch
from employee_pulse.surveys.rules.periods import parse_period
from employee_pulse.surveys.rules.programs import Cadence
from employee_pulse.surveys.rules.questions import QuestionKind
from employee_pulse.surveys.rules.thresholds import Thresholds

COLUMNS = ("period", "department_code", "question_code", "n", "histogram", "mean", "sd")
REQUIRED = COLUMNS[:4]
_LENGTHS = {QuestionKind.AGREEMENT: 5, QuestionKind.ENPS: 11}
_SEPARATORS = re.compile(r"[\s|;/,]+")


@dataclass(frozen=True, slots=True)
class Known:
    """What rows are checked against."""

    cadence: Cadence
    before: str | None
    """The period of the program's first wave of its own; history lies before it."""
    branches: Sequence[Branch]
    departments: Mapping[str, int]
    """Code to id of the departments in the program's tree."""
    questions: Mapping[str, Asked]
    thresholds: Thresholds
    imported: Mapping[str, str]
    """Period to digest of what was imported before."""


@dataclass(frozen=True, slots=True)
class PeriodHistory:
    """Everything the file says about one period."""

    period: str
    digest: str
    codes: tuple[str, ...]
    """Questions in the order of the file."""
    cells: tuple[Cell, ...]


@dataclass(slots=True)
class History:
    """A file after checking: with an error nothing of it is imported."""

    periods: list[PeriodHistory] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


def read_history(table: Table, known: Known) -> History:
    """Check every row and all of them together; errors name line, column and value."""
    reader = _Reader(table.columns, known)
    history = History(errors=reader.errors)
    missing = [name for name in REQUIRED if reader.column(name) is None]
    if missing:
        problem = Phrase(N_("The column is missing."))
        history.errors += [RowError(1, name, "", problem) for name in missing]
        return history
    cells = [cell for row in table.rows if (cell := reader.cell(row)) is not None]
    check_twice(cells, history.errors)
    for (_, code), group in _grouped(cells).items():
        minimum = minimum_of(known.questions[code], known.thresholds)
        check_together(group, known.branches, minimum, history.errors)
    for period, found in _by_period(cells).items():
        one = PeriodHistory(period, _digest(found), tuple(dict.fromkeys(c.code for c in found)),
                            tuple(found))  # fmt: skip
        before = known.imported.get(period)
        if before == one.digest:
            history.unchanged.append(period)
        elif before is not None:
            problem = Phrase(N_("This period was imported before, with other figures."))
            history.errors.append(RowError(found[0].row.line, "period", period, problem))
        else:
            history.periods.append(one)
    history.errors.sort(key=lambda error: error.line)
    return history


class _Reader:
    """Reads rows one by one and keeps their errors."""

    def __init__(self, columns: Sequence[str], known: Known) -> None:
        self.errors: list[RowError] = []
        self._names = {column.strip().casefold(): column for column in columns}
        self._known = known

    def column(self, name: str) -> str | None:
        return self._names.get(name)

    def cell(self, row: Row) -> Cell | None:
        errors = len(self.errors)
        period = self._period(row)
        department_id = self._department(row)
        asked = self._question(row)
        if asked is None:
            return None
        cell = self._values(row, asked, period, department_id or 0)
        return cell if len(self.errors) == errors else None

    def _text(self, row: Row, name: str) -> str:
        column = self.column(name)
        return row.cells[column].strip() if column is not None else ""

    def _refuse(self, row: Row, name: str, msgid: str, **params: object) -> None:
        column = self.column(name) or name
        problem = Phrase(msgid, params)
        self.errors.append(RowError(row.line, column, self._text(row, name), problem))

    def _period(self, row: Row) -> str:
        label, known = self._text(row, "period"), self._known
        try:
            period = parse_period(label)
        except ValueError:
            self._refuse(row, "period", N_("A period is written 2026-11, 2026-Q4 or 2026-H2."))
            return label
        if period.cadence is not known.cadence:
            self._refuse(row, "period", N_("The program does not run in periods of this length."))
        elif known.before is not None and not _precedes(label, known.before):
            self._refuse(
                row,
                "period",
                N_("From %(period)s on the program has waves of its own."),
                period=known.before,
            )
        return label

    def _department(self, row: Row) -> int | None:
        department_id = self._known.departments.get(self._text(row, "department_code"))
        if department_id is None:
            self._refuse(row, "department_code", N_("The program asks no such department."))
        return department_id

    def _question(self, row: Row) -> Asked | None:
        asked = self._known.questions.get(self._text(row, "question_code"))
        if asked is None:
            self._refuse(row, "question_code", N_("The question bank has no such question."))
            return None
        if asked.kind not in _LENGTHS:
            self._refuse(
                row, "question_code", N_("Only agreement and recommendation can be imported.")
            )
            return None
        return asked

    def _values(self, row: Row, asked: Asked, period: str, department_id: int) -> Cell | None:
        place = (row, period, department_id, asked.code)
        if not self._text(row, "n") or self._text(row, "n").startswith("<"):
            return Cell(*place, None, few=self._text(row, "n") != "")
        n = self._n(row, asked)
        if self._text(row, "histogram"):
            return Cell(*place, n, self._histogram(row, asked, n))
        if asked.kind is QuestionKind.ENPS:
            self._refuse(row, "histogram", N_("eNPS needs the counts of all answers 0 to 10."))
            return None
        given = self._number(row, "mean", low=1, high=5)
        mean, sd = (
            6 - given if asked.reverse_keyed else given,
            self._number(row, "sd", low=0, high=2.5),
        )
        return Cell(*place, n, None, mean, sd, mean_given=self._text(row, "mean"))

    def _n(self, row: Row, asked: Asked) -> int:
        text, minimum = self._text(row, "n"), minimum_of(asked, self._known.thresholds)
        if not text.isascii() or not text.isdigit():
            self._refuse(row, "n", N_("A number of people is needed."))
            return 0
        if int(text) < minimum:
            self._refuse(
                row,
                "n",
                N_("Fewer than %(minimum)s people: leave n and the figures empty."),
                minimum=minimum,
            )
        return int(text)

    def _histogram(self, row: Row, asked: Asked, n: int) -> tuple[int, ...]:
        parts = _SEPARATORS.split(self._text(row, "histogram"))
        length = _LENGTHS[asked.kind]
        if len(parts) != length or not all(part.isascii() and part.isdigit() for part in parts):
            self._refuse(
                row,
                "histogram",
                N_("%(length)s counts are needed, from the lowest answer to the highest."),
                length=length,
            )
            return (0,) * length
        counts = tuple(map(int, parts))
        if sum(counts) != n:
            self._refuse(
                row, "histogram", N_("The counts add up to %(total)s, not to n."), total=sum(counts)
            )
        return tuple(reversed(counts)) if asked.reverse_keyed else counts

    def _number(self, row: Row, name: str, *, low: float, high: float) -> float:
        text = self._text(row, name)
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not low <= value <= high:
            self._refuse(
                row,
                name,
                N_("A number from %(low)s to %(high)s is needed, or a histogram."),
                low=low,
                high=high,
            )
        elif name == "sd" and value == 0:
            self._refuse(row, name, N_("All answers are alike: leave n and the figures empty."))
        return value


def _precedes(label: str, other: str) -> bool:
    one, two = parse_period(label), parse_period(other)
    return (one.year, one.number) < (two.year, two.number)


def _grouped(cells: Sequence[Cell]) -> dict[tuple[str, str], list[Cell]]:
    groups: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in cells:
        groups[cell.period, cell.code].append(cell)
    return groups


def _by_period(cells: Sequence[Cell]) -> dict[str, list[Cell]]:
    periods: dict[str, list[Cell]] = defaultdict(list)
    for cell in sorted(cells, key=lambda cell: cell.period):
        periods[cell.period].append(cell)
    return periods


def _digest(cells: Sequence[Cell]) -> str:
    """Of the figures, whatever the order of the rows."""
    rows = sorted(
        repr((cell.department_id, cell.code, cell.n, cell.histogram, cell.mean, cell.sd, cell.few))
        for cell in cells
    )
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()
