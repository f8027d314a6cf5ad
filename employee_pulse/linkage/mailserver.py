"""A mail server that keeps what it gets, as one beside the product would."""

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from functools import cached_property
from threading import Thread


@dataclass(frozen=True)
class KeptMail:
    recipient: str
    content: bytes

    @cached_property
    def text(self) -> str:
        """The plain part, as it is read."""
        plain = next(
            part
            for part in message_from_bytes(self.content).walk()
            if part.get_content_type() == "text/plain"
        )
        return bytes(plain.get_payload(decode=True)).decode()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.mails: list[KeptMail] = []


class _Conversation(socketserver.StreamRequestHandler):
    """As much of SMTP as a sender without TLS and password needs."""

    server: _Server

    def handle(self) -> None:
        recipient = ""
        self._say("220 ready")
        while line := self.rfile.readline():
            command = line.strip().upper()
            if command.startswith(b"RCPT"):
                recipient = line.partition(b"<")[2].partition(b">")[0].decode()
            if command == b"DATA":
                self._say("354 go on")
                self.server.mails.append(KeptMail(recipient, self._content()))
            self._say("221 bye" if command == b"QUIT" else "250 fine")
            if command == b"QUIT":
                return

    def _content(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[tuple[int, list[KeptMail]]]:
    """Its port on this machine, and the mails in the order in which they came."""
    with _Server() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server.server_address[1], server.mails
        finally:
            server.shutdown()
            thread.join()
