"""What a roster file holds and what applying it would do; nothing is written."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from employee_pulse.foundation.phrases import Phrase
from employee_pulse.foundation.table_file import Row, RowError, Table, read_table
from employee_pulse.org import queries
from employee_pulse.org.rules.columns import Field, guess_columns, missing_columns
from employee_pulse.org.rules.difference import Difference, compare
from employee_pulse.org.rules.roster import Roster, read_roster

Watch = Callable[[list[Row]], Iterable[Row]]
"""Passes rows on and may show how far they are."""


@dataclass(frozen=True)
class Preview:
    """A file, how its columns are understood, and either errors or a difference."""

    table: Table
    columns: Mapping[Field, str]
    missing: list[Phrase]
    errors: tuple[RowError, ...]
    roster: Roster | None
    difference: Difference | None
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Department code -> name in Korean and in English, known ones and those of the file."""


def preview(
    content: bytes,
    *,
    filename: str,
    today: date,
    columns: Mapping[str, str] | None = None,
    watch: Watch = iter,
) -> Preview:
    """Read a roster and compare it with the organization as it is. Raises ``TableRefused``.

    ``columns``, field to header, replaces what the headers are recognized as.
    """
    table = read_table(content, filename=filename)
    understood = _chosen(columns, table) if columns is not None else guess_columns(table.columns)
    missing = missing_columns(understood)
    if missing:
        return Preview(table, understood, missing, (), None, None)
    organization = queries.organization()
    reading = read_roster(
        watch(table.rows), understood, known=organization.open_units(), today=today
    )
    if reading.roster is None:
        return Preview(table, understood, [], reading.errors, None, None)
    difference = compare(reading.roster, organization, today=today)
    units = [known.unit for known in organization.units.values()] + list(reading.roster.units)
    names = {unit.code: (unit.name_ko, unit.name_en) for unit in units}
    return Preview(table, understood, [], (), reading.roster, difference, names)


def _chosen(columns: Mapping[str, str], table: Table) -> dict[Field, str]:
    return {Field(name): header for name, header in columns.items() if header in table.columns}
