"""Errors nobody expected: named without their words, and kept from stopping other work."""

import logging
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path

from employee_pulse.foundation.db import db

_log = logging.getLogger(__name__)


def place(problem: Exception) -> str:
    """Kind and place of an error. Its words are left out: statements and values are in them."""
    frame = traceback.extract_tb(problem.__traceback__)[-1]
    return f"{type(problem).__name__} at {Path(frame.filename).name}:{frame.lineno}"


def one_by_one(waves: Iterable[int], work: Callable[[int], int | None]) -> int:
    """Do the work for every wave, whatever becomes of the others; sum up what it says it did.

    The first error is raised when all had their turn, so that the failure is noted.
    """
    done = 0
    errors: list[Exception] = []
    for wave_id in waves:
        try:
            done += work(wave_id) or 0
        except Exception as problem:
            _log.error("Wave %s: %s", wave_id, place(problem))
            db.session.rollback()
            errors.append(problem)
    if errors:
        raise errors[0]
    return done
