"""Korean and English: which locale a request has, and how a phrase is said in it."""

from datetime import date, datetime
from typing import Any, cast

from babel.dates import format_skeleton
from flask import Flask, current_app, g, has_request_context, request, session
from flask_babel import Babel, get_locale, gettext, to_user_timezone

from employee_pulse.foundation.phrases import Phrase

LANGUAGES = ("ko", "en")
CATALOGS = (
    "shared",
    "foundation",
    "org",
    "auth",
    "notifications",
    "charts",
    "surveys",
    "ballots",
    "results",
    "scheduler",
    "home",
    "demo",
    "linkage",
)
"""One catalog a room, merged at run time; a text stands in exactly one of them."""


def say(phrase: Phrase) -> str:
    """Translate by the current locale; parameters that are phrases are said first."""
    params: dict[str, Any] = {
        name: say(value) if isinstance(value, Phrase) else value
        for name, value in phrase.params.items()
    }
    return cast(str, gettext(phrase.msgid, **params))


def day(value: date) -> str:
    """A day near the present, as people name it; a moment counts as its day here."""
    local = to_user_timezone(value) if isinstance(value, datetime) else value
    return format_skeleton("MMMEd", local, locale=get_locale())


def moment(value: datetime) -> str:
    """A day with the time of day here, 24 hours."""
    return f"{day(value)} {to_user_timezone(value):%H:%M}"


def current_language() -> str:
    """The language of this request: asked for, remembered, the account's, the browser's, Korean.

    Commands speak the configured language.
    """
    if not has_request_context():
        chosen = current_app.config["LANGUAGE"]
        return chosen if chosen in LANGUAGES else LANGUAGES[0]
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        return asked
    if request.path.startswith("/app"):
        remembered = session.get("lang") or getattr(g.get("account"), "language", None)
        if remembered in LANGUAGES:
            return cast(str, remembered)
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def init_app(app: Flask) -> None:
    """Install the catalogs of all rooms and the template filter ``say``."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", LANGUAGES[0])
    app.config.setdefault(
        "BABEL_TRANSLATION_DIRECTORIES", ";".join(["translations"] * len(CATALOGS))
    )
    app.config.setdefault("BABEL_DOMAIN", ";".join(CATALOGS))
    Babel(
        app,
        locale_selector=current_language,
        timezone_selector=lambda: cast(str, app.config["TIMEZONE"]),
    )
    app.before_request(_remember_language)
    app.jinja_env.filters.update(say=say, day=day, moment=moment)
    app.jinja_env.globals["current_language"] = current_language


def _remember_language() -> None:
    """A language asked for on a signed-in page holds for the session, its charts and files too."""
    asked = request.args.get("lang")
    if request.path.startswith("/app") and asked in LANGUAGES and session.get("lang") != asked:
        session["lang"] = asked
