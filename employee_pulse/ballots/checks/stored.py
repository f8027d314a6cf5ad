"""What is stored about a person in a wave, and which columns a ballot has."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from employee_pulse.auth.models import Account
from employee_pulse.ballots.register import queries as register
from employee_pulse.ballots.register.models import RollEntry
from employee_pulse.ballots.register.refusals import InvitationUnknown
from employee_pulse.ballots.register.rules.invitations import token_hash
from employee_pulse.ballots.waves import WaveNotYetOpen, WaveUnknown
from employee_pulse.foundation.db import Base, db
from employee_pulse.notifications.models import DeliveryAttempt, OutboxMessage
from employee_pulse.org.models import Employee
from employee_pulse.surveys import queries as surveys
from employee_pulse.surveys.models import Program
from employee_pulse.surveys.rules.waves import WaveState, state

PERSONAL: tuple[type[Base], ...] = (RollEntry, OutboxMessage, DeliveryAttempt, Employee, Account)
"""What can bear somebody's identity."""
_NAMELESS = ("reminder_round", "reporting_group")
"""What the register keeps of a wave besides, with no person in it."""
_URN = "employee_pulse.ballots.urn.models"
_RESULTS = "employee_pulse.results.models"
"""By name: neither may be known here, only what columns they have."""
_WITHHELD = {("account", "password_hash"), ("outbox_message", "body"), ("outbox_message", "html")}
"""Of these only the length is told: a text may hold the invitation itself."""
_TO_COME = frozenset({WaveState.PLANNED, WaveState.DUE, WaveState.HELD, WaveState.OPEN})


@dataclass(frozen=True)
class Columns:
    """A table and everything it can hold."""

    table: str
    columns: Sequence[str]


def stored_page_context(wave_id: int) -> dict[str, Any]:
    """The columns of every table, taken from the tables themselves."""
    wave = surveys.wave(wave_id)
    if wave is None:
        raise WaveUnknown
    roll = register.roll(wave_id)
    return {
        "wave": wave,
        "program": db.session.get_one(Program, wave.program_id),
        "sheet_hash": roll.sheet_hash if roll else None,
        "published": roll is not None and roll.wrapped_token_key is None,
        "personal": [_columns(table.__tablename__) for table in PERSONAL],
        "nameless": [_columns(name) for name in _NAMELESS],
        "ballots": _of_waves(_URN),
        "remaining": _of_waves(_RESULTS),
    }


def stored_about(
    wave_id: int, token: str, *, now: datetime
) -> Mapping[str, list[dict[str, Any]]] | None:
    """Rows by table, columns by name; None once the wave is published and has forgotten everybody.

    Says whether a ballot was taken, which the roll knows, and not whether one was cast, which
    nobody knows. To who is asked by letter it does not say even that: whoever printed the letters
    has their links too, and could ask for everybody. Refuses a wave that is unknown or not open
    yet, and an unknown invitation.
    """
    wave, roll = surveys.wave(wave_id), register.roll(wave_id)
    if wave is None:
        raise WaveUnknown
    if roll is None:
        raise WaveNotYetOpen if state(wave, now) in _TO_COME else InvitationUnknown
    entry = db.session.scalar(
        select(RollEntry).where(
            RollEntry.wave_id == wave_id, RollEntry.token_hash == token_hash(token)
        )
    )
    if entry is not None:
        tables = {
            table.__tablename__: [_row(row) for row in rows]
            for table, rows in zip(PERSONAL, _rows_about(entry), strict=True)
        }
        if not entry.invited:
            tables[RollEntry.__tablename__][0]["blinded_hash"] = {"withheld": True}
        return tables
    if roll.wrapped_token_key is not None:
        raise InvitationUnknown
    return None


def _rows_about(entry: RollEntry) -> tuple[Iterable[Base], ...]:
    """In the order of ``PERSONAL``."""
    employee = db.session.get_one(Employee, entry.employee_id)
    mails = db.session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.idempotency_key.startswith(f"wave:{entry.wave_id}:"),
            or_(
                OutboxMessage.recipient == employee.email,
                OutboxMessage.idempotency_key.endswith(f":{employee.id}"),
            ),
        )
        .order_by(OutboxMessage.id)
    ).all()
    attempts = db.session.scalars(
        select(DeliveryAttempt)
        .where(DeliveryAttempt.message_id.in_([mail.id for mail in mails]))
        .order_by(DeliveryAttempt.id)
    )
    accounts = db.session.scalars(
        select(Account)
        .where(or_(Account.employee_id == employee.id, Account.email == _lower(employee.email)))
        .order_by(Account.id)
    )
    return [entry], mails, attempts, [employee], accounts


def _lower(address: str | None) -> str | None:
    """As addresses of accounts are kept."""
    return None if address is None else address.lower()


def _row(row: Base) -> dict[str, Any]:
    names = row.__table__.columns.keys()
    return {name: _value(row.__tablename__, name, getattr(row, name)) for name in names}


def _value(table: str, column: str, value: object) -> object:
    """As JSON has it; of what is withheld {"length": characters}."""
    if (table, column) in _WITHHELD:
        return {"length": len(value)} if isinstance(value, str) and value else None
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, date) else value


def _columns(table: str) -> Columns:
    return Columns(table, Base.metadata.tables[table].columns.keys())


def _of_waves(module: str) -> list[Columns]:
    """The tables of a room that hold something of a wave."""
    mapped = {
        mapper.local_table.name  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        if mapper.class_.__module__ == module
    }
    found = [_columns(name) for name in Base.metadata.tables if name in mapped]
    return [table for table in found if "wave_id" in table.columns]
