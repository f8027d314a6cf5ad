"""Accounts: signing in, made, changed, shut and opened again."""

from datetime import datetime

from sqlalchemy import case, literal, or_, select, update

from employee_pulse.auth import passwords, queries
from employee_pulse.auth.models import Account
from employee_pulse.auth.rules import ATTEMPTS, LOCKED_FOR, Role
from employee_pulse.foundation.db import UtcDateTime, db
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_
from employee_pulse.org import queries as org_queries


class EmailTaken(Refused):
    message = N_("There is an account with this e-mail address already.")
    status = 409


class NoSuchEmployee(Refused):
    message = N_("There is no employee with the number %(number)s.")


class LastAdministrator(Refused):
    message = N_("This is the last administrator. Make somebody else administrator first.")
    status = 409


class PasswordWrong(Refused):
    message = N_("The present password is wrong.")


class PasswordNotNew(Refused):
    message = N_("Please choose another one than the password you were given.")


def count_attempt(*, email: str, now: datetime) -> int | None:
    """Charge an attempt to the account before its password is looked at; say which account it is.

    Charged first, so that many attempts at once are no more than the account bears. None for an
    unknown, shut or locked account. The attempt that is one too many locks it for a while.
    """
    locked_until = literal(now + LOCKED_FOR, UtcDateTime())
    lock_over = Account.locked_until <= now
    attempts = case((lock_over, 1), else_=Account.failed_sign_ins + 1)
    statement = (
        update(Account)
        .where(
            Account.email == email.strip().lower(),
            Account.disabled_at.is_(None),
            or_(Account.locked_until.is_(None), lock_over),
        )
        .values(
            failed_sign_ins=attempts,
            locked_until=case((attempts >= ATTEMPTS, locked_until), else_=None),
        )
        .returning(Account.id)
        .execution_options(synchronize_session=False)
    )
    return db.session.scalar(statement)


def admit(account: Account, *, password: str) -> None:
    """Forget failed attempts after the right password; renew a hash of weaker settings."""
    account.failed_sign_ins = 0
    account.locked_until = None
    if account.password_hash is not None and passwords.is_outdated(account.password_hash):
        account.password_hash = passwords.hashed(password)


def create_account(
    *,
    email: str,
    name: str,
    role: Role,
    now: datetime,
    password: str | None = None,
    language: str = "ko",
    employee_number: str | None = None,
) -> tuple[Account, str]:
    """Make an account; its password comes back this once.

    Without one a random password is made, which is good for nothing but choosing another.
    """
    if queries.account_by_email(email) is not None:
        raise EmailTaken
    chosen = password or passwords.one_time()
    account = Account(
        email=email.strip().lower(),
        name=name,
        role=role,
        password_hash=passwords.hashed(chosen),
        password_given_at=None if password else now,
        employee_id=_employee_id(employee_number),
        language=language,
        epoch=0,
        failed_sign_ins=0,
        created_at=now,
    )
    db.session.add(account)
    db.session.flush()
    return account, chosen


def change_password(account: Account, *, present: str, new: str) -> None:
    """Change one's own password; every session of the account ends."""
    if not passwords.matches(account.password_hash, present):
        raise PasswordWrong
    _set_password(account, new, given_at=None)


def choose_password(account: Account, *, new: str) -> None:
    """Put one's own password in the place of the one that was given; that one opens nothing more.

    The present one is not asked for: it has just opened this session, and nothing else.
    """
    if passwords.matches(account.password_hash, new):
        raise PasswordNotNew
    _set_password(account, new, given_at=None)


def reset_password(account: Account, *, now: datetime) -> str:
    """Give a new random password, which comes back this once; sessions end, a lock opens."""
    chosen = passwords.one_time()
    _set_password(account, chosen, given_at=now)
    account.failed_sign_ins = 0
    account.locked_until = None
    return chosen


def change_language(account: Account, *, language: str) -> None:
    """Choose the language of the account's pages."""
    account.language = language


def change_role(account: Account, *, role: Role) -> None:
    """Give another role; the next request already follows it."""
    if role is not Role.ADMINISTRATOR:
        _keep_an_administrator(account)
    account.role = role


def disable(account: Account, *, now: datetime) -> None:
    """Shut an account and end its sessions."""
    _keep_an_administrator(account)
    if account.disabled_at is None:
        account.disabled_at = now
        account.epoch += 1


def enable(account: Account) -> None:
    """Open an account again."""
    account.disabled_at = None


def _set_password(account: Account, password: str, *, given_at: datetime | None) -> None:
    account.password_hash = passwords.hashed(password)
    account.password_given_at = given_at
    account.epoch += 1


def _keep_an_administrator(account: Account) -> None:
    """The rows of administrators are the lock: two who shut each other at once take turns."""
    left = db.session.scalars(
        select(Account.id)
        .where(Account.role == Role.ADMINISTRATOR, Account.disabled_at.is_(None))
        .order_by(Account.id)
        .with_for_update()
    ).all()
    if left == [account.id]:
        raise LastAdministrator


def _employee_id(number: str | None) -> int | None:
    if not number:
        return None
    employee = org_queries.employee_by_number(number)
    if employee is None:
        raise NoSuchEmployee(number=number)
    return employee.id
