"""Ballots on paper count with those of their group, each code once, and are forgotten too."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from employee_pulse.anonymity import sealing
from employee_pulse.ballots.codes import make_code, paper_code_hash, paper_serial
from employee_pulse.ballots.register.models import RollEntry
from employee_pulse.ballots.urn.models import PaperBox, PaperCode, SealedBallot
from employee_pulse.ballots.urn.paper import cast_paper_ballot, fill_box
from employee_pulse.ballots.urn.rules import Ballot
from employee_pulse.foundation.db import db, transaction
from employee_pulse.results import jobs
from employee_pulse.results.models import Publication, PublishedScore, Receipt, ResultNode
from employee_pulse.results.refusals import BallotInvalid, TooManyBallots
from employee_pulse.surveys import jobs as surveys_jobs
from employee_pulse.surveys.models import Wave
from tests.integration.results.conftest import World

pytestmark = pytest.mark.database

SLIPS = 7


@pytest.fixture
def answers(question_codes: list[str]) -> dict[str, Any]:
    lead_1, lead_2, other, enps, _, choice = question_codes
    return {lead_1: 5, lead_2: 5, other: 5, enps: 10, choice: "c1"}


@pytest.fixture
def codes(open_world: World, keys: Path) -> list[str]:
    """Slips of the department S, drawn by people who then have no other way."""
    group = open_world.departments["S"]
    with transaction():
        people = db.session.scalars(
            select(RollEntry.employee_id).where(RollEntry.group_id == group).limit(SLIPS)
        ).all()
        db.session.execute(
            update(RollEntry).where(RollEntry.employee_id.in_(people)).values(draws_paper=True)
        )
        return fill_box(open_world.wave_id, group, slips=SLIPS)


@pytest.fixture
def cast_slip(open_world: World, answers: dict[str, Any]) -> Callable[..., bytes]:
    def cast(code: str, **changes: Any) -> bytes:
        with transaction():
            return cast_paper_ballot(
                open_world.wave_id,
                code,
                **{"answers": answers, "comments": {}, "nonce": b"n" * 16, **changes},
                now=db.session.get_one(Wave, open_world.wave_id).opens_at,
            )

    return cast


def smuggle(world: World, ballot: Ballot) -> None:
    """Into the database, past the urn, as somebody with access to it could."""
    key = db.session.scalars(select(Wave.sealing_key).where(Wave.id == world.wave_id)).one()
    assert key
    with transaction():
        db.session.add(
            SealedBallot(
                serial_hash=ballot.serial_hash,
                wave_id=world.wave_id,
                sealed=sealing.seal(key, ballot.canonical()),
                receipt=ballot.receipt,
            )
        )


def close_and_publish(world: World) -> Publication:
    closing = world.closing
    surveys_jobs.close_due_waves(closing)
    jobs.publish_closed_waves(world.after)
    db.session.rollback()
    return db.session.get_one(Publication, world.wave_id)


def halt_reason(found: Publication) -> str:
    assert found.published_at is None
    assert found.halt_reason
    return str(found.halt_reason["msgid"])


class TestPublishing:
    def test_counts_them_with_the_ballots_of_their_group(
        self,
        open_world: World,
        cast: Callable[..., None],
        codes: list[str],
        cast_slip: Callable[..., bytes],
        answers: dict[str, Any],
    ) -> None:
        """Of 24 people 7 draw slips: 6 of them answer, and 9 of the others with a signature."""
        group = open_world.departments["S"]
        entries = db.session.execute(
            select(RollEntry.group_id, RollEntry.draws_paper).order_by(
                RollEntry.group_id, RollEntry.employee_id
            )
        ).all()
        others = [n for n, row in enumerate(entries) if row.group_id == group and not row[1]]
        silent = [
            n for n, row in enumerate(entries) if row.draws_paper or row.group_id != group
        ] + others[9:]
        cast(lambda _group, _number: (answers, {}), leave_out=silent)
        receipts = [cast_slip(code) for code in codes[:6]]

        found = close_and_publish(open_world)

        assert found.ballots == 15
        node = db.session.get_one(ResultNode, (open_world.wave_id, group))
        assert (node.ballots, node.issued) == (15, 9 + SLIPS)
        assert set(receipts) <= set(db.session.scalars(select(Receipt.receipt)))
        scored = db.session.scalars(
            select(PublishedScore.n).where(PublishedScore.department_id == group)
        )
        assert set(scored) >= {15}

    def test_leaves_no_code_behind(
        self,
        open_world: World,
        codes: list[str],
        cast_slip: Callable[..., bytes],
    ) -> None:
        for code in codes:
            cast_slip(code)

        close_and_publish(open_world)

        for table in (SealedBallot, PaperCode, PaperBox, RollEntry):
            assert db.session.scalar(select(func.count()).select_from(table)) == 0
        assert db.session.scalar(select(func.count()).select_from(Receipt)) == SLIPS

    @pytest.mark.parametrize(
        "forgery", ["made up", "of another group", "of another serial", "no letters"]
    )
    def test_halts_at_a_code_that_no_box_held(
        self,
        open_world: World,
        codes: list[str],
        cast_slip: Callable[..., bytes],
        answers: dict[str, Any],
        forgery: str,
    ) -> None:
        cast_slip(codes[0])
        wave_id, departments = open_world.wave_id, open_world.departments
        code = make_code(5, symbols=20) if forgery == "made up" else codes[1]
        group = departments["P" if forgery == "of another group" else "S"]
        serial = b"s" * 32 if forgery == "of another serial" else paper_serial(wave_id, code)
        signature = b"\xff" * 20 if forgery == "no letters" else code.encode()
        smuggle(open_world, Ballot(wave_id, group, serial, signature, b"n" * 16, answers, {}))

        found = close_and_publish(open_world)

        assert halt_reason(found) == BallotInvalid.message
        assert db.session.scalar(select(func.count()).select_from(SealedBallot)) == 2

    def test_one_code_cannot_count_twice(
        self,
        open_world: World,
        codes: list[str],
        cast_slip: Callable[..., bytes],
        answers: dict[str, Any],
    ) -> None:
        """Not even past the urn: a second serial of the same code is none of it."""
        cast_slip(codes[0])
        wave_id, group = open_world.wave_id, open_world.departments["S"]
        code = codes[0].encode()
        smuggle(open_world, Ballot(wave_id, group, b"2" * 32, code, b"n" * 16, answers, {}))

        assert halt_reason(close_and_publish(open_world)) == BallotInvalid.message

    def test_slips_make_no_room_for_signed_ballots(
        self,
        open_world: World,
        cast: Callable[..., None],
        codes: list[str],
        answers: dict[str, Any],
    ) -> None:
        """More signed ballots than signatures halt the wave, whatever lies in the boxes."""
        cast(lambda _group, _number: (answers, {}), leave_out=range(3, 64))
        with transaction():
            db.session.execute(
                update(RollEntry)
                .where(RollEntry.blinded_hash.is_not(None))
                .values(blinded_hash=None)
            )

        assert halt_reason(close_and_publish(open_world)) == TooManyBallots.message

    def test_codes_of_other_waves_do_not_count(
        self, open_world: World, codes: list[str], cast_slip: Callable[..., bytes]
    ) -> None:
        cast_slip(codes[0])
        with transaction():
            db.session.execute(
                update(PaperCode)
                .where(PaperCode.code_hash == paper_code_hash(open_world.wave_id, codes[0]))
                .values(code_hash=b"x" * 32)
            )

        assert halt_reason(close_and_publish(open_world)) == BallotInvalid.message
