"""Roles, passwords, lockout, and where a sign-in may lead."""

import re
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from employee_pulse.foundation.phrases import N_, Phrase


class Role(StrEnum):
    """What somebody is in the company, as far as access goes."""

    EMPLOYEE = "employee"
    OWNER = "owner"
    EXECUTIVE = "executive"
    HR = "hr"
    ADMINISTRATOR = "administrator"
    WORKS_COUNCIL = "works_council"


ROLE_LABELS = {
    Role.EMPLOYEE: N_("Employee"),
    Role.OWNER: N_("Owner"),
    Role.EXECUTIVE: N_("Executive"),
    Role.HR: N_("HR"),
    Role.ADMINISTRATOR: N_("Administrator"),
    Role.WORKS_COUNCIL: N_("Works council"),
}

ATTEMPTS = 5
"""Failed sign-ins in a row that an account bears."""
LOCKED_FOR = timedelta(minutes=15)

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
_FEWEST_CHARACTERS = 5
"""Different ones: "aaaaaaaaaaaa" is long and weak."""

_UNSAFE = re.compile(r"[\\\x00-\x20\x7f]")
_LEADS_ELSEWHERE = re.compile(r"//|/\.\.?(?:/|$)|%2f|%5c|%2e", re.IGNORECASE)


def password_problem(password: str, *, email: str) -> Phrase | None:
    """What makes a password unfit; None if it will do."""
    if len(password) < SHORTEST_PASSWORD:
        return Phrase(
            N_("Please use at least %(length)s characters."), {"length": SHORTEST_PASSWORD}
        )
    if len(password) > LONGEST_PASSWORD:
        return Phrase(N_("Please use at most %(length)s characters."), {"length": LONGEST_PASSWORD})
    if len(set(password)) < _FEWEST_CHARACTERS:
        return Phrase(N_("Please use more different characters."))
    if email.partition("@")[0].casefold() in password.casefold():
        return Phrase(N_("Please do not use your e-mail address in it."))
    return None


def is_safe_target(target: str) -> bool:
    """Whether a sign-in may lead there: a signed-in page of this site and nothing else."""
    if _UNSAFE.search(target):  # before urlsplit, which overlooks some of them
        return False
    parts = urlsplit(target)
    inside = parts.path == "/app" or parts.path.startswith("/app/")
    return inside and not (parts.scheme or parts.netloc or _LEADS_ELSEWHERE.search(parts.path))
