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


def one_by_one(
    numbers: Iterable[int], work: Callable[[int], int | None], *, what: str = "Wave"
) -> int:
    """Do the work for each, whatever becomes of the others; sum up what it says it did.

    The first error is raised when all had their turn, so that the failure is noted.
    """
    done = 0
    errors: list[Exception] = []
    for number in numbers:
        try:
            done += work(number) or 0
        except Exception as problem:
            _log.error("%s %s: %s", what, number, place(problem))
            db.session.rollback()
            errors.append(problem)
    if errors:
        raise errors[0]
    return done
