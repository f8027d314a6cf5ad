"""How a mail looks on the wire."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

from employee_pulse.notifications.rules import Letter
from employee_pulse.notifications.transports import mail_bytes


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
        first, second = (mail_bytes(self.letter(), "Pulse <pulse@example.com>") for _ in range(2))

        identity = b"Message-ID: <pulse.7.1796083200@example.com>"
        assert identity in first
        assert identity in second

    def test_carries_text_and_html_with_all_letters_of_a_korean_subject(self) -> None:
        mail = message_from_bytes(
            mail_bytes(self.letter(html="<p>안녕</p>"), "펄스 <pulse@example.com>"), policy=default
        )

        assert mail["Subject"] == "12월 조사가 시작되었습니다"
        assert mail["From"] == "펄스 <pulse@example.com>"
        assert [part.get_content().strip() for part in mail.iter_parts()] == [
            "안녕하세요.",
            "<p>안녕</p>",
        ]
