"""``flask anonymity attack``: what a curious operator can link, in a table for everybody."""

import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask_babel import gettext as _

from employee_pulse.foundation import clock
from employee_pulse.foundation.commands import Commands

if TYPE_CHECKING:
    from employee_pulse.linkage.rules.verdicts import Finding
    from employee_pulse.linkage.stores import Kind

cli = Commands("anonymity", help="Try to find out who answered what.")
stage = Commands("stage", hidden=True, help="Steps of a staged wave, in a database made for it.")
cli.add_command(stage)

_SQLITE, _TERMINAL = "sqlite", "-"


@cli.command()
@click.option(
    "--database",
    "databases",
    multiple=True,
    default=[_SQLITE],
    show_default=True,
    help="sqlite, or the URL of a PostgreSQL superuser; new databases are made there and dropped.",
)
@click.option("--seeds", type=click.IntRange(1, 100), default=3, show_default=True, help="Waves.")
@click.option("--groups", type=click.IntRange(1, 99), default=8, show_default=True)
@click.option("--people", type=click.IntRange(10, 999), default=14, show_default=True)
@click.option(
    "--at-once",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="So many take a ballot before the first of them casts.",
)
@click.option(
    "--report",
    is_flag=False,
    flag_value=_TERMINAL,
    help="Show the tables, or write them to a FILE.",
)
@click.option("--json", "as_json", is_flag=True, help="Every finding as JSON.")
def attack(
    databases: Sequence[str],
    seeds: int,
    groups: int,
    people: int,
    at_once: int,
    report: str | None,
    as_json: bool,  # noqa: FBT001 - a flag of the command
) -> None:
    """Hold whole waves in databases of their own, then try in every way to link ballots to people.

    Ends with an error if an attack beats chance, or if a control shows that it does not work.
    """
    from employee_pulse.linkage import run
    from employee_pulse.linkage.report import verdict, whole_report
    from employee_pulse.linkage.rules.verdicts import failures

    size = run.Size(seeds=seeds, groups=groups, people=people, at_once=at_once)
    with ExitStack() as stack:
        kinds = [_kind(database, stack) for database in databases]
        label = _("People answer and are attacked")
        length = size.ballots * len(kinds)
        with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
            findings = run.attack_everything(kinds, size, now=clock.now(), progress=bar.update)
    if as_json:
        click.echo(json.dumps([_as_json(finding) for finding in findings], indent=1))
    elif report == _TERMINAL:
        click.echo(whole_report(size, findings))
    else:
        if report:
            Path(report).write_text(whole_report(size, findings) + "\n", encoding="utf-8")
        click.echo(verdict(findings))
    if failures(findings):
        raise SystemExit(1)


def _kind(database: str, stack: ExitStack) -> "Kind":
    from employee_pulse.linkage.postgresql import Cluster
    from employee_pulse.linkage.stores import Postgresql, Sqlite

    if database == _SQLITE:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="pulse-linkage-"))
        return Sqlite(Path(folder))
    cluster = Cluster(database)
    stack.callback(cluster.close)
    cluster.open()
    return Postgresql(cluster)


def _as_json(finding: "Finding") -> dict[str, object]:
    return {**asdict(finding), "bound": finding.bound, "verdict": finding.verdict}


@stage.command()
@click.option("--groups", type=int, required=True)
@click.option("--people", type=int, required=True)
def found(groups: int, people: int) -> None:
    """An empty database becomes a company with a launched program."""
    from employee_pulse.linkage import company

    company.found(groups=groups, people=people, now=clock.now())


@stage.command("open")
def open_wave() -> None:
    """Open its wave and invite."""
    from employee_pulse.linkage import company

    company.open_wave(now=clock.now())


@stage.command()
def remind() -> None:
    """Remind whoever has taken no ballot."""
    from employee_pulse.linkage import company

    company.remind()


@stage.command()
def publish() -> None:
    """Close the wave and publish."""
    from employee_pulse.linkage import company

    company.close_and_publish()
