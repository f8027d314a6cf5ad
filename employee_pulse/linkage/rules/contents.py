"""Looking for what only a respondent's device should know, in everything that was kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from employee_pulse.linkage.rules.evidence import BallotTrace, PersonTrace, Says, Source
from employee_pulse.linkage.rules.raw import first_places


@dataclass(frozen=True)
class Needles:
    """What to look for."""

    people: dict[bytes, str] = field(default_factory=dict)
    """What names a sender: token, address, the blinded message."""
    ballots: dict[bytes, tuple[str, Says]] = field(default_factory=dict)
    """What names a ballot or tells its content: serial, signature, answers, comments."""


def traces_in(
    blobs: Mapping[str, bytes], needles: Needles, source: Source
) -> Iterator[PersonTrace | BallotTrace]:
    """Everything that stands anywhere in these bytes, by blob and place."""
    for number, data in enumerate(blobs.values()):
        found = first_places(data, [*needles.people, *needles.ballots])
        for needle, place in found.items():
            if needle in needles.people:
                yield PersonTrace(source, (number, place), needles.people[needle])
            else:
                ballot, says = needles.ballots[needle]
                yield BallotTrace(source, (number, place), ballot, says)
