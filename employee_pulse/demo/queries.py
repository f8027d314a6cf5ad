"""Reading the demo mailbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select

from employee_pulse.auth.models import Account
from employee_pulse.auth.rules import Role
from employee_pulse.demo.models import DemoMail
from employee_pulse.foundation.db import db
from employee_pulse.org.models import Department, Employee


@dataclass(frozen=True)
class MailLine:
    """A mail in the list, with the person it went to."""

    id: int
    recipient: str
    name: str | None
    department_ko: str | None
    department_en: str | None
    subject: str
    delivered_at: datetime


def mails(*, words: str, limit: int, offset: int) -> Sequence[MailLine]:
    """The latest mails whose recipient, department or subject contains every word."""
    statement = (
        _matching(words)
        .with_only_columns(
            DemoMail.id,
            DemoMail.recipient,
            Employee.name,
            Department.name_ko,
            Department.name_en,
            DemoMail.subject,
            DemoMail.delivered_at,
        )
        .order_by(DemoMail.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [MailLine(*row) for row in db.session.execute(statement)]


def count_mails(*, words: str) -> int:
    """How many mails match."""
    return db.session.scalar(_matching(words).with_only_columns(func.count(DemoMail.id))) or 0


def mail_bodies(wave_id: int) -> Sequence[str]:
    """Texts that carry a link to the ballot of a wave, the latest last."""
    statement = (
        select(DemoMail.body)
        .where(DemoMail.body.contains(f"/ballot/{wave_id}#", autoescape=True))
        .order_by(DemoMail.id)
    )
    return db.session.scalars(statement).all()


def account_of(role: Role) -> Account | None:
    """The account by which the demo is seen with the eyes of a role: the first one made."""
    statement = (
        select(Account)
        .where(Account.role == role, Account.disabled_at.is_(None))
        .order_by(Account.id)
        .limit(1)
    )
    return db.session.scalar(statement)


def _matching(words: str) -> Select[DemoMail]:
    statement = (
        select(DemoMail)
        .outerjoin(Employee, Employee.email == DemoMail.recipient)
        .outerjoin(Department, Department.id == Employee.department_id)
    )
    searched = (
        DemoMail.recipient,
        DemoMail.subject,
        Employee.name,
        Employee.name_en,
        Department.name_ko,
        Department.name_en,
    )
    for word in words.split():
        found = (column.icontains(word, autoescape=True) for column in searched)
        statement = statement.where(or_(*found))
    return statement
