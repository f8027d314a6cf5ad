"""The test mail that shows HR how an invitation looks, sent to whoever asks for it."""

from datetime import datetime

from flask import current_app, render_template, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from employee_pulse.auth.models import Account
from employee_pulse.notifications.service import enqueue_mail
from employee_pulse.surveys import queries
from employee_pulse.surveys.models import Program
from employee_pulse.surveys.rules.questions import minutes


def send_test_mail(program: Program, *, to: Account, now: datetime) -> None:
    """Queue the invitation of this program, in its language, with a link to the preview."""
    codes = [part.question_code for part in program.questions]
    kinds = [question.kind for question in queries.current_questions(codes=codes)]
    path = url_for("surveys.preview", program_id=program.id, _external=False)
    with force_locale(program.language):
        shown = {
            "program": program,
            "name": getattr(program, f"name_{program.language}"),
            "message": getattr(program, f"message_{program.language}"),
            "count": len(codes),
            "minutes": minutes(kinds),
            "link": current_app.config["BASE_URL"] + path,
            "language": program.language,
        }
        enqueue_mail(
            kind="test",
            recipient=to.email,
            subject=_("[Test] %(name)s: your opinion, please", name=shown["name"]),
            body=render_template("surveys/mail/invitation.txt", **shown),
            html=render_template("surveys/mail/invitation.html", **shown),
            idempotency_key=f"test:{program.id}:{to.id}:{now.isoformat()}",
            now=now,
        )
