"""People without e-mail: a letter of their own, or a paper code drawn from their group's box."""

from collections.abc import Collection
from enum import StrEnum

from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_


class Way(StrEnum):
    """How the people without e-mail of a reporting group are asked; it cannot be changed."""

    LETTERS = "letters"
    PAPER = "paper"


class LettersPrinted(Refused):
    """Who answered by letter is not known, and must not get a slip as well."""

    message = N_(
        "Letters have been printed for this group. Paper codes besides would let somebody answer "
        "twice."
    )
    status = 409


class TooFewForPaper(Refused):
    message = N_(
        "Only %(people)s people of this group have no e-mail. Paper codes need at least "
        "%(minimum)s, or a ballot would point at persons; print letters instead."
    )
    status = 409


def check_paper(way: Way | None, people: Collection[int], *, minimum: int) -> None:
    """Refuse paper codes unless nothing else was printed and enough people draw from one box."""
    if way is Way.LETTERS:
        raise LettersPrinted
    if len(people) < minimum:
        raise TooFewForPaper(people=len(people), minimum=minimum)
