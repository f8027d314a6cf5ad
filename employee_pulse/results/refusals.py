"""Why results are not published, and why history is not imported."""

from collections.abc import Sequence

from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_
from employee_pulse.foundation.table_file import RowError


class PublicationHalted(Refused):
    """The ballots of a wave cannot be trusted or opened; nothing of it is deleted."""

    status = 409


class TooManyBallots(PublicationHalted):
    message = N_(
        "%(group)s: there are more ballots than were handed out. Somebody may have forged ballots."
    )


class BallotInvalid(PublicationHalted):
    message = N_(
        "A ballot cannot be opened with the key of this wave, or carries no valid signature. "
        "The database or the key folder may have been altered."
    )


class HistoryInvalid(Refused):
    """Rows of a history file are wrong; ``errors`` says which, and nothing was imported."""

    message = N_("The file has entries that cannot be imported. Nothing was written.")
    status = 422

    def __init__(self, errors: Sequence[RowError]) -> None:
        super().__init__()
        self.errors = errors
