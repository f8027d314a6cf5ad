"""Ways out of the house: SMTP, webhooks, and a memory for tests."""

import http.client
import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import formataddr, formatdate, parseaddr
from typing import Any, Protocol
from urllib.parse import SplitResult, urlsplit

from employee_pulse.notifications.rules import (
    Letter,
    Outcome,
    Problem,
    delivery_name,
    is_public,
    recipient_problem,
    status_problem,
    webhook_signature,
)

_POLICY = compat32.clone(linesep="\r\n")
_ENHANCED_CODE = re.compile(rb"\d\.\d{1,3}\.\d{1,3}")


class Transport(Protocol):
    """Takes letters and says of each what became of it, in order.

    It may stop early, when there is no sense in going on: letters without an outcome have not
    been tried and are left for later.
    """

    def deliver(self, letters: Sequence[Letter]) -> Iterator[Outcome]: ...


@dataclass
class MemoryTransport:
    """Keeps letters instead of sending them."""

    letters: list[Letter] = field(default_factory=list)

    def deliver(self, letters: Sequence[Letter]) -> Iterator[Outcome]:
        for letter in letters:
            self.letters.append(letter)
            yield Outcome(letter.id, None)


@dataclass(frozen=True)
class SmtpTransport:
    """One connection for all letters. ``tls`` is ``none``, ``starttls`` or ``ssl``."""

    host: str
    port: int
    sender: str
    secret: str
    """Makes the names of letters."""
    tls: str = "none"
    user: str | None = None
    password: str | None = None
    timeout_seconds: float = 30

    def deliver(self, letters: Sequence[Letter]) -> Iterator[Outcome]:
        if not letters:
            return
        try:
            connection = self._connect()
        except smtplib.SMTPResponseException as error:
            yield Outcome(letters[0].id, Problem.NOT_ACCEPTED, _reply(error.smtp_code, b""))
            return
        except (OSError, smtplib.SMTPException):
            yield Outcome(letters[0].id, Problem.UNREACHABLE)
            return
        try:
            yield from self._send_all(connection, letters)
        finally:
            connection.close()

    def _connect(self) -> smtplib.SMTP:
        name = socket.gethostname()
        if self.tls == "ssl":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host,
                self.port,
                local_hostname=name,
                timeout=self.timeout_seconds,
                context=ssl.create_default_context(),
            )
        else:
            connection = smtplib.SMTP(
                self.host, self.port, local_hostname=name, timeout=self.timeout_seconds
            )
        try:
            if self.tls == "starttls":
                connection.starttls(context=ssl.create_default_context())
            if self.user:
                connection.login(self.user, self.password or "")
        except BaseException:
            connection.close()
            raise
        return connection

    def _send_all(self, connection: smtplib.SMTP, letters: Sequence[Letter]) -> Iterator[Outcome]:
        for letter in letters:
            outcome = self._send(connection, letter)
            yield outcome
            if connection.sock is None or outcome.problem is Problem.NOT_ACCEPTED:
                return
        # Every letter has its outcome: a server that hangs up without a word changes none.
        with suppress(smtplib.SMTPException, OSError):
            connection.quit()

    def _send(self, connection: smtplib.SMTP, letter: Letter) -> Outcome:
        _, address = parseaddr(self.sender)
        try:
            mail = mail_bytes(letter, self.sender, self.secret)
            connection.sendmail(address, [letter.recipient], mail)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            return Outcome(letter.id, recipient_problem(code), _reply(code, words))
        except smtplib.SMTPSenderRefused as error:
            return Outcome(letter.id, Problem.NOT_ACCEPTED, _reply(error.smtp_code, b""))
        except smtplib.SMTPDataError as error:
            return Outcome(
                letter.id, recipient_problem(error.smtp_code), _reply(error.smtp_code, b"")
            )
        except (smtplib.SMTPException, OSError):
            connection.close()
            return Outcome(letter.id, Problem.DEFERRED)
        except ValueError:
            with suppress(smtplib.SMTPException, OSError):
                connection.rset()
            return Outcome(letter.id, Problem.BAD_ADDRESS)
        return Outcome(letter.id, None)


