"""The key that makes the tokens of a roll, wrapped in the database until publication."""

from employee_pulse.anonymity import wrapping
from employee_pulse.ballots.register.models import Roll
from employee_pulse.ballots.waves import WaveClosed, WaveNotYetOpen
from employee_pulse.foundation.db import db


def wrap_token_key(key: bytes, *, wave_id: int, secret: str) -> bytes:
    return wrapping.wrap(key, secret=secret, purpose=_purpose(wave_id))


def token_key_of(roll: Roll, *, secret: str) -> bytes | None:
    """None once the wave is published."""
    if roll.wrapped_token_key is None:
        return None
    return wrapping.unwrap(roll.wrapped_token_key, secret=secret, purpose=_purpose(roll.wave_id))


def roll_and_key(wave_id: int, *, secret: str) -> tuple[Roll, bytes]:
    """Of an open wave; refused until its roll is drawn and once it is published."""
    roll = db.session.get(Roll, wave_id)
    if roll is None:
        raise WaveNotYetOpen
    key = token_key_of(roll, secret=secret)
    if key is None:
        raise WaveClosed
    return roll, key


def _purpose(wave_id: int) -> str:
    return f"invitation tokens {wave_id}"
