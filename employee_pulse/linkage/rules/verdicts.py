"""When a number of hits is chance, and when a control has shown that an attack works."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import floor, sqrt

from employee_pulse.linkage.rules.attacks import Attack

CONTROL_SHARE = 0.95
POSTGRESQL, SQLITE = "postgresql", "sqlite"


class Case(StrEnum):
    """What was attacked, and what the attacker had."""

    PLAIN = "plain"
    """Control: answers in plain rows with moments."""
    RANDOM_KEYS = "random-keys"
    """Control: random keys, no moments."""
    OPEN = "open"
    PUBLISHED = "published"
    OPEN_WITH_KEY = "open-with-key"
    """Nobody claims that this is safe; measured and told."""


class Verdict(StrEnum):
    CHANCE = "chance"
    LINKED = "linked"
    WORKS = "works"
    BROKEN = "broken"
    TOLD = "told"


CONTROLS = frozenset({Case.PLAIN, Case.RANDOM_KEYS})
PROMISED = frozenset({Case.OPEN, Case.PUBLISHED})


@dataclass(frozen=True)
class Finding:
    """An attack in a case on a database, over all waves that were staged."""

    database: str
    case: Case
    attack: Attack
    hits: int
    people: int
    groups: int
    """Reporting groups, counted in each wave."""

    @property
    def share(self) -> float:
        return self.hits / self.people

    @property
    def bound(self) -> int:
        """Most hits that count as chance. Without a key no ballot opens by chance."""
        return 0 if self.attack is Attack.KEYS else chance_bound(self.groups)

    @property
    def verdict(self) -> Verdict:
        if self.is_control:
            return Verdict.WORKS if self.share >= CONTROL_SHARE else Verdict.BROKEN
        if self.case in PROMISED:
            return Verdict.CHANCE if self.hits <= self.bound else Verdict.LINKED
        return Verdict.TOLD

    @property
    def is_control(self) -> bool:
        """Keys have their control where the key is at hand; the others where nothing is sealed."""
        if self.attack is Attack.KEYS:
            return self.case is Case.OPEN_WITH_KEY
        return self.case in CONTROLS


def chance_bound(groups: int) -> int:
    """Four standard deviations above one hit a group, and two more.

    A guess at random within a group of any size hits once on average, with variance one.
    """
    return floor(groups + 4 * sqrt(groups) + 2)


def applies(attack: Attack, case: Case, database: str) -> bool:
    """Whether there is anything to attack in this way at all."""
    if attack is Attack.TRANSACTIONS:
        return database == POSTGRESQL
    if attack is Attack.MOMENTS:
        return case is not Case.RANDOM_KEYS
    return attack is not Attack.KEYS or case not in CONTROLS


def failures(findings: Sequence[Finding]) -> list[Finding]:
    """Attacks that beat chance, and controls that did not work."""
    wrong = {Verdict.LINKED, Verdict.BROKEN}
    return [finding for finding in findings if finding.verdict in wrong]
