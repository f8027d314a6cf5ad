"""Many people answer at once, some twice, some dishonestly, some in the second of closing."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from random import Random
from threading import Event
from typing import Any

import pytest
import sqlalchemy as sa

from employee_pulse.anonymity import blinding
from employee_pulse.ballots.protocol import ballot_message, canonical_json
from employee_pulse.ballots.register import jobs as register_jobs
from employee_pulse.ballots.urn.models import SealedBallot
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db, transaction
from employee_pulse.notifications.models import OutboxMessage
from employee_pulse.results import jobs, queries
from employee_pulse.results.models import Publication, Receipt
from employee_pulse.surveys import jobs as surveys_jobs
from employee_pulse.surveys import service as surveys
from employee_pulse.surveys.models import Program, Wave
from tests.conftest import DATABASES
from tests.integration.ballots.company import LINK, Voter, make_company, make_wave
from tests.journeys.served import HttpClient, Served, served

VOTERS, FORGERS, LATE = 200, 12, 10
AT_ONCE = 50

pytestmark = pytest.mark.database


@pytest.fixture(scope="module", params=DATABASES)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    with served(request.param, tmp_path_factory.mktemp("served"), workers=3) as running:
        with running.app.app_context(), transaction():
            make_company(sizes=(0, 106, 106))
        yield running


@dataclass
class Seen:
    """What became of the ballots that were sent."""

    statuses: dict[str, list[int]] = field(default_factory=dict)
    """By what was tried."""
    thanked: dict[bytes, Mapping[str, Any]] = field(default_factory=dict)
    """By receipt: what the server said it has taken."""

    def note(self, tried: str, ballot: Mapping[str, Any], voter: Voter) -> int:
        answer = voter.cast(ballot)
        self.statuses.setdefault(tried, []).append(answer.status_code)
        if answer.status_code == 200:
            receipt = answer.get_json()["receipt"]
            text = canonical_json({**ballot, "wave": voter.wave_id})
            assert receipt == sha256(text.encode()).hexdigest()
            self.thanked[bytes.fromhex(receipt)] = ballot
        return answer.status_code


def open_wave(server: Served, *, days_ago: int) -> list[Voter]:
    """A new wave; everybody it invites."""
    now = clock.now()
    with server.app.app_context():
        with transaction():
            wave_id = make_wave(
                server.keys,
                opened_at=now - timedelta(days=days_ago),
                closes_at=now + timedelta(days=9),
                program=db.session.scalars(sa.select(Program)).one_or_none(),
            )
        assert register_jobs.draw_rolls(now) == 1
        register_jobs.invite(now)
        bodies = db.session.scalars(
            sa.select(OutboxMessage.body)
            .where(OutboxMessage.idempotency_key.startswith(f"wave:{wave_id}:invitation:"))
            .order_by(OutboxMessage.id)
        ).all()
        db.session.remove()
    client: Any = HttpClient(server.port)
    links = [LINK.search(body) for body in bodies]
    answers = [{"LEAD-01": 1 + place % 5, "ENPS": place % 11} for place in range(len(links))]
    with ThreadPoolExecutor(4) as pool:
        return list(
            pool.map(lambda link, given: Voter(client, wave_id, link[2], given), links, answers)
        )


def together(tasks: Sequence[Callable[[], object]]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(task) for task in tasks]:
            done.result()


def publish(server: Served, wave_id: int) -> tuple[Publication, set[bytes]]:
    """Close and publish; the publication and the receipts of what was counted."""
    with server.app.app_context():
        after = db.session.get_one(Wave, wave_id).closes_at
        surveys_jobs.close_due_waves(after)
        jobs.publish_closed_waves(after)
        publication = db.session.get_one(Publication, wave_id)
        receipts = set(
            db.session.scalars(sa.select(Receipt.receipt).where(Receipt.wave_id == wave_id))
        )
        left = db.session.scalar(sa.select(sa.func.count()).select_from(SealedBallot))
        db.session.expunge(publication)
        db.session.remove()
    assert left == 0
    assert publication.keys_destroyed_at is not None
    assert list(server.keys.iterdir()) == []
    return publication, receipts


class TestTwoHundredAtOnce:
    def test_each_accepted_ballot_counts_once_and_no_other(self, server: Served) -> None:
        voters = open_wave(server, days_ago=1)
        honest, forgers = voters[:VOTERS], voters[VOTERS : VOTERS + FORGERS]
        with ThreadPoolExecutor(4) as pool:
            ballots = list(pool.map(lambda voter: voter.ballot(), honest))
        seen = Seen()
        tasks = [
            task
            for place, (voter, ballot) in enumerate(zip(honest, ballots, strict=True))
            for task in self.tries(seen, voter, ballot, place)
        ]
        own = [forger.ballot() for forger in forgers]
        tasks += [
            lambda name=name, forged=forged, forger=forger: seen.note(name, forged, forger)
            for forger, ballot in zip(forgers, own, strict=True)
            for name, forged in forgeries(ballot, forger, honest[0], ballots[0])
        ]
        Random(7).shuffle(tasks)

        together(tasks)

        statuses = seen.statuses
        assert set(statuses.pop("once")) == {200}
        assert set(statuses.pop("twice")) == {200}
        assert set(statuses.pop("again after hanging up")) == {200}
        assert sorted(statuses.pop("with other answers")) == [200] * 50 + [409] * 50
        assert {name: set(each) - {400, 403} for name, each in statuses.items()} == {
            name: set() for name in statuses
        }
        assert len(statuses) == 8
        assert len(seen.thanked) == VOTERS
        assert stored(server, voters[0].wave_id) == seen.thanked.keys()
        publication, receipts = publish(server, voters[0].wave_id)
        assert publication.ballots == VOTERS
        assert receipts == seen.thanked.keys()
        self.assert_figures_are_theirs(server, voters[0].wave_id, seen)

    def tries(
        self, seen: Seen, voter: Voter, ballot: Mapping[str, Any], place: int
    ) -> list[Callable[[], object]]:
        """What one person sends, all of it at once."""
        if place % 4 == 0:
            return [lambda: seen.note("once", ballot, voter)]
        if place % 4 == 1:
            return [lambda: seen.note("twice", ballot, voter)] * 2
        if place % 4 == 2:
            return [lambda: self.hang_up_and_send_again(seen, voter, ballot)]
        changed = {**ballot, "answers": {**ballot["answers"], "ENPS": None}}
        return [
            lambda: seen.note("with other answers", ballot, voter),
            lambda: seen.note("with other answers", changed, voter),
        ]

    def hang_up_and_send_again(self, seen: Seen, voter: Voter, ballot: Mapping[str, Any]) -> None:
        client: Any = voter.client
        client.hang_up(f"/urn/{voter.wave_id}/cast", canonical_json(ballot))
        seen.note("again after hanging up", ballot, voter)

    def assert_figures_are_theirs(self, server: Served, wave_id: int, seen: Seen) -> None:
        given = [ballot["answers"]["LEAD-01"] for ballot in seen.thanked.values()]
        with server.app.app_context():
            everybody = queries.nodes(wave_id, None)[0].department_id
            scores = queries.scores_of_wave(wave_id, ["question:LEAD-01"])
            db.session.remove()
        score = scores[everybody, "question:LEAD-01"]
        assert score.n == VOTERS
        assert score.mean == pytest.approx(sum(given) / VOTERS)


def forgeries(
    ballot: Mapping[str, Any], forger: Voter, other: Voter, others: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Ballots that were never signed, by somebody who has one that was; none may be taken."""
    signature = int(ballot["signature"], 16)
    beyond = signature + forger.key.n
    answer = bytes.fromhex(forger.sign().get_json()["signature"])
    fresh = blinding.prepare(ballot_message(forger.wave_id, forger.group))[:32].hex()
    elsewhere = other.group if other.group != forger.group else forger.group + 1
    yield "a random signature", {**ballot, "signature": secrets.token_hex(256)}
    yield "one bit off", {**ballot, "signature": f"{signature ^ 1:0512x}"}
    yield "the modulus added", {**ballot, "signature": f"{beyond:0514x}"}
    yield "still blinded", {**ballot, "signature": answer.hex()}
    yield "a second serial", {**ballot, "serial": fresh}
    yield "in another group", {**ballot, "group": elsewhere}
    yield "the signature of another", {**ballot, "signature": others["signature"]}
    yield "no signature", {**ballot, "signature": ""}


