"""Rows of a roster to people and departments, or to everything that is wrong with them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from employee_pulse.foundation.phrases import N_, Phrase
from employee_pulse.foundation.table_file import Row, RowError
from employee_pulse.org.rules import cells
from employee_pulse.org.rules.columns import Field
from employee_pulse.org.rules.departments import Mention, Unit, settle

_T = TypeVar("_T")

_LONGEST = {
    Field.NUMBER: 50,
    Field.NAME: 200,
    Field.NAME_EN: 200,
    Field.DEPARTMENT_CODE: 50,
    Field.DEPARTMENT_NAME: 200,
    Field.DEPARTMENT_NAME_EN: 200,
    Field.PARENT: 200,
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here, as the roster tells it."""

    line: int
    number: str
    name: str
    name_en: str | None
    email: str | None
    department_code: str
    language: str
    is_manager: bool
    is_head: bool
    active_from: date | None
    active_until: date | None


@dataclass(frozen=True, slots=True)
class Former:
    """Somebody whose last day is over; nothing else of the row counts."""

    line: int
    number: str
    active_until: date


@dataclass(frozen=True)
class Roster:
    """A roster without errors. ``told``: a column that is not in the file says nothing."""

    people: tuple[Person, ...]
    former: tuple[Former, ...]
    units: tuple[Unit, ...]
    told: frozenset[Field]


@dataclass(frozen=True)
class Reading:
    """What became of a file: a roster, or errors; never both."""

    roster: Roster | None
    errors: tuple[RowError, ...]


def read_roster(
    rows: Iterable[Row],
    columns: Mapping[Field, str],
    *,
    known: Mapping[str, Unit],
    today: date,
) -> Reading:
    """Check every row and collect every error.

    A row without employee number, name and address only defines a department. ``known`` are the
    open departments: a parent that no row defines may be one of them and then stays as it is.
    """
    reader = _Reader(columns, today)
    for row in rows:
        reader.read(row)
    units, errors = settle(reader.mentions, columns, known=known)
    errors = sorted([*reader.errors, *errors], key=lambda error: error.line)
    if errors:
        return Reading(roster=None, errors=tuple(errors))
    roster = Roster(
        people=tuple(reader.people),
        former=tuple(reader.former),
        units=units,
        told=frozenset(columns),
    )
    return Reading(roster=roster, errors=())


@dataclass
class _Reader:
    columns: Mapping[Field, str]
    today: date
    people: list[Person] = field(default_factory=list)
    former: list[Former] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)
    _emails: dict[str, int] = field(default_factory=dict)
    _heads: dict[str, int] = field(default_factory=dict)

    def read(self, row: Row) -> None:
        number = self._text(row, Field.NUMBER)
        if number or self._cell(row, Field.NAME) or self._cell(row, Field.EMAIL):
            self._read_person(row, number)
        else:
            self._mention(row)

    def _read_person(self, row: Row, number: str) -> None:
        self._required(row, Field.NUMBER)
        if number:
            self._once(row, Field.NUMBER, number, self._numbers)
        since = self._value(row, Field.ACTIVE_FROM, cells.day)
        until = self._value(row, Field.ACTIVE_UNTIL, cells.last_day)
        if since and until and until < since:
            self._wrong(row, Field.ACTIVE_UNTIL, Phrase(N_("This is before the first day.")))
        if until and until < self.today:
            self.former.append(Former(line=row.line, number=number, active_until=until))
            return
        self._read_active(row, number, since, until)

    def _read_active(self, row: Row, number: str, since: date | None, until: date | None) -> None:
        self._required(row, Field.NAME)
        email = self._value(row, Field.EMAIL, cells.email)
        if email:
            self._once(row, Field.EMAIL, email, self._emails)
        department = self._mention(row)
        is_head = self._is_head(row)
        if is_head and department:
            self._only_head(row, department)
        self.people.append(
            Person(
                line=row.line,
                number=number,
                name=self._text(row, Field.NAME),
                name_en=self._text(row, Field.NAME_EN) or None,
                email=email,
                department_code=department,
                language=self._value(row, Field.LANGUAGE, cells.language) or "ko",
                is_manager=is_head or self._is_manager(row),
                is_head=is_head,
                active_from=since,
                active_until=until,
            )
        )

    def _mention(self, row: Row) -> str:
        """Note what the row says of its department; the code, or else the name that stands in."""
        name = self._text(row, Field.DEPARTMENT_NAME)
        has_codes = Field.DEPARTMENT_CODE in self.columns
        code = self._text(row, Field.DEPARTMENT_CODE) if has_codes else name
        if not code:
            self._required(row, Field.DEPARTMENT_CODE if has_codes else Field.DEPARTMENT_NAME)
            return ""
        self.mentions.append(
            Mention(
                line=row.line,
                code=code,
                name_ko=name,
                name_en=self._text(row, Field.DEPARTMENT_NAME_EN),
                parent=self._text(row, Field.PARENT),
            )
        )
        return code

    def _is_head(self, row: Row) -> bool:
        """A column that says so goes before the duty."""
        if Field.HEAD in self.columns:
            return bool(self._value(row, Field.HEAD, cells.yes_or_no))
        return cells.leads_department(self._cell(row, Field.DUTY))

    def _is_manager(self, row: Row) -> bool:
        if Field.MANAGER in self.columns:
            return bool(self._value(row, Field.MANAGER, cells.yes_or_no))
        return cells.manages_people(self._cell(row, Field.DUTY))

    def _only_head(self, row: Row, department: str) -> None:
        first = self._heads.setdefault(department, row.line)
        if first != row.line:
            column = Field.HEAD if Field.HEAD in self.columns else Field.DUTY
            problem = Phrase(
                N_("Department %(code)s already has a head in line %(line)s."),
                {"code": department, "line": first},
            )
            self._wrong(row, column, problem)

    def _once(self, row: Row, column: Field, value: str, seen: dict[str, int]) -> None:
        first = seen.setdefault(value, row.line)
        if first != row.line:
            self._wrong(
                row, column, Phrase(N_("This already stands in line %(line)s."), {"line": first})
            )

    def _required(self, row: Row, column: Field) -> None:
        if not self._cell(row, column):
            self._wrong(row, column, Phrase(N_("This is missing.")))

    def _value(self, row: Row, column: Field, read: Callable[[str], _T]) -> _T | None:
        if column not in self.columns:
            return None
        try:
            return read(self._cell(row, column))
        except cells.CellRefused as refused:
            self._wrong(row, column, refused.problem)
            return None

    def _text(self, row: Row, column: Field) -> str:
        """In one line, as names are shown; a workbook may break it."""
        text = " ".join(self._cell(row, column).split())
        stands_for_code = (
            column is Field.DEPARTMENT_NAME and Field.DEPARTMENT_CODE not in self.columns
        )
        limit = _LONGEST[Field.DEPARTMENT_CODE if stands_for_code else column]
        if len(text) > limit:
            problem = Phrase(N_("This is longer than %(limit)s characters."), {"limit": limit})
            self._wrong(row, column, problem)
        return text

    def _cell(self, row: Row, column: Field) -> str:
        return row.cells[self.columns[column]] if column in self.columns else ""

    def _wrong(self, row: Row, column: Field, problem: Phrase) -> None:
        self.errors.append(
            RowError(
                line=row.line,
                column=self.columns.get(column, ""),
                value=self._cell(row, column),
                problem=problem,
            )
        )
