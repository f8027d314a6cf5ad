"""The signed-in session of a browser: begun, recognized, ended."""

from flask import g, session
from flask_login import UserMixin, current_user, login_user, logout_user

from employee_pulse.auth import queries
from employee_pulse.auth.models import Account


class SignedIn(UserMixin):  # type: ignore[misc]  # flask_login is untyped
    """An account as its session knows it; another ``Account.epoch`` makes it a stranger."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def get_id(self) -> str:
        return f"{self.account.id}:{self.account.epoch}"


def recognize(session_id: str) -> SignedIn | None:
    """The account of a session, unless it is disabled or its sessions were ended."""
    account_id, _, epoch = session_id.partition(":")
    if not (account_id.isdecimal() and epoch.isdecimal()):
        return None
    account = queries.account(int(account_id))
    if account is None or account.disabled_at is not None or account.epoch != int(epoch):
        return None
    return SignedIn(account)


def current_account() -> Account | None:
    """The account of this request's session."""
    return current_user.account if current_user.is_authenticated else None


def start(account: Account) -> None:
    """Begin a session; nothing of an earlier one stays but the chosen language."""
    language = session.get("lang")
    session.clear()
    if language:
        session["lang"] = language
    session.permanent = True
    login_user(SignedIn(account))
    g.account = account


def end() -> None:
    """Leave, and forget everything the session held but the chosen language."""
    language = session.get("lang")
    logout_user()
    session.clear()
    if language:
        session["lang"] = language
    g.account = None
