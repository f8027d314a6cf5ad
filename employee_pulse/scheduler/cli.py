"""The clock by hand: ``flask scheduler run | list | once JOB``."""

import signal
from datetime import datetime

import click
from flask import current_app
from flask_babel import gettext as _

from employee_pulse.foundation import clock
from employee_pulse.foundation.commands import Commands
from employee_pulse.foundation.translation import moment
from employee_pulse.scheduler import queries
from employee_pulse.scheduler.models import JobRun
from employee_pulse.scheduler.rules import parse_moment

cli = Commands("scheduler", help="Run what happens by itself.")


@cli.command()
def run() -> None:
    """Run every job in its rhythm, until stopped. Several of these may run at once."""
    from employee_pulse.scheduler import runner
    from employee_pulse.scheduler.schedule import SCHEDULE

    # Blocked and waited for: a handler that sets an event can meet its own waiting and lock up.
    stop = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    scheduler = runner.start(current_app._get_current_object(), SCHEDULE)  # type: ignore[attr-defined]
    click.echo(_("The scheduler runs. Stop it with Ctrl+C."))
    signal.sigwait(stop)
    click.echo(_("Finishing what is under way …"))
    scheduler.shutdown(wait=True)


@cli.command("list")
def list_jobs() -> None:
    """Every job, its rhythm and its last run, in the order in which they hand work on."""
    from employee_pulse.scheduler.schedule import SCHEDULE

    runs = {run.job: run for run in queries.last_runs()}
    for job in SCHEDULE:
        said = _last_run(runs.get(job.name))
        click.echo(f"{job.name:<22} {job.every!s:>8}  {said}")


@cli.command()
@click.argument("job")
@click.option("--now", "as_if", help="As if it were then: 2026-12-01T09:00, with +09:00 or not.")
def once(job: str, as_if: str | None) -> None:
    """Run one JOB, or all of them in order: ``flask scheduler once all``."""
    from employee_pulse.scheduler import runner
    from employee_pulse.scheduler.schedule import SCHEDULE

    chosen = [each for each in SCHEDULE if job in {each.name, "all"}]
    if not chosen:
        names = ", ".join(each.name for each in SCHEDULE)
        raise click.UsageError(
            _("There is no job %(job)s. Jobs: all, %(names)s", job=job, names=names)
        )
    now = _parsed(as_if)
    failed = False
    for each in chosen:
        try:
            click.echo(f"{each.name}: {runner.run_job(each, now)}")
        except runner.JobFailed as problem:
            click.echo(_("%(job)s failed: %(error)s", job=each.name, error=problem), err=True)
            failed = True
    if failed:
        raise SystemExit(1)


def _parsed(text: str | None) -> datetime:
    if text is None:
        return clock.now()
    try:
        return parse_moment(text, current_app.config["TIMEZONE"])
    except ValueError as error:
        raise click.BadParameter(
            _("%(text)s is no moment such as 2026-12-01T09:00", text=text)
        ) from error


def _last_run(run: JobRun | None) -> str:
    if run is None:
        said = _("never ran")
    elif run.finished_at is None:
        said = _("under way since %(moment)s", moment=moment(run.started_at))
    elif run.error:
        when = moment(run.finished_at)
        said = _("failed on %(moment)s: %(error)s", moment=when, error=run.error)
    else:
        when = moment(run.finished_at)
        said = _("last run on %(moment)s, %(done)s done", moment=when, done=run.done)
    return str(said)
