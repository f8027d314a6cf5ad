"""The ballot page and the register's one question, with everything it refuses."""

import json
from collections.abc import Callable
from hashlib import sha256

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import OperationalError

from employee_pulse.anonymity import blinding
from employee_pulse.anonymity import service as keys
from employee_pulse.ballots.protocol import key_purpose
from employee_pulse.ballots.register import queries, service
from employee_pulse.ballots.register.models import Roll, RollEntry
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db, transaction
from employee_pulse.surveys.models import Wave
from tests.integration.ballots.company import Voter, at_once

pytestmark = pytest.mark.database


def change_wave(app: Flask, **values: object) -> None:
    with app.app_context(), transaction():
        db.session.execute(update(Wave).values(**values))


def taken(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(RollEntry.blinded_hash))) or 0


class TestBallotPage:
    def test_is_the_same_for_everybody(self, app: Flask, open_wave: int) -> None:
        strangers = [
            {"Accept-Language": "ko"},
            {"Accept-Language": "en", "User-Agent": "another"},
            {"Cookie": "pulse_session=x"},
        ]

        pages = {
            app.test_client().get(f"/ballot/{open_wave}", headers=headers).data
            for headers in strangers
        }
        pages.add(app.test_client().get(f"/ballot/{open_wave}?lang=en").data)

        assert len(pages) == 1

    def test_has_both_languages_and_the_promise_word_for_word(
        self, client: FlaskClient, open_wave: int
    ) -> None:
        page = client.get(f"/ballot/{open_wave}").text

        assert "Question LEAD-01" in page
        assert "LEAD-01 문항" in page
        assert (
            "Your browser makes the ballot number; we sign it without seeing it. Once the survey "
            "has closed, nobody can work out from our database, logs, backups or keys which "
            "answers are yours: you are hidden among the colleagues of your group who answered. "
            "We cannot hide you from someone who watches or alters this server or your device "
            "while you answer, or from what you write in comments."
        ) in page

    def test_sets_no_cookie_and_lets_no_referrer_out(
        self, client: FlaskClient, open_wave: int
    ) -> None:
        response = client.get(f"/ballot/{open_wave}")

        assert "Set-Cookie" not in response.headers
        assert response.headers["Referrer-Policy"] == "no-referrer"
        policy = response.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        assert "require-trusted-types-for 'script'" in policy

    def test_scripts_and_sheets_carry_their_checksum(
        self, client: FlaskClient, open_wave: int
    ) -> None:
        page = client.get(f"/ballot/{open_wave}").text

        assert page.count("<script") == page.count('" integrity="sha384-') - page.count(
            'rel="stylesheet"'
        )
        assert "<style" not in page
        assert " style=" not in page

    def test_shows_everybody_the_value_to_compare(
        self, app: Flask, client: FlaskClient, open_wave: int
    ) -> None:
        with app.app_context():
            value = queries.roll(open_wave).sheet_hash  # type: ignore[union-attr]

        assert value in client.get(f"/ballot/{open_wave}").text.replace(" ", "")

    def test_stores_nothing(self, app: Flask, client: FlaskClient, open_wave: int) -> None:
        client.get(f"/ballot/{open_wave}")

        assert taken(app) == 0

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"opened_at": None}, "아직 준비 중입니다"),
            ({"closed_at": clock.now()}, "설문이 마감되었습니다"),
            ({"closes_at": clock.now()}, "설문이 마감되었습니다"),
        ],
        ids=["not yet open", "closed", "past its closing"],
    )
    def test_says_why_it_takes_no_answers(
        self, app: Flask, client: FlaskClient, open_wave: int, values: dict[str, object], words: str
    ) -> None:
        change_wave(app, **values)

        page = client.get(f"/ballot/{open_wave}").text

        assert words in page
        assert "<form" not in page

    def test_is_not_ready_until_the_roll_is_drawn(
        self, app: Flask, client: FlaskClient, open_wave: int
    ) -> None:
        with app.app_context(), transaction():
            for table in reversed(Roll.metadata.sorted_tables):
                if table.name in {"roll_entry", "reporting_group", "roll"}:
                    db.session.execute(delete(table))

        assert "아직 준비 중입니다" in client.get(f"/ballot/{open_wave}").text

    def test_leads_to_the_results_once_they_are_out(
        self, app: Flask, client: FlaskClient, open_wave: int
    ) -> None:
        change_wave(app, closed_at=clock.now())
        with app.app_context():
            with transaction():
                service.clear(open_wave)
            sheet_hash = queries.roll(open_wave).sheet_hash  # type: ignore[union-attr]

        page = client.get(f"/ballot/{open_wave}").text

        assert "결과가 나왔습니다" in page
        assert f"/results/{sheet_hash}" in page

    def test_there_is_none_of_an_unknown_wave(self, client: FlaskClient) -> None:
        assert client.get("/ballot/999").status_code == 404


