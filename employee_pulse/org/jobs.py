"""What the clock does for the organization: forget rosters that nobody confirmed."""

from datetime import datetime

from employee_pulse.foundation.db import transaction
from employee_pulse.org import service


def forget_rosters(now: datetime) -> int:
    """A file full of names does not wait for another one to be chosen."""
    with transaction():
        return service.forget_uploads(now=now)
