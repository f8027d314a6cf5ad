"""What a job is, and moments as people type them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Job:
    """Looks in the database for work that is due and does it; says how much there was."""

    name: str
    function: Callable[[datetime], int]
    every: timedelta


def parse_moment(text: str, timezone: str) -> datetime:
    """Read ``2026-12-01T09:00+09:00``, ``2026-12-01T09:00`` or ``2026-12-01``; ValueError if none.

    Without an offset it is wall time in ``timezone``; without a time it is midnight there.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(timezone))
    return moment.astimezone(UTC)