class TestSheet:
    def test_is_the_hashed_text_byte_for_byte(
        self, app: Flask, client: FlaskClient, open_wave: int
    ) -> None:
        response = client.get(f"/ballot/{open_wave}/sheet.json")

        with app.app_context():
            expected = queries.roll(open_wave).sheet_hash  # type: ignore[union-attr]
        assert sha256(response.data).hexdigest() == expected
        assert response.mimetype == "application/json"
        assert "Set-Cookie" not in response.headers

    def test_there_is_none_of_an_unknown_wave(self, client: FlaskClient) -> None:
        assert client.get("/ballot/999/sheet.json").status_code == 404


class TestSign:
    def test_gives_a_signature_that_unblinds(self, voter: Callable[..., Voter]) -> None:
        person = voter()

        response = person.sign()

        assert response.status_code == 200
        answer = bytes.fromhex(response.get_json()["signature"])
        assert blinding.finalize(person.key, person.prepared, answer, person.blinded.inverse)
        assert "Set-Cookie" not in response.headers
        assert response.headers["Cache-Control"] == "no-store"

    def test_marks_the_entry_and_keeps_neither_moment_nor_message(
        self, app: Flask, voter: Callable[..., Voter]
    ) -> None:
        person = voter()

        person.sign()

        with app.app_context():
            entry = db.session.scalars(
                select(RollEntry).where(RollEntry.blinded_hash.is_not(None))
            ).one()
            assert entry.blinded_hash == sha256(person.blinded.message).digest()
        assert set(RollEntry.__table__.columns.keys()) == {
            *("wave_id", "employee_id", "group_id", "token_hash", "invited", "blinded_hash"),
            "draws_paper",
        }

    def test_gives_the_same_signature_after_a_lost_response(
        self, app: Flask, voter: Callable[..., Voter]
    ) -> None:
        person = voter()

        first, second = person.sign(), person.sign()

        assert second.status_code == 200
        assert first.get_json() == second.get_json()
        assert taken(app) == 1

    def test_refuses_a_second_ballot(self, app: Flask, voter: Callable[..., Voter]) -> None:
        voter(0).sign()

        response = voter(0).sign()

        assert response.status_code == 409
        assert response.get_json()["error"] == "BallotTaken"
        assert taken(app) == 1

    def test_of_two_tabs_one_gets_a_ballot(self, app: Flask, voter: Callable[..., Voter]) -> None:
        tabs = [voter(0), voter(0), voter(0)]

        answers = at_once(app, lambda tab: tabs[tab].sign().status_code, workers=3)

        assert sorted(answers, key=str) == [200, 409, 409]

    @pytest.mark.parametrize("token", ["", "1-unknown", "x" * 500, "가"])
    def test_refuses_an_unknown_invitation(
        self, app: Flask, voter: Callable[..., Voter], token: str
    ) -> None:
        person = voter()
        person.token = token

        response = person.sign()

        assert response.status_code == 403
        assert response.get_json()["error"] == "InvitationUnknown"
        assert taken(app) == 0

    def test_refuses_the_invitation_of_another_group(
        self, app: Flask, voter: Callable[..., Voter]
    ) -> None:
        person = voter()
        person.token = "999-" + person.token.split("-", 1)[1]

        assert person.sign().status_code == 403

    @pytest.mark.parametrize(
        "values",
        [{"closed_at": clock.now()}, {"closes_at": clock.now()}, {"opened_at": None}],
        ids=["closed", "past its closing", "not yet open"],
    )
    def test_refuses_when_the_wave_is_not_open(
        self, app: Flask, voter: Callable[..., Voter], values: dict[str, object]
    ) -> None:
        person = voter()
        change_wave(app, **values)

        assert person.sign().status_code == 410
        assert taken(app) == 0

    def test_refuses_when_the_keys_are_gone(
        self, app: Flask, open_wave: int, voter: Callable[..., Voter]
    ) -> None:
        person = voter()
        with app.app_context(), transaction():
            keys.destroy_keys(key_purpose(open_wave), now=clock.now())

        assert person.sign().status_code == 410
        assert taken(app) == 0

    def test_refuses_an_unknown_wave(self, voter: Callable[..., Voter]) -> None:
        person = voter()
        person.wave_id = 999

        assert person.sign().status_code == 404

    @pytest.mark.parametrize("length", [0, 255, 257])
    def test_a_message_of_another_length_costs_nobody_their_ballot(
        self, app: Flask, client: FlaskClient, voter: Callable[..., Voter], length: int
    ) -> None:
        person = voter()

        response = client.post(
            f"/register/{person.wave_id}/sign",
            json={"token": person.token, "blinded": "00" * length},
        )

        assert response.status_code == 400
        assert taken(app) == 0
        assert person.sign().status_code == 200

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"[]",
            b"null",
            b'{"token": "x"}',
            b'{"token": "x", "blinded": 5}',
            b'{"token": "x", "blinded": "zz"}',
            b"\xff",
        ],
    )
    def test_refuses_what_cannot_be_read(
        self, client: FlaskClient, open_wave: int, body: bytes
    ) -> None:
        response = client.post(f"/register/{open_wave}/sign", data=body)

        assert response.status_code == 400
        assert response.get_json()["error"] == "RequestMalformed"

    def test_refuses_a_large_body(self, client: FlaskClient, open_wave: int) -> None:
        response = client.post(
            f"/register/{open_wave}/sign", data=json.dumps({"token": "x" * 5000, "blinded": ""})
        )

        assert response.status_code == 413

    def test_writes_no_log(
        self, app: Flask, voter: Callable[..., Voter], caplog: pytest.LogCaptureFixture
    ) -> None:
        app.testing = False
        person = voter()
        caplog.clear()
        caplog.set_level(0)

        person.sign()
        voter(0).sign()
        malformed = person.client.post(
            f"/register/{person.wave_id}/sign", data=b'{"token": "\\ud800", "blinded": "00"}'
        )
        for number in (2**31, 2**63, 10**20, "9" * 5000):
            assert person.client.get(f"/ballot/{number}").status_code == 404
            assert person.client.get(f"/ballot/{number}/sheet.json").status_code == 404
            assert person.client.post(f"/register/{number}/sign").status_code == 404

        assert malformed.get_json()["error"] == "RequestMalformed"
        assert [record.name for record in caplog.records if "asyncio" not in record.name] == []

    @pytest.mark.parametrize(
        ("error", "status"),
        [(RuntimeError(), 500), (OperationalError("SELECT", None, Exception()), 503)],
        ids=["unexpected", "database"],
    )
    def test_an_error_writes_no_log_either(
        self,
        app: Flask,
        voter: Callable[..., Voter],
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        error: Exception,
        status: int,
    ) -> None:
        app.testing = False
        person = voter()

        def fail(*args: object, **kwargs: object) -> None:
            raise error

        monkeypatch.setattr(service, "issue_signature", fail)
        caplog.clear()
        caplog.set_level(0)

        answer = person.client.post(
            f"/register/{person.wave_id}/sign", json={"token": "t", "blinded": "00"}
        )

        assert answer.status_code == status
        assert [record.name for record in caplog.records] == []


