"""The outbox is emptied through a real SMTP server; what fails waits, what leaves is forgotten."""

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from employee_pulse.foundation.db import db, transaction
from employee_pulse.notifications import service
from employee_pulse.notifications.jobs import deliver_outbox
from employee_pulse.notifications.models import DeliveryAttempt, OutboxMessage
from employee_pulse.notifications.rules import (
    LEASE,
    Channel,
    Letter,
    Mail,
    Outcome,
    Problem,
)
from employee_pulse.notifications.transports import MemoryTransport, SmtpTransport
from tests.smtp_server import Postman

NOW = datetime(2026, 12, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def queue(*recipients: str, kind: str = "results", erase: bool = False) -> None:
    with transaction():
        service.enqueue_mails(
            [
                Mail(
                    kind=kind,
                    recipient=recipient,
                    subject="12월 조사",
                    body=f"To {recipient}",
                    idempotency_key=f"{kind}:{recipient}",
                    erase=erase,
                )
                for recipient in recipients
            ],
            now=NOW,
        )


def message(recipient: str) -> OutboxMessage:
    return db.session.scalars(
        sa.select(OutboxMessage)
        .where(OutboxMessage.recipient == recipient)
        .execution_options(populate_existing=True)
    ).one()


def problems() -> list[tuple[Problem, str | None]]:
    return [
        (attempt.problem, attempt.reply)
        for attempt in db.session.scalars(sa.select(DeliveryAttempt).order_by(DeliveryAttempt.id))
    ]


class TestDeliverOutbox:
    def test_delivers_each_mail_once_over_one_connection(self, by_smtp: Postman) -> None:
        queue("a@example.com", "b@example.com", "c@example.com")

        delivered = deliver_outbox(NOW)

        assert delivered == 3
        assert by_smtp.recipients == ["a@example.com", "b@example.com", "c@example.com"]
        assert by_smtp.connections == 1

    def test_has_nothing_to_do_the_second_time(self, by_smtp: Postman) -> None:
        queue("a@example.com")

        deliver_outbox(NOW)

        assert deliver_outbox(NOW + LEASE * 2) == 0
        assert len(by_smtp.delivered) == 1

    def test_sends_more_than_one_batch(self, by_smtp: Postman) -> None:
        recipients = [f"p{n}@example.com" for n in range(service.BATCH * 2 + 1)]
        queue(*recipients)

        assert deliver_outbox(NOW) == len(recipients)
        assert sorted(by_smtp.recipients) == sorted(recipients)
        assert by_smtp.connections == 3

    def test_keeps_everything_while_the_server_is_down(self, app: Flask, by_smtp: Postman) -> None:
        transport = app.extensions["pulse_transports"]["smtp"]
        app.extensions["pulse_transports"]["smtp"] = SmtpTransport(
            host="127.0.0.1", port=1, sender="pulse@example.com", secret="s"
        )
        queue("a@example.com", "b@example.com")

        for n in range(30):
            assert deliver_outbox(NOW + n * timedelta(hours=6)) == 0
        app.extensions["pulse_transports"]["smtp"] = transport

        assert deliver_outbox(NOW + timedelta(days=9)) == 2
        assert sorted(by_smtp.recipients) == ["a@example.com", "b@example.com"]
        assert {problem for problem, _ in problems()} == {Problem.UNREACHABLE}

    def test_tries_only_one_mail_against_a_server_that_is_down(
        self, app: Flask, by_smtp: Postman
    ) -> None:
        app.extensions["pulse_transports"]["smtp"] = SmtpTransport(
            host="127.0.0.1", port=1, sender="pulse@example.com", secret="s"
        )
        queue(*(f"p{n}@example.com" for n in range(5)))

        deliver_outbox(NOW)

        assert len(problems()) == 1

    def test_tries_again_later_when_asked_to(self, by_smtp: Postman) -> None:
        by_smtp.replies["a@example.com"] = "450 4.2.0 Greylisted, a@example.com"
        queue("a@example.com", "b@example.com")

        first = deliver_outbox(NOW)
        by_smtp.replies.clear()

        assert first == 1
        assert problems() == [(Problem.DEFERRED, "450 4.2.0")]
        assert deliver_outbox(NOW + MINUTE / 2) == 0
        assert deliver_outbox(NOW + 2 * MINUTE) == 1
        assert by_smtp.recipients == ["b@example.com", "a@example.com"]

    def test_gives_up_what_is_refused_for_good_and_keeps_it_whole(self, by_smtp: Postman) -> None:
        by_smtp.replies["gone@example.com"] = "550 5.1.1 No such user gone@example.com"
        queue("gone@example.com", "b@example.com", kind="invitation", erase=True)

        deliver_outbox(NOW)

        kept = message("gone@example.com")
        assert kept.given_up_at is not None
        assert kept.next_attempt_at is None
        assert kept.body == "To gone@example.com"
        assert problems() == [(Problem.REJECTED, "550 5.1.1")]
        assert by_smtp.recipients == ["b@example.com"]
        assert deliver_outbox(NOW + timedelta(days=30)) == 0

    def test_goes_on_after_the_server_refused_a_text(self, by_smtp: Postman) -> None:
        by_smtp.replies["*"] = "554 5.6.0 Not liked"
        queue("a@example.com", "b@example.com")

        deliver_outbox(NOW)

        assert problems() == [(Problem.REJECTED, "554")] * 2
        assert by_smtp.connections == 1

    def test_does_not_let_an_address_that_cannot_be_sent_block_the_others(
        self, by_smtp: Postman
    ) -> None:
        queue("홍길동@example.com", "b@example.com")

        assert deliver_outbox(NOW) == 1
        assert problems() == [(Problem.BAD_ADDRESS, None)]

    def test_sends_nothing_twice_when_the_server_hangs_up_at_the_end(
        self, by_smtp: Postman
    ) -> None:
        by_smtp.hangs_up = True
        queue("a@example.com", "b@example.com")

        assert deliver_outbox(NOW) == 2
        assert deliver_outbox(NOW + LEASE) == 0
        assert by_smtp.recipients == ["a@example.com", "b@example.com"]

    def test_sends_again_what_a_dead_worker_had_claimed(self, by_smtp: Postman) -> None:
        """Killed between claim and record: nobody knows whether the mail left."""
        queue("a@example.com")
        with transaction():
            service.claim_batch(Channel.MAIL, now=NOW)

        assert deliver_outbox(NOW + LEASE - MINUTE) == 0
        assert deliver_outbox(NOW + LEASE) == 1
        assert by_smtp.recipients == ["a@example.com"]

    def test_is_the_same_mail_when_it_was_sent_but_not_recorded(
        self, app: Flask, by_smtp: Postman
    ) -> None:
        """The one case in which a mail leaves twice; its Message-ID tells the receiver."""
        queue("a@example.com")
        with transaction():
            letters = service.claim_batch(Channel.MAIL, now=NOW)
        list(app.extensions["pulse_transports"]["smtp"].deliver(letters))

        deliver_outbox(NOW + LEASE)

        identities = {
            line
            for envelope in by_smtp.delivered
            for line in bytes(envelope.content or b"").splitlines()
            if line.startswith(b"Message-ID")
        }
        assert len(by_smtp.delivered) == 2
        assert len(identities) == 1

    def test_lets_two_workers_share_the_work(self, app: Flask, by_smtp: Postman) -> None:
        recipients = [f"p{n}@example.com" for n in range(service.BATCH * 4)]
        queue(*recipients)
        db.session.remove()

        def work() -> None:
            with app.app_context():
                deliver_outbox(NOW)

        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

        assert sorted(by_smtp.recipients) == sorted(recipients)


class TestErasing:
    @pytest.mark.parametrize("kind", ["invitation", "reminder"])
    def test_leaves_nothing_about_the_recipient_after_delivery(
        self, by_smtp: Postman, kind: str
    ) -> None:
        queue("a@example.com", kind=kind, erase=True)

        deliver_outbox(NOW)

        assert by_smtp.recipients == ["a@example.com"]
        assert everything_stored("a@example.com") == []

    def test_leaves_nothing_about_somebody_whose_reminder_was_refused(
        self, by_smtp: Postman
    ) -> None:
        by_smtp.replies["a@example.com"] = "550 5.1.1 <a@example.com>: unknown"
        queue("a@example.com", kind="reminder", erase=True)

        deliver_outbox(NOW)

        assert problems() == [(Problem.REJECTED, "550 5.1.1")]
        assert everything_stored("a@example.com") == []

    def test_never_stores_the_words_of_the_server(self, by_smtp: Postman) -> None:
        by_smtp.replies["a@example.com"] = "451 4.7.1 <a@example.com>: greylisted"
        queue("a@example.com", kind="reminder", erase=True)

        deliver_outbox(NOW)
        by_smtp.replies.clear()
        deliver_outbox(NOW + 2 * MINUTE)

        assert by_smtp.recipients == ["a@example.com"]
        assert everything_stored("a@example.com") == []

    def test_keeps_a_mail_that_is_not_secret(self, by_smtp: Postman) -> None:
        queue("a@example.com")

        deliver_outbox(NOW)

        assert message("a@example.com").delivered_at is not None

    def test_is_not_undone_by_a_worker_that_was_slower_than_its_lease(
        self, by_smtp: Postman
    ) -> None:
        """Another one delivered and erased meanwhile; the late failure must not bring it back."""
        queue("a@example.com", kind="reminder", erase=True)
        with transaction():
            letters = service.claim_batch(Channel.MAIL, now=NOW)
        deliver_outbox(NOW + LEASE)

        with transaction():
            service.record(
                letters, [Outcome(letters[0].id, Problem.DEFERRED)], now=NOW + LEASE + MINUTE
            )

        assert deliver_outbox(NOW + timedelta(days=1)) == 0
        assert problems() == []


class TestBrokenTransport:
    def test_keeps_what_has_left_and_lets_the_others_pass(self, app: Flask) -> None:
        class Stumbling(MemoryTransport):
            def deliver(self, letters: Sequence[Letter]) -> Iterator[Outcome]:
                for letter in letters:
                    if letter.recipient == "b@example.com":
                        raise LookupError(letter.recipient)
                    yield from super().deliver([letter])

        transport = Stumbling()
        app.extensions["pulse_transports"]["memory"] = transport
        with app.app_context():
            queue("a@example.com", "b@example.com", "c@example.com")

            with pytest.raises(LookupError):
                deliver_outbox(NOW)
            deliver_outbox(NOW)

            assert [letter.recipient for letter in transport.letters] == [
                "a@example.com",
                "c@example.com",
            ]
            assert problems() == [(Problem.DEFERRED, None)]


class TestSlowTransport:
    def test_stops_before_its_lease_ends_and_leaves_the_rest(self, app: Flask) -> None:
        class Stopping(MemoryTransport):
            def deliver(self, letters: Sequence[Letter]) -> Iterator[Outcome]:
                yield next(super().deliver(letters))

        app.extensions["pulse_transports"]["memory"] = Stopping()
        with app.app_context():
            queue("a@example.com", "b@example.com")

            assert deliver_outbox(NOW) == 1
            assert deliver_outbox(NOW) == 1


def everything_stored(text: str) -> list[str]:
    """Tables of this room in which a text stands."""
    found = []
    for table in (OutboxMessage.__table__, DeliveryAttempt.__table__):
        for row in db.session.execute(sa.select(table)):
            if any(text in str(value) for value in row):
                found.append(table.name)
    return found
