"""When a failed try is repeated, what replies mean, what is forgotten, how calls are signed."""

import hmac
from datetime import timedelta

import pytest

from employee_pulse.notifications.rules import (
    MAX_ATTEMPTS,
    AddressUnfit,
    Mail,
    Problem,
    check_webhook_url,
    forgotten,
    is_public,
    recipient_problem,
    retry_after,
    status_problem,
    webhook_signature,
)


class TestRetryAfter:
    @pytest.mark.parametrize(
        ("attempts", "minutes"), [(1, 1), (2, 2), (3, 4), (9, 256), (10, 360), (17, 360)]
    )
    def test_waits_twice_as_long_each_time_up_to_six_hours(
        self, attempts: int, minutes: int
    ) -> None:
        assert retry_after(Problem.DEFERRED, attempts) == timedelta(minutes=minutes)

    def test_gives_a_deferred_message_up_after_about_two_and_a_half_days(self) -> None:
        waits = [retry_after(Problem.DEFERRED, n) for n in range(1, MAX_ATTEMPTS)]

        assert timedelta(days=2) < sum(filter(None, waits), timedelta()) < timedelta(days=3)
        assert retry_after(Problem.DEFERRED, MAX_ATTEMPTS) is None

    @pytest.mark.parametrize("problem", [Problem.UNREACHABLE, Problem.NOT_ACCEPTED])
    def test_never_gives_up_because_of_the_server(self, problem: Problem) -> None:
        assert retry_after(problem, 10_000) == timedelta(minutes=15)

    @pytest.mark.parametrize(
        "problem",
        [Problem.REJECTED, Problem.BAD_ADDRESS, Problem.PRIVATE_ADDRESS, Problem.REDIRECTED],
    )
    def test_gives_up_at_once_what_cannot_get_better(self, problem: Problem) -> None:
        assert retry_after(problem, 1) is None


class TestReplies:
    @pytest.mark.parametrize(
        ("code", "problem"),
        [
            (421, Problem.DEFERRED),
            (450, Problem.DEFERRED),
            (499, Problem.DEFERRED),
            (500, Problem.REJECTED),
            (550, Problem.REJECTED),
            (530, Problem.NOT_ACCEPTED),
            (535, Problem.NOT_ACCEPTED),
        ],
    )
    def test_tells_temporary_from_permanent_and_from_our_own_fault(
        self, code: int, problem: Problem
    ) -> None:
        assert recipient_problem(code) is problem

    @pytest.mark.parametrize(
        ("status", "problem"),
        [
            (200, None),
            (204, None),
            (301, Problem.REDIRECTED),
            (307, Problem.REDIRECTED),
            (400, Problem.REJECTED),
            (410, Problem.REJECTED),
            (408, Problem.DEFERRED),
            (429, Problem.DEFERRED),
            (500, Problem.DEFERRED),
            (503, Problem.DEFERRED),
        ],
    )
    def test_reads_the_status_of_a_call(self, status: int, problem: Problem | None) -> None:
        assert status_problem(status) is problem


class TestForgotten:
    @pytest.mark.parametrize(
        ("kind", "erase", "delivered", "expected"),
        [
            ("invitation", True, True, True),
            ("invitation", True, False, False),
            ("reminder", True, True, True),
            ("reminder", True, False, True),
            ("results", False, True, False),
            ("results", False, False, False),
        ],
    )
    def test_keeps_what_can_be_sent_again_but_never_who_was_reminded(
        self, kind: str, *, erase: bool, delivered: bool, expected: bool
    ) -> None:
        assert forgotten(kind, erase=erase, delivered=delivered) is expected


class TestMail:
    @pytest.mark.parametrize(
        ("recipient", "subject"),
        [("a@example.com\r\nBcc: b@example.com", "News"), ("a@example.com", "News\nBcc: b")],
    )
    def test_refuses_a_line_break_in_a_header(self, recipient: str, subject: str) -> None:
        with pytest.raises(ValueError, match="line break"):
            Mail(kind="x", recipient=recipient, subject=subject, body="", idempotency_key="k")

    def test_takes_a_text_of_several_lines(self) -> None:
        mail = Mail(
            kind="x", recipient="a@example.com", subject="News", body="1\n2", idempotency_key="k"
        )

        assert mail.body == "1\n2"


class TestWebhookSignature:
    def test_covers_time_and_body(self) -> None:
        digest = hmac.digest(b"secret", b'1764550800.{"a": 1}', "sha256").hex()

        signature = webhook_signature("secret", timestamp=1764550800, body='{"a": 1}')

        assert signature == f"t=1764550800,v1={digest}"


class TestIsPublic:
    @pytest.mark.parametrize(
        "address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
    )
    def test_lets_the_internet_through(self, address: str) -> None:
        assert is_public(address)

    @pytest.mark.parametrize(
        "address",
        [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",  # noqa: S104 - an address to refuse
            "224.0.0.1",
            "::1",
            "fe80::1%eth0",
            "fd00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "2002:7f00:1::",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "::127.0.0.1",
            "fec0::1",
        ],
    )
    def test_keeps_calls_out_of_private_networks(self, address: str) -> None:
        assert not is_public(address)


class TestCheckWebhookUrl:
    @pytest.mark.parametrize(
        "url", ["https://example.com", "http://example.com:8080/a?b=c", "https://[2606::1]/x"]
    )
    def test_lets_web_addresses_pass(self, url: str) -> None:
        check_webhook_url(url)

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "example.com",
            "ftp://example.com",
            "https://",
            "https://me:secret@example.com",
            "https://example.com/#part",
            "https://example.com:0/",
            "https://example.com:99999/",
            "https://[::1",
            "https://예시.kr/",
            "https://example.com/a b",
            "https://exam\tple.com/",
            "https://example.com/\r\nX-More: 1",
        ],
    )
    def test_refuses_anything_else(self, url: str) -> None:
        with pytest.raises(AddressUnfit):
            check_webhook_url(url)
