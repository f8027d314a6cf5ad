"""Paper codes: made for a group's box, and ballots cast with them. A code is its own authority."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from employee_pulse.ballots.codes import (
    PAPER_SYMBOLS,
    code_bits,
    make_code,
    paper_code_hash,
    paper_serial,
)
from employee_pulse.ballots.urn import service
from employee_pulse.ballots.urn.models import PaperBox, PaperCode
from employee_pulse.ballots.urn.rules import Ballot
from employee_pulse.ballots.urn.service import SerialSpent
from employee_pulse.ballots.waves import require_open
from employee_pulse.foundation.db import db
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_


class CodesUsed(Refused):
    """Some have answered with the first codes: they would vanish, or answer twice."""

    message = N_(
        "Somebody has answered with one of these codes already, so they cannot be made anew."
    )
    status = 409


class PaperCodeUnknown(Refused):
    message = N_("This code does not belong to this survey. Nothing was stored.")
    status = 403


class PaperCodeSpent(Refused):
    message = N_("This code was used already. What was sent first counts.")
    status = 409


def fill_box(wave_id: int, group_id: int, *, slips: int) -> list[str]:
    """Make a code for each slip; those made before are void. This once they are known.

    Refused as soon as one was used.
    """
    box = _box(wave_id, group_id)
    if box is None:
        db.session.add(PaperBox(wave_id=wave_id, group_id=group_id, used=False))
        db.session.flush()
    elif box.used:
        raise CodesUsed
    db.session.execute(
        delete(PaperCode).where(PaperCode.wave_id == wave_id, PaperCode.group_id == group_id)
    )
    codes = [
        make_code(secrets.randbits(code_bits(PAPER_SYMBOLS)), symbols=PAPER_SYMBOLS)
        for _ in range(slips)
    ]
    hashes = sorted(paper_code_hash(wave_id, code) for code in codes)
    rows = [{"code_hash": each, "wave_id": wave_id, "group_id": group_id} for each in hashes]
    db.session.execute(insert(PaperCode), rows)
    return codes


def cast_paper_ballot(
    wave_id: int,
    code: str,
    *,
    answers: Mapping[str, Any],
    comments: Mapping[str, str],
    nonce: bytes,
    now: datetime,
) -> bytes:
    """Store the ballot of a code sealed and give its receipt, as ``cast_ballot`` does."""
    group_id = _group(wave_id, code)
    if group_id is None:
        require_open(wave_id, now=now)
        raise PaperCodeUnknown
    ballot = Ballot(
        wave_id=wave_id,
        group=group_id,
        serial=paper_serial(wave_id, code),
        signature=code.encode(),
        nonce=nonce,
        answers=answers,
        comments=comments,
    )
    try:
        return service.store(ballot, check_authority=_use_code, now=now)
    except SerialSpent as error:
        raise PaperCodeSpent from error


def _use_code(ballot: Ballot) -> None:
    """From the first one on, the codes of the box stay as they are."""
    box = _box(ballot.wave_id, ballot.group)
    # Looked up once more: while we waited for the box, its codes may have been replaced.
    if box is None or _group(ballot.wave_id, ballot.signature.decode()) is None:
        raise PaperCodeUnknown
    box.used = True


def _box(wave_id: int, group_id: int) -> PaperBox | None:
    return db.session.scalars(
        select(PaperBox)
        .where(PaperBox.wave_id == wave_id, PaperBox.group_id == group_id)
        .with_for_update()
    ).one_or_none()


def _group(wave_id: int, code: str) -> int | None:
    return db.session.scalar(
        select(PaperCode.group_id).where(PaperCode.code_hash == paper_code_hash(wave_id, code))
    )
