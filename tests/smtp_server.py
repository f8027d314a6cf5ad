"""A real SMTP server on this machine, for tests."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Postman:
    """Accepts everything but what ``replies`` says; counts connections."""

    replies: dict[str, str] = field(default_factory=dict)
    """By recipient: what to answer to RCPT. ``*`` answers to the text of every mail."""
    delivered: list[Envelope] = field(default_factory=list)
    connections: int = 0
    hangs_up: bool = False
    """Ends the connection instead of answering to QUIT, as some servers do."""
    port: int = 0

    @property
    def recipients(self) -> list[str]:
        return [envelope.rcpt_tos[0] for envelope in self.delivered]

    async def handle_EHLO(  # noqa: N802 - the server asks for this name
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802 - the server asks for this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        if reply := self.replies.get(address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the server asks for this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if reply := self.replies.get("*"):
            return reply
        self.delivered.append(envelope)
        return "250 OK"

    async def handle_QUIT(  # noqa: N802 - the server asks for this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.hangs_up:
            server.transport.abort()
        return "221 Bye"


@contextmanager
def running() -> Iterator[Postman]:
    """A server that takes mail as long as the block lasts."""
    postman = Postman(port=free_port())
    controller = Controller(postman, hostname="127.0.0.1", port=postman.port)
    controller.start()
    try:
        yield postman
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
