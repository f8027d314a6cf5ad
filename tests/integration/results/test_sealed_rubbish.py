"""Whoever can write into the database can seal anything, even under a valid signature."""

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from employee_pulse.anonymity import sealing
from employee_pulse.anonymity.keyring import Keyring
from employee_pulse.ballots.protocol import canonical_json
from employee_pulse.ballots.urn.models import SealedBallot
from employee_pulse.foundation.db import db, transaction
from employee_pulse.results.refusals import BallotInvalid
from employee_pulse.results.service import count_ballots
from employee_pulse.surveys.models import Wave
from tests.integration.results.conftest import World

pytestmark = pytest.mark.database


AGREEMENT, ENPS, TEXT, CHOICE = 0, 3, 4, 5
"""Places of the wave's questions."""
RUBBISH: Sequence[tuple[str, int | str | None, Any]] = [
    ("answers", AGREEMENT, 99),
    ("answers", AGREEMENT, "5"),
    ("answers", AGREEMENT, True),
    ("answers", ENPS, 9.5),
    ("answers", CHOICE, ["c1"]),
    ("answers", CHOICE, "c99"),
    ("answers", "X-1", 5),
    ("answers", None, []),
    ("answers", None, None),
    ("comments", None, "x"),
    ("comments", TEXT, 5),
    ("comments", TEXT, "x" * 2_000),
    ("comments", AGREEMENT, "x"),
    ("nonce", None, "x"),
    ("group", None, "2"),
    ("wave", None, 2),
    ("more", None, 1),
]
"""Field, what in it (a place of a question, or all of it), and what to put there."""


def test_answers_that_the_urn_would_have_refused_are_not_counted(
    world: World, keys: Path, question_codes: list[str]
) -> None:
    keyring = Keyring(keys)
    private = keyring.private_key(f"wave-{world.wave_id}")
    ballot = db.session.scalars(select(SealedBallot)).first()
    assert ballot
    original = json.loads(sealing.unseal(private, ballot.sealed))
    counted = []

    for field, place, value in RUBBISH:
        code = question_codes[place] if isinstance(place, int) else place
        changed = {**original[field], code: value} if code else value
        reseal(world, ballot.serial_hash, {**original, field: changed})
        try:
            count_ballots(world.wave_id, keyring=keyring)
        except BallotInvalid:
            continue
        counted.append((field, place, value))

    assert counted == []
    reseal(world, ballot.serial_hash, original)
    assert count_ballots(world.wave_id, keyring=keyring).ballots == len(world.receipts)


def reseal(world: World, serial_hash: bytes, fields: dict[str, Any]) -> None:
    """Put something else into a sealed ballot; its serial and its signature stay."""
    public = db.session.scalars(select(Wave.sealing_key).where(Wave.id == world.wave_id)).one()
    assert public
    text = canonical_json(fields).encode()
    with transaction():
        ballot = db.session.get_one(SealedBallot, serial_hash)
        ballot.sealed = sealing.seal(public, text)
        ballot.receipt = sha256(text).digest()
