"""Commands for the organization."""

import sys
from collections.abc import Iterable
from pathlib import Path
from unicodedata import east_asian_width

import click
from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from employee_pulse.foundation import clock
from employee_pulse.foundation.commands import Commands
from employee_pulse.foundation.db import transaction
from employee_pulse.foundation.table_file import MAX_BYTES, Row, RowError
from employee_pulse.foundation.table_refusals import FileTooLarge
from employee_pulse.foundation.translation import say
from employee_pulse.org import service
from employee_pulse.org.preview import Preview, preview
from employee_pulse.org.rules.difference import Difference
from employee_pulse.org.rules.roster import Roster

cli = Commands("org", help="Departments and employees.")

_LONG = 2_000
"""Rows from which on a bar shows how far the check is."""


@cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Apply without asking.")
@click.option(
    "--allow-deactivation",
    is_flag=True,
    help="Apply even if a large share of the staff would become inactive.",
)
def import_roster(file: Path, *, yes: bool, allow_deactivation: bool) -> None:
    """Import a roster: show what it changes, ask, and apply all of it or nothing."""
    seen = _look_at(file)
    roster = _understood(seen)
    difference = seen.difference
    if difference is None or difference.is_empty:
        click.echo(_("This roster changes nothing: the organization is already as it says."))
        return
    _show(difference)
    allowed = allow_deactivation or _deactivation_confirmed(difference, yes=yes)
    if not yes:
        click.confirm(_("Apply the roster?"), abort=True)
    _apply(roster, difference, allow_deactivation=allowed)
    click.secho(_("The roster is applied."), fg="green")


def _look_at(file: Path) -> Preview:
    """The size is asked of the file system: what is too large is not read at all."""
    if file.stat().st_size > MAX_BYTES:
        raise FileTooLarge(megabytes=MAX_BYTES // 1024**2)
    click.echo(_("Reading %(file)s …", file=file.name), err=True)
    return preview(
        file.read_bytes(),
        filename=file.name,
        today=clock.today(current_app.config["TIMEZONE"]),
        watch=_with_bar,
    )


def _with_bar(rows: list[Row]) -> Iterable[Row]:
    if len(rows) < _LONG:
        yield from rows
        return
    with click.progressbar(rows, label=_("Checking"), file=sys.stderr) as bar:
        yield from bar


def _understood(seen: Preview) -> Roster:
    """The roster, or every error as a table and exit code 1."""
    click.echo(
        _(
            "Read as %(encoding)s: %(rows)s rows, %(columns)s columns.",
            encoding=seen.table.encoding,
            rows=f"{len(seen.table.rows):,}",
            columns=len(seen.table.columns),
        )
    )
    if seen.missing:
        names = ", ".join(say(label) for label in seen.missing)
        raise click.ClickException(_("No column is recognized for: %(columns)s.", columns=names))
    if seen.roster is None:
        _show_errors(seen.errors)
        raise click.ClickException(
            ngettext(
                "%(num)s entry is wrong. Nothing was written.",
                "%(num)s entries are wrong. Nothing was written.",
                len(seen.errors),
            )
        )
    return seen.roster


def _show_errors(errors: Iterable[RowError]) -> None:
    heading = (_("Line"), _("Column"), _("Value"), _("Reason"))
    cells = [(str(e.line), e.column or "-", e.value[:60], say(e.problem)) for e in errors]
    widths = [max(_width(row[i]) for row in (heading, *cells)) for i in range(len(heading) - 1)]
    for row in (heading, *cells):
        padded = [
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=False)
        ]
        click.echo("  ".join([*padded, row[-1]]), err=True)


def _width(text: str) -> int:
    """Columns on a terminal: Hangul takes two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _show(difference: Difference) -> None:
    counts = [
        (_("Joiners"), len(difference.joiners)),
        (_("Movers"), len(difference.movers)),
        (_("Leavers"), len(difference.leavers)),
        (_("Returners"), len(difference.returners)),
        (_("Changed data"), len(difference.changed)),
        (_("Unchanged"), difference.unchanged),
        (_("New departments"), len(difference.new_units)),
        (_("Renamed departments"), sum(each.is_renamed for each in difference.changed_units)),
        (_("Moved departments"), sum(each.is_moved for each in difference.changed_units)),
        (_("Reopened departments"), len(difference.reopened_units)),
        (_("Closed departments"), len(difference.closed_units)),
    ]
    widest = max(_width(label) for label, _count in counts)
    for label, count in counts:
        click.echo(f"  {label}{' ' * (widest - _width(label))}  {count:>7,}")


def _deactivation_confirmed(difference: Difference, *, yes: bool) -> bool:
    """Ask a second question if many would leave; without anybody to ask the service refuses."""
    if yes or difference.deactivation_share <= _limit():
        return False
    question = _(
        "%(leavers)s of %(staff)s people would become inactive. Have they really left?",
        leavers=f"{len(difference.leavers):,}",
        staff=f"{difference.active_before:,}",
    )
    return click.confirm(click.style(question, fg="yellow"), abort=True)


def _apply(roster: Roster, difference: Difference, *, allow_deactivation: bool) -> None:
    with transaction():
        service.apply_roster(
            roster,
            today=clock.today(current_app.config["TIMEZONE"]),
            limit=_limit(),
            allow_deactivation=allow_deactivation,
            expected=difference.digest,
        )


def _limit() -> float:
    limit: float = current_app.config["POLICY"].deactivation_share
    return limit
