"""Runs jobs: one by hand, or all of them in their rhythm."""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db, transaction
from employee_pulse.foundation.failures import place
from employee_pulse.scheduler import service
from employee_pulse.scheduler.rules import Job

MISFIRE_GRACE_SECONDS = 3600
THREADS = 4

_log = logging.getLogger(__name__)


class JobFailed(Exception):
    """A job stopped with an error, which is in the log and in its ``JobRun``."""


def run_job(job: Job, now: datetime) -> int:
    """Do what is due at ``now``, note it, and say how much it was; raise ``JobFailed``.

    Needs an application context. What is noted is when it really ran, also if ``now`` is moved.
    """
    started_at = clock.now()
    with transaction():
        service.note_start(job.name, now=started_at)
    done, error = None, None
    try:
        done = job.function(now)
    except Exception as problem:
        error = place(problem)
        _log.error("The job %s failed: %s", job.name, error)
        db.session.rollback()
    with transaction():
        service.note_end(job.name, started_at=started_at, now=clock.now(), done=done, error=error)
    if done is None:
        raise JobFailed(error)
    return done


def start(app: Flask, schedule: Sequence[Job]) -> BackgroundScheduler:
    """Run every job now and then in its rhythm, in threads, until ``shutdown`` is called.

    Nothing is kept between runs: what is due stands in our tables, so any number of processes
    may do this at once.
    """
    # A job that is still under way when its time comes again is left alone; no need to say so.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(THREADS)},
        job_defaults={
            "misfire_grace_time": MISFIRE_GRACE_SECONDS,
            "coalesce": True,
            "max_instances": 1,
        },
    )
    for job in schedule:
        scheduler.add_job(
            _tick(app, job),
            "interval",
            seconds=job.every.total_seconds(),
            id=job.name,
            name=job.name,
            next_run_time=clock.now(),
        )
    scheduler.start()
    return scheduler


def _tick(app: Flask, job: Job) -> Callable[[], None]:
    def tick() -> None:
        """One run in a context of its own. No failure may stop the clock or reach another log."""
        try:
            with app.app_context():
                run_job(job, clock.now())
        except JobFailed:
            return
        except Exception as problem:
            _log.error("The job %s could not be noted: %s", job.name, place(problem))

    return tick
