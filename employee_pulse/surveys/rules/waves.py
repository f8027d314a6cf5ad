"""A wave at a moment: its state, and what becomes of it when its opening was missed."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_
from employee_pulse.foundation.working_days import add_working_days
from employee_pulse.surveys.rules.schedule import Schedule, after_working_days, moment, next_opening

WORTH_OPENING = 2
"""Working days a late wave must still have to keep its closing date."""
GRANTED = 3
"""Working days a wave gets whose closing has to move."""


class WaveState(StrEnum):
    """What a wave is at a moment."""

    PLANNED = "planned"
    DUE = "due"
    HELD = "held"
    OPEN = "open"
    CLOSED = "closed"
    MISSED = "missed"
    IMPORTED = "imported"


STATE_LABELS: Mapping[WaveState, str] = {
    WaveState.PLANNED: N_("Planned"),
    WaveState.DUE: N_("Opening"),
    WaveState.HELD: N_("On hold"),
    WaveState.OPEN: N_("Open"),
    WaveState.CLOSED: N_("Closed"),
    WaveState.MISSED: N_("Missed"),
    WaveState.IMPORTED: N_("Imported"),
}


class WaveRow(Protocol):
    """The moments of a wave from which its state follows."""

    @property
    def opens_at(self) -> datetime: ...
    @property
    def closes_at(self) -> datetime: ...
    @property
    def opened_at(self) -> datetime | None: ...
    @property
    def closed_at(self) -> datetime | None: ...
    @property
    def missed_at(self) -> datetime | None: ...
    @property
    def imported_at(self) -> datetime | None: ...
    @property
    def hold_reason(self) -> Mapping[str, Any] | None: ...


class WaveNotOpen(Refused):
    message = N_("Only the closing of an open wave can be moved.")
    status = 409


class ClosingInThePast(Refused):
    message = N_("The closing must lie in the future.")


class ClosingAfterNextOpening(Refused):
    message = N_("The next wave opens on %(day)s; this one must be closed by then.")


class TooFewPeople(Refused):
    message = N_("Only %(count)s people may answer; a wave opens for %(minimum)s or more.")


class AskedRecently(Refused):
    message = N_("%(program)s asked some of the same people less than %(days)s days ago.")


def state(wave: WaveRow, now: datetime) -> WaveState:
    """From ``closes_at`` on a wave is closed, whether or not the clock's job has noted it yet."""
    if wave.imported_at is not None:
        return WaveState.IMPORTED
    if wave.missed_at is not None:
        return WaveState.MISSED
    if wave.opened_at is not None:
        closed = wave.closed_at is not None or now >= wave.closes_at
        return WaveState.CLOSED if closed else WaveState.OPEN
    if now < wave.opens_at:
        return WaveState.PLANNED
    return WaveState.DUE if wave.hold_reason is None else WaveState.HELD


def closing_if_opened(
    schedule: Schedule,
    *,
    opens_at: datetime,
    closes_at: datetime,
    now: datetime,
    holidays: Collection[date],
) -> datetime | None:
    """When a due wave closes if it opens now; None: its period is missed.

    With two working days left it keeps its closing. Otherwise it closes at its usual time of day
    once three working days have passed, unless the next wave opens before: so at most the newest
    of several missed periods is caught up.
    """
    zone = schedule.timezone
    if after_working_days(now, WORTH_OPENING, timezone=zone, holidays=holidays) <= closes_at:
        return closes_at
    moved = _granted_closing(schedule, now, holidays)
    fits = moved <= next_opening(schedule, after=opens_at, holidays=holidays)
    return moved if fits else None


def check_closing(
    wave: WaveRow,
    closes_at: datetime,
    *,
    now: datetime,
    next_opens_at: datetime | None,
    timezone: str,
) -> None:
    """Refuse a closing that HR may not set: of a wave not open, in the past, into the next wave."""
    if state(wave, now) is not WaveState.OPEN:
        raise WaveNotOpen
    if closes_at <= now:
        raise ClosingInThePast
    if next_opens_at is not None and closes_at > next_opens_at:
        next_day = next_opens_at.astimezone(ZoneInfo(timezone)).date()
        raise ClosingAfterNextOpening(day=next_day.isoformat())


def _granted_closing(schedule: Schedule, now: datetime, holidays: Collection[date]) -> datetime:
    zone = schedule.timezone
    earliest = after_working_days(now, GRANTED, timezone=zone, holidays=holidays)
    day = earliest.astimezone(ZoneInfo(zone)).date()
    closing = moment(day, schedule.opens_at_time, zone)
    if closing < earliest:
        return moment(add_working_days(day, 1, holidays), schedule.opens_at_time, zone)
    return closing
