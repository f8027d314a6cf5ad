"""What the clock does: empty the outbox."""

from datetime import datetime, timedelta
from time import monotonic

from flask import current_app

from employee_pulse.foundation.db import transaction
from employee_pulse.notifications import service
from employee_pulse.notifications.rules import LEASE, Channel, Letter, Outcome, Problem
from employee_pulse.notifications.transports import Transport


def deliver_outbox(now: datetime) -> int:
    """Send what is due and say how many left."""
    transports = current_app.extensions["pulse_transports"]
    names = {Channel.MAIL: current_app.config["MAIL_TRANSPORT"], Channel.WEBHOOK: "webhook"}
    return sum(_deliver(channel, transports[name], now) for channel, name in names.items())


def _deliver(channel: Channel, transport: Transport, now: datetime) -> int:
    """Batch by batch, each sent outside of any transaction, until nothing is due.

    A transport that stops early has met a server that is not there: the next run tries again.
    """
    started = monotonic()
    delivered = 0
    while True:
        moment = now + timedelta(seconds=monotonic() - started)
        with transaction():
            letters = service.claim_batch(channel, now=moment)
        if not letters:
            return delivered
        outcomes: list[Outcome] = []
        try:
            _send(transport, letters, outcomes)
        finally:
            moment = now + timedelta(seconds=monotonic() - started)
            with transaction():
                service.record(letters, outcomes, now=moment)
        delivered += sum(outcome.problem is None for outcome in outcomes)
        if len(outcomes) < len(letters):
            return delivered


def _send(transport: Transport, letters: list[Letter], outcomes: list[Outcome]) -> None:
    """Fill ``outcomes``: what has left stays known, whatever happens to a later letter.

    A slow server must not keep us beyond the lease: another worker would send the rest again. A
    letter that breaks the transport waits like one that was deferred, and holds up no other.
    """
    started = monotonic()
    try:
        for outcome in transport.deliver(letters):
            outcomes.append(outcome)
            if monotonic() - started > LEASE.total_seconds() / 2:
                return
    except Exception:
        if len(outcomes) < len(letters):
            outcomes.append(Outcome(letters[len(outcomes)].id, Problem.DEFERRED))
        raise
