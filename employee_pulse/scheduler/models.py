"""What each job did last, for the people who ask whether everything runs."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from employee_pulse.foundation.db import Base


class JobRun(Base):
    """The last run of a job, in whichever process: one row a job."""

    __tablename__ = "job_run"

    job: Mapped[str] = mapped_column(String(60), primary_key=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    done: Mapped[int | None]
    """How many pieces of work it did; None while it runs and after a failure."""
    error: Mapped[str | None] = mapped_column(String(300))
    """Kind and place of what went wrong. Never its words: they might name a person."""
