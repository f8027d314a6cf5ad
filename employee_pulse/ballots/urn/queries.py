"""What lies in the urn; only publication may look."""

from collections.abc import Sequence

from sqlalchemy import select

from employee_pulse.ballots.urn.models import SealedBallot
from employee_pulse.foundation.db import db


def sealed_ballots(wave_id: int) -> Sequence[SealedBallot]:
    """In the order of the hashed serials, which is that of chance."""
    return db.session.scalars(
        select(SealedBallot)
        .where(SealedBallot.wave_id == wave_id)
        .order_by(SealedBallot.serial_hash)
    ).all()
