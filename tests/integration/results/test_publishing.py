"""A closed wave is published once, whatever happens on the way, and its ballots are gone."""

import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select
from sqlalchemy.exc import OperationalError

from employee_pulse.anonymity import sealing
from employee_pulse.anonymity.models import BlindKey
from employee_pulse.ballots.register.models import Roll, RollEntry
from employee_pulse.ballots.urn.models import SealedBallot
from employee_pulse.foundation.db import Base, db, transaction
from employee_pulse.notifications.models import OutboxMessage
from employee_pulse.results import jobs, queries, service
from employee_pulse.results.models import (
    Comment,
    Moments,
    Publication,
    PublishedScore,
    Receipt,
    ResultNode,
)
from employee_pulse.results.rules.freezing import Frozen
from employee_pulse.results.rules.tree import Branch
from employee_pulse.results.service import opening, publishing
from employee_pulse.surveys.models import Wave
from tests.factories import make_account
from tests.integration.results.conftest import World

pytestmark = pytest.mark.database


class Crash(Exception):
    pass


def count(table: type[Base]) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def publication(world: World) -> Publication:
    db.session.rollback()
    return db.session.get_one(Publication, world.wave_id)


def assert_published_once(world: World, keys: Path) -> None:
    found = publication(world)
    assert found.published_at is not None
    assert found.keys_destroyed_at is not None
    assert count(Publication) == 1
    assert count(Receipt) == len(world.receipts)
    assert count(SealedBallot) == count(RollEntry) == 0
    assert list(keys.iterdir()) == []
    assert db.session.scalars(select(BlindKey.wrapped_private)).unique().all() == [None]
    assert db.session.scalars(select(Roll.wrapped_token_key)).one() is None


class TestPublishClosedWaves:
    def test_leaves_results_and_no_ballot(self, world: World, keys: Path) -> None:
        assert jobs.publish_closed_waves(world.after) == 1

        assert_published_once(world, keys)
        found = publication(world)
        assert (found.eligible, found.ballots) == (64, len(world.receipts))
        nodes = {node.code: node for node in queries.nodes(world.wave_id, None)}
        assert nodes["HQ"].invited == 64
        assert nodes["HQ"].participation == pytest.approx(len(world.receipts) / 64)
        assert nodes["S"].participation in {0.7, 0.75, 0.8}
        assert nodes["R"].reason == "below_minimum"

    def test_figures_are_those_of_the_answers(
        self, world: World, question_codes: list[str]
    ) -> None:
        jobs.publish_closed_waves(world.after)

        lead = question_codes[0]
        sales = world.departments["S"]
        scores = queries.scores_of_wave(world.wave_id, [f"question:{lead}", "index", "enps"])
        given = [answers[lead] for answers in world.answers[sales]]
        score = scores[sales, f"question:{lead}"]
        assert score.n == len(given)
        assert score.mean == pytest.approx(sum(given) / len(given))
        assert score.favorable == pytest.approx(sum(a > 3 for a in given) / len(given))
        everyone = [answers[lead] for given in world.answers.values() for answers in given]
        head = world.departments["HQ"]
        assert scores[head, f"question:{lead}"].n == len(everyone)
        assert scores[head, "index"].score is not None
        assert scores[head, "enps"].histogram is not None

    def test_does_not_touch_an_open_wave(self, open_world: World, keys: Path) -> None:
        assert jobs.publish_closed_waves(open_world.after) == 0

        assert count(Publication) == 0
        assert len(list(keys.iterdir())) == 1

    def test_a_second_run_changes_nothing(self, world: World, keys: Path) -> None:
        jobs.publish_closed_waves(world.after)
        before = publication(world).published_at

        assert jobs.publish_closed_waves(world.after) == 0

        assert publication(world).published_at == before
        assert_published_once(world, keys)

    def test_tells_everybody_who_was_asked(self, world: World) -> None:
        jobs.publish_closed_waves(world.after)

        mails = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "results"))
        by_address = {mail.recipient: mail for mail in mails}
        sheet = queries.sheet_hash(world.wave_id)
        assert len(by_address) == 56  # eight have no address
        assert f"/results/{sheet}" in by_address["s-1@example.com"].body
        assert "results are out" in by_address["s-0@example.com"].subject

    def test_comments_hang_on_departments_with_ten_ballots(self, world: World) -> None:
        jobs.publish_closed_waves(world.after)

        readable = {
            node.department_id
            for node in queries.nodes(world.wave_id, None)
            if (node.ballots or 0) >= 10
        }
        comments = db.session.scalars(select(Comment)).all()
        assert len(comments) > 10
        assert {comment.department_id for comment in comments} <= readable
        assert all(len(comment.id) == 32 for comment in comments)

    def test_nothing_published_is_about_fewer_than_the_minimum(self, world: World) -> None:
        jobs.publish_closed_waves(world.after)

        assert all(s.n is None or s.n >= 5 for s in db.session.scalars(select(PublishedScore)))
        assert all(m.n >= 10 for m in db.session.scalars(select(Moments)))
        assert all(
            node.ballots is None or node.ballots >= 5
            for node in db.session.scalars(select(ResultNode))
        )

    def test_no_column_tells_when_or_who(self) -> None:
        telling = ("_at", "_on", "address", "agent", "session", "employee", "token")
        for table in (Comment, Receipt, PublishedScore, Moments, ResultNode):
            for column in inspect(table).columns:
                assert not column.name.endswith(telling)
                assert column.autoincrement is not True