class TestClear:
    def test_leaves_no_row_of_any_person(
        self, app: Flask, open_wave: int, voter: Callable[..., Voter]
    ) -> None:
        voter().sign()

        with app.app_context():
            with transaction():
                service.clear(open_wave)
            roll = queries.roll(open_wave)
            assert db.session.scalar(select(func.count()).select_from(RollEntry)) == 0
            assert roll is not None
            assert roll.wrapped_token_key is None
            assert queries.groups(open_wave)

    def test_leaves_other_waves_alone(self, app: Flask, open_wave: int) -> None:
        with app.app_context():
            with transaction():
                service.clear(open_wave + 1)
            assert queries.participation(open_wave).eligible == 29


class TestParticipation:
    def test_counts_those_who_took_a_ballot(
        self, app: Flask, open_wave: int, voter: Callable[..., Voter]
    ) -> None:
        for number in range(3):
            voter(number).sign()

        with app.app_context():
            found = queries.participation(open_wave)
            issued = sum(group.issued for group in queries.groups(open_wave))
        assert (found.eligible, found.taken) == (29, 3)
        assert issued == 3

    def test_lists_everybody_with_an_address(self, app: Flask, open_wave: int) -> None:
        with app.app_context():
            people = queries.everyone(open_wave)

        assert len(people) == 29
        assert people[0] == (people[0][0], "person1@example.com", "ko")
