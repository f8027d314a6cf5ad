"""Take a ballot in: verify, refuse a spent serial, seal, store."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from employee_pulse.anonymity import queries as keys_kept
from employee_pulse.anonymity import sealing
from employee_pulse.anonymity.blind_signature import verify
from employee_pulse.ballots.protocol import ballot_message, key_purpose
from employee_pulse.ballots.urn.models import PaperBox, PaperCode, SealedBallot
from employee_pulse.ballots.urn.rules import AskedQuestion, Ballot, check_answers, longest
from employee_pulse.ballots.waves import WaveClosed, require_open
from employee_pulse.foundation.db import db
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_
from employee_pulse.surveys.models import Wave, WaveQuestion


class SignatureInvalid(Refused):
    message = N_("This ballot does not carry a valid signature for its group. Nothing was stored.")
    status = 403


class SerialSpent(Refused):
    message = N_("This ballot was already cast with other answers; the first ones count.")
    status = 409


def cast_ballot(ballot: Ballot, *, now: datetime) -> bytes:
    """Store a ballot sealed and give its receipt; the very same ballot again changes nothing.

    A ballot that is in already is thanked for even if the wave has closed meanwhile, so that a
    lost response does not look like a lost ballot.
    """
    return store(ballot, check_authority=_check_signature, now=now)


def store(ballot: Ballot, *, check_authority: Callable[[Ballot], None], now: datetime) -> bytes:
    """Store a ballot whose authority was checked, as ``cast_ballot`` does."""
    if _is_in(ballot):
        return ballot.receipt
    require_open(ballot.wave_id, now=now)
    check_authority(ballot)
    questions = _questions(ballot.wave_id)
    check_answers(ballot, questions)
    stored = db.session.execute(
        _insert(SealedBallot)
        .values(
            serial_hash=ballot.serial_hash,
            wave_id=ballot.wave_id,
            sealed=sealing.seal(
                _sealing_key(ballot.wave_id), ballot.canonical(), room=longest(questions)
            ),
            receipt=ballot.receipt,
        )
        .on_conflict_do_nothing()
        .returning(SealedBallot.receipt)
    )
    if stored.one_or_none() is None:
        _is_in(ballot)  # Another request with this serial was faster: ours, or other answers.
    return ballot.receipt


def clear(wave_id: int) -> int:
    """Remove sealed ballots and paper codes of a wave; say how many ballots there were."""
    there = SealedBallot.wave_id == wave_id
    count = db.session.scalar(select(func.count()).select_from(SealedBallot).where(there)) or 0
    for table in (SealedBallot, PaperCode, PaperBox):
        db.session.execute(delete(table).where(table.wave_id == wave_id))
    return count


def _insert(table: type[SealedBallot]) -> sqlite.Insert | postgresql.Insert:
    if db.engine.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def _is_in(ballot: Ballot) -> bool:
    receipt = db.session.scalar(
        select(SealedBallot.receipt).where(SealedBallot.serial_hash == ballot.serial_hash)
    )
    if receipt is not None and receipt != ballot.receipt:
        raise SerialSpent
    return receipt is not None


def _check_signature(ballot: Ballot) -> None:
    key = keys_kept.public_key(key_purpose(ballot.wave_id), str(ballot.group))
    message = ballot.serial + ballot_message(ballot.wave_id, ballot.group)
    if key is None or not verify(key, message, ballot.signature):
        raise SignatureInvalid


def _questions(wave_id: int) -> list[AskedQuestion]:
    rows = db.session.execute(
        select(WaveQuestion.code, WaveQuestion.kind, WaveQuestion.choices).where(
            WaveQuestion.wave_id == wave_id
        )
    )
    return [AskedQuestion(code, kind, [c["code"] for c in choices]) for code, kind, choices in rows]


def _sealing_key(wave_id: int) -> bytes:
    key = db.session.scalar(select(Wave.sealing_key).where(Wave.id == wave_id))
    if key is None:
        raise WaveClosed
    return key
