"""Whether a wave takes ballots, decided under a lock that closing has to wait for."""

from datetime import datetime

from sqlalchemy import select

from employee_pulse.foundation.db import db
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_
from employee_pulse.surveys.models import Wave
from employee_pulse.surveys.rules.waves import WaveState, state


class WaveUnknown(Refused):
    message = N_("There is no such survey.")
    status = 404


class WaveNotYetOpen(Refused):
    message = N_("This survey has not opened yet.")
    status = 410


class WaveClosed(Refused):
    message = N_("This survey has closed and takes no more answers.")
    status = 410


_BEFORE = frozenset({WaveState.PLANNED, WaveState.DUE, WaveState.HELD})


def require_open(wave_id: int, *, now: datetime) -> None:
    """Refuse unless the wave is open; it cannot be closed before the caller has committed."""
    wave = db.session.execute(
        select(
            Wave.opens_at,
            Wave.closes_at,
            Wave.opened_at,
            Wave.closed_at,
            Wave.missed_at,
            Wave.imported_at,
            Wave.hold_reason,
        )
        .where(Wave.id == wave_id)
        .with_for_update(read=True)
    ).one_or_none()
    if wave is None:
        raise WaveUnknown
    found = state(wave, now)
    if found in _BEFORE:
        raise WaveNotYetOpen
    if found is not WaveState.OPEN:
        raise WaveClosed
