"""The kiosk: number and code together admit, and nothing else says anything."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from config import TestConfig
from employee_pulse.app import create_app
from employee_pulse.auth.wiring import limiter
from employee_pulse.ballots.register import kiosk
from employee_pulse.ballots.register.letters import PersonalLetter, write_letters
from employee_pulse.ballots.register.models import RollEntry
from employee_pulse.ballots.register.service import clear
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db, transaction
from employee_pulse.surveys.models import Wave
from tests.integration.ballots.company import LINK, Voter, open_company

pytestmark = pytest.mark.database


@pytest.fixture
def kiosk_wave(app: Flask, key_dir: Path) -> int:
    return open_company(app, key_dir, now=clock.now(), sizes=(3, 12, 14), without_email=14)


@pytest.fixture
def letters(app: Flask, kiosk_wave: int) -> list[PersonalLetter]:
    """By employee number."""
    with app.app_context(), transaction():
        written = write_letters(
            kiosk_wave,
            base_url="http://localhost",
            secret=app.config["SECRET_KEY"],
            now=clock.now(),
        )
    return sorted(written, key=lambda letter: letter.number)


@pytest.fixture
def ask(app: Flask, kiosk_wave: int) -> Callable[..., tuple[int, dict[str, object]]]:
    """``ask(number, code)``: status and answer."""

    def post(number: object, code: object) -> tuple[int, dict[str, object]]:
        client = app.test_client(use_cookies=False)
        answer = client.post(f"/register/{kiosk_wave}/kiosk", json={"number": number, "code": code})
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.status_code, answer.get_json()

    return post


Ask = Callable[..., tuple[int, dict[str, object]]]


class TestKiosk:
    def test_gives_the_invitation_of_the_letter(
        self, app: Flask, kiosk_wave: int, letters: list[PersonalLetter], ask: Ask
    ) -> None:
        status, answer = ask(letters[0].number, letters[0].kiosk_code)

        token = LINK.search(letters[0].link)[2]  # type: ignore[index]
        assert (status, answer) == (200, {"token": token, "group": int(token.split("-")[0])})
        person = Voter(app.test_client(use_cookies=False), kiosk_wave, token)
        assert person.cast(person.ballot()).status_code == 200

    def test_reads_both_as_people_type_them(self, letters: list[PersonalLetter], ask: Ask) -> None:
        number, code = letters[0].number, letters[0].kiosk_code

        assert ask(f" {number.lower()} ", code.lower().replace("-", " "))[0] == 200

    def test_says_the_same_whatever_is_wrong(
        self, app: Flask, kiosk_wave: int, letters: list[PersonalLetter], ask: Ask
    ) -> None:
        first, other = letters[0], letters[1]
        wrong = [
            (first.number, other.kiosk_code),
            (first.number, "0" * 12),
            (first.number, ""),
            (first.number, "가나다"),
            ("E999", first.kiosk_code),
            ("", first.kiosk_code),
            ("%", first.kiosk_code),
            ("0", "0" * 12),
        ]

        answers = {json.dumps(ask(number, code)) for number, code in wrong}

        assert len(answers) == 1
        status, answer = json.loads(answers.pop())
        assert (status, answer["error"]) == (403, "KioskCodeWrong")

    def test_does_not_say_whether_a_ballot_was_taken(
        self, app: Flask, kiosk_wave: int, letters: list[PersonalLetter], ask: Ask
    ) -> None:
        before = ask(letters[0].number, letters[0].kiosk_code)
        Voter(app.test_client(use_cookies=False), kiosk_wave, str(before[1]["token"])).sign()

        assert ask(letters[0].number, letters[0].kiosk_code) == before

    def test_keeps_nothing(
        self, app: Flask, kiosk_wave: int, letters: list[PersonalLetter], ask: Ask
    ) -> None:
        def rows() -> list[object]:
            with app.app_context():
                return [tuple(row) for row in db.session.execute(select(RollEntry.__table__))]

        before = rows()
        ask(letters[0].number, letters[0].kiosk_code)
        ask(letters[0].number, "0" * 12)

        assert rows() == before

    def test_who_draws_a_slip_is_not_admitted(
        self, app: Flask, letters: list[PersonalLetter], ask: Ask
    ) -> None:
        with app.app_context(), transaction():
            db.session.execute(update(RollEntry).values(draws_paper=True))

        assert ask(letters[0].number, letters[0].kiosk_code)[0] == 403

    def test_a_closed_wave_admits_nobody(
        self, app: Flask, letters: list[PersonalLetter], ask: Ask
    ) -> None:
        with app.app_context(), transaction():
            db.session.execute(update(Wave).values(closed_at=clock.now()))

        status, answer = ask(letters[0].number, letters[0].kiosk_code)

        assert (status, answer["error"]) == (410, "WaveClosed")

    def test_a_published_wave_admits_nobody(
        self, app: Flask, kiosk_wave: int, letters: list[PersonalLetter], ask: Ask
    ) -> None:
        with app.app_context(), transaction():
            clear(kiosk_wave)

        status, answer = ask(letters[0].number, letters[0].kiosk_code)

        assert (status, answer["error"]) == (410, "WaveClosed")

    def test_refuses_what_cannot_be_read(self, client: FlaskClient, kiosk_wave: int) -> None:
        for body in (
            *(b"", b"[]", b"{}", b'{"number": "E1"}', b'{"number": 1, "code": "x"}'),
            *(b'{"number": "\\ud800", "code": "x"}', b'{"number": null, "code": "x"}'),
        ):
            answer = client.post(f"/register/{kiosk_wave}/kiosk", data=body)
            assert (answer.status_code, answer.get_json()["error"]) == (400, "RequestMalformed")

    def test_refuses_a_large_body(self, client: FlaskClient, kiosk_wave: int) -> None:
        answer = client.post(
            f"/register/{kiosk_wave}/kiosk", json={"number": "1" * 5000, "code": ""}
        )

        assert answer.status_code == 413

    def test_an_unknown_number_is_compared_as_well(
        self,
        app: Flask,
        letters: list[PersonalLetter],
        ask: Ask,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Or the time of the answer would tell which numbers there are."""
        made: list[object] = []
        make = kiosk.kiosk_code

        def counted(*args: object, **kwargs: object) -> str:
            made.append(1)
            return make(*args, **kwargs)  # type: ignore[arg-type]

        monkeypatch.setattr(kiosk, "kiosk_code", counted)
        ask(letters[0].number, "0" * 12)
        ask("E999", "0" * 12)

        assert len(made) == 2

    def test_writes_no_log(
        self,
        app: Flask,
        kiosk_wave: int,
        letters: list[PersonalLetter],
        ask: Ask,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        app.testing = False
        caplog.set_level(0)

        ask(letters[0].number, letters[0].kiosk_code)
        ask(letters[0].number, "0" * 12)
        app.test_client().get(f"/ballot/{kiosk_wave}/kiosk")

        assert [record.name for record in caplog.records if "asyncio" not in record.name] == []


class TestPage:
    def test_is_the_same_for_everybody_and_stays_nowhere(self, app: Flask, kiosk_wave: int) -> None:
        client = app.test_client()
        client.set_cookie("pulse_session", "signed-in", path="/app")
        first = client.get(f"/ballot/{kiosk_wave}/kiosk")
        other = app.test_client().get(
            f"/ballot/{kiosk_wave}/kiosk", headers={"Accept-Language": "en"}
        )

        assert first.status_code == 200
        assert first.data == other.data
        assert "Set-Cookie" not in first.headers
        assert first.headers["Cache-Control"] == "no-store"
        assert first.headers["Referrer-Policy"] == "no-referrer"
        assert "unsafe" not in first.headers["Content-Security-Policy"]
        scripts = re.findall(r"<script[^>]*>", first.text)
        assert scripts
        assert all("integrity=" in script for script in scripts)

    def test_leads_nowhere_else(self, app: Flask, kiosk_wave: int) -> None:
        """A link would leave a page in the history of a device that others use."""
        assert "<a href" not in app.test_client().get(f"/ballot/{kiosk_wave}/kiosk").text.replace(
            '<a class="skip" href="#main">', ""
        )

    def test_of_a_closed_wave(self, app: Flask, kiosk_wave: int) -> None:
        with app.app_context(), transaction():
            db.session.execute(update(Wave).values(closed_at=clock.now()))

        page = app.test_client().get(f"/ballot/{kiosk_wave}/kiosk")

        assert "This survey has closed" in page.text
        assert page.headers["Cache-Control"] == "no-store"


class TestLimits:
    @pytest.fixture
    def limited(self, app: Flask, key_dir: Path, kiosk_wave: int) -> Iterator[FlaskClient]:
        """A client of the same database with limits on tries."""
        config = TestConfig(
            database_url=app.config["SQLALCHEMY_DATABASE_URI"], key_dir=str(key_dir)
        )
        config.RATELIMIT_ENABLED = True
        limited = create_app(config)
        yield limited.test_client(use_cookies=False)
        with limited.app_context():
            db.session.remove()
            db.engine.dispose()

    def test_a_number_is_tried_ten_times(
        self, kiosk_wave: int, letters: list[PersonalLetter], limited: FlaskClient
    ) -> None:
        def ask(number: str, code: str) -> int:
            fields = {"number": number, "code": code}
            return limited.post(f"/register/{kiosk_wave}/kiosk", json=fields).status_code

        number = letters[0].number
        assert {ask(number, "0" * 12) for _ in range(10)} == {403}
        assert ask(number, letters[0].kiosk_code) == 429
        assert ask(f" {number.lower()}", letters[0].kiosk_code) == 429
        assert ask(letters[1].number, letters[1].kiosk_code) == 200

    def test_a_limit_names_nobody(
        self, kiosk_wave: int, letters: list[PersonalLetter], limited: FlaskClient
    ) -> None:
        fields = {"number": letters[0].number, "code": "0" * 12}
        limited.post(f"/register/{kiosk_wave}/kiosk", json=fields)

        counted = " ".join(map(str, limiter.storage.storage))
        assert "kiosk" in counted
        assert letters[0].number not in counted

    def test_what_cannot_be_read_is_refused_as_ever(
        self, kiosk_wave: int, limited: FlaskClient
    ) -> None:
        answer = limited.post(f"/register/{kiosk_wave}/kiosk", data=b"{")

        assert (answer.status_code, answer.get_json()["error"]) == (400, "RequestMalformed")