class TestTheSecondOfClosing:
    def test_what_was_thanked_for_is_counted_and_the_rest_is_refused(self, server: Served) -> None:
        voters = open_wave(server, days_ago=40)
        with ThreadPoolExecutor(4) as pool:
            ballots = list(pool.map(lambda voter: voter.ballot(), voters))
        pairs = list(zip(voters, ballots, strict=True))
        early, racing, late = pairs[:20], pairs[20:-LATE], pairs[-LATE:]
        seen, begun = Seen(), Event()
        for voter, ballot in early:
            assert seen.note("early", ballot, voter) == 200

        def race(voter: Voter, ballot: Mapping[str, Any]) -> None:
            begun.set()
            seen.note("racing", ballot, voter)

        with ThreadPoolExecutor(8) as pool:
            done = [pool.submit(race, *pair) for pair in racing]
            begun.wait()
            self.close_in_a_moment(server, voters[0].wave_id)
            publication, receipts = publish(server, voters[0].wave_id)
            for each in done:
                each.result()
        for voter, ballot in late:
            assert seen.note("late", ballot, voter) == 410

        assert set(seen.statuses["racing"]) <= {200, 410}
        assert receipts == seen.thanked.keys()
        assert publication.ballots == len(seen.thanked)

    def close_in_a_moment(self, server: Served, wave_id: int) -> None:
        """The clock decides: for the web processes, and for the job that closes."""
        with server.app.app_context():
            with transaction():
                surveys.move_closing(
                    db.session.get_one(Wave, wave_id),
                    closes_at=clock.now() + timedelta(milliseconds=300),
                    now=clock.now(),
                )
            while not surveys_jobs.close_due_waves(clock.now()):
                db.session.rollback()


def stored(server: Served, wave_id: int) -> set[bytes]:
    with server.app.app_context():
        receipts = db.session.scalars(
            sa.select(SealedBallot.receipt).where(SealedBallot.wave_id == wave_id)
        ).all()
        db.session.remove()
    assert len(receipts) == len(set(receipts))
    return set(receipts)
