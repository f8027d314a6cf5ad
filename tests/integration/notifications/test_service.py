"""Queueing once, trying again, withdrawing, endpoints."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from employee_pulse.foundation.db import db, transaction
from employee_pulse.notifications import queries, service
from employee_pulse.notifications.models import OutboxMessage
from employee_pulse.notifications.queries import SecretFailures
from employee_pulse.notifications.rules import (
    AddressUnfit,
    Channel,
    EndpointKnown,
    Mail,
    Outcome,
    Problem,
)

NOW = datetime(2026, 12, 1, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("context")


def mail(key: str, *, kind: str = "invitation", recipient: str = "a@example.com") -> Mail:
    return Mail(
        kind=kind, recipient=recipient, subject="S", body="B", idempotency_key=key, erase=True
    )


def stored() -> int:
    return db.session.scalar(sa.select(sa.func.count(OutboxMessage.id))) or 0


def fail(problem: Problem = Problem.REJECTED) -> None:
    with transaction():
        letters = service.claim_batch(Channel.MAIL, now=NOW)
        service.record(letters, [Outcome(letter.id, problem, "550") for letter in letters], now=NOW)


class TestEnqueueMails:
    def test_says_how_many_were_new(self) -> None:
        with transaction():
            first = service.enqueue_mails([mail("a"), mail("b")], now=NOW)
        with transaction():
            second = service.enqueue_mails([mail("b"), mail("c")], now=NOW)

        assert (first, second) == (2, 1)
        assert stored() == 3

    def test_queues_a_key_once_even_within_one_call(self) -> None:
        with transaction():
            assert service.enqueue_mails([mail("a"), mail("a")], now=NOW) == 1

    def test_belongs_to_the_transaction_of_the_caller(self) -> None:
        def change_one_mind() -> None:
            with transaction():
                service.enqueue_mails([mail("a")], now=NOW)
                raise LookupError

        with pytest.raises(LookupError):
            change_one_mind()

        assert stored() == 0

    def test_of_nothing_is_nothing(self) -> None:
        with transaction():
            assert service.enqueue_mails([], now=NOW) == 0


class TestEnqueueMail:
    def test_is_ignored_the_second_time(self) -> None:
        for _ in range(2):
            with transaction():
                service.enqueue_mail(
                    kind="results",
                    recipient="a@example.com",
                    subject="S",
                    body="B",
                    idempotency_key="results:1",
                    now=NOW,
                )

        assert stored() == 1


class TestRetry:
    def test_tries_a_message_again_that_was_given_up(self) -> None:
        with transaction():
            service.enqueue_mails([mail("a")], now=NOW)
        fail()

        with transaction():
            service.retry(db.session.scalars(sa.select(OutboxMessage)).one(), now=NOW)
        with transaction():
            assert [letter.body for letter in service.claim_batch(Channel.MAIL, now=NOW)] == ["B"]

    def test_counts_what_was_given_up_and_leaves_erased_reminders(self) -> None:
        with transaction():
            service.enqueue_mails([mail("a"), mail("b"), mail("c", kind="reminder")], now=NOW)
        fail()

        with transaction():
            assert service.retry_given_up(now=NOW) == 2


class TestWithdraw:
    def test_drops_what_has_not_left_of_this_wave_only(self) -> None:
        with transaction():
            service.enqueue_mails(
                [mail("wave:1:invitation:7"), mail("wave:12:invitation:7"), mail("wave_1:x")],
                now=NOW,
            )

        with transaction():
            assert service.withdraw(key_prefix="wave:1:") == 1

        assert stored() == 2

    def test_drops_what_was_given_up_with_its_tries(self) -> None:
        with transaction():
            service.enqueue_mails([mail("wave:1:invitation:7")], now=NOW)
        fail()

        with transaction():
            service.withdraw(key_prefix="wave:1:")

        assert stored() == 0


class TestFailures:
    def test_name_an_invitation_but_never_a_reminder(self) -> None:
        with transaction():
            service.enqueue_mails(
                [
                    mail("a", recipient="kim@example.com"),
                    mail("b", kind="reminder", recipient="lee@example.com"),
                    mail("c", kind="reminder", recipient="park@example.com"),
                ],
                now=NOW,
            )
        fail(Problem.DEFERRED)

        assert [failure.recipient for failure in queries.failures(limit=10)] == ["kim@example.com"]
        assert queries.secret_failures() == [SecretFailures("reminder", Problem.DEFERRED)]

    def test_and_counts_tell_nothing_of_how_many_are_reminded(self) -> None:
        """As many as have not answered: one more or less would tell of the last one."""
        with transaction():
            service.enqueue_mails(
                [mail("a"), mail("b", kind="reminder"), mail("c", kind="reminder")], now=NOW
            )

        assert [count.kind for count in queries.counts()] == ["invitation"]

    def test_say_the_last_problem_only(self) -> None:
        with transaction():
            service.enqueue_mails([mail("a")], now=NOW)
        fail(Problem.UNREACHABLE)
        with transaction():
            service.retry(db.session.scalars(sa.select(OutboxMessage)).one(), now=NOW)
        fail(Problem.REJECTED)

        assert [failure.problem for failure in queries.failures(limit=10)] == [Problem.REJECTED]


class TestEndpoints:
    def test_are_called_with_a_secret_of_their_own(self) -> None:
        with transaction():
            first = service.add_endpoint(url="https://a.example.com/x", now=NOW).secret
            second = service.add_endpoint(url="https://b.example.com/x", now=NOW).secret
        with transaction():
            count = service.enqueue_webhook(
                event="wave.opened", data={"wave": 1}, idempotency_key="wave:1:opened", now=NOW
            )
        with transaction():
            letters = service.claim_batch(Channel.WEBHOOK, now=NOW)

        assert count == 2
        assert {letter.recipient: letter.secret for letter in letters} == {
            "https://a.example.com/x": first,
            "https://b.example.com/x": second,
        }
        assert first != second

    def test_are_told_once(self) -> None:
        with transaction():
            service.add_endpoint(url="https://a.example.com/x", now=NOW)
        counts = []
        for _ in range(2):
            with transaction():
                counts.append(
                    service.enqueue_webhook(
                        event="wave.opened", data={}, idempotency_key="wave:1:opened", now=NOW
                    )
                )

        assert counts == [1, 0]

    def test_are_known_only_once(self) -> None:
        with transaction():
            service.add_endpoint(url="https://a.example.com/x", now=NOW)

        with pytest.raises(EndpointKnown), transaction():
            service.add_endpoint(url="https://a.example.com/x", now=NOW)

    def test_must_be_web_addresses(self) -> None:
        with pytest.raises(AddressUnfit), transaction():
            service.add_endpoint(url="file:///etc/passwd", now=NOW)

    def test_are_not_called_any_more_once_removed(self) -> None:
        with transaction():
            endpoint = service.add_endpoint(url="https://a.example.com/x", now=NOW)
            service.enqueue_webhook(event="e", data={}, idempotency_key="k", now=NOW)
        with transaction():
            service.remove_endpoint(endpoint, now=NOW)
        with transaction():
            again = service.enqueue_webhook(event="e", data={}, idempotency_key="k2", now=NOW)

        assert again == 0
        assert stored() == 0
        assert queries.endpoints() == []

    def test_can_come_back_with_a_new_secret(self) -> None:
        with transaction():
            endpoint = service.add_endpoint(url="https://a.example.com/x", now=NOW)
            old = endpoint.secret
            service.remove_endpoint(endpoint, now=NOW)
            new = service.add_endpoint(url="https://a.example.com/x", now=NOW).secret

        assert new != old
        assert len(queries.endpoints()) == 1
