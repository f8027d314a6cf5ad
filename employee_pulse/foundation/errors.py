"""Refused: the base of every "no" that a person can understand."""

from typing import Any

from employee_pulse.foundation.phrases import N_, Phrase


class Refused(Exception):
    """A request that was understood and is declined, with a sentence for the person who asked.

    Subclasses state the refusal: ``message`` is an English msgid with ``%(name)s`` places,
    ``status`` the HTTP status of a page that answers with it.
    """

    message: str = N_("This is not possible.")
    status: int = 400

    def __init__(self, **params: Any) -> None:
        super().__init__(self.message % params if params else self.message)
        self.params = params

    @property
    def phrase(self) -> Phrase:
        """The sentence, to be translated by a door."""
        return Phrase(self.message, self.params)
