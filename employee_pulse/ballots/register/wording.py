"""How moments are said on the ballot page and in its mails."""

from employee_pulse.ballots.wording import closing_words

__all__ = ["closing_words"]
