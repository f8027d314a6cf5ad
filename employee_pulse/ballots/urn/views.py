"""The slot of the urn. No cookie, no session, no trace."""

from flask import Blueprint, Response, jsonify, request

from employee_pulse.ballots.urn import service
from employee_pulse.ballots.urn.rules import MAX_BODY_BYTES, BallotTooLarge, read_ballot
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import transaction
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_

blueprint = Blueprint("urn", __name__, url_prefix="/urn")

_NAMING_HEADERS = ("Cookie", "Authorization", "Referer")


class SenderShown(Refused):
    message = N_("The request carries something that could name its sender. Nothing was stored.")


@blueprint.post("/<int:wave_id>/cast")
def cast(wave_id: int) -> Response:
    if any(name in request.headers for name in _NAMING_HEADERS):
        raise SenderShown
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise BallotTooLarge
    request.max_content_length = MAX_BODY_BYTES
    ballot = read_ballot(request.get_data(cache=False), wave_id=wave_id)
    with transaction():
        receipt = service.cast_ballot(ballot, now=clock.now())
    return jsonify(receipt=receipt.hex())


@blueprint.after_request
def keep_nothing(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
