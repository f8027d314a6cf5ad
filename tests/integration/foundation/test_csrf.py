"""Forms are sent with a token of one's own session; ballots are sent without any."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from config import Config, TestConfig
from employee_pulse.app import create_app
from employee_pulse.foundation.db import db
from tests.factories import signed_in_client

HOURS = 3600


@pytest.fixture
def guarded(database_url: str, key_dir: Path) -> Iterator[Flask]:
    config = TestConfig(database_url=database_url, key_dir=str(key_dir))
    config.WTF_CSRF_ENABLED = True
    app = create_app(config)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def hr(guarded: Flask) -> FlaskClient:
    return signed_in_client(guarded, "hr")


def add_holiday(client: FlaskClient, token: str | None) -> int:
    form = {"day": "2026-12-24", "name": "Eve"} | ({"csrf_token": token} if token else {})
    return client.post("/app/holidays", data=form).status_code


def token_of(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/app/account").text)
    assert found is not None
    return found[1]


def test_a_form_without_the_token_of_its_session_changes_nothing(
    guarded: Flask, hr: FlaskClient
) -> None:
    of_another = token_of(signed_in_client(guarded, "administrator"))

    assert add_holiday(hr, None) == 400
    assert add_holiday(hr, of_another) == 400
    assert "Eve" not in hr.get("/app/holidays?year=2026").text
    assert add_holiday(hr, token_of(hr)) == 302


def test_a_form_that_was_open_for_hours_is_still_taken(guarded: Flask, hr: FlaskClient) -> None:
    """What somebody has typed meanwhile would be lost; the session ends by itself."""

    class LongAgo(TimestampSigner):
        def get_timestamp(self) -> int:
            return super().get_timestamp() - 7 * HOURS

    present = URLSafeTimedSerializer(guarded.secret_key, salt="wtf-csrf-token")
    old = URLSafeTimedSerializer(guarded.secret_key, salt="wtf-csrf-token", signer=LongAgo)

    assert add_holiday(hr, old.dumps(present.loads(token_of(hr)))) == 302


def test_ballots_need_no_token(guarded: Flask) -> None:
    client = guarded.test_client()

    errors = [
        (client.post(address, json={}).json or {})["error"]
        for address in ("/register/1/sign", "/urn/1/cast")
    ]

    assert errors == ["RequestMalformed", "BallotMalformed"]


def test_the_configuration_in_earnest_asks_for_tokens() -> None:
    assert not hasattr(Config(secret_key="x"), "WTF_CSRF_ENABLED")
