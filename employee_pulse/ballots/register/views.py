"""The ballot page, the sheet that everybody can compare, and the signature for an invitation."""

import hmac

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request

from employee_pulse.auth.wiring import limiter
from employee_pulse.ballots.protocol import parse_json
from employee_pulse.ballots.register import kiosk as kiosk_service
from employee_pulse.ballots.register import queries, service
from employee_pulse.ballots.register.page import PAGE_POLICY, ballot_page_context, integrity
from employee_pulse.ballots.register.refusals import RequestMalformed, RequestTooLarge
from employee_pulse.ballots.waves import WaveUnknown
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import transaction

blueprint = Blueprint("register", __name__)
blueprint.add_app_template_global(integrity, "integrity")

KIOSK_TRIES_OF_A_NUMBER = "10 per 10 minutes"
"""Strict: a code has 55 bits."""
KIOSK_TRIES_FROM_AN_ADDRESS = "120 per minute"
"""Loose: behind a proxy that hides addresses, as it should, all kiosks share one."""

_MAX_SIGN_BYTES = 4096


@blueprint.get("/ballot/<int:wave_id>")
def ballot_page(wave_id: int) -> Response:
    """The same bytes for everybody: language and group are found in the browser."""
    return _page("ballots/ballot.html", wave_id)


@blueprint.get("/ballot/<int:wave_id>/kiosk")
def kiosk_page(wave_id: int) -> Response:
    """For a device that many share: one after the other, and nothing stays on it."""
    response = _page("ballots/kiosk.html", wave_id)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/ballot/<int:wave_id>/sheet.json")
def sheet(wave_id: int) -> Response:
    roll = queries.roll(wave_id)
    if roll is None:
        raise WaveUnknown
    return Response(roll.sheet, mimetype="application/json")


@blueprint.post("/register/<int:wave_id>/sign")
def sign(wave_id: int) -> Response:
    token, blinded = _read_request()
    with transaction():
        signature = service.issue_signature(
            wave_id=wave_id,
            token=token,
            blinded=blinded,
            secret=current_app.config["SECRET_KEY"],
            now=clock.now(),
        )
    return jsonify(signature=signature.hex())


def _number_tried() -> str:
    """Counted by a keyed hash: where tries are counted, nobody is named."""
    number, _ = _read_kiosk_request()
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, f"kiosk|{number.strip().casefold()}".encode(), "sha256").hexdigest()


@blueprint.post("/register/<int:wave_id>/kiosk")
@limiter.limit(KIOSK_TRIES_FROM_AN_ADDRESS)
@limiter.limit(KIOSK_TRIES_OF_A_NUMBER, key_func=_number_tried)
def kiosk(wave_id: int) -> Response:
    number, code = _read_kiosk_request()
    admission = kiosk_service.admit(
        wave_id=wave_id,
        number=number,
        code=code,
        secret=current_app.config["SECRET_KEY"],
        now=clock.now(),
    )
    return jsonify(token=admission.token, group=admission.group)


@blueprint.after_request
def keep_nothing(response: Response) -> Response:
    kept = "no-store" if request.method == "POST" else "no-cache"
    response.headers.setdefault("Cache-Control", kept)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _page(template: str, wave_id: int) -> Response:
    context = ballot_page_context(wave_id, now=clock.now())
    chosen = template if context["state"] == "open" else "ballots/not_open.html"
    response = make_response(render_template(chosen, **context))
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response


def _read_request() -> tuple[str, bytes]:
    token, blinded = _read_texts("token", "blinded")
    try:
        return token, bytes.fromhex(blinded)
    except ValueError as error:
        raise RequestMalformed from error


def _read_kiosk_request() -> tuple[str, str]:
    number, code = _read_texts("number", "code")
    return number, code


def _read_texts(*names: str) -> list[str]:
    if (request.content_length or 0) > _MAX_SIGN_BYTES:
        raise RequestTooLarge
    request.max_content_length = _MAX_SIGN_BYTES
    try:
        fields = parse_json(request.get_data())
        texts = [fields[name] for name in names]
        for text in texts:
            text.encode()  # Half a character, which JSON can carry, is no text.
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RequestMalformed from error
    return texts
