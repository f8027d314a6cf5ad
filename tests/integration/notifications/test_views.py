"""The delivery log shows what is stuck and never a text or who was reminded."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from employee_pulse.foundation.db import db, transaction
from employee_pulse.notifications import queries, service
from employee_pulse.notifications.models import OutboxMessage
from employee_pulse.notifications.rules import Channel, Mail, Outcome, Problem

NOW = datetime(2026, 12, 1, tzinfo=UTC)
SignIn = Callable[..., FlaskClient]


@pytest.fixture
def stuck(app: Flask) -> None:
    """An invitation and a reminder that were refused, and one invitation that waits."""
    with app.app_context(), transaction():
        service.enqueue_mails(
            [
                Mail(
                    kind=kind,
                    recipient=recipient,
                    subject="Subject nobody sees",
                    body="https://pulse/ballot/1#t=token",
                    idempotency_key=recipient,
                    erase=True,
                )
                for kind, recipient in [
                    ("invitation", "kim@example.com"),
                    ("reminder", "lee@example.com"),
                ]
            ],
            now=NOW,
        )
        letters = service.claim_batch(Channel.MAIL, now=NOW)
        service.record(
            letters,
            [
                Outcome(letter.id, Problem.DEFERRED, "450")
                if letter.kind == "reminder"
                else Outcome(letter.id, Problem.REJECTED, "550 5.1.1")
                for letter in letters
            ],
            now=NOW,
        )


def row(kind: str) -> OutboxMessage:
    return db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind == kind)).one()


class TestDeliveries:
    def test_says_so_when_nothing_has_left(self, sign_in: SignIn) -> None:
        page = sign_in("hr").get("/app/deliveries/").text

        assert "Nothing has left yet" in page

    @pytest.mark.usefixtures("stuck")
    def test_shows_who_could_not_be_invited_and_why(self, sign_in: SignIn) -> None:
        page = sign_in("hr").get("/app/deliveries/").text

        assert "kim@example.com" in page
        assert "550 5.1.1" in page
        assert "The other side refuses for good" in page

    @pytest.mark.usefixtures("stuck")
    def test_never_shows_a_text_or_who_is_reminded(self, sign_in: SignIn) -> None:
        page = sign_in("hr").get("/app/deliveries/").text

        assert "#t=" not in page
        assert "Subject nobody sees" not in page
        assert "lee@example.com" not in page
        assert "Reminder: some could not be delivered." in page
        assert '<th scope="row">Reminder' not in page

    @pytest.mark.usefixtures("stuck")
    def test_is_in_korean_too(self, sign_in: SignIn) -> None:
        page = sign_in("hr").get("/app/deliveries/?lang=ko").text

        assert "발송 내역" in page
        assert "Given up" not in page

    @pytest.mark.parametrize("role", ["employee", "owner", "executive", "works_council"])
    def test_is_for_hr_and_administrators(self, sign_in: SignIn, role: str) -> None:
        assert sign_in(role).get("/app/deliveries/").status_code == 403


@pytest.mark.usefixtures("stuck")
class TestRetry:
    def test_queues_the_message_again(self, app: Flask, sign_in: SignIn) -> None:
        with app.app_context():
            message_id = row("invitation").id

        answer = sign_in("hr").post(f"/app/deliveries/{message_id}/retry")

        assert answer.status_code == 302
        with app.app_context():
            assert row("invitation").given_up_at is None

    def test_does_not_know_reminders(self, app: Flask, sign_in: SignIn) -> None:
        with app.app_context():
            message_id = row("reminder").id

        assert sign_in("hr").post(f"/app/deliveries/{message_id}/retry").status_code == 404

    def test_takes_all_at_once(self, app: Flask, sign_in: SignIn) -> None:
        page = sign_in("hr").post("/app/deliveries/retry", follow_redirects=True).text

        assert "1 message will be sent again" in page
        with app.app_context():
            assert row("invitation").given_up_at is None


class TestWebhooks:
    def test_shows_a_new_secret_once(self, app: Flask, sign_in: SignIn) -> None:
        client = sign_in("administrator")

        page = client.post("/app/deliveries/webhooks", data={"url": " https://a.example.com/x "})

        with app.app_context():
            [endpoint] = queries.endpoints()
        assert endpoint.url == "https://a.example.com/x"
        assert endpoint.secret in page.text
        assert page.headers["Cache-Control"] == "no-store"
        assert endpoint.secret not in client.get("/app/deliveries/webhooks").text

    def test_says_what_is_wrong_with_an_address(self, app: Flask, sign_in: SignIn) -> None:
        page = sign_in("administrator").post("/app/deliveries/webhooks", data={"url": "ftp://x"})

        assert "A webhook needs a complete address" in page.text
        with app.app_context():
            assert queries.endpoints() == []

    def test_removes_an_address(self, app: Flask, sign_in: SignIn) -> None:
        client = sign_in("administrator")
        client.post("/app/deliveries/webhooks", data={"url": "https://a.example.com/x"})

        client.post("/app/deliveries/webhooks/1/remove")

        with app.app_context():
            assert queries.endpoints() == []

    def test_is_not_for_hr(self, sign_in: SignIn) -> None:
        assert sign_in("hr").get("/app/deliveries/webhooks").status_code == 403
