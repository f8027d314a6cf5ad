"""The delivery log and the webhook endpoints."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db, transaction
from employee_pulse.notifications import queries, service
from employee_pulse.notifications.forms import EndpointForm
from employee_pulse.notifications.models import OutboxMessage, WebhookEndpoint
from employee_pulse.notifications.rules import (
    KIND_LABELS,
    PROBLEM_LABELS,
    SECRET_KINDS,
    EndpointRefused,
)

SHOWN_FAILURES = 200

blueprint = Blueprint("notifications", __name__, url_prefix="/app/deliveries")


@blueprint.get("/")
def deliveries() -> str:
    return render_template(
        "notifications/deliveries.html",
        counts=queries.counts(),
        failures=queries.failures(limit=SHOWN_FAILURES),
        secret_failures=queries.secret_failures(),
        kinds=KIND_LABELS,
        problems=PROBLEM_LABELS,
    )


@blueprint.post("/<int:message_id>/retry")
def retry(message_id: int) -> ResponseReturnValue:
    with transaction():
        message = db.get_or_404(OutboxMessage, message_id)
        if message.kind in SECRET_KINDS:
            abort(404)
        service.retry(message, now=clock.now())
    flash(_("The message will be sent again within a minute."))
    return redirect(url_for("notifications.deliveries"))


@blueprint.post("/retry")
def retry_all() -> ResponseReturnValue:
    with transaction():
        count = service.retry_given_up(now=clock.now())
    flash(
        ngettext(
            "%(num)s message will be sent again within a minute.",
            "%(num)s messages will be sent again within a minute.",
            count,
        )
    )
    return redirect(url_for("notifications.deliveries"))


@blueprint.route("/webhooks", methods=["GET", "POST"])
def webhooks() -> ResponseReturnValue:
    """The secret of a new endpoint is shown once, in the answer to the request that made it."""
    form = EndpointForm()
    added = None
    if form.validate_on_submit():
        try:
            with transaction():
                added = service.add_endpoint(url=form.url.data or "", now=clock.now())
        except EndpointRefused as refusal:
            form.url.errors = [_(refusal.message)]
    page = render_template(
        "notifications/webhooks.html", endpoints=queries.endpoints(), form=form, added=added
    )
    return page, 400 if form.errors else 200, {"Cache-Control": "no-store"} if added else {}


@blueprint.post("/webhooks/<int:endpoint_id>/remove")
def remove_webhook(endpoint_id: int) -> ResponseReturnValue:
    with transaction():
        service.remove_endpoint(db.get_or_404(WebhookEndpoint, endpoint_id), now=clock.now())
    flash(_("This address is not called any more."))
    return redirect(url_for("notifications.webhooks"))
