"""Bands keep what they stand for, whatever the exact figures around them leave possible."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import pytest

from employee_pulse.results.rules.freezing import FrozenScore, Place, freeze
from employee_pulse.results.rules.guard import exact_nodes, wide_nodes
from employee_pulse.results.rules.measures import Asked
from employee_pulse.results.rules.scoring import ANY_ENPS, ANY_SHARE, Interval
from employee_pulse.results.rules.suppression import Node, subtrees
from employee_pulse.results.rules.tally import Tally, count
from employee_pulse.surveys.rules.questions import QuestionKind
from employee_pulse.surveys.rules.thresholds import Thresholds

AGREEMENT = Asked("L1", QuestionKind.AGREEMENT, "leadership")
ENPS = Asked("E1", QuestionKind.ENPS, "recommendation")
CHOICE = Asked("C1", QuestionKind.SINGLE_CHOICE, "process", choices=("a", "b"))
Tree = Mapping[int, tuple[int | None, int]]
"""Department to parent and people of its own."""
Sums = tuple[int, ...]
Published = tuple[tuple[int, object], ...]

TREES: dict[str, Tree] = {
    "two teams": {0: (None, 0), 1: (0, 5), 2: (0, 5)},
    "two larger teams": {0: (None, 0), 1: (0, 10), 2: (0, 10)},
    "a team and the rest": {0: (None, 6), 1: (0, 6)},
    "three teams": {0: (None, 0), 1: (0, 5), 2: (0, 8), 3: (0, 12)},
    "two hidden ones": {0: (None, 0), 1: (0, 3), 2: (0, 3), 3: (0, 8), 4: (0, 6)},
    "two levels": {0: (None, 0), 1: (0, 0), 2: (1, 6), 3: (1, 6), 4: (0, 9)},
}


@dataclass(frozen=True)
class World:
    """How many people of each department stand on each side."""

    sides: tuple[Sums, ...]
    published: Published


def favorable_worlds(tree: Tree) -> Iterator[World]:
    """Every number of favorable answers that the departments can have, with what is published."""
    owns = [own for _, own in tree.values()]
    for counts in itertools.product(*(range(own + 1) for own in owns)):
        sides = tuple((own - one, one) for own, one in zip(owns, counts, strict=True))
        answers = [[3] * no + [4] * yes for no, yes in sides]
        yield World(sides, published(tree, answers, AGREEMENT, "question:L1"))


def enps_worlds(tree: Tree) -> Iterator[World]:
    owns = [own for _, own in tree.values()]
    for sides in itertools.product(*(list(splits(own)) for own in owns)):
        answers = [[0] * low + [8] * middle + [10] * high for low, middle, high in sides]
        yield World(sides, published(tree, answers, ENPS, "enps"))


def splits(people: int) -> Iterator[Sums]:
    for low in range(people + 1):
        for middle in range(people + 1 - low):
            yield low, middle, people - low - middle


def published(tree: Tree, answers: Sequence[list[int]], asked: Asked, measure: str) -> Published:
    places = [Place(v, parent, own) for v, (parent, own) in tree.items()]
    ballots = [
        (v, {asked.code: answer})
        for v, given in zip(tree, answers, strict=True)
        for answer in given
    ]
    frozen = freeze(places, tally(ballots, asked), [asked], Thresholds(distributions=5))
    return tuple(
        (score.department_id, _figure(score))
        for score in frozen.scores
        if score.measure == measure and score.reason is None
    )


def tally(ballots: Sequence[tuple[int, dict[str, int]]], asked: Asked) -> Tally:
    return count(ballots, [asked])


def _figure(score: FrozenScore) -> object:
    if score.band is not None:
        return score.band.get("favorable") or score.band["score"]
    if score.favorable is not None:
        return round(score.favorable * (score.n or 0))
    return score.histogram


def pieces(tree: Tree, shown: Iterable[int]) -> dict[tuple[str, int], list[int]]:
    """Shown departments, and what is left of them without the shown ones below."""
    nodes = [Node(v, parent, own) for v, (parent, own) in tree.items()]
    whole, shown, places = subtrees(nodes), set(shown), list(tree)
    found = {("all", v): whole[v] for v in shown}
    for v in shown:
        inside = {part for u in shown & set(whole[v]) - {v} for part in whole[u]}
        found["rest", v] = [part for part in whole[v] if part not in inside]
    return {
        name: [places.index(part) for part in parts if tree[part][1]]
        for name, parts in found.items()
        if any(tree[part][1] for part in parts)
    }


def alike(worlds: Sequence[World], parts: Sequence[int]) -> bool:
    """Whether all of these people stand on one and the same side in every one of the worlds."""
    return any(
        all(other == side or not world.sides[p][other]
            for world in worlds for p in parts for other in range(len(world.sides[p])))
        for side in range(len(worlds[0].sides[0]))
    )  # fmt: skip


def told(tree: Tree, worlds: Sequence[World]) -> int:
    """How many worlds give away that all of some piece answered alike, by what is published."""
    if not worlds[0].published:
        return 0
    shown = [v for v, _ in worlds[0].published]
    return len(worlds) * any(alike(worlds, parts) for parts in pieces(tree, shown).values())


@cache
def within(band: Interval, n: int, sides: Sums) -> bool:
    """Whether a reader who takes a band at its word finds it right."""
    if len(sides) == 2:
        return band.low * n - 1e-9 <= sides[1] <= band.high * n + 1e-9
    return band.low - 1e-9 <= (sides[2] - sides[0]) / n * 100 <= band.high + 1e-9


def possible(tree: Tree, worlds: Sequence[World], seen: World) -> list[World]:
    """Worlds that agree with published figures and bands, for who knows no rule behind them."""
    nodes = [Node(v, parent, own) for v, (parent, own) in tree.items()]
    whole = {v: [list(tree).index(part) for part in parts] for v, parts in subtrees(nodes).items()}

    def agrees(world: World) -> bool:
        for v, figure in seen.published:
            sides, true = ([tuple(map(sum, zip(*(one.sides[p] for p in whole[v]), strict=True)))
                            for one in (world, seen)])  # fmt: skip
            if isinstance(figure, Interval):
                if not within(figure, sum(sides), sides):
                    return False
            elif sides != true:
                return False
        return True

    return [world for world in worlds if agrees(world)]


class TestBandsAmongExactFigures:
    @pytest.mark.parametrize("name", [name for name in TREES if name != "three teams"])
    def test_never_prove_that_all_answered_alike(self, name: str) -> None:
        tree = TREES[name]
        worlds = list(favorable_worlds(tree))

        for seen in {world.published: world for world in worlds}.values():
            assert not told(tree, possible(tree, worlds, seen)), seen

    def test_never_prove_it_of_enps(self) -> None:
        tree: Tree = {0: (None, 0), 1: (0, 5), 2: (0, 6)}
        worlds = list(enps_worlds(tree))

        for seen in {world.published: world for world in worlds}.values():
            assert not told(tree, possible(tree, worlds, seen)), seen

    def test_seldom_prove_it_even_to_who_works_the_rules_backwards(self) -> None:
        """What remains, and is told in the threat model: 3 % of all answers of tiny companies."""
        given_away = everything = 0
        for tree in TREES.values():
            same: dict[Published, list[World]] = defaultdict(list)
            for world in favorable_worlds(tree):
                same[world.published].append(world)
            given_away += sum(told(tree, worlds) for worlds in same.values())
            everything += sum(map(len, same.values()))

        assert given_away / everything < 0.035

    def test_the_oracle_sees_what_a_band_beside_an_exact_company_gives_away(self) -> None:
        tree = TREES["two larger teams"]
        worlds = list(favorable_worlds(tree))
        careless = ((0, 12), (1, Interval(0.0, 0.2)), (2, Interval(0.8, 1.0)))
        seen = next(w for w in worlds if [one[1] for one in w.sides] == [0, 2, 10])

        assert told(tree, possible(tree, worlds, World(seen.sides, careless)))
        assert dict(seen.published)[2] == ANY_SHARE


class TestWideNodes:
    @staticmethod
    def wide(asked: Asked, answers: Mapping[int, list[int]]) -> set[int]:
        """Of departments below one company."""
        people = [Node(0, None, 0), *(Node(v, 0, sum(own)) for v, own in answers.items())]
        total = frozenset(answers) | {0}
        exact = exact_nodes(people, total, dict(answers), asked)
        sums = {**answers, 0: [sum(column) for column in zip(*answers.values(), strict=True)]}
        return set(wide_nodes(people, total, exact, sums, asked))

    def test_leaves_bands_alone_where_others_can_make_up_for_them(self) -> None:
        answers = {1: [0, 0, 6, 0, 0], 2: [1, 1, 3, 3, 0], 3: [2, 0, 2, 2, 2], 4: [3, 3, 3, 3, 3]}

        assert self.wide(AGREEMENT, answers) == set()

    def test_widens_every_band_beside_one_that_says_too_much(self) -> None:
        answers = {1: [0, 0, 8, 2, 0], 2: [0, 0, 0, 10, 0], 3: [4, 4, 4, 4, 4]}

        assert self.wide(AGREEMENT, answers) == {1, 2}

    def test_widens_bands_of_enps(self) -> None:
        promoters, mixed = [0] * 9 + [0, 10], [1] + [0] * 6 + [3, 0, 0, 6]

        assert self.wide(ENPS, {1: promoters, 2: mixed}) == {1, 2}

    def test_leaves_bands_of_enps_alone_where_others_can_make_up_for_them(self) -> None:
        detractors, mixed = [10] + [0] * 10, [6, 0, 0, 0, 0, 0, 0, 6, 0, 0, 6]
        passives = [0] * 7 + [5, 5, 0, 0]

        assert self.wide(ENPS, {1: detractors, 2: mixed, 3: passives}) == set()

    def test_choices_have_no_bands_to_widen(self) -> None:
        assert self.wide(CHOICE, {1: [10, 0], 2: [5, 5]}) == set()

    def test_a_wide_band_says_nothing(self) -> None:
        ballots = [(1, {"L1": 3})] * 8 + [(1, {"L1": 4})] * 2 + [(2, {"L1": 4})] * 10
        places = [Place(0, None, 0), Place(1, 0, 10), Place(2, 0, 10)]

        frozen = freeze(places, tally(ballots, AGREEMENT), [AGREEMENT], Thresholds())

        bands = {score.department_id: score.band for score in frozen.scores[:3]}
        assert bands[0] is None
        assert bands[1] == bands[2] == {"favorable": ANY_SHARE, "mean": Interval(1, 5)}

    def test_a_wide_band_of_enps_says_nothing(self) -> None:
        ballots = [(1, {"E1": 10})] * 10 + [(2, {"E1": e}) for e in (0, 7, 7, 7, *[10] * 6)]
        places = [Place(0, None, 0), Place(1, 0, 10), Place(2, 0, 10)]

        frozen = freeze(places, tally(ballots, ENPS), [ENPS], Thresholds())

        assert {score.department_id: score.band for score in frozen.scores} == {
            0: None,
            1: {"score": ANY_ENPS},
            2: {"score": ANY_ENPS},
        }
