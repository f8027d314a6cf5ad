"""Whether everybody got the same survey, and what is stored about whoever asks."""

from typing import Any

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from employee_pulse.ballots.checks.sheets import check_page_context, sheet_facts
from employee_pulse.ballots.checks.stored import stored_about, stored_page_context
from employee_pulse.ballots.protocol import parse_json
from employee_pulse.ballots.register import queries as register
from employee_pulse.ballots.register.page import PAGE_POLICY
from employee_pulse.ballots.register.refusals import RequestMalformed, RequestTooLarge
from employee_pulse.ballots.waves import WaveUnknown
from employee_pulse.foundation import clock

blueprint = Blueprint("checks", __name__)

_MAX_TOKEN_BYTES = 1024


@blueprint.get("/ballot/<int:wave_id>/check")
def check(wave_id: int) -> Response:
    """The same bytes for everybody; the browser computes and compares."""
    return _page("ballots/check.html", check_page_context(wave_id, now=clock.now()))


@blueprint.get("/ballot/<int:wave_id>/check.json")
def check_json(wave_id: int) -> Response:
    roll = register.roll(wave_id)
    if roll is None:
        raise WaveUnknown
    return jsonify(sheet_facts(roll))


@blueprint.get("/ballot/<int:wave_id>/stored")
def stored(wave_id: int) -> Response:
    """The same bytes for everybody; the browser asks for its own rows."""
    return _page("ballots/stored.html", stored_page_context(wave_id))


@blueprint.post("/register/<int:wave_id>/stored")
def stored_rows(wave_id: int) -> Response:
    """What bears the identity of whoever holds the invitation; it changes nothing."""
    rows = stored_about(wave_id, _read_token(), now=clock.now())
    return jsonify(state="forgotten") if rows is None else jsonify(state="found", tables=rows)


@blueprint.after_request
def keep_nothing(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store" if request.method == "POST" else "no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _page(template: str, context: dict[str, Any]) -> Response:
    response = make_response(render_template(template, **context))
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response


def _read_token() -> str:
    if (request.content_length or 0) > _MAX_TOKEN_BYTES:
        raise RequestTooLarge
    request.max_content_length = _MAX_TOKEN_BYTES
    try:
        token = str(parse_json(request.get_data(cache=False))["token"])
        token.encode()  # Half a character, which JSON can carry, is no text.
    except (ValueError, KeyError, TypeError) as error:
        raise RequestMalformed from error
    return token
