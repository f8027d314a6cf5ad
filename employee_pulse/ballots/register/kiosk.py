"""Let somebody in at a kiosk: employee number and the code of their letter."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from employee_pulse.ballots.codes import KIOSK_SYMBOLS, read_code
from employee_pulse.ballots.register.models import RollEntry
from employee_pulse.ballots.register.rules.invitations import invitation_token
from employee_pulse.ballots.register.rules.kiosk import kiosk_code
from employee_pulse.ballots.register.tokens import roll_and_key
from employee_pulse.ballots.waves import require_open
from employee_pulse.foundation.db import db
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_
from employee_pulse.org.models import Employee

_NOBODY = (0, 0)
"""Compared with where the number is unknown, so that the answer takes as long."""


class KioskCodeWrong(Refused):
    """One sentence whatever is wrong: a number alone tells nothing."""

    message = N_("This employee number and this code do not belong together.")
    status = 403


@dataclass(frozen=True)
class Admission:
    """What a link would have carried."""

    token: str
    group: int


def admit(*, wave_id: int, number: str, code: str, secret: str, now: datetime) -> Admission:
    """Give the invitation for a number and its code. Nothing is changed and nothing kept.

    Whether a ballot was taken is not said: whoever saw the letters could ask in secret.
    """
    require_open(wave_id, now=now)
    _, key = roll_and_key(wave_id, secret=secret)
    typed = (read_code(code, symbols=KIOSK_SYMBOLS) or "").encode()
    found = [
        (employee_id, group_id)
        for employee_id, group_id in _people(wave_id, number) or [_NOBODY]
        if hmac.compare_digest(
            kiosk_code(key, wave_id=wave_id, employee_id=employee_id).encode(), typed
        )
    ]
    if not found or found[0] == _NOBODY:
        raise KioskCodeWrong
    employee_id, group_id = found[0]
    token = invitation_token(key, wave_id=wave_id, group_id=group_id, employee_id=employee_id)
    return Admission(token, group_id)


def _people(wave_id: int, number: str) -> Sequence[tuple[int, int]]:
    """Who has this number, in the case it was typed in or another."""
    typed = number.strip()
    rows = db.session.execute(
        select(RollEntry.employee_id, RollEntry.group_id)
        .join(Employee, Employee.id == RollEntry.employee_id)
        .where(
            RollEntry.wave_id == wave_id,
            RollEntry.draws_paper.is_not(True),
            Employee.number.in_({typed, typed.upper(), typed.lower()}),
        )
    )
    return [(row.employee_id, row.group_id) for row in rows]
