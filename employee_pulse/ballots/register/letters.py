"""Letters for people without e-mail: the same invitation as by mail, and a code for a kiosk."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from employee_pulse.ballots.codes import in_groups
from employee_pulse.ballots.register import without_email
from employee_pulse.ballots.register.models import ReportingGroup, Roll
from employee_pulse.ballots.register.rules.invitations import invitation_link, invitation_token
from employee_pulse.ballots.register.rules.kiosk import kiosk_code
from employee_pulse.ballots.register.rules.without_email import Way
from employee_pulse.ballots.register.tokens import roll_and_key
from employee_pulse.ballots.register.without_email import Recipient
from employee_pulse.ballots.waves import require_open
from employee_pulse.foundation.db import db
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_
from employee_pulse.org.models import Department

MOST_LETTERS = 500
"""In one file: a letter takes some 12 ms to draw, and a request must not take half a minute."""


class NobodyWithoutEmail(Refused):
    message = N_("Everybody here has e-mail, or draws a paper code. There is no letter to print.")
    status = 409


class TooManyLetters(Refused):
    message = N_("%(letters)s letters are too many for one file. Please print by department.")
    status = 413


@dataclass(frozen=True)
class PersonalLetter:
    """What differs from one letter to the next."""

    name: str
    number: str
    department: str
    language: str
    link: str
    kiosk_code: str


def write_letters(
    wave_id: int, *, departments: Collection[int] = (), base_url: str, secret: str, now: datetime
) -> list[PersonalLetter]:
    """A letter for everybody without e-mail in these departments, or in all, a department in turn.

    Whether somebody took a ballot changes nothing, or a missing letter would tell. Within a
    department the order is that of chance. From now on their groups get no paper codes.
    """
    require_open(wave_id, now=now)
    groups = _hold_groups(wave_id)
    roll, key = roll_and_key(wave_id, secret=secret)
    letters = []
    for place in without_email.by_department(wave_id):
        if departments and place.department.id not in departments:
            continue
        people = list(without_email.recipients(wave_id, place.department.id))
        secrets.SystemRandom().shuffle(people)
        for person in people:
            group = groups[person.group_id]
            group.way = group.way or Way.LETTERS
        letters += [_letter(roll, key, person, place.department, base_url) for person in people]
    if not letters:
        raise NobodyWithoutEmail
    if len(letters) > MOST_LETTERS:
        raise TooManyLetters(letters=len(letters))
    return letters


def _hold_groups(wave_id: int) -> Mapping[int, ReportingGroup]:
    """Nobody makes paper codes while we write letters, nor the other way round."""
    held = select(ReportingGroup).where(ReportingGroup.wave_id == wave_id).with_for_update()
    return {group.department_id: group for group in db.session.scalars(held)}


def _letter(
    roll: Roll, key: bytes, person: Recipient, department: Department, base_url: str
) -> PersonalLetter:
    token = invitation_token(
        key, wave_id=roll.wave_id, group_id=person.group_id, employee_id=person.employee_id
    )
    in_english = person.language == "en"
    return PersonalLetter(
        name=(person.name_en or person.name) if in_english else person.name,
        number=person.number,
        department=department.name_en if in_english else department.name_ko,
        language=person.language,
        link=invitation_link(
            base_url,
            wave_id=roll.wave_id,
            token=token,
            sheet_hash=roll.sheet_hash,
            language=person.language,
        ),
        kiosk_code=in_groups(
            kiosk_code(key, wave_id=roll.wave_id, employee_id=person.employee_id), of=4
        ),
    )
