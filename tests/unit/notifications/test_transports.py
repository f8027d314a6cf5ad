"""How a mail looks on the wire."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from urllib.parse import urlsplit

import pytest

from employee_pulse.notifications.rules import Letter
from employee_pulse.notifications.transports import PinnedConnection, mail_bytes


def identity(mail: bytes) -> bytes:
    [line] = [line for line in mail.splitlines() if line.startswith(b"Message-ID")]
    return line


class TestMailBytes:
    def letter(self, *, html: str | None = None) -> Letter:
        return Letter(
            7,
            "invitation",
            "kim@example.com",
            "12월 조사가 시작되었습니다",
            "안녕하세요.",
            html,
            datetime(2026, 12, 1, tzinfo=UTC),
        )

    def test_is_the_same_mail_each_time_it_is_tried(self) -> None:
        first, second = (
            mail_bytes(self.letter(), "Pulse <pulse@example.com>", "secret") for _ in range(2)
        )

        assert identity(first) == identity(second)
        assert identity(first).endswith(b"@example.com>")

    def test_does_not_tell_how_many_mails_lie_between_two(self) -> None:
        """Between two mails of one's own: how many colleagues were reminded."""
        seventh, eighth = (
            identity(mail_bytes(replace(self.letter(), id=number), "p@example.com", "secret"))
            for number in (7, 8)
        )

        assert seventh != eighth
        assert seventh != identity(mail_bytes(self.letter(), "p@example.com", "another"))
        assert re.fullmatch(rb"Message-ID: <[0-9a-f]{32}@example.com>", seventh)

    def test_carries_text_and_html_with_all_letters_of_a_korean_subject(self) -> None:
        mail = message_from_bytes(
            mail_bytes(self.letter(html="<p>안녕</p>"), "펄스 <pulse@example.com>", "secret"),
            policy=default,
        )

        assert mail["Subject"] == "12월 조사가 시작되었습니다"
        assert mail["From"] == "펄스 <pulse@example.com>"
        assert [part.get_content().strip() for part in mail.iter_parts()] == [
            "안녕하세요.",
            "<p>안녕</p>",
        ]


class TestPinnedConnection:
    @pytest.mark.parametrize(
        ("url", "host"),
        [
            ("https://example.com/hook", b"Host: example.com"),
            ("https://example.com:8443/hook", b"Host: example.com:8443"),
            ("http://example.com/hook", b"Host: example.com"),
            ("http://[2606::1]/hook", b"Host: [2606::1]"),
        ],
    )
    def test_names_the_host_as_its_address_does(self, url: str, host: bytes) -> None:
        class Line:
            sent = b""

            def sendall(self, data: bytes) -> None:
                self.sent += data

        connection = PinnedConnection(urlsplit(url), "192.0.2.1", 1)
        connection.sock = line = Line()

        connection.request("POST", "/hook", body=b"{}")

        assert host in line.sent.splitlines()
