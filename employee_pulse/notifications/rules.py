"""What leaves the house, when a failed try is repeated, when we give up, how a call is signed."""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_

LEASE = timedelta(minutes=10)
"""How long a worker may hold a message; after that it is taken for dead and another one sends."""
FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=6)
LONGEST_DELAY_UNREACHABLE = timedelta(minutes=15)
MAX_ATTEMPTS = 18
"""About two and a half days with the delays below."""
SECRET_KINDS = frozenset({"reminder"})
"""Who gets one of these has not taken a ballot: no page names them, no failure keeps them."""


class Channel(StrEnum):
    """How a message leaves."""

    MAIL = "mail"
    WEBHOOK = "webhook"


class Problem(StrEnum):
    """Why a try failed. The words of the other side are not kept: they name people."""

    UNREACHABLE = "unreachable"
    NOT_ACCEPTED = "not_accepted"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    BAD_ADDRESS = "bad_address"
    PRIVATE_ADDRESS = "private_address"
    REDIRECTED = "redirected"


PROBLEM_LABELS: Mapping[Problem, str] = {
    Problem.UNREACHABLE: N_("The server cannot be reached"),
    Problem.NOT_ACCEPTED: N_("The mail server does not accept our sign-in or sender"),
    Problem.DEFERRED: N_("The other side asks to try again later"),
    Problem.REJECTED: N_("The other side refuses for good"),
    Problem.BAD_ADDRESS: N_("The address is not valid"),
    Problem.PRIVATE_ADDRESS: N_("The address lies in a private network"),
    Problem.REDIRECTED: N_("The address leads elsewhere"),
}

KIND_LABELS: Mapping[str, str] = {
    "invitation": N_("Invitation"),
    "reminder": N_("Reminder"),
    "results": N_("News of results"),
    "halted": N_("Publication stopped"),
    "test": N_("Test mail"),
    "wave.opened": N_("Call: wave opened"),
    "wave.published": N_("Call: results published"),
}

_NOT_THE_MESSAGE = frozenset({Problem.UNREACHABLE, Problem.NOT_ACCEPTED})
_TEMPORARY = _NOT_THE_MESSAGE | {Problem.DEFERRED}
_SIGN_IN_REPLIES = frozenset({530, 534, 535, 538})
_TEMPORARY_STATUSES = frozenset({408, 425, 429})
_BLANK_OR_CONTROL = re.compile(r"[\x00-\x20\x7f]")
_NAT64 = IPv6Network("64:ff9b::/96")
_LOCAL_NETWORKS = tuple(map(IPv6Network, ("::/96", "64:ff9b:1::/48", "fec0::/10")))
"""Counted among the global by ``ipaddress``: IPv4-compatible, local NAT64, site-local."""


@dataclass(frozen=True)
class Mail:
    """A mail to queue. ``idempotency_key`` names the decision: the same one queues nothing new.

    With ``erase`` nothing about the recipient is kept once it is delivered.
    """

    kind: str
    recipient: str
    subject: str
    body: str
    idempotency_key: str
    html: str | None = None
    erase: bool = False

    def __post_init__(self) -> None:
        if any(sign in text for text in (self.recipient, self.subject) for sign in "\r\n"):
            raise ValueError("a line break in a mail header")


@dataclass(frozen=True)
class Letter:
    """A claimed message in the hands of a transport; ``secret`` signs a webhook call."""

    id: int
    kind: str
    recipient: str
    subject: str
    body: str
    html: str | None
    queued_at: datetime
    secret: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of a letter. ``reply`` is the code of the other side, never its words."""

    letter_id: int
    problem: Problem | None
    reply: str | None = None


class EndpointRefused(Refused):
    """An address that is not called."""


class AddressUnfit(EndpointRefused):
    message = N_("A webhook needs a complete address that begins with https:// or http://.")


class EndpointKnown(EndpointRefused):
    message = N_("This address is called already.")
    status = 409


def retry_after(problem: Problem, attempts: int) -> timedelta | None:
    """How long to wait after the ``attempts``-th failure in a row; None: give up.

    A server that is down or does not know us says nothing about the message, which is therefore
    tried until it is back; nothing is lost by a long weekend.
    """
    if problem not in _TEMPORARY:
        return None
    delay = FIRST_DELAY * (1 << min(attempts - 1, 20))
    if problem in _NOT_THE_MESSAGE:
        return min(delay, LONGEST_DELAY_UNREACHABLE)
    return min(delay, LONGEST_DELAY) if attempts < MAX_ATTEMPTS else None


def recipient_problem(code: int) -> Problem:
    """What an SMTP reply to a recipient or to the text means."""
    if code in _SIGN_IN_REPLIES:
        return Problem.NOT_ACCEPTED
    return Problem.REJECTED if code >= 500 else Problem.DEFERRED


def status_problem(status: int) -> Problem | None:
    """What an HTTP status of a webhook's answer means."""
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return Problem.REDIRECTED
    if status >= 500 or status in _TEMPORARY_STATUSES:
        return Problem.DEFERRED
    return Problem.REJECTED


def forgotten(kind: str, *, erase: bool, delivered: bool) -> bool:
    """Whether recipient and text are erased now: after delivery, or when a reminder is given up.

    Another message that was given up stays whole, so that it can be tried again.
    """
    return erase and (delivered or kind in SECRET_KINDS)


def webhook_signature(secret: str, *, timestamp: int, body: str) -> str:
    """``t=<unix time>,v1=<hex HMAC-SHA256 of "t.body">``: the receiver can refuse old calls."""
    digest = hmac.digest(secret.encode(), f"{timestamp}.{body}".encode(), "sha256")
    return f"t={timestamp},v1={digest.hex()}"


def delivery_name(letter: Letter, secret: str) -> str:
    """What the other side knows a letter by: each time the same, and without its number.

    Two numbers would tell how many messages were queued between them: how many were reminded.
    """
    named = f"{letter.id} {letter.queued_at.timestamp()}"
    return hmac.digest(secret.encode(), named.encode(), "sha256")[:16].hex()


def is_public(address: str) -> bool:
    """Whether an IP address lies in the public internet, also when wrapped into an IPv6 one."""
    parsed = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address):
        if any(parsed in network for network in _LOCAL_NETWORKS):
            return False
        wrapped = parsed.ipv4_mapped or parsed.sixtofour or _translated(parsed)
        if wrapped is not None:
            return is_public(str(wrapped))
    return parsed.is_global and not parsed.is_multicast


def _translated(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a NAT64 gateway would call (RFC 6052)."""
    return IPv4Address(int(address) & 0xFFFF_FFFF) if address in _NAT64 else None


def check_webhook_url(url: str) -> None:
    """Refuse anything but a plain web address without a password in it."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise AddressUnfit from error
    if (
        not good
        or _BLANK_OR_CONTROL.search(url)
        or parts.username
        or parts.password
        or parts.fragment
        or not url.isascii()
    ):
        raise AddressUnfit
