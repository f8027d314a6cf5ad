"""What lies in the urn; only publication may look."""

from collections.abc import Sequence

from sqlalchemy import select

from employee_pulse.ballots.urn.models import PaperCode, SealedBallot
from employee_pulse.foundation.db import db


def sealed_ballots(wave_id: int) -> Sequence[SealedBallot]:
    """In the order of the hashed serials, which is that of chance."""
    return db.session.scalars(
        select(SealedBallot)
        .where(SealedBallot.wave_id == wave_id)
        .order_by(SealedBallot.serial_hash)
    ).all()


def paper_codes(wave_id: int) -> dict[bytes, int]:
    """Hashes of the paper codes of a wave, each with the group whose box it was in."""
    rows = db.session.execute(
        select(PaperCode.code_hash, PaperCode.group_id).where(PaperCode.wave_id == wave_id)
    )
    return {row.code_hash: row.group_id for row in rows}