def mail_bytes(letter: Letter, sender: str, secret: str) -> bytes:
    """The mail as it goes over the wire; the same letter has the same Message-ID each time.

    The older message classes make it three times as fast as ``EmailMessage``.
    """
    name, address = parseaddr(sender)
    mail: MIMENonMultipart | MIMEMultipart = MIMEText(letter.body, "plain", "utf-8")
    if letter.html is not None:
        plain, mail = mail, MIMEMultipart("alternative")
        mail.attach(plain)
        mail.attach(MIMEText(letter.html, "html", "utf-8"))
    mail["From"] = formataddr((name, address))
    mail["To"] = letter.recipient
    mail["Subject"] = Header(letter.subject, "utf-8").encode()
    mail["Date"] = formatdate()
    mail["Message-ID"] = f"<{delivery_name(letter, secret)}@{address.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    return mail.as_bytes(policy=_POLICY)


def _reply(code: int, words: bytes) -> str:
    enhanced = _ENHANCED_CODE.match(words)
    return f"{code} {enhanced[0].decode()}" if enhanced else str(code)


@dataclass(frozen=True)
class WebhookTransport:
    """Posts JSON with an HMAC; follows no redirect, and calls no private address unless allowed."""

    secret: str
    """Makes the names of calls; each endpoint has one of its own that signs them."""
    private_addresses: bool = False
    timeout_seconds: float = 10
    """For each step: the connection, each part of the answer."""
    longest_seconds: float = 30
    """For all of it: an answer that comes byte by byte would hold up every mail behind it."""

    def deliver(self, letters: Sequence[Letter]) -> Iterator[Outcome]:
        for letter in letters:
            yield self._call(letter)

    def _call(self, letter: Letter) -> Outcome:
        parts = urlsplit(letter.recipient)
        try:
            address = self._resolve(parts)
            if address is None:
                return Outcome(letter.id, Problem.PRIVATE_ADDRESS)
            status = self._post(letter, parts, address)
        except (OSError, http.client.HTTPException):
            return Outcome(letter.id, Problem.DEFERRED)
        except ValueError:
            return Outcome(letter.id, Problem.BAD_ADDRESS)
        return Outcome(letter.id, status_problem(status), str(status))

    def _resolve(self, parts: SplitResult) -> str | None:
        """The address to call; None if the name leads into a private network."""
        found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
        addresses = [str(entry[4][0]) for entry in found]
        if not self.private_addresses and not all(map(is_public, addresses)):
            return None
        return addresses[0]

    def _post(self, letter: Letter, parts: SplitResult, address: str) -> int:
        connection = PinnedConnection(parts, address, self.timeout_seconds)
        signature = webhook_signature(letter.secret, timestamp=int(time.time()), body=letter.body)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Employee-Pulse",
            "X-Pulse-Event": letter.kind,
            "X-Pulse-Delivery": delivery_name(letter, self.secret),
            "X-Pulse-Signature": signature,
        }
        hang_up = threading.Timer(self.longest_seconds, connection.hang_up)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        hang_up.start()
        try:
            connection.request("POST", target, body=letter.body.encode(), headers=headers)
            return connection.getresponse().status
        finally:
            hang_up.cancel()
            connection.close()


class PinnedConnection(http.client.HTTPConnection):
    """Calls the address that was checked: a second look at the name might find another one."""

    def __init__(self, parts: SplitResult, address: str, timeout_seconds: float) -> None:
        if parts.scheme == "https":
            self.default_port = http.client.HTTPS_PORT  # Else every Host header would end in :443.
        super().__init__(parts.hostname or "", _port(parts), timeout=timeout_seconds)
        self._address = address
        self._context = ssl.create_default_context() if parts.scheme == "https" else None

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock: Any = plain
        if self._context is not None:
            self.sock = self._context.wrap_socket(plain, server_hostname=self.host)

    def hang_up(self) -> None:
        """End the call from another thread; whoever waits for an answer gets an error."""
        if self.sock is not None:
            with suppress(OSError):
                # Not the method of a TLS socket: it would wait for the other side as well.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)
