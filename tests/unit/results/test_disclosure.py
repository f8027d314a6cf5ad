"""Everything that is published about a wave, against an attacker who knows linear algebra."""

import random
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace

from employee_pulse.results.rules import measures
from employee_pulse.results.rules.checks import Counts, shown_signatures
from employee_pulse.results.rules.freezing import Frozen, FrozenScore, freeze
from employee_pulse.results.rules.measures import Asked
from employee_pulse.results.rules.moments import Kept, keep
from employee_pulse.results.rules.tally import count
from employee_pulse.surveys.rules.thresholds import Thresholds
from tests.unit.results.companies import (
    BUNDLES,
    FAVORABLE,
    QUESTIONS,
    Ballot,
    Company,
    answered,
    company,
    grouped,
    next_wave,
    scale,
)
from tests.unit.results.oracle import Figure, figure, given_away

EVERYTHING = ("L1", "L2", "W1", "E1")
Name = Callable[[int], Hashable]
ONCE = (1, 0)
"""Of things that somebody did or did not do."""


@dataclass(frozen=True)
class Published:
    company: Company
    frozen: Frozen
    kept: Kept
    thresholds: Thresholds


def publish(at: Company, thresholds: Thresholds) -> Published:
    tally = count(at.counted(), QUESTIONS)
    frozen = freeze(at.places, tally, QUESTIONS, thresholds)
    return Published(at, frozen, keep(at.places, tally, frozen.shown, thresholds), thresholds)


def about_answers(seen: Published, asked: Asked, name: Name = lambda person: person
                  ) -> Iterator[Figure]:  # fmt: skip
    """Every published number that depends on what people answered to one question.

    Dimensions and the index are averages of these. Sums over dimensions are taken apart by
    question, which tells more than is published.
    """
    people = seen.company.voters(asked.code)
    for score in seen.frozen.scores:
        if score.measure == measures.of_asked(asked, QUESTIONS):
            there = {name(person) for person in people[score.department_id]}
            for weights in weights_of(score, asked):
                yield figure(weights, there)
    for chosen in with_moments(seen, asked):
        for power in (1, 2):
            yield figure(
                [value**power for value in scale(asked)], {name(person) for person in chosen}
            )


def weights_of(score: FrozenScore, asked: Asked) -> Iterator[Sequence[int]]:
    """What each answer counts in the numbers of one published score."""
    if score.favorable is not None:
        yield FAVORABLE
    if score.mean is not None:
        yield scale(asked)
    if score.sd is not None:
        yield [value * value for value in scale(asked)]
    if score.histogram is not None:
        answers = scale(asked)
        yield from ([int(answer == one) for answer in answers] for one in answers)


def with_moments(seen: Published, asked: Asked) -> list[frozenset[int]]:
    """The people over whom sums are kept that this question is part of."""
    sets = [
        seen.company.voters(*BUNDLES[moments.measure])[moments.department_id]
        for moments in seen.kept.moments
        if asked.code in BUNDLES[moments.measure]
    ]
    if seen.kept.cross is not None and asked.code in EVERYTHING:
        sets.append(seen.company.voters(*EVERYTHING)[0])
    return sets


def about_sums(seen: Published) -> Iterator[Figure]:
    """Squares of sums over several questions: another unknown for each bundle of them."""
    for moments in seen.kept.moments:
        people = seen.company.voters(*BUNDLES[moments.measure])[moments.department_id]
        yield figure([*(int(name == moments.measure) for name in BUNDLES), 0], people)


def about_taking_part(seen: Published) -> Iterator[Figure]:
    """Ballots and rounded shares, each as if it were exact; signatures beside them."""
    people, nodes = seen.company.invited(), seen.frozen.nodes
    above = {place.id: place.parent_id for place in seen.company.places}
    for node in nodes:
        if node.ballots is not None or node.participation is not None:
            yield figure((1, 0, 0), people[node.department_id])
    counts = [Counts(node.department_id, above[node.department_id], node.ballots) for node in nodes]
    for v in shown_signatures(counts, Counter(seen.company.groups.values())):
        yield figure((0, 1, 0), people[v])


