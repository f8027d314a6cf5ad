"""The demo mailbox, and signing in with one click."""

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from employee_pulse.auth import sessions
from employee_pulse.auth.rules import Role
from employee_pulse.demo import queries
from employee_pulse.demo.letters import with_links
from employee_pulse.demo.models import DemoMail
from employee_pulse.foundation.db import db

PAGE_LENGTH = 50

blueprint = Blueprint("demo", __name__, url_prefix="/app/demo")


@blueprint.before_request
def only_in_the_demo() -> None:
    """Elsewhere none of this exists."""
    if not current_app.config["DEMO"]:
        abort(404)


@blueprint.post("/sign-in/<role>")
def sign_in(role: str) -> ResponseReturnValue:
    if role not in set(Role):
        abort(404)
    account = queries.account_of(Role(role))
    if account is None:
        abort(404)
    sessions.start(account)
    return redirect(url_for("home.dashboard"))


@blueprint.get("/mailbox")
def mailbox() -> str:
    words = request.args.get("q", "").strip()
    total = queries.count_mails(words=words)
    pages = -(-total // PAGE_LENGTH)
    page = max(1, min(request.args.get("page", 1, type=int), pages))
    mails = queries.mails(words=words, limit=PAGE_LENGTH, offset=(page - 1) * PAGE_LENGTH)
    return render_template(
        "demo/mailbox.html",
        mails=mails,
        words=words,
        total=total,
        page=page,
        pages=pages,
    )


@blueprint.get("/mailbox/<int:mail_id>")
def message(mail_id: int) -> str:
    mail = db.get_or_404(DemoMail, mail_id)
    text = Markup("").join(
        Markup('<a href="{0}">{0}</a>').format(part) if is_link else escape(part)
        for part, is_link in with_links(mail.body)
    )
    return render_template("demo/message.html", mail=mail, text=text)
