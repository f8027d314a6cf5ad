"""Puts the house together: extensions, blueprints, commands, headers, error pages."""

import os

from flask import Flask, Response, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InternalError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from employee_pulse.auth import wiring as auth
from employee_pulse.auth.cli import cli as auth_commands
from employee_pulse.auth.views import blueprint as auth_pages
from employee_pulse.ballots.checks.views import blueprint as checks_pages
from employee_pulse.ballots.printing.views import blueprint as printing_pages
from employee_pulse.ballots.register.views import blueprint as register_pages
from employee_pulse.ballots.urn.views import blueprint as urn_pages
from employee_pulse.demo import wiring as demo
from employee_pulse.demo.cli import cli as demo_commands
from employee_pulse.demo.views import blueprint as demo_pages
from employee_pulse.foundation import compression, translation
from employee_pulse.foundation import db as database
from employee_pulse.foundation.access_log import leaves_no_trace
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.failures import place
from employee_pulse.home import wiring as home
from employee_pulse.home.views import blueprint as home_pages
from employee_pulse.linkage.cli import cli as linkage_commands
from employee_pulse.notifications import wiring as notifications
from employee_pulse.notifications.views import blueprint as notifications_pages
from employee_pulse.org.cli import cli as org_commands
from employee_pulse.org.views import blueprint as org_pages
from employee_pulse.results.cli import cli as results_commands
from employee_pulse.results.views import blueprint as results_pages
from employee_pulse.scheduler.cli import cli as scheduler_commands
from employee_pulse.surveys.cli import cli as surveys_commands
from employee_pulse.surveys.views import blueprint as surveys_pages

BALLOT_PAGES = (register_pages, urn_pages, checks_pages)
"""Their authority is a blind signature and never the browser, so no cookie and no CSRF token."""

PAGES = (
    org_pages,
    auth_pages,
    notifications_pages,
    surveys_pages,
    *BALLOT_PAGES,
    printing_pages,
    results_pages,
    home_pages,
    demo_pages,
)
COMMANDS = (
    org_commands,
    auth_commands,
    surveys_commands,
    results_commands,
    scheduler_commands,
    demo_commands,
    linkage_commands,
)

MIGRATIONS = "migrations"

csrf = CSRFProtect()


class RowNumber(IntegerConverter):
    """``<int:...>`` in our addresses: what no row can have as its number is not found."""

    regex = r"[0-9]{1,10}"

    def __init__(self, addresses: Map) -> None:
        super().__init__(addresses, max=2**31 - 1)


def create_app(config: object) -> Flask:
    """Build an application; ``config`` is an object with upper-case attributes."""
    app = Flask(__name__, template_folder="../templates")
    app.config.from_object(config)
    app.url_map.converters["int"] = RowNumber
    for part in (database, translation, compression, csrf, auth, notifications, home, demo):
        part.init_app(app)
    _prepare_migrations(app)
    for pages in PAGES:
        app.register_blueprint(pages)
    for pages in BALLOT_PAGES:
        csrf.exempt(pages)
    for commands in COMMANDS:
        app.cli.add_command(commands)
    _handle_errors(app)
    if proxies := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]  # Flask's own advice
    return app


def _prepare_migrations(app: Flask) -> None:
    """``flask db`` and whoever upgrades; a web worker goes without, for Alembic costs it 14 MB."""
    if os.environ.get("FLASK_RUN_FROM_CLI") == "true" or app.testing:
        from flask_migrate import Migrate

        Migrate(app, database.db, directory=MIGRATIONS, render_as_batch=True)


def _handle_errors(app: Flask) -> None:
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(IntegrityError, _conflict)
    app.register_error_handler(DataError, _unfit)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(InternalError, _database_error)
    app.register_error_handler(Exception, _unexpected)
    app.after_request(_headers)


def _refused(error: Refused) -> ResponseReturnValue:
    words = translation.say(error.phrase)
    if _wants_json():
        return jsonify(error=type(error).__name__, message=words), error.status
    return render_template("errors/refused.html", message=words), error.status


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    return _error_page(error.code, error.name)


def _database_error(error: DBAPIError) -> ResponseReturnValue:
    _log_problem("The database refused: %s", type(error.orig).__name__)
    database.db.session.rollback()
    return _refused(database.DatabaseUnavailable())


def _conflict(error: IntegrityError) -> ResponseReturnValue:
    _log_problem("A constraint refused: %s", place(error))
    database.db.session.rollback()
    return _refused(database.ChangedMeanwhile())


def _unfit(error: DataError) -> ResponseReturnValue:
    """A value that the database cannot hold, such as a null character on PostgreSQL."""
    database.db.session.rollback()
    return _error_page(400, "Bad Request")


def _unexpected(error: Exception) -> ResponseReturnValue:
    if current_app.testing:
        raise error
    _log_problem("Unexpected %s", place(error))
    return _error_page(500, "Internal Server Error")


def _log_problem(text: str, detail: str) -> None:
    """Without a word of the request, and where people answer nothing: a moment tells as well."""
    if not leaves_no_trace(request.path):
        current_app.logger.error(text, detail)


def _error_page(code: int, name: str) -> ResponseReturnValue:
    if _wants_json():
        return jsonify(error=name), code
    return render_template("errors/http.html", code=code), code


def _wants_json() -> bool:
    if request.path.startswith(("/register/", "/urn/")):
        return True
    return not request.accept_mimetypes["text/html"] and bool(
        request.accept_mimetypes["application/json"]
    )


def _headers(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/app"):
        response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'; manifest-src 'self'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
