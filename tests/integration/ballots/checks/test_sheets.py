"""The page by which anybody can check that everybody got the same survey."""

import json
import re
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from employee_pulse.ballots.register import jobs
from employee_pulse.ballots.register.models import Roll
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db, transaction
from employee_pulse.surveys.models import Program, Wave
from tests.integration.ballots.company import make_wave

pytestmark = pytest.mark.database


def change_wave(app: Flask, **values: object) -> None:
    with app.app_context(), transaction():
        db.session.execute(update(Wave).values(**values))


def forget_the_roll(app: Flask) -> None:
    with app.app_context(), transaction():
        for table in reversed(Roll.metadata.sorted_tables):
            if table.name in {"roll_entry", "reporting_group", "roll"}:
                db.session.execute(delete(table))


@pytest.fixture
def next_wave(app: Flask, open_wave: int, key_dir: Path) -> int:
    """The program's wave after the open one, with a roll of its own."""
    now = clock.now()
    with app.app_context():
        with transaction():
            db.session.execute(update(Wave).values(closed_at=now, period="2026-01"))
            program = db.session.scalars(select(Program)).one()
            wave_id = make_wave(
                key_dir, opened_at=now, closes_at=now + timedelta(days=9), program=program
            )
        jobs.draw_rolls(now)
    return wave_id


class TestCheck:
    def test_says_what_stands_on_the_sheet(self, client: FlaskClient, open_wave: int) -> None:
        sheet = client.get(f"/ballot/{open_wave}/sheet.json").data

        page = client.get(f"/ballot/{open_wave}/check").text

        assert sha256(sheet).hexdigest() in page.replace(" ", "")
        groups = re.findall(
            r'<th scope="row"><span lang="ko">(.*?)</span>.*?<td class="num">(\d+)', page
        )
        assert groups == [
            (group["label"]["ko"], str(group["eligible"])) for group in json.loads(sheet)["groups"]
        ]
        assert "scores 5 people, distributions and eNPS 10, comments 10" in page
        assert f"curl -s http://localhost/ballot/{open_wave}/sheet.json | sha256sum" in page
        assert "This is the program’s first wave" in page
        assert "moved since" not in page

    def test_says_the_same_as_json_without_the_keys(
        self, client: FlaskClient, open_wave: int
    ) -> None:
        sheet = client.get(f"/ballot/{open_wave}/sheet.json")

        facts = client.get(f"/ballot/{open_wave}/check.json").get_json()

        assert facts["sheet_hash"] == sha256(sheet.data).hexdigest()
        assert facts["wave"] == open_wave
        assert facts["earlier"] == []
        on_sheet = sheet.get_json()
        for name in ("closes_at", "questions", "thresholds"):
            assert facts[name] == on_sheet[name]
        assert facts["groups"] == [
            {name: group[name] for name in ("id", "label", "eligible")}
            for group in on_sheet["groups"]
        ]

    def test_is_the_same_for_everybody_and_as_strict_as_the_ballot(
        self, app: Flask, client: FlaskClient, open_wave: int
    ) -> None:
        address = f"/ballot/{open_wave}/check"
        strangers = [{"Accept-Language": "en"}, {"Cookie": "pulse_session=x"}, {}]

        pages = {app.test_client().get(address, headers=each).data for each in strangers}

        assert len(pages) == 1
        response = client.get(address)
        ballot = client.get(f"/ballot/{open_wave}")
        for name in ("Content-Security-Policy", "Referrer-Policy", "Cache-Control"):
            assert response.headers[name] == ballot.headers[name]
        assert "Set-Cookie" not in response.headers
        page = response.text
        linked = page.count("<script") + page.count('rel="stylesheet"')
        assert page.count('" integrity="sha384-') == linked
        assert " style=" not in page

    def test_leads_back_through_the_chain(
        self, app: Flask, client: FlaskClient, open_wave: int, next_wave: int
    ) -> None:
        first = sha256(client.get(f"/ballot/{open_wave}/sheet.json").data).hexdigest()

        page = client.get(f"/ballot/{next_wave}/check").text
        facts = client.get(f"/ballot/{next_wave}/check.json").get_json()

        assert facts["earlier"] == [{"wave": open_wave, "period": "2026-01", "sheet_hash": first}]
        assert f'data-hash="{first}" data-sheet="/ballot/{open_wave}/sheet.json"' in page
        assert f'href="/ballot/{open_wave}/check"' in page

    def test_says_where_the_chain_leads_away(
        self, app: Flask, client: FlaskClient, open_wave: int, next_wave: int
    ) -> None:
        with app.app_context(), transaction():
            roll = db.session.get_one(Roll, open_wave)
            named, roll.sheet_hash = roll.sheet_hash, "0" * 64

        facts = client.get(f"/ballot/{next_wave}/check.json").get_json()

        assert facts["earlier"] == [{"wave": None, "period": None, "sheet_hash": named}]
        assert "A wave that is not on this server" in client.get(f"/ballot/{next_wave}/check").text

    def test_stays_when_the_survey_is_over(
        self, app: Flask, client: FlaskClient, open_wave: int
    ) -> None:
        before = client.get(f"/ballot/{open_wave}/check").text
        change_wave(app, closed_at=clock.now())

        assert client.get(f"/ballot/{open_wave}/check").text == before

    def test_says_that_the_closing_was_moved(
        self, app: Flask, client: FlaskClient, open_wave: int
    ) -> None:
        change_wave(app, closes_at=clock.now() + timedelta(days=20))

        assert "moved since to" in client.get(f"/ballot/{open_wave}/check").text

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"opened_at": None}, "Not open yet"),
            ({}, "Not open yet"),
            ({"closed_at": clock.now()}, "This wave has no sheet"),
            ({"imported_at": clock.now(), "opened_at": None}, "This wave has no sheet"),
        ],
        ids=["planned", "open without a roll", "closed without a roll", "held elsewhere"],
    )
    def test_says_why_there_is_no_sheet(
        self, app: Flask, client: FlaskClient, open_wave: int, values: dict[str, object], words: str
    ) -> None:
        forget_the_roll(app)
        if values:
            change_wave(app, **values)

        page = client.get(f"/ballot/{open_wave}/check").text

        assert words in page
        assert "check.js" not in page
        assert client.get(f"/ballot/{open_wave}/check.json").status_code == 404

    def test_there_is_none_of_an_unknown_wave(self, client: FlaskClient) -> None:
        assert client.get("/ballot/999/check").status_code == 404
        assert client.get("/ballot/999/check.json").status_code == 404
