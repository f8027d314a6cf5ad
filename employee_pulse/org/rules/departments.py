"""The department tree: what rows say of departments, put together and checked."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from employee_pulse.foundation.phrases import N_, Phrase
from employee_pulse.foundation.table_file import RowError
from employee_pulse.org.rules.columns import Field


@dataclass(frozen=True, slots=True)
class Mention:
    """What one row says of a department; empty where it says nothing."""

    line: int
    code: str
    name_ko: str
    name_en: str
    parent: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A department as it shall be."""

    code: str
    name_ko: str
    name_en: str
    parent_code: str | None


_Said = dict[str, list[Mention]]
"""Value -> the rows that say it, for one part of one department."""

_PARTS = (
    ("name_ko", Field.DEPARTMENT_NAME),
    ("name_en", Field.DEPARTMENT_NAME_EN),
    ("parent", Field.PARENT),
)


def settle(
    mentions: Iterable[Mention], columns: Mapping[Field, str], *, known: Mapping[str, Unit]
) -> tuple[tuple[Unit, ...], list[RowError]]:
    """One unit for each code, and every error: contradictions, no name, no such parent, circles.

    Known departments that are parents of others stay, with those above them.
    """
    settled = _Settlement(columns, known)
    for mention in mentions:
        settled.add(mention)
    units = settled.units()
    settled.refuse_circles(units)
    return tuple(units.values()), settled.errors


def tree_order(parents: Mapping[str, str | None]) -> list[str]:
    """Codes with every parent before its children and siblings by code; circles are left out."""
    children: dict[str | None, list[str]] = defaultdict(list)
    for code in sorted(parents, reverse=True):
        children[parents[code]].append(code)
    order: list[str] = []
    waiting = children[None][:]
    while waiting:
        code = waiting.pop()
        order.append(code)
        waiting += children[code]
    return order


class _Settlement:
    def __init__(self, columns: Mapping[Field, str], known: Mapping[str, Unit]) -> None:
        self.errors: list[RowError] = []
        self._columns = columns
        self._known = known
        self._first: dict[str, Mention] = {}
        self._said: dict[str, dict[str, _Said]] = {}
        self._parents: dict[str, Mention | None] = {}

    def add(self, mention: Mention) -> None:
        """Take note of what the row says of its department."""
        self._first.setdefault(mention.code, mention)
        said = self._said.setdefault(mention.code, {part: {} for part, _ in _PARTS})
        for part, values in said.items():
            if value := getattr(mention, part):
                values.setdefault(value, []).append(mention)

    def units(self) -> dict[str, Unit]:
        """The units of the file, and known ones above them."""
        agreed = {code: self._agree(code) for code in self._said}
        by_name: dict[str, list[str]] = defaultdict(list)
        for code, parts in agreed.items():
            by_name[parts["name_ko"].name_ko if parts["name_ko"] else ""].append(code)
            self._parents[code] = parts["parent"]
        units = {code: self._unit(code, parts, by_name) for code, parts in agreed.items()}
        self._keep_known_parents(units)
        return units

    def refuse_circles(self, units: Mapping[str, Unit]) -> None:
        """One error a circle, at the first row of one of its departments."""
        settled: set[str] = set()
        for start in units:
            path: dict[str, None] = {}
            code: str | None = start
            while code is not None and code not in settled and code not in path:
                path[code] = None
                code = units[code].parent_code
            if code in path:
                self._refuse_circle(list(path)[list(path).index(code) :])
            settled.update(path)

    def _agree(self, code: str) -> dict[str, Mention | None]:
        """For each part a row that says what most rows say; the others are wrong."""
        agreed: dict[str, Mention | None] = {}
        for part, column in _PARTS:
            values = sorted(self._said[code][part].values(), key=len, reverse=True)
            agreed[part] = values[0][0] if values else None
            for mention in (mention for others in values[1:] for mention in others):
                self._contradicts(mention, values[0][0], part, column)
        if agreed["name_ko"] is None and Field.DEPARTMENT_NAME in self._columns:
            missing = Phrase(N_("No row names this department."))
            self._wrong(self._first[code], Field.DEPARTMENT_CODE, code, missing)
        return agreed

    def _unit(
        self, code: str, parts: Mapping[str, Mention | None], by_name: Mapping[str, list[str]]
    ) -> Unit:
        """What has no column in the file stays as it is known."""
        known = self._known.get(code, Unit(code, name_ko=code, name_en=code, parent_code=None))
        name_ko = parts["name_ko"].name_ko if parts["name_ko"] else known.name_ko
        name_en = name_ko
        if parts["name_en"]:
            name_en = parts["name_en"].name_en
        elif Field.DEPARTMENT_NAME_EN not in self._columns and known.name_en != known.name_ko:
            name_en = known.name_en
        parent_code = known.parent_code
        if Field.PARENT in self._columns:
            parent_code = self._parent_code(parts["parent"], by_name)
        return Unit(code=code, name_ko=name_ko, name_en=name_en, parent_code=parent_code)

    def _refuse_circle(self, circle: Sequence[str]) -> None:
        drawn = " → ".join([*circle, circle[0]])
        mention = next(told for code in circle if (told := self._parents.get(code)))
        problem = Phrase(N_("These departments lie in a circle: %(circle)s."), {"circle": drawn})
        self._wrong(mention, Field.PARENT, mention.parent, problem)

    def _contradicts(self, mention: Mention, before: Mention, part: str, column: Field) -> None:
        problem = Phrase(
            N_("Line %(line)s says “%(other)s” for department %(code)s."),
            {"line": before.line, "other": getattr(before, part), "code": mention.code},
        )
        self._wrong(mention, column, getattr(mention, part), problem)

    def _parent_code(self, mention: Mention | None, by_name: Mapping[str, list[str]]) -> str | None:
        if mention is None:
            return None
        wanted = mention.parent
        if wanted in self._said or wanted in self._known:
            return wanted
        named = by_name.get(wanted, [])
        if len(named) == 1:
            return named[0]
        problem = Phrase(
            N_("Several departments have this name. Please use the code.")
            if named
            else N_(
                "No row defines this parent department. Add a row with its code and name "
                "and no employee number."
            )
        )
        self._wrong(mention, Field.PARENT, wanted, problem)
        return None

    def _keep_known_parents(self, units: dict[str, Unit]) -> None:
        waiting = [unit.parent_code for unit in units.values()]
        while waiting:
            code = waiting.pop()
            if code is not None and code not in units:
                units[code] = self._known[code]
                waiting.append(units[code].parent_code)

    def _wrong(self, mention: Mention, column: Field, value: str, problem: Phrase) -> None:
        self.errors.append(
            RowError(
                line=mention.line,
                column=self._columns.get(column, ""),
                value=value,
                problem=problem,
            )
        )
