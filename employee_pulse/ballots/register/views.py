"""The ballot page, the sheet that everybody can compare, and the signature for an invitation."""

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request

from employee_pulse.ballots.protocol import parse_json
from employee_pulse.ballots.register import queries, service
from employee_pulse.ballots.register.page import ballot_page_context, integrity
from employee_pulse.ballots.register.refusals import RequestMalformed, RequestTooLarge
from employee_pulse.ballots.waves import WaveUnknown
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import transaction

blueprint = Blueprint("register", __name__)
blueprint.add_app_template_global(integrity, "integrity")

_MAX_SIGN_BYTES = 4096
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)


@blueprint.get("/ballot/<int:wave_id>")
def ballot_page(wave_id: int) -> Response:
    """The same bytes for everybody: language and group are found in the browser."""
    context = ballot_page_context(wave_id, now=clock.now())
    template = "ballots/ballot.html" if context["state"] == "open" else "ballots/not_open.html"
    response = make_response(render_template(template, **context))
    response.headers["Content-Security-Policy"] = _PAGE_POLICY
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


@blueprint.after_request
def keep_nothing(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store" if request.method == "POST" else "no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _read_request() -> tuple[str, bytes]:
    if (request.content_length or 0) > _MAX_SIGN_BYTES:
        raise RequestTooLarge
    request.max_content_length = _MAX_SIGN_BYTES
    try:
        fields = parse_json(request.get_data(cache=False))
        token = str(fields["token"])
        token.encode()  # Half a character, which JSON can carry, is no text.
        return token, bytes.fromhex(fields["blinded"])
    except (ValueError, KeyError, TypeError) as error:
        raise RequestMalformed from error
