"""The slot of the urn, and the plain page for paper codes. No cookie, no session, no trace."""

import secrets
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, render_template, request
from sqlalchemy.exc import OperationalError

from employee_pulse.ballots.urn import paper, service
from employee_pulse.ballots.urn.paper_form import PaperForm, answers, comments, read_form
from employee_pulse.ballots.urn.paper_page import (
    has_errors,
    in_both,
    paper_page_context,
    with_errors,
)
from employee_pulse.ballots.urn.rules import MAX_BODY_BYTES, BallotTooLarge, read_ballot
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import DatabaseUnavailable, db, transaction
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_

blueprint = Blueprint("urn", __name__, url_prefix="/urn")

_NAMING_HEADERS = ("Cookie", "Authorization", "Referer")
_NONCE_BYTES = 16
_PAPER_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


class SenderShown(Refused):
    message = N_("The request carries something that could name its sender. Nothing was stored.")


@blueprint.post("/<int:wave_id>/cast")
def cast(wave_id: int) -> Response:
    _take_only_ballots()
    ballot = read_ballot(request.get_data(cache=False), wave_id=wave_id)
    with transaction():
        receipt = service.cast_ballot(ballot, now=clock.now())
    return jsonify(receipt=receipt.hex())


@blueprint.get("/<int:wave_id>/paper")
def paper_form(wave_id: int) -> Response:
    """Plain, for places without JavaScript; the same bytes for everybody."""
    context = paper_page_context(wave_id, now=clock.now())
    return _page(context, 200 if context else 404)


@blueprint.post("/<int:wave_id>/paper")
def paper_cast(wave_id: int) -> Response:
    """First a look at the answers, then the ballot. Whatever is wrong, nothing typed is lost."""
    context = paper_page_context(wave_id, now=clock.now())
    if context is None:
        return _page(None, 404)
    try:
        _take_only_ballots()
        form = read_form(request.form.to_dict(flat=False), context["questions"])
    except Refused as refusal:
        return _page(context | {"refusal": in_both(refusal)}, refusal.status)
    step = request.form.get("step")
    if step == "change":
        return _page(context | {"form": form}, 200)
    context = with_errors(context, form)
    if step == "send" and form.nonce is not None and not has_errors(context):
        return _cast_on_paper(wave_id, context, form, form.nonce)
    if context["stage"] != "form":
        return _page(context, 410)
    if has_errors(context):
        return _page(context, 422)
    return _page(context | {"stage": "review", "nonce": secrets.token_hex(_NONCE_BYTES)}, 200)


@blueprint.after_request
def keep_nothing(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _take_only_ballots() -> None:
    """Nothing that names its sender, and nothing large."""
    if any(name in request.headers for name in _NAMING_HEADERS):
        raise SenderShown
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise BallotTooLarge
    request.max_content_length = MAX_BODY_BYTES


def _cast_on_paper(
    wave_id: int, context: dict[str, Any], form: PaperForm, nonce: bytes
) -> Response:
    refusal: Refused
    try:
        with transaction():
            receipt = paper.cast_paper_ballot(
                wave_id,
                form.paper_code or "",
                answers=answers(form, context["questions"]),
                comments=comments(form),
                nonce=nonce,
                now=clock.now(),
            )
    except Refused as refused:
        refusal = refused
    except OperationalError:
        db.session.rollback()
        refusal = DatabaseUnavailable()
    else:
        return _page(context | {"stage": "done", "receipt": receipt.hex()}, 200)
    context = paper_page_context(wave_id, now=clock.now()) or {}
    return _page(context | {"form": form, "refusal": in_both(refusal)}, refusal.status)


def _page(context: dict[str, Any] | None, status: int) -> Response:
    """``None`` is a wave that does not exist."""
    response = make_response(
        render_template("ballots/paper.html", **(context or {"stage": "unknown"})), status
    )
    response.headers["Content-Security-Policy"] = _PAPER_POLICY
    return response
