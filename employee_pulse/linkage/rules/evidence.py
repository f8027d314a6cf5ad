"""What an attacker holds: traces of people and of ballots, each with its place in some order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Says = str
"""What a ballot says, as one canonical text. Every ballot of a staged group says something else."""


class Source(StrEnum):
    """Where a trace was found; places are comparable within one source."""

    ROWS = "rows"
    MOMENTS = "moments"
    TRANSACTIONS = "transactions"
    FILES = "files"
    LOG_AHEAD = "log-ahead"
    BACKUP = "backup"
    CONTENTS = "contents"
    LOGS = "logs"
    MAILS = "mails"


@dataclass(frozen=True)
class PersonTrace:
    """Somebody did something at this place: took a ballot, sent a request, got a mail."""

    source: Source
    place: tuple[float, ...]
    person: str


@dataclass(frozen=True)
class BallotTrace:
    """A ballot, or a part of one, lies at this place."""

    source: Source
    place: tuple[float, ...]
    ballot: str
    """Tells one from another; says nothing itself."""
    says: Says | None
    """None: it cannot be read."""
    size: int = 0
    """Stored bytes of a whole ballot; 0 of a part of one."""


@dataclass(frozen=True)
class Evidence:
    """Everything an attacker holds about one wave.

    ``known`` is a gift that no real attacker gets: everything that was said in each group, in
    random order. Who knows less guesses no better.
    """

    people: Mapping[str, int]
    """Group of each person, in the order of the roster."""
    known: Mapping[int, Sequence[Says]]
    person_traces: Sequence[PersonTrace]
    ballot_traces: Sequence[BallotTrace]
    opened: int = 0
    """Sealed ballots that some key opened."""

    def people_by(self, source: Source) -> list[str]:
        """Who left traces there, in the order of their first ones."""
        traces = [trace for trace in self.person_traces if trace.source is source]
        return list(dict.fromkeys(t.person for t in sorted(traces, key=lambda t: t.place)))

    def ballots_by(self, source: Source) -> list[BallotTrace]:
        """First trace of each ballot there, in order."""
        first: dict[str, BallotTrace] = {}
        traces = [trace for trace in self.ballot_traces if trace.source is source]
        for trace in sorted(traces, key=lambda trace: trace.place):
            first.setdefault(trace.ballot, trace)
        return list(first.values())
