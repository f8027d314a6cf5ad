"""Calls to a real HTTP server: signed, timed out, never redirected, never into private networks."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from employee_pulse.foundation.db import db, transaction
from employee_pulse.notifications import service
from employee_pulse.notifications.jobs import deliver_outbox
from employee_pulse.notifications.models import DeliveryAttempt, OutboxMessage
from employee_pulse.notifications.rules import Problem, webhook_signature
from employee_pulse.notifications.transports import WebhookTransport

NOW = datetime(2026, 12, 1, tzinfo=UTC)


@dataclass
class Listener:
    """Answers with ``status``; keeps what it was told."""

    url: str = ""
    status: int = 204
    silent: threading.Event = field(default_factory=threading.Event)
    """While it is clear, calls get no answer."""
    pause_seconds: float = 0
    """Between two letters of the answer."""
    calls: list[tuple[str, dict[str, str], str]] = field(default_factory=list)


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    listener.silent.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            listener.silent.wait(5)
            listener.calls.append((self.path, dict(self.headers), body))
            if listener.pause_seconds:
                self.dribble(f"HTTP/1.1 {listener.status} OK\r\n\r\n")
                return
            self.send_response(listener.status)
            self.send_header("Location", listener.url + "/elsewhere")
            self.end_headers()

        def dribble(self, answer: str) -> None:
            for letter in answer:
                threading.Event().wait(listener.pause_seconds)
                with suppress(OSError):
                    self.wfile.write(letter.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    listener.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield listener
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def calling(app: Flask, listener: Listener) -> Iterator[Listener]:
    """Inside the application, with one endpoint and one call queued."""
    app.extensions["pulse_transports"]["webhook"] = WebhookTransport(
        secret="s", private_addresses=True, timeout_seconds=0.5
    )
    with app.app_context():
        with transaction():
            service.add_endpoint(url=f"{listener.url}/hook?room=1", now=NOW)
            service.enqueue_webhook(
                event="wave.opened", data={"wave": 7, "name": "펄스"}, idempotency_key="k", now=NOW
            )
        yield listener


def problems() -> list[tuple[Problem, str | None]]:
    return [(a.problem, a.reply) for a in db.session.scalars(sa.select(DeliveryAttempt))]


def readdress(calling: Listener, origin: str) -> None:
    """Let the call that is queued go to the same path elsewhere."""
    with transaction():
        db.session.execute(sa.update(OutboxMessage).values(recipient=f"{origin}/hook?room=1"))


class TestWebhookTransport:
    def test_posts_signed_json(self, calling: Listener) -> None:
        assert deliver_outbox(NOW) == 1

        path, headers, body = calling.calls[0]
        secret = db.session.scalar(sa.text("SELECT secret FROM webhook_endpoint"))
        stamp = int(headers["X-Pulse-Signature"].partition(",")[0].removeprefix("t="))
        assert path == "/hook?room=1"
        assert body == (
            '{"event": "wave.opened", "at": "2026-12-01T00:00:00+00:00",'
            ' "data": {"wave": 7, "name": "펄스"}}'
        )
        assert headers["X-Pulse-Event"] == "wave.opened"
        assert re.fullmatch("[0-9a-f]{32}", headers["X-Pulse-Delivery"])
        assert headers["X-Pulse-Signature"] == webhook_signature(
            str(secret), timestamp=stamp, body=body
        )

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_follows_no_redirect(self, calling: Listener, status: int) -> None:
        calling.status = status

        assert deliver_outbox(NOW) == 0

        assert problems() == [(Problem.REDIRECTED, str(status))]
        assert [path for path, _, _ in calling.calls] == ["/hook?room=1"]

    def test_tries_again_after_a_failure_of_the_server(self, calling: Listener) -> None:
        calling.status = 503

        deliver_outbox(NOW)

        assert problems() == [(Problem.DEFERRED, "503")]
        assert db.session.scalars(sa.select(OutboxMessage)).one().next_attempt_at is not None

    def test_does_not_wait_for_ever(self, calling: Listener) -> None:
        calling.silent.clear()

        delivered = deliver_outbox(NOW)
        calling.silent.set()

        assert delivered == 0
        assert problems() == [(Problem.DEFERRED, None)]

    @pytest.mark.parametrize(("longest", "delivered"), [(0.3, 0), (30, 1)])
    def test_does_not_listen_for_ever(
        self, app: Flask, calling: Listener, longest: float, delivered: int
    ) -> None:
        """Each letter comes in time; all of them together take longer than there is."""
        calling.pause_seconds = 0.05
        app.extensions["pulse_transports"]["webhook"] = WebhookTransport(
            secret="s", private_addresses=True, timeout_seconds=5, longest_seconds=longest
        )

        assert deliver_outbox(NOW) == delivered
        assert problems() == ([] if delivered else [(Problem.DEFERRED, None)])

    def test_does_not_call_a_private_address(self, app: Flask, calling: Listener) -> None:
        app.extensions["pulse_transports"]["webhook"] = WebhookTransport(secret="s")

        deliver_outbox(NOW)

        assert problems() == [(Problem.PRIVATE_ADDRESS, None)]
        assert calling.calls == []

    def test_does_not_call_a_name_that_leads_to_one(self, app: Flask, calling: Listener) -> None:
        app.extensions["pulse_transports"]["webhook"] = WebhookTransport(secret="s")
        port = calling.url.rpartition(":")[2]
        with transaction():
            db.session.execute(
                sa.update(OutboxMessage).values(recipient=f"http://localhost:{port}/hook")
            )

        deliver_outbox(NOW)

        assert problems() == [(Problem.PRIVATE_ADDRESS, None)]
        assert calling.calls == []

    def test_does_not_call_a_name_that_leads_to_a_private_address_too(
        self, app: Flask, calling: Listener, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A second address would be called when the first does not answer."""
        app.extensions["pulse_transports"]["webhook"] = WebhookTransport(
            secret="s", timeout_seconds=0.5
        )
        both = [(socket.AF_INET, 0, 0, "", (address, 80)) for address in ("8.8.8.8", "10.0.0.1")]
        called: list[object] = []
        monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: both)
        monkeypatch.setattr(socket, "create_connection", called.append)
        readdress(calling, "http://hook.example")

        deliver_outbox(NOW)

        assert problems() == [(Problem.PRIVATE_ADDRESS, None)]
        assert called == []

    def test_calls_the_address_that_was_checked(
        self, calling: Listener, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A name server that says one thing and then another leads nowhere else."""
        names: list[str] = []
        resolve = socket.getaddrinfo

        def first_here_then_nowhere(host: str, *args: Any, **kwargs: Any) -> Any:
            names.append(host)
            if names.count("hook.example") > 1:
                raise OSError
            return resolve("127.0.0.1" if host == "hook.example" else host, *args, **kwargs)

        monkeypatch.setattr(socket, "getaddrinfo", first_here_then_nowhere)
        port = calling.url.rpartition(":")[2]
        readdress(calling, f"http://hook.example:{port}")

        assert deliver_outbox(NOW) == 1
        assert calling.calls[0][1]["Host"] == f"hook.example:{port}"

    def test_tells_nothing_to_a_server_without_a_certificate(self, calling: Listener) -> None:
        readdress(calling, calling.url.replace("http://", "https://"))

        deliver_outbox(NOW)

        assert problems() == [(Problem.DEFERRED, None)]
        assert calling.calls == []

    def test_does_not_hold_up_mail(self, app: Flask, calling: Listener) -> None:
        calling.status = 500
        with transaction():
            service.enqueue_mail(
                kind="results",
                recipient="a@example.com",
                subject="S",
                body="B",
                idempotency_key="r",
                now=NOW,
            )

        assert deliver_outbox(NOW) == 1
        assert len(app.extensions["pulse_transports"]["memory"].letters) == 1
