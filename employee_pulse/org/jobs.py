"""What the clock does for the organization: forget unconfirmed rosters, free posts of leavers."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import current_app

from employee_pulse.foundation.db import transaction
from employee_pulse.org import service


def forget_rosters(now: datetime) -> int:
    """A file full of names does not wait for another one to be chosen."""
    with transaction():
        return service.forget_uploads(now=now)


def free_posts(now: datetime) -> int:
    """Who has left leads nobody from the next day on, whenever the next roster comes."""
    today = now.astimezone(ZoneInfo(current_app.config["TIMEZONE"])).date()
    with transaction():
        return service.free_posts(today=today)
