"""Commands for results."""

import sys
from pathlib import Path

import click
from flask_babel import gettext as _

from employee_pulse.foundation import clock
from employee_pulse.foundation.commands import Commands
from employee_pulse.foundation.db import transaction
from employee_pulse.foundation.table_file import read_table
from employee_pulse.foundation.translation import say
from employee_pulse.results import service
from employee_pulse.results.policy import present_thresholds
from employee_pulse.results.refusals import HistoryInvalid

cli = Commands("results", help="Published results.")


@cli.command("import-history")
@click.argument("program_id", type=int)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_history(program_id: int, file: Path) -> None:
    """Import the results of an earlier tool: all of the file, or nothing."""
    try:
        imported = _import(program_id, file)
    except HistoryInvalid as refused:
        for error in refused.errors:
            line = _("Line %(line)s", line=error.line)
            click.echo(f"{line}: {error.column} {error.value!r}: {say(error.problem)}", err=True)
        raise
    click.echo(
        _(
            "Imported %(cells)s figures of %(periods)s periods; %(unchanged)s were there already.",
            cells=imported.cells,
            periods=len(imported.periods),
            unchanged=len(imported.unchanged),
        )
    )


@cli.command("resume")
@click.argument("wave_id", type=int)
def resume(wave_id: int) -> None:
    """Let the next run try again to publish a wave whose publication was halted."""
    with transaction():
        resumed = service.resume_wave(wave_id)
    if not resumed:
        raise click.ClickException(_("The publication of this wave is not halted."))
    click.echo(_("The next run tries again to publish it."))


def _import(program_id: int, file: Path) -> service.Imported:
    table = read_table(file.read_bytes(), filename=file.name)
    with click.progressbar(length=1000, label=_("Importing"), file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.update(done * 1000 // total - bar.pos)

        with transaction():
            return service.import_history(
                program_id=program_id,
                table=table,
                thresholds=present_thresholds(),
                now=clock.now(),
                progress=show,
            )
