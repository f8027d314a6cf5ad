"""Which keys there are."""

from sqlalchemy import ColumnElement, select

from employee_pulse.anonymity import wrapping
from employee_pulse.anonymity.blind_signature import PrivateKey, PublicKey, from_bytes
from employee_pulse.anonymity.models import BlindKey
from employee_pulse.foundation.db import db


def public_key(purpose: str, holder: str) -> PublicKey | None:
    """The public part, also after the private part was destroyed."""
    row = db.session.execute(
        select(BlindKey.modulus, BlindKey.exponent).where(*_is(purpose, holder))
    ).one_or_none()
    return PublicKey(int.from_bytes(row.modulus), row.exponent) if row else None


def public_keys(purpose: str) -> dict[str, PublicKey]:
    """Public parts by holder."""
    rows = db.session.execute(
        select(BlindKey.holder, BlindKey.modulus, BlindKey.exponent).where(
            BlindKey.purpose == purpose
        )
    )
    return {row.holder: PublicKey(int.from_bytes(row.modulus), row.exponent) for row in rows}


def private_key(purpose: str, holder: str, *, secret: str) -> PrivateKey | None:
    """The private part; None if there is no such key or it was destroyed."""
    wrapped = db.session.scalar(select(BlindKey.wrapped_private).where(*_is(purpose, holder)))
    if wrapped is None:
        return None
    return from_bytes(wrapping.unwrap(wrapped, secret=secret, purpose=f"blind key {purpose}"))


def _is(purpose: str, holder: str) -> tuple[ColumnElement[bool], ...]:
    return (BlindKey.purpose == purpose, BlindKey.holder == holder)
