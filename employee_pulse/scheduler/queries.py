"""When jobs ran last."""

from sqlalchemy import select

from employee_pulse.foundation.db import db
from employee_pulse.scheduler.models import JobRun


def last_runs() -> list[JobRun]:
    """The last run of every job that ever ran, the latest first."""
    return list(db.session.scalars(select(JobRun).order_by(JobRun.started_at.desc(), JobRun.job)))
