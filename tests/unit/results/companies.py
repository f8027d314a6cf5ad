"""Random small companies: a department tree of at most five levels, its people, their ballots."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from employee_pulse.ballots.register.rules.grouping import Person, groups_of
from employee_pulse.results.rules.freezing import Place
from employee_pulse.results.rules.measures import Asked
from employee_pulse.results.rules.tree import wave_tree
from employee_pulse.surveys.rules.questions import QuestionKind

LEAD_1 = Asked("L1", QuestionKind.AGREEMENT, "leadership")
LEAD_2 = Asked("L2", QuestionKind.AGREEMENT, "leadership")
WELL = Asked("W1", QuestionKind.AGREEMENT, "wellbeing")
ENPS = Asked("E1", QuestionKind.ENPS, "recommendation")
ONE = Asked("C1", QuestionKind.SINGLE_CHOICE, "process", choices=("a", "b", "c"))
TEXT = Asked("T1", QuestionKind.FREE_TEXT, "morale")
QUESTIONS = (LEAD_1, LEAD_2, WELL, ENPS, ONE, TEXT)
BUNDLES = {"dimension:leadership": ("L1", "L2"), "dimension:wellbeing": ("W1",),
           "index": ("L1", "L2", "W1")}  # fmt: skip
FAVORABLE = (0, 0, 0, 1, 1)
"""What each answer of agreement counts in the share of favorable ones."""
LEVELS = 5


@dataclass(frozen=True)
class Ballot:
    """What one person answered; a question that was skipped is None."""

    person: int
    group: int
    answers: Mapping[str, Any]
    comments: int = 0


@dataclass(frozen=True)
class Company:
    """The company on the day of a wave; departments are numbered, parents before children."""

    parents: Mapping[int, int | None]
    people: Mapping[int, int]
    """Person to department."""
    groups: Mapping[int, int]
    """Person to reporting group."""
    ballots: Sequence[Ballot] = field(default=())

    @property
    def places(self) -> list[Place]:
        invited = Counter(self.groups.values())
        branches = wave_tree(list(self.parents.items()), set(self.parents), everyone=-1)
        return [Place(one.id, one.parent_id, invited[one.id]) for one in branches]

    def counted(self) -> list[tuple[int, Mapping[str, Any]]]:
        return [(ballot.group, ballot.answers) for ballot in self.ballots]

    def inside(self) -> dict[int, set[int]]:
        """Departments with all departments below, by walking up from each."""
        found: dict[int, set[int]] = {v: set() for v in self.parents}
        for v in self.parents:
            above: int | None = v
            while above is not None:
                found[above].add(v)
                above = self.parents[above]
        return found

    def invited(self) -> dict[int, frozenset[int]]:
        """People of whole subtrees, by reporting group."""
        return self._by_department(self.groups.items())

    def voters(self, *codes: str) -> dict[int, frozenset[int]]:
        """Those of the subtree who cast a ballot and answered all of these questions."""
        return self._by_department(
            (ballot.person, ballot.group)
            for ballot in self.ballots
            if all(ballot.answers[code] is not None for code in codes)
        )

    def _by_department(self, people: Iterable[tuple[int, int]]) -> dict[int, frozenset[int]]:
        homes = list(people)
        return {
            v: frozenset(person for person, group in homes if group in below)
            for v, below in self.inside().items()
        }


def company(rng: random.Random, *, departments: int, roll_up: bool = True) -> Company:
    """With `roll_up` small departments are counted with their parents, as when a roll is drawn."""
    parents: dict[int, int | None] = {0: None}
    depths = {0: 1}
    for v in range(1, departments):
        above = rng.choice([u for u, depth in depths.items() if depth < LEVELS])
        parents[v], depths[v] = above, depths[above] + 1
    sizes = [rng.choice([0, rng.randint(1, 9), rng.randint(5, 14), rng.randint(8, 25)])
             for _ in parents]  # fmt: skip
    homes = [v for v, size in enumerate(sizes) for _ in range(size)] or [0] * 12
    homes += [0] * max(0, 5 - len(homes))
    return grouped(rng, parents, dict(enumerate(homes)), roll_up=roll_up)


def grouped(
    rng: random.Random,
    parents: Mapping[int, int | None],
    people: Mapping[int, int],
    *,
    roll_up: bool = True,
) -> Company:
    if not roll_up:
        return Company(parents, people, people)
    persons = [Person(person, home, rng.random() < 0.1) for person, home in people.items()]
    return Company(parents, people, groups_of(persons, parents, minimum=10, min_company=5))


def answered(rng: random.Random, company: Company) -> Company:
    """Most people answer, in their department's mood; in some waves many skip a question."""
    skip = rng.choice([0, 0.01, 0.1, 0.4])
    turnout = {v: rng.choice([0.2, 0.5, 0.8, 1.0]) for v in company.parents}
    mood = {v: rng.choice([-2, -1, 0, 1, 2]) for v in company.parents}
    ballots = [
        Ballot(person, group, _answers(rng, mood[group], skip), int(rng.random() < 0.4))
        for person, group in company.groups.items()
        if rng.random() < turnout[group]
    ]
    return replace(company, ballots=ballots)


def _answers(rng: random.Random, mood: int, skip: float) -> dict[str, Any]:
    def given(value: Any) -> Any:
        return None if rng.random() < skip else value

    scale = {
        asked.code: given(min(max(rng.randint(2, 4) + mood, 1), 5))
        for asked in (LEAD_1, LEAD_2, WELL)
    }
    recommends = given(min(max(rng.randint(4, 10) + mood, 0), 10))
    return {**scale, ENPS.code: recommends, ONE.code: given(rng.choice(ONE.choices))}


def next_wave(rng: random.Random, before: Company) -> Company:
    """Some leave, some join, some move, and a department may hang elsewhere; no ballots yet."""
    people = {p: home for p, home in before.people.items() if rng.random() > 0.05}
    homes = list(before.parents)
    people = {p: rng.choice(homes) if rng.random() < 0.03 else home for p, home in people.items()}
    first = max(before.people) + 1
    people |= {first + n: rng.choice(homes) for n in range(rng.randint(0, 5))}
    people |= {first + 10 + n: 0 for n in range(max(0, 5 - len(people)))}
    parents = dict(before.parents)
    leaves = [v for v in parents if v and v not in parents.values()]
    if leaves and rng.random() < 0.5:
        moved = rng.choice(leaves)
        del parents[moved]
        parents[moved] = rng.choice(sorted(_upper(parents)))
    return grouped(rng, parents, people)


def _upper(parents: Mapping[int, int | None]) -> set[int]:
    """Departments that may have another one below."""
    depths: dict[int, int] = {}
    for v, above in parents.items():
        depths[v] = 1 if above is None else depths[above] + 1
    return {v for v, depth in depths.items() if depth < LEVELS}


def scale(asked: Asked) -> Sequence[int]:
    if asked.kind is QuestionKind.ENPS:
        return range(11)
    return range(1, 6) if asked.kind is QuestionKind.AGREEMENT else range(len(asked.choices))
