"""Commands of the demo: build the company, let it answer, write a roster file."""

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask_babel import gettext as _

from employee_pulse.foundation import clock
from employee_pulse.foundation.commands import Commands

if TYPE_CHECKING:
    from employee_pulse.demo.turnout import OpenWave

cli = Commands("demo", help="A whole company to try everything on.")


@cli.command("build")
def build_company() -> None:
    """Build the demo company, if the database is empty."""
    from employee_pulse.demo import build, company

    if not company.is_empty():
        click.echo(_("There is something in the database already; nothing is changed."))
        return
    build.build(clock.now())


@cli.command()
@click.option("--share", type=click.FloatRange(0, 1), default=0.75, show_default=True)
@click.option("--base-url", help="Where the program runs, if not where invitations lead.")
@click.option("--seed", type=int, default=1, show_default=True, help="Who answers, and what.")
def answer(share: float, base_url: str | None, seed: int) -> None:
    """Let a SHARE of the invited people answer the open wave, through the real protocol."""
    from employee_pulse.demo import turnout

    waves = turnout.open_waves(clock.now())
    if not waves:
        raise click.ClickException(_("No open wave has invitations in the demo mailbox."))
    address = base_url or current_app.config["BASE_URL"]
    failed = sum(_answer(wave, share, address, seed) for wave in waves)
    if failed:
        raise SystemExit(1)


@cli.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--people", type=click.IntRange(100, 20_000), default=1200, show_default=True)
@click.option("--seed", type=int, default=2, show_default=True)
def roster(file: Path, people: int, seed: int) -> None:
    """Write a roster FILE as a Korean HR system exports it: CP949, quoted commas, blank lines."""
    from employee_pulse.demo.roster import make_roster, roster_csv

    file.write_bytes(roster_csv(make_roster(people, seed=seed, leavers=people // 60)))
    click.echo(_("%(people)s people are written to %(file)s.", people=people, file=file))


def _answer(wave: "OpenWave", share: float, address: str, seed: int) -> int:
    """Show how far it is and what came of it; say how many failed."""
    from employee_pulse.demo import turnout
    from employee_pulse.demo.respondent import Result, Unanswered, Untrustworthy

    chosen = turnout.answering(wave, share=share, seed=seed)
    label = _("%(count)s people answer wave %(wave)s", count=len(chosen), wave=wave.wave_id)
    counted = turnout.Turnout()
    started = monotonic()
    try:
        answering = turnout.answer(wave, chosen, base_url=address, seed=seed, turnout=counted)
        with click.progressbar(answering, length=len(chosen), label=label) as bar:
            for _result in bar:
                pass
    except (Unanswered, Untrustworthy) as problem:
        raise click.ClickException(
            _("%(address)s did not give the sheet: %(problem)s", address=address, problem=problem)
        ) from problem
    seconds = monotonic() - started
    click.echo(
        _(
            "%(cast)s ballots cast, %(taken)s had answered before, %(failed)s failed;"
            " %(seconds)s s.",
            cast=counted.results[Result.CAST],
            taken=counted.results[Result.TAKEN],
            failed=counted.results[Result.FAILED],
            seconds=f"{seconds:.1f}",
        )
    )
    for reason, count in counted.reasons.most_common():
        click.echo(f"  {count} x {reason}", err=True)
    return counted.results[Result.FAILED]
