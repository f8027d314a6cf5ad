"""The slot of the urn: what it takes, what it refuses, and that nothing is lost or doubled."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from employee_pulse.anonymity import sealing
from employee_pulse.anonymity.keyring import Keyring
from employee_pulse.ballots.protocol import canonical_json
from employee_pulse.ballots.urn import queries, service
from employee_pulse.ballots.urn.models import SealedBallot
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db, transaction
from employee_pulse.surveys.models import Wave
from employee_pulse.surveys.service import close_wave
from tests.integration.ballots.company import ANSWERS, Voter, at_once, make_wave

pytestmark = pytest.mark.database


def stored(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(SealedBallot)) or 0


class TestCast:
    def test_thanks_with_the_receipt_the_page_computes(
        self, app: Flask, voter: Callable[..., Voter]
    ) -> None:
        person = voter(comments={"OPEN-1": "회의를 줄여 주세요"})
        ballot = person.ballot()

        response = person.cast(ballot)

        expected = canonical_json({**ballot, "wave": person.wave_id})
        assert response.status_code == 200
        assert response.get_json() == {"receipt": sha256(expected.encode()).hexdigest()}
        assert "Set-Cookie" not in response.headers
        assert response.headers["Cache-Control"] == "no-store"

    def test_stores_it_sealed_and_nothing_beside(
        self, app: Flask, key_dir: Path, voter: Callable[..., Voter]
    ) -> None:
        person = voter(comments={"OPEN-1": "회의를 줄여 주세요"})
        ballot = person.ballot()

        person.cast(ballot)

        with app.app_context():
            (sealed,) = queries.sealed_ballots(person.wave_id)
            private = Keyring(key_dir).private_key(f"wave-{person.wave_id}")
        assert sealed.serial_hash == sha256(bytes.fromhex(ballot["serial"])).digest()
        assert json.loads(sealing.unseal(private, sealed.sealed)) == {
            **ballot,
            "wave": person.wave_id,
        }
        assert set(SealedBallot.__table__.columns.keys()) == {
            *("serial_hash", "wave_id", "sealed", "receipt")
        }

    def test_all_ballots_are_equally_long(self, app: Flask, voter: Callable[..., Voter]) -> None:
        for number, comment in enumerate(["", "x" * 1000, "가" * 1000, "\U0001f600" * 1000]):
            person = voter(number, comments={"OPEN-1": comment} if comment else {})
            assert person.cast(person.ballot()).status_code == 200

        with app.app_context():
            lengths = {len(each.sealed) for each in queries.sealed_ballots(person.wave_id)}
        assert len(lengths) == 1

    def test_the_table_keeps_no_order(self, app: Flask, voter: Callable[..., Voter]) -> None:
        for number in range(5):
            voter(number).cast(voter(number).ballot())

        with app.app_context():
            if db.engine.dialect.name != "sqlite":
                return
            rows = db.session.execute(text("SELECT serial_hash FROM sealed_ballot")).scalars().all()
            schema = db.session.scalar(
                text("SELECT sql FROM sqlite_master WHERE name = 'sealed_ballot'")
            )
        assert rows == sorted(rows)
        assert "WITHOUT ROWID" in str(schema)

    def test_the_same_ballot_again_changes_nothing(
        self, app: Flask, voter: Callable[..., Voter]
    ) -> None:
        person = voter()
        ballot = person.ballot()

        first, second = person.cast(ballot), person.cast(ballot)

        assert (second.status_code, second.get_json()) == (200, first.get_json())
        assert stored(app) == 1

    def test_a_double_tap_stores_one_ballot(self, app: Flask, voter: Callable[..., Voter]) -> None:
        person = voter()
        ballot = person.ballot()

        answers = at_once(app, lambda _: person.cast(ballot).status_code, workers=4)

        assert answers == [200] * 4
        assert stored(app) == 1

    def test_other_answers_with_a_spent_serial_are_refused(
        self, app: Flask, voter: Callable[..., Voter]
    ) -> None:
        person = voter()
        ballot = person.ballot()
        first = person.cast(ballot).get_json()["receipt"]

        response = person.cast({**ballot, "answers": {**ANSWERS, "LEAD-01": 1}})

        assert response.status_code == 409
        assert response.get_json()["error"] == "SerialSpent"
        with app.app_context():
            assert queries.sealed_ballots(person.wave_id)[0].receipt.hex() == first

    def test_of_two_tabs_with_other_answers_one_counts(
        self, app: Flask, voter: Callable[..., Voter]
    ) -> None:
        person = voter()
        ballot = person.ballot()
        tabs = [{**ballot, "answers": {**ANSWERS, "LEAD-01": mark}} for mark in (1, 2, 3)]

        answers = at_once(app, lambda tab: person.cast(tabs[tab]).status_code, workers=3)

        assert sorted(answers, key=str) == [200, 409, 409]
        assert stored(app) == 1

    @pytest.mark.parametrize(
        "headers",
        [
            {"Cookie": "pulse_session=x"},
            {"Authorization": "Bearer x"},
            {"Referer": "http://localhost/app/"},
        ],
        ids=lambda headers: next(iter(headers)),
    )
    def test_refuses_what_could_name_the_sender(
        self, app: Flask, voter: Callable[..., Voter], headers: dict[str, str]
    ) -> None:
        person = voter()

        response = person.cast(person.ballot(), headers=headers)

        assert response.status_code == 400
        assert response.get_json()["error"] == "SenderShown"
        assert stored(app) == 0

    @pytest.mark.parametrize(
        "forgery",
        [
            lambda ballot: {**ballot, "signature": "00" * 256},
            lambda ballot: {**ballot, "signature": ""},
            lambda ballot: {**ballot, "signature": "ff" * 256},
            lambda ballot: {**ballot, "serial": "00" * 32},
            lambda ballot: {**ballot, "group": ballot["group"] + 1},
            lambda ballot: {**ballot, "group": 10**30},
        ],
        ids=["zeros", "empty", "too large", "another serial", "another group", "no group"],
    )
    def test_refuses_a_forged_signature(
        self,
        app: Flask,
        voter: Callable[..., Voter],
        forgery: Callable[[dict[str, Any]], dict[str, Any]],
    ) -> None:
        person = voter()

        response = person.cast(forgery(person.ballot()))

        assert response.status_code == 403
        assert response.get_json()["error"] == "SignatureInvalid"
        assert stored(app) == 0

    def test_refuses_the_ballot_of_another_wave(
        self, app: Flask, key_dir: Path, voter: Callable[..., Voter]
    ) -> None:
        person = voter()
        ballot = person.ballot()
        with app.app_context(), transaction():
            wave = db.session.get_one(Wave, person.wave_id)
            person.wave_id = make_wave(
                key_dir,
                program=None,
                opened_at=wave.opens_at,
                closes_at=wave.closes_at,
            )

        assert person.cast(ballot).status_code == 403
        assert stored(app) == 0

    @pytest.mark.parametrize(
        "values", [{"closed_at": clock.now()}, {"closes_at": clock.now()}, {"opened_at": None}]
    )
    def test_refuses_when_the_wave_is_not_open(
        self, app: Flask, voter: Callable[..., Voter], values: dict[str, object]
    ) -> None:
        person = voter()
        ballot = person.ballot()
        with app.app_context(), transaction():
            db.session.execute(update(Wave).values(**values))

        assert person.cast(ballot).status_code == 410
        assert stored(app) == 0

    def test_thanks_again_for_a_ballot_that_came_in_time(
        self, app: Flask, voter: Callable[..., Voter]
    ) -> None:
        person = voter()
        ballot = person.ballot()
        first = person.cast(ballot)
        with app.app_context(), transaction():
            db.session.execute(update(Wave).values(closed_at=clock.now()))

        again = person.cast(ballot)

        assert (again.status_code, again.get_json()) == (200, first.get_json())

    def test_no_ballot_slips_in_after_closing(
        self, app: Flask, voter: Callable[..., Voter]
    ) -> None:
        ballots = [(person := voter(number), person.ballot()) for number in range(6)]
        counted = []

        def cast_or_close(worker: int) -> int:
            if worker < len(ballots):
                person, ballot = ballots[worker]
                return person.cast(ballot).status_code
            with transaction():
                wave = db.session.scalars(select(Wave)).one()
                close_wave(wave_id=wave.id, now=wave.closes_at)
            counted.append(db.session.scalar(select(func.count()).select_from(SealedBallot)))
            return 0

        answers = at_once(app, cast_or_close, workers=len(ballots) + 1)

        assert set(answers) <= {0, 200, 410}
        assert counted == [answers.count(200)] == [stored(app)]

    def test_refuses_an_unknown_wave(self, voter: Callable[..., Voter]) -> None:
        person = voter()
        ballot = person.ballot()
        person.wave_id = 999

        assert person.cast(ballot).status_code == 404

    @pytest.mark.parametrize(
        "changes",
        [
            {"answers": {**ANSWERS, "LEAD-01": 6}},
            {"answers": {"LEAD-01": 4}},
            {"answers": {**ANSWERS, "OTHER": 4}},
            {"comments": {"OPEN-1": "x" * 1001}},
            {"comments": {"LEAD-01": "x"}},
        ],
    )
    def test_refuses_answers_that_do_not_fit_the_questions(
        self, app: Flask, voter: Callable[..., Voter], changes: dict[str, Any]
    ) -> None:
        person = voter()
        ballot = person.ballot()

        response = person.cast({**ballot, **changes})

        assert response.status_code == 422
        assert stored(app) == 0
        assert person.cast(ballot).status_code == 200

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"group": 1}'])
    def test_refuses_what_is_no_ballot(
        self, app: Flask, open_wave: int, voter: Callable[..., Voter], body: bytes
    ) -> None:
        response = voter().client.post(f"/urn/{open_wave}/cast", data=body)

        assert response.status_code == 400
        assert response.get_json()["error"] == "BallotMalformed"

    def test_refuses_an_oversized_body(self, app: Flask, voter: Callable[..., Voter]) -> None:
        person = voter()

        response = person.cast(person.ballot(comments={"OPEN-1": "x" * 70_000}))

        assert response.status_code == 413
        assert stored(app) == 0

    def test_a_body_of_untold_length_is_cut_off(
        self, app: Flask, open_wave: int, voter: Callable[..., Voter]
    ) -> None:
        import io

        response = voter().client.post(
            f"/urn/{open_wave}/cast",
            input_stream=io.BytesIO(b"x" * 200_000),
            environ_overrides={"wsgi.input_terminated": True},
        )

        assert response.status_code == 413

    def test_writes_no_log(
        self, app: Flask, voter: Callable[..., Voter], caplog: pytest.LogCaptureFixture
    ) -> None:
        app.testing = False
        person = voter()
        ballot = person.ballot()
        caplog.clear()
        caplog.set_level(0)

        person.cast(ballot)
        person.cast({**ballot, "signature": ""})
        for number in (2**31, 2**63, 10**20, "9" * 5000):
            assert person.client.post(f"/urn/{number}/cast").status_code == 404
        for field, value in [*((field, "\ud800") for field in ballot), ("group", 2**63)]:
            odd = json.dumps({**ballot, field: value})
            answer = person.client.post(f"/urn/{person.wave_id}/cast", data=odd)
            assert 400 <= answer.status_code < 500, field

        assert [record.name for record in caplog.records] == []


class TestClear:
    def test_empties_the_urn_of_one_wave(self, app: Flask, voter: Callable[..., Voter]) -> None:
        for number in range(2):
            person = voter(number)
            person.cast(person.ballot())

        with app.app_context():
            with transaction():
                assert service.clear(person.wave_id + 1) == 0
                assert service.clear(person.wave_id) == 2
            assert queries.sealed_ballots(person.wave_id) == []


class TestSealedBallots:
    def test_come_in_the_order_of_chance(self, app: Flask, voter: Callable[..., Voter]) -> None:
        for number in range(4):
            person = voter(number)
            person.cast(person.ballot())

        with app.app_context():
            hashes = [each.serial_hash for each in queries.sealed_ballots(person.wave_id)]
        assert len(hashes) == 4
        assert hashes == sorted(hashes)
