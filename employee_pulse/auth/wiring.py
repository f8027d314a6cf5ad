"""The guard before every request, sessions and the limit on sign-in attempts by address."""

from datetime import timedelta

from flask import Flask, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager

from employee_pulse.auth import queries, sessions
from employee_pulse.auth.access import ENDPOINTS, allows

SESSION_LENGTH = timedelta(hours=12)

limiter = Limiter(get_remote_address, headers_enabled=False)


def init_app(app: Flask) -> None:
    """Install sessions and the guard."""
    app.permanent_session_lifetime = SESSION_LENGTH
    manager = LoginManager()
    manager.session_protection = "basic"
    manager.init_app(app, add_context_processor=False)
    manager.user_loader(sessions.recognize)
    limiter.init_app(app)
    # First of all, before the body of a request is looked at.
    app.before_request_funcs.setdefault(None, []).insert(0, guard)


def guard() -> ResponseReturnValue | None:
    """Set ``g.account`` and let the request pass, or not: deny by default.

    Outside ``/app`` no session is looked at: the browser does not send one there.
    """
    g.account = sessions.current_account() if request.path.startswith("/app") else None
    if request.endpoint is None:
        return None  # No such page: the router says so.
    if g.account is not None and g.account.password_given_at is not None:
        return _ask_to_choose_a_password()
    if allows(request.endpoint, queries.permissions(g.account)):
        return None
    if g.account is not None or request.endpoint not in ENDPOINTS:
        abort(403)
    return _ask_to_sign_in()


def _ask_to_choose_a_password() -> ResponseReturnValue | None:
    """A password that somebody else knows opens only what is open to all, and its own change."""
    if request.endpoint == "auth.choose_password" or allows(request.endpoint or "", frozenset()):
        return None
    if request.method != "GET":
        abort(403)
    return redirect(url_for("auth.choose_password", next=request.full_path.rstrip("?")))


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.method != "GET":
        abort(401)
    return redirect(url_for("auth.sign_in", next=request.full_path.rstrip("?")))
