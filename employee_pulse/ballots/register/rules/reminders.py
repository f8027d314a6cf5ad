"""When those who have not taken a ballot are reminded: 09:00-18:00 on working days."""

from collections.abc import Collection
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from employee_pulse.foundation.working_days import add_working_days

_FROM = time(9)
_UNTIL = time(18)


def reminder_days(
    *,
    opened_at: datetime,
    closes_at: datetime,
    plan: Collection[int],
    timezone: str,
    holidays: Collection[date],
) -> list[date]:
    """Local working days with a reminder, each once, strictly between opening and closing day.

    A positive number in the plan counts working days after the opening day, a negative one
    working days before the closing day.
    """
    zone = ZoneInfo(timezone)
    opening, closing = opened_at.astimezone(zone).date(), closes_at.astimezone(zone).date()
    days = {
        add_working_days(opening if number > 0 else closing, number, holidays) for number in plan
    }
    return sorted(day for day in days if opening < day < closing)


def reminder_due(days: Collection[date], *, now: datetime, timezone: str) -> date | None:
    """The reminder to send now. One whose day went by during downtime is not made up for."""
    local = now.astimezone(ZoneInfo(timezone))
    if local.date() in days and _FROM <= local.time() < _UNTIL:
        return local.date()
    return None
