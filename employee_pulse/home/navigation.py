"""What stands in the side navigation and the language switch of a request."""

from dataclasses import dataclass

from babel import Locale
from flask import current_app, g, request, url_for
from flask_babel import gettext

from employee_pulse.auth import queries as auth
from employee_pulse.auth.access import Permission, allows
from employee_pulse.foundation.phrases import N_
from employee_pulse.foundation.translation import LANGUAGES, current_language


@dataclass(frozen=True)
class NavigationItem:
    """A link of the side navigation, for this request."""

    url: str
    label: str
    icon: str
    current: str | None
    """For ``aria-current``: "page" for the page itself, "true" for one that belongs to it."""


@dataclass(frozen=True)
class LanguageChoice:
    """A language, named in itself, and where the switch leads."""

    code: str
    name: str
    url: str
    current: bool


NAVIGATION = (
    ("home.dashboard", N_("Overview"), "layout-dashboard"),
    ("surveys.programs", N_("Programs"), "repeat"),
    ("surveys.questions", N_("Question bank"), "library"),
    ("results.index", N_("Results"), "chart-line"),
    ("org.departments", N_("Organization"), "building-2"),
    ("org.holidays", N_("Holidays"), "calendar-days"),
    ("notifications.deliveries", N_("Deliveries"), "send"),
    ("auth.accounts", N_("Accounts"), "users"),
    ("demo.mailbox", N_("Demo mailbox"), "inbox"),
)


def may(permission: Permission) -> bool:
    """Whether the signed-in account holds a permission; nobody signed in holds none."""
    return permission in auth.permissions(g.get("account"))


def nav_items() -> list[NavigationItem]:
    """The entries that the signed-in account may open, in order."""
    held = auth.permissions(g.get("account"))
    open_to_us = [entry for entry in NAVIGATION if allows(entry[0], held) and _exists(entry[0])]
    here = _entry_of_this_page([endpoint for endpoint, _, _ in open_to_us])
    return [
        NavigationItem(
            url=url_for(endpoint),
            label=gettext(label),
            icon=icon,
            current="page"
            if endpoint == request.endpoint
            else "true"
            if endpoint == here
            else None,
        )
        for endpoint, label, icon in open_to_us
    ]


def _exists(endpoint: str) -> bool:
    """The demo's pages are there in demo mode only."""
    return not endpoint.startswith("demo.") or bool(current_app.config["DEMO"])


def _entry_of_this_page(endpoints: list[str]) -> str | None:
    """The page itself, else the longest address above it, else the first entry of its room."""
    if request.endpoint in endpoints:
        return request.endpoint
    above = [
        endpoint
        for endpoint in endpoints
        if endpoint != "home.dashboard"
        and request.path.startswith(url_for(endpoint).rstrip("/") + "/")
    ]
    same_room = [name for name in endpoints if name.split(".")[0] == request.blueprint]
    return max(above, key=lambda name: len(url_for(name)), default=next(iter(same_room), None))


def language_choices() -> list[LanguageChoice]:
    """Every language with the address that shows this page in it."""
    return [
        LanguageChoice(
            code=code,
            name=(Locale(code).get_display_name(code) or code).capitalize(),
            url=_page_in(code),
            current=code == current_language(),
        )
        for code in LANGUAGES
    ]


def _page_in(code: str) -> str:
    """Signed-in pages remember the language in the session; public ones carry it in the address."""
    arguments = {key: value for key, value in request.args.items() if key != "lang"}
    readable = request.url_rule is not None and "GET" in (request.url_rule.methods or ())
    if not readable or request.endpoint is None:
        return url_for("home.landing", lang=code)
    if not request.path.startswith("/app"):
        return url_for(request.endpoint, **{**(request.view_args or {}), **arguments, "lang": code})
    here = url_for(request.endpoint, **{**(request.view_args or {}), **arguments})
    return url_for("home.set_language", lang=code, next=here)
