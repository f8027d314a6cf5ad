"""The only reading of the system clock."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one place that may


def today(tz: str) -> date:
    """The present day in an IANA zone such as ``Asia/Seoul``."""
    return now().astimezone(ZoneInfo(tz)).date()
