"""Gives templates their navigation, languages and permissions; lets browsers keep fonts."""

from datetime import timedelta

from flask import Flask, Response, request

from employee_pulse.home import navigation

KEEP_VENDORED = timedelta(days=7)


def init_app(app: Flask) -> None:
    """As globals, so that imported macros have them too."""
    app.jinja_env.globals.update(
        nav_items=navigation.nav_items,
        language_choices=navigation.language_choices,
        may=navigation.may,
    )
    app.after_request(keep_vendored_files)


def keep_vendored_files(response: Response) -> Response:
    """A Korean page reads two dozen font files: they change with a release only."""
    if request.path.startswith("/static/vendor/") and response.status_code in (200, 304):
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = int(KEEP_VENDORED.total_seconds())
    return response
