"""Accounts, what they may do, and which departments they may see."""

from datetime import date

from sqlalchemy import select

from employee_pulse.auth.access import DEPARTMENT_HEAD, ROLES, Permission
from employee_pulse.auth.models import Account
from employee_pulse.foundation.db import db
from employee_pulse.org import queries as org_queries
from employee_pulse.org.models import Employee


def account(account_id: int) -> Account | None:
    """An account by its id."""
    return db.session.get(Account, account_id)


def account_by_email(email: str) -> Account | None:
    """An account by its e-mail address, in whatever case it was typed."""
    return db.session.scalar(select(Account).where(Account.email == email.strip().lower()))


def accounts() -> list[Account]:
    """Every account: those in use first, by name."""
    return list(
        db.session.scalars(
            select(Account).order_by(Account.disabled_at.is_not(None), Account.name, Account.id)
        )
    )


def left_on(today: date) -> dict[int, date]:
    """Account id -> last day, of accounts whose employees have left the company."""
    statement = (
        select(Account.id, Employee.active_until)
        .join(Employee, Employee.id == Account.employee_id)
        .where(Employee.active_until < today)
    )
    return {
        account_id: last_day for account_id, last_day in db.session.execute(statement) if last_day
    }


def permissions(account: Account | None) -> frozenset[Permission]:
    """What the account may do by its role, and by leading a department."""
    if account is None:
        return frozenset()
    held = ROLES[account.role]
    if held >= DEPARTMENT_HEAD or _headed_department(account) is None:
        return held
    return held | DEPARTMENT_HEAD


def scope(account: Account) -> frozenset[int] | None:
    """Departments whose results the account may see; None means all of them."""
    if Permission.VIEW_RESULTS in ROLES[account.role]:
        return None
    headed = _headed_department(account)
    return frozenset() if headed is None else org_queries.subtree_ids(headed)


def _headed_department(account: Account) -> int | None:
    if account.employee_id is None:
        return None
    return org_queries.headed_department(account.employee_id)
