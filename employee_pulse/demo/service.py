"""Changing the demo mailbox."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert

from employee_pulse.demo.models import DemoMail
from employee_pulse.foundation.db import db
from employee_pulse.notifications.rules import Letter


def keep_mails(letters: Sequence[Letter], *, now: datetime) -> None:
    """Put mails into the mailbox."""
    db.session.execute(
        insert(DemoMail),
        [
            {
                "recipient": letter.recipient,
                "subject": letter.subject,
                "body": letter.body,
                "html": letter.html,
                "delivered_at": now,
            }
            for letter in letters
        ],
    )
