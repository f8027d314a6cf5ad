"""Store and destroy signing keys."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert, update

from employee_pulse.anonymity import wrapping
from employee_pulse.anonymity.blind_signature import PrivateKey, to_bytes
from employee_pulse.anonymity.models import BlindKey
from employee_pulse.foundation.db import db


def store_keys(purpose: str, keys: Mapping[str, PrivateKey], *, secret: str) -> None:
    """Keep keys by holder, their private parts wrapped under the application's secret."""
    rows = [
        {
            "purpose": purpose,
            "holder": holder,
            "modulus": key.public.n.to_bytes(key.public.size),
            "exponent": key.public.e,
            "wrapped_private": wrapping.wrap(
                to_bytes(key), secret=secret, purpose=f"blind key {purpose}"
            ),
        }
        for holder, key in keys.items()
    ]
    db.session.execute(insert(BlindKey), rows)


def destroy_keys(purpose: str, *, now: datetime) -> int:
    """Forget the private parts; say how many there were. The public parts stay for checking."""
    forgotten = db.session.execute(
        update(BlindKey)
        .where(BlindKey.purpose == purpose, BlindKey.wrapped_private.is_not(None))
        .values(wrapped_private=None, destroyed_at=now)
        .returning(BlindKey.holder)
    )
    return len(forgotten.all())
