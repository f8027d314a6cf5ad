"""Single cells of a roster: dates, yes and no, addresses, languages, duties."""

import re
from datetime import date

from employee_pulse.foundation.phrases import N_, Phrase
from employee_pulse.org.rules import words

NO_END = date(2900, 1, 1)
"""From this day on, a last day means that none is known."""

_DATES = (
    re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[T ]00:00(?::00)?)?"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
    re.compile(r"(\d{4})\. ?(\d{1,2})\. ?(\d{1,2})\.?"),
    re.compile("(\\d{4})\ub144 ?(\\d{1,2})\uc6d4 ?(\\d{1,2})\uc77c"),  # year, month, day in Korean
)
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
_MAX_EMAIL = 254


class CellRefused(ValueError):
    """A cell that does not mean what its column says."""

    def __init__(self, problem: Phrase) -> None:
        super().__init__(problem.msgid)
        self.problem = problem


def is_email(text: str) -> bool:
    """Whether mail could be sent there: an ASCII address at a domain with a dot."""
    return len(text) <= _MAX_EMAIL and _EMAIL.fullmatch(text) is not None


def email(text: str) -> str | None:
    """An address in lower case; an empty cell means that the person has none."""
    if text.casefold() in words.NOTHING:
        return None
    if not is_email(text):
        raise CellRefused(Phrase(N_("This is not an e-mail address.")))
    return text.lower()


def day(text: str) -> date | None:
    """A date in one of the ways people write it; an empty cell or a row of zeros means none."""
    if text.casefold() in words.NOTHING:
        return None
    for pattern in _DATES:
        if found := pattern.fullmatch(text):
            try:
                return date(*map(int, found.groups()))
            except ValueError:
                raise CellRefused(Phrase(N_("There is no such day."))) from None
    raise CellRefused(Phrase(N_("This is not a date such as 2026-03-02.")))


def last_day(text: str) -> date | None:
    """A last day at work; 9999-12-31 and its like mean that none is known."""
    found = day(text)
    return None if found is None or found >= NO_END else found


def yes_or_no(text: str) -> bool:
    """Y or N, in the ways people tick a box; empty is no."""
    word = text.casefold()
    if word in words.YES:
        return True
    if word in words.NO:
        return False
    raise CellRefused(Phrase(N_("Please write Y or N.")))


def language(text: str) -> str:
    """``ko`` or ``en``; an empty cell is Korean."""
    word = text.casefold()
    if word in words.KOREAN:
        return "ko"
    if word in words.ENGLISH:
        return "en"
    raise CellRefused(Phrase(N_("Please write ko or en.")))


def leads_department(duty: str) -> bool:
    """Whether a duty title is that of a department's head."""
    return words.plain(duty) in words.HEAD_DUTIES


def manages_people(duty: str) -> bool:
    """Whether a duty title is that of somebody who leads people."""
    return words.plain(duty) in words.MANAGING_DUTIES
