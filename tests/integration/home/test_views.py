"""The first screens: who sees what, in which language, and whether the house is healthy."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db, transaction
from employee_pulse.notifications.service import enqueue_mail

SignIn = Callable[..., FlaskClient]


class TestLanding:
    def test_is_open_and_sets_no_cookie(self, client: FlaskClient) -> None:
        answer = client.get("/")

        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers

    @pytest.mark.parametrize(
        ("asked", "headers", "language"),
        [
            ("", {}, "ko"),
            ("", {"Accept-Language": "en-US,en;q=0.9"}, "en"),
            ("?lang=ko", {"Accept-Language": "en"}, "ko"),
            ("?lang=tlh", {"Accept-Language": "en"}, "en"),
        ],
    )
    def test_speaks_the_language_asked_for(
        self, client: FlaskClient, asked: str, headers: dict[str, str], language: str
    ) -> None:
        answer = client.get(f"/{asked}", headers=headers)

        assert f'<html lang="{language}">' in answer.text


class TestSetLanguage:
    def test_is_remembered_and_leads_back(self, sign_in: SignIn) -> None:
        client = sign_in("hr")

        answer = client.get("/app/language?lang=ko&next=/app/design?x=1")

        assert answer.location == "/app/design?x=1"
        assert '<html lang="ko">' in client.get("/app/design").text

    @pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/", ""])
    def test_leads_nowhere_outside_of_the_application(
        self, client: FlaskClient, elsewhere: str
    ) -> None:
        answer = client.get("/app/language", query_string={"lang": "en", "next": elsewhere})

        assert answer.location == "/app/"

    def test_ignores_a_language_we_do_not_speak(self, sign_in: SignIn) -> None:
        client = sign_in("hr")
        client.get("/app/language?lang=fr")

        assert '<html lang="en">' in client.get("/app/design").text


class TestNavigation:
    def test_shows_each_role_what_it_may_open(self, sign_in: SignIn) -> None:
        hr, administrator = (sign_in(role).get("/app/").text for role in ("hr", "administrator"))

        assert "Question bank" in hr
        assert 'href="/app/accounts"' not in hr
        assert "Question bank" not in administrator
        assert 'href="/app/accounts"' in administrator

    def test_marks_the_entry_of_the_page(self, sign_in: SignIn) -> None:
        page = sign_in("hr").get("/app/holidays").text

        assert page.count('aria-current="page"') == 1
        assert 'href="/app/holidays" aria-current="page"' in page


class TestErrorPages:
    @pytest.mark.parametrize(
        ("path", "status", "words"),
        [
            ("/nowhere", 404, "There is no page here"),
            ("/app/accounts", 403, "This page is not for your role"),
            ("/app/sign-out", 405, "This address cannot be opened like that"),
        ],
    )
    def test_say_what_to_do(self, sign_in: SignIn, path: str, status: int, words: str) -> None:
        answer = sign_in("hr").get(path, headers={"Accept-Language": "en"})

        assert answer.status_code == status
        assert words in answer.text
        assert "Back to the start" in answer.text


class TestHealth:
    def test_the_process_answers_without_a_database(self, client: FlaskClient) -> None:
        assert client.get("/healthz").text == "ok\n"

    def test_is_ready_when_everything_is_there(self, app: Flask, client: FlaskClient) -> None:
        prepare(app)

        answer = client.get("/readyz")

        assert answer.status_code == 200
        assert answer.json == {
            "ready": True,
            "database": True,
            "migrations": True,
            "outbox_waits_s": 0,
        }

    def test_is_not_ready_before_the_migrations(self, app: Flask, client: FlaskClient) -> None:
        prepare(app, revision="an older one")

        answer = client.get("/readyz")

        assert (answer.status_code, answer.json["migrations"]) == (503, False)

    def test_a_web_process_needs_no_key_folder(self, app: Flask, client: FlaskClient) -> None:
        prepare(app)
        shutil.rmtree(app.config["KEY_DIR"], ignore_errors=True)

        assert client.get("/readyz").status_code == 200

    def test_says_how_long_the_outbox_waits(self, app: Flask, client: FlaskClient) -> None:
        prepare(app)
        with app.app_context(), transaction():
            enqueue_mail(
                kind="invitation",
                recipient="someone@example.com",
                subject="Subject",
                body="Body",
                idempotency_key="one",
                now=clock.now() - timedelta(seconds=90),
            )

        assert client.get("/readyz").json["outbox_waits_s"] == pytest.approx(90, abs=30)


def prepare(app: Flask, *, revision: str | None = None) -> None:
    """A private key folder and the mark that migrations leave."""
    Path(app.config["KEY_DIR"]).mkdir(mode=0o700)
    newest = ScriptDirectory("migrations").get_current_head()
    with app.app_context(), transaction():
        db.session.execute(text("DROP TABLE IF EXISTS alembic_version"))
        db.session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        db.session.execute(
            text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": revision or newest}
        )


class TestStaticFiles:
    @pytest.mark.parametrize(
        ("path", "kept"),
        [
            ("/static/vendor/bootstrap/bootstrap.min.css", "public, max-age=604800"),
            ("/static/pulse.css", "no-cache"),
            ("/static/vendor/nowhere.css", None),
        ],
    )
    def test_vendored_ones_are_kept_for_a_week(
        self, client: FlaskClient, path: str, kept: str | None
    ) -> None:
        with client.get(path) as answer:
            assert answer.headers.get("Cache-Control") == kept