def about_answering(seen: Published, asked: Asked) -> Iterator[Figure]:
    """How many answered a question, wherever that is said."""
    people, measure = seen.company.invited(), measures.of_asked(asked, QUESTIONS)
    for score in seen.frozen.scores:
        if score.measure == measure and score.n is not None:
            yield figure(ONCE, people[score.department_id])


def about_comments(seen: Published) -> Iterator[Figure]:
    """How many comments stand with each department, and with all below it."""
    people = seen.company.voters()
    for v in seen.frozen.comments:
        yield figure(ONCE, people[v])


def about_distributions(seen: Published, asked: Asked) -> Iterator[Figure]:
    """How many gave each answer, wherever that is said."""
    people = seen.company.voters(asked.code)
    for score in seen.frozen.scores:
        if score.measure == measures.of_asked(asked, QUESTIONS) and score.histogram is not None:
            for one in scale(asked):
                counts = [int(answer == one) for answer in scale(asked)]
                yield figure(counts, people[score.department_id])


def about_everything(seen: Published) -> Iterator[tuple[str, list[Figure], int]]:
    fine = max(seen.thresholds.scores, seen.thresholds.distributions)
    for asked in QUESTIONS[:-1]:
        yield asked.code, list(about_answers(seen, asked)), seen.thresholds.scores
        yield f"all {asked.code}", list(about_distributions(seen, asked)), fine
    yield "sums", list(about_sums(seen)), fine
    yield "comments", list(about_comments(seen)), seen.thresholds.comments


def companies(seed: int, number: int, *, roll_up: bool) -> Iterator[Company]:
    """One in twenty is large enough for figures that need a hundred people."""
    rng = random.Random(seed)
    for _ in range(number):
        size = 40 if rng.random() < 0.05 else rng.randint(2, 16)
        yield answered(rng, company(rng, departments=size, roll_up=roll_up))


def thresholds(number: int) -> Thresholds:
    return Thresholds(scores=(3, 5, 5, 7)[number % 4])


def primary_only(at: Company, asked: Asked, minimum: int) -> set[int]:
    """The careless rule: hide what is small."""
    return {v for v, people in at.voters(asked.code).items() if len(people) >= minimum}


def with_the_next_smallest(at: Company, asked: Asked, minimum: int) -> set[int]:
    """The usual rule: beside a lone hidden department hide the smallest of its siblings."""
    sizes = {v: len(people) for v, people in at.voters(asked.code).items()}
    shown = primary_only(at, asked, minimum)
    for v in at.parents:
        children = [u for u, above in at.parents.items() if above == v and sizes[u]]
        hidden = [u for u in children if u not in shown]
        left = [u for u in children if u in shown]
        if len(hidden) == 1 and left:
            shown.discard(min(left, key=lambda u: (sizes[u], u)))
    return shown


def about_changes(before: Published, after: Published, asked: Asked) -> Iterator[Figure]:
    """The change of a share between two waves, as one number about people of both."""
    measure = measures.of_asked(asked, QUESTIONS)
    waves = [
        {
            score.department_id: (number, seen.company.voters(asked.code)[score.department_id])
            for score in seen.frozen.scores
            if score.measure == measure and score.favorable is not None
        }
        for number, seen in enumerate((before, after))
    ]
    for v in waves[0].keys() & waves[1].keys():
        sizes = [len(wave[v][1]) for wave in waves]
        # Times both numbers of people: fractions would be no integers.
        parts = zip(waves, (-sizes[1], sizes[0]), strict=True)
        yield Figure(
            tuple(
                part
                for wave, factor in parts
                for part in figure(
                    [factor * one for one in FAVORABLE],
                    {(person, wave[v][0]) for person in wave[v][1]},
                ).parts
            )
        )


def successive(seed: int, number: int) -> Iterator[tuple[Published, Published]]:
    """Two waves of a company that people join and leave, and that is sometimes reorganized."""
    rng = random.Random(seed)
    for _ in range(number):
        before = answered(rng, company(rng, departments=rng.randint(2, 16)))
        after = answered(rng, next_wave(rng, before))
        yield publish(before, Thresholds()), publish(after, Thresholds())


