"""The attacks: from evidence to guesses. The same code against every store."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from employee_pulse.linkage.rules.evidence import Evidence, Says, Source


class Attack(StrEnum):
    """Ways of linking, in the order in which they are reported."""

    ROWS = "rows"
    MOMENTS = "moments"
    TRANSACTIONS = "transactions"
    FILES = "files"
    LOG_AHEAD = "log-ahead"
    BACKUP = "backup"
    CONTENTS = "contents"
    LOGS = "logs"
    MAILS = "mails"
    SIZES = "sizes"
    KEYS = "keys"


_ANY_ORDER = (Source.LOG_AHEAD, Source.TRANSACTIONS, Source.FILES, Source.ROWS)
_ORDERS: Mapping[Attack, tuple[Source, Sequence[Source]]] = {
    Attack.ROWS: (Source.ROWS, (Source.ROWS,)),
    Attack.MOMENTS: (Source.MOMENTS, (Source.MOMENTS,)),
    Attack.TRANSACTIONS: (Source.TRANSACTIONS, (Source.TRANSACTIONS,)),
    Attack.FILES: (Source.FILES, (Source.FILES,)),
    Attack.LOG_AHEAD: (Source.LOG_AHEAD, (Source.LOG_AHEAD,)),
    Attack.BACKUP: (Source.BACKUP, (Source.BACKUP,)),
    Attack.CONTENTS: (Source.CONTENTS, (Source.CONTENTS,)),
    Attack.LOGS: (Source.LOGS, (Source.LOGS, *_ANY_ORDER)),
    Attack.MAILS: (Source.MAILS, _ANY_ORDER),
}
"""By which order people are lined up, and by which of these the ballots that can be read."""


def hits(attack: Attack, evidence: Evidence, truth: Mapping[str, Says]) -> int:
    """How many people the attack names the right ballot for; of ``KEYS``, how many it opens."""
    if attack is Attack.KEYS:
        return evidence.opened
    guesses = guess(attack, evidence)
    return sum(guesses.get(person) == says for person, says in truth.items())


def guess(attack: Attack, evidence: Evidence) -> dict[str, Says]:
    """A ballot for everybody; where nothing can be read, one of the group's at random."""
    if attack is Attack.SIZES:
        return _by_size(evidence)
    of_people, of_ballots = _ORDERS[attack]
    readable: list[Says] = []
    for source in of_ballots:
        readable = readable or [b.says for b in evidence.ballots_by(source) if b.says is not None]
    return _line_up(evidence, evidence.people_by(of_people), readable)


def _line_up(
    evidence: Evidence, people: Sequence[str], readable: Sequence[Says]
) -> dict[str, Says]:
    """Within each group the first person gets the first ballot, and so on."""
    everybody = dict.fromkeys([*people, *evidence.people])
    guesses: dict[str, Says] = {}
    for group, known in evidence.known.items():
        here = set(known)
        in_order = dict.fromkeys([*(says for says in readable if says in here), *known])
        members = [person for person in everybody if evidence.people.get(person) == group]
        guesses.update(zip(members, in_order, strict=False))
    return guesses


def _by_size(evidence: Evidence) -> dict[str, Says]:
    """Who left the largest ballot wrote most: needs no key, only whose ballot is whose."""
    sizes = _sizes(evidence)
    guesses: dict[str, Says] = {}
    for group, known in evidence.known.items():
        members = [person for person, where in evidence.people.items() if where == group]
        members.sort(key=lambda person: sizes.get(person, 0))
        texts = sorted(known, key=lambda says: len(says.encode()))
        guesses.update(zip(members, texts, strict=False))
    return guesses


def _sizes(evidence: Evidence) -> dict[str, int]:
    """Size of everybody's ballot, sealed or not, by the first order that pairs them all."""
    for source in _ANY_ORDER:
        people = evidence.people_by(source)
        ballots = [ballot for ballot in evidence.ballots_by(source) if ballot.size]
        if people and len(people) == len(ballots):
            return {person: ballot.size for person, ballot in zip(people, ballots, strict=True)}
    return {}