class TestCrashes:
    @pytest.fixture(
        params=["count_ballots", "write_results", "enqueue_webhook", "clear", "destroy_keys"]
    )
    def crash_while_publishing(
        self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
    ) -> Callable[[], None]:
        where: dict[str, Any] = {
            "count_ballots": (service, "count_ballots"),
            "write_results": (publishing, "write_results"),
            "enqueue_webhook": (publishing, "enqueue_webhook"),
            "clear": (publishing.register_service, "clear"),
            "destroy_keys": (publishing.anonymity, "destroy_keys"),
        }
        module, name = where[request.param]

        def crash(*_: object, **__: object) -> None:
            raise Crash

        monkeypatch.setattr(module, name, crash)
        return monkeypatch.undo

    def test_before_the_end_nothing_is_lost_and_the_next_run_finishes(
        self, world: World, keys: Path, crash_while_publishing: Callable[[], None]
    ) -> None:
        with pytest.raises(Crash):
            jobs.publish_closed_waves(world.after)
        db.session.rollback()
        assert count(SealedBallot) == len(world.receipts)
        assert len(list(keys.iterdir())) == 1
        assert count(PublishedScore) == count(Receipt) == 0
        crash_while_publishing()

        too_early = jobs.publish_closed_waves(world.after + publishing.LEASE / 2)
        later = jobs.publish_closed_waves(world.after + publishing.LEASE)

        assert (too_early, later) == (0, 1)
        assert_published_once(world, keys)

    @pytest.mark.parametrize("step", ["destroy", "rewrite_tables", "note_keys_destroyed"])
    def test_after_publication_the_next_run_destroys_what_is_left(
        self, world: World, keys: Path, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        def crash(*_: object, **__: object) -> None:
            raise Crash

        where: dict[str, Any] = {
            "destroy": jobs.Keyring,
            "rewrite_tables": jobs,
            "note_keys_destroyed": service,
        }
        monkeypatch.setattr(where[step], step, crash)
        with pytest.raises(Crash):
            jobs.publish_closed_waves(world.after)
        assert publication(world).published_at is not None
        assert publication(world).keys_destroyed_at is None
        monkeypatch.undo()

        assert jobs.publish_closed_waves(world.after) == 0

        assert_published_once(world, keys)

    def test_a_wave_that_fails_stops_no_other(
        self, world: World, keys: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        broken = world.wave_id + 1_000
        to_publish = jobs.queries.waves_to_publish
        claim = service.claim_wave

        def claim_or_fail(wave_id: int, *, now: Any) -> bool:
            if wave_id == broken:
                raise Crash
            return claim(wave_id, now=now)

        def crash(*_: object) -> None:
            raise Crash

        monkeypatch.setattr(jobs.queries, "waves_to_publish", lambda: [broken, *to_publish()])
        monkeypatch.setattr(service, "claim_wave", claim_or_fail)
        with monkeypatch.context() as unable:
            unable.setattr(jobs.queries, "waves_with_keys", lambda: [broken])
            unable.setattr(jobs.Keyring, "destroy", crash)
            with pytest.raises(Crash):
                jobs.publish_closed_waves(world.after)
        assert publication(world).published_at is not None

        with pytest.raises(Crash):
            jobs.publish_closed_waves(world.after)

        assert_published_once(world, keys)

    def test_a_busy_database_is_rewritten_by_the_next_run(
        self, world: World, keys: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def busy(*_: object) -> None:
            raise OperationalError("VACUUM", None, Exception("database is locked"))

        monkeypatch.setattr(jobs, "rewrite_tables", busy)
        assert jobs.publish_closed_waves(world.after) == 1
        assert list(keys.iterdir()) == []
        assert publication(world).keys_destroyed_at is None
        monkeypatch.undo()

        jobs.publish_closed_waves(world.after)

        assert_published_once(world, keys)

    def test_a_key_folder_that_is_away_is_not_a_key_that_is_gone(
        self, world: World, keys: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        destroy = jobs.Keyring.destroy

        def away(keyring: jobs.Keyring, name: str) -> None:
            moved = keys.rename(keys.with_name("away"))
            try:
                destroy(keyring, name)
            finally:
                moved.rename(keys)

        monkeypatch.setattr(jobs.Keyring, "destroy", away)
        assert jobs.publish_closed_waves(world.after) == 1
        assert publication(world).keys_destroyed_at is None
        assert len(list(keys.iterdir())) == 1
        monkeypatch.undo()

        jobs.publish_closed_waves(world.after)

        assert_published_once(world, keys)


class TestTwoWorkers:
    def test_make_one_publication(self, app: Flask, world: World, keys: Path) -> None:
        after = world.after
        db.session.rollback()
        ready, published, problems = threading.Barrier(2), [], []

        def work() -> None:
            with app.app_context():
                ready.wait()
                try:
                    published.append(jobs.publish_closed_waves(after))
                except Exception as problem:  # pragma: no cover - shown by the assertion
                    problems.append(problem)
                finally:
                    db.session.remove()

        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

        assert problems == []
        assert sorted(published) == [0, 1]
        assert_published_once(world, keys)

    def test_a_worker_whose_claim_was_taken_over_publishes_nothing_more(
        self, world: World, keys: Path
    ) -> None:
        with transaction():
            service.claim_wave(world.wave_id, now=world.after)
        slow = service.count_ballots(world.wave_id, keyring=jobs.Keyring(keys))
        jobs.publish_closed_waves(world.after + publishing.LEASE)
        scores = count(PublishedScore)

        with transaction():
            ours = service.publish_wave(slow, letters={}, event={}, now=world.after)

        assert ours is False
        assert count(PublishedScore) == scores


class TestHalt:
    def halted(self, world: World) -> str:
        with transaction():
            make_account("hr", email="hr@example.com")
        assert jobs.publish_closed_waves(world.after) == 0
        found = publication(world)
        assert found.halted_at is not None
        assert found.published_at is None
        assert found.halt_reason
        assert count(SealedBallot) > 0
        assert count(RollEntry) == 64
        mails = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "halted"))
        assert [mail.recipient for mail in mails] == ["hr@example.com"]
        return str(found.halt_reason["msgid"])

    def test_without_the_key_file_and_goes_on_once_it_is_back(
        self, world: World, keys: Path
    ) -> None:
        (key,) = keys.iterdir()
        content = key.read_bytes()
        key.unlink()

        assert "missing" in self.halted(world)

        assert jobs.publish_closed_waves(world.after + publishing.LEASE) == 0
        key.write_bytes(content)
        with transaction():
            assert service.resume_wave(world.wave_id)
        assert jobs.publish_closed_waves(world.after + publishing.LEASE) == 1
        assert_published_once(world, keys)

    def test_a_key_folder_that_is_away_for_a_while_halts_nothing(
        self, world: World, keys: Path
    ) -> None:
        away = keys.rename(keys.with_name("away"))
        assert jobs.publish_closed_waves(world.after) == 0
        assert publication(world).halted_at is None
        away.rename(keys)

        assert jobs.publish_closed_waves(world.after + publishing.LEASE) == 1
        assert_published_once(world, keys)

    @pytest.mark.parametrize(
        "text", [b"[]", b"{}", b'{"serial": "zz", "group": 1}', b'{"serial": 1}', b"no json"]
    )
    def test_when_rubbish_was_sealed(self, world: World, text: bytes) -> None:
        """The sealing key is public: whoever writes into the database can seal anything."""
        public = db.session.scalars(select(Wave.sealing_key).where(Wave.id == world.wave_id)).one()
        assert public
        with transaction():
            db.session.add(
                SealedBallot(
                    serial_hash=bytes(32),
                    wave_id=world.wave_id,
                    sealed=sealing.seal(public, text),
                    receipt=bytes(32),
                )
            )

        assert "no valid signature" in self.halted(world)

    def test_with_the_key_of_another_wave(self, world: World, keys: Path) -> None:
        (key,) = keys.iterdir()
        key.write_bytes(bytes(32))

        assert "cannot be opened" in self.halted(world)

    def test_when_a_group_has_more_ballots_than_signatures(self, world: World) -> None:
        with transaction():
            entry = db.session.scalars(
                select(RollEntry).where(RollEntry.blinded_hash.is_not(None))
            ).first()
            assert entry
            entry.blinded_hash = None

        assert "more ballots than were handed out" in self.halted(world)

    def test_when_a_ballot_was_copied_under_another_number(self, world: World) -> None:
        with transaction():
            ballot = db.session.scalars(select(SealedBallot)).first()
            assert ballot
            db.session.add(
                SealedBallot(
                    serial_hash=bytes(32),
                    wave_id=ballot.wave_id,
                    sealed=ballot.sealed,
                    receipt=ballot.receipt,
                )
            )

        assert "no valid signature" in self.halted(world)

    def test_a_wave_that_is_not_halted_is_not_resumed(self, world: World) -> None:
        with transaction():
            assert not service.resume_wave(world.wave_id)


class TestTracesOnDisk:
    def test_no_sealed_byte_is_left_in_the_files(
        self, world: World, keys: Path, database_url: str
    ) -> None:
        sealed = db.session.scalars(select(SealedBallot.sealed)).first()
        assert sealed
        db.session.rollback()

        jobs.publish_closed_waves(world.after)

        assert count(SealedBallot) == 0
        if database_url.startswith("sqlite"):
            path = Path(database_url.removeprefix("sqlite:///"))
            files = [file.read_bytes() for file in path.parent.glob("pulse.db*")]
            assert files
            assert not any(sealed[100:164] in content for content in files)


def test_comments_of_one_ballot_are_torn_apart() -> None:
    """Neither beside each other nor in the order of the ballots; else the style tells the rest."""
    ballots = [
        opening._Opened(
            group=1,
            on_paper=False,
            receipt=bytes(32),
            answers={},
            comments={"A": f"{number} first", "B": f"{number} second"},
        )
        for number in range(60)
    ]

    comments = opening._comments(ballots, [Branch(1, None, 0)], Frozen(comments=frozenset({1})))

    numbers = [int(text.split()[0]) for _department, _code, text in comments]
    assert sorted(numbers) == sorted([*range(60)] * 2)
    assert sum(one == next_ for one, next_ in pairwise(numbers)) < 20
    assert sum(one < next_ for one, next_ in pairwise(numbers)) < 90