class TestOneWave:
    def test_nothing_about_few_people_follows_from_everything_published(self) -> None:
        figures = hidden = crossed = 0
        for number, at in enumerate(
            [*companies(1, 500, roll_up=True), *companies(2, 500, roll_up=False)]
        ):
            seen = publish(at, thresholds(number))
            hidden += any(score.reason == "complementary" for score in seen.frozen.scores)
            crossed += seen.kept.cross is not None
            for name, published, minimum in about_everything(seen):
                figures += len(published)
                assert given_away(published, minimum) is None, (number, name)
        assert figures > 50_000
        assert hidden > 300
        assert crossed > 3

    def test_products_are_not_kept_where_two_people_skipped_the_recommendation(self) -> None:
        people = dict.fromkeys(range(122), 0)
        scales = [1 + person % 5 for person in people]
        ballots = [
            Ballot(n, 0, {"L1": one, "L2": 6 - one, "W1": one, "E1": one if n > 1 else None,
                          "C1": None})
            for n, one in enumerate(scales)
        ]  # fmt: skip

        seen = publish(Company({0: None}, people, people, ballots), Thresholds())

        assert {moments.measure for moments in seen.kept.moments} == set(BUNDLES)
        assert seen.kept.cross is None
        everything = figure(scale(QUESTIONS[0]), range(2, 122))
        assert given_away([*about_answers(seen, QUESTIONS[0]), everything], 5) == {0, 1}

    def test_counts_of_those_who_took_part_are_about_whole_groups(self) -> None:
        """Who took part is counted among all who were asked: nobody knows who of them did."""
        for number, at in enumerate(companies(3, 300, roll_up=True)):
            seen = publish(at, thresholds(number))
            smallest = min(10, len(at.people))
            assert given_away(about_taking_part(seen), smallest) is None
            for asked in QUESTIONS[:-1]:
                assert given_away(about_answering(seen, asked), smallest) is None

    def test_the_attacker_sees_through_careless_rules(self) -> None:
        """What the thousand trees would tell if only small departments were hidden, and if each
        lone one took its smallest sibling with it: the usual ways."""
        for rule, least in ((primary_only, 200), (with_the_next_smallest, 150)):
            open_to_attack = 0
            for number, at in enumerate(
                [*companies(1, 300, roll_up=True), *companies(2, 300, roll_up=False)]
            ):
                minimum, people = thresholds(number).scores, at.voters("L1")
                shown = rule(at, QUESTIONS[0], minimum)
                figures = [figure(FAVORABLE, people[v]) for v in shown]
                open_to_attack += given_away(figures, minimum) is not None
            assert open_to_attack > least


class TestTwoWaves:
    def test_joiners_leavers_and_a_reorganization_give_nobody_away(self) -> None:
        changes = moved = 0
        for before, after in successive(4, 200):
            moved += before.company.parents != after.company.parents
            for asked in QUESTIONS[:-1]:
                figures = [
                    *about_answers(before, asked, lambda person: (person, 0)),
                    *about_answers(after, asked, lambda person: (person, 1)),
                    *about_changes(before, after, asked),
                ]
                changes += sum(len(one.parts) > 1 for one in figures)
                assert given_away(figures, 5) is None
        assert changes > 500
        assert moved > 40

    def test_the_same_wave_in_two_trees_would(self) -> None:
        """Why a wave stays in the tree of its time: each of the two by itself is safe."""
        rng, told = random.Random(6), 0
        for before, after in successive(5, 150):
            again = publish(regrouped(rng, before.company, after.company), Thresholds())
            figures = [*about_answers(before, QUESTIONS[0]), *about_answers(again, QUESTIONS[0])]
            told += given_away(figures, 5) is not None
        assert told > 15


def regrouped(rng: random.Random, voted: Company, later: Company) -> Company:
    """The ballots of the one, counted in the tree of the other; those who left are still there."""
    homes = {person: later.people.get(person, home) for person, home in voted.people.items()}
    moved = grouped(rng, later.parents, homes)
    ballots = [replace(ballot, group=moved.groups[ballot.person]) for ballot in voted.ballots]
    return replace(moved, ballots=ballots)
