"""Noting what jobs did."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from employee_pulse.foundation.db import db
from employee_pulse.scheduler.models import JobRun


def note_start(job: str, *, now: datetime) -> None:
    """A run has begun."""
    _note(job, started_at=now, finished_at=None, done=None, error=None)


def note_end(
    job: str, *, started_at: datetime, now: datetime, done: int | None, error: str | None
) -> None:
    """A run has ended, well (``done``) or not (``error``)."""
    _note(job, started_at=started_at, finished_at=now, done=done, error=error)


def _note(job: str, **values: Any) -> None:
    """Insert or overwrite in one step: another process may note the same job."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    db.session.execute(
        dialect.insert(JobRun)
        .values(job=job, **values)
        .on_conflict_do_update(index_elements=["job"], set_=values)
    )
