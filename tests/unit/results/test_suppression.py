"""What may be shown: best of all safe choices, safe against every subtraction, deterministic."""

import itertools
import random
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from employee_pulse.results.rules.suppression import (
    BadTree,
    Node,
    Reason,
    only,
    reasons,
    remainders,
    shown_nodes,
    totals,
)


def random_tree(rng: random.Random, size: int, *, largest: int = 12, roots: int = 1) -> list[Node]:
    nodes = []
    for number in range(size):
        parent = None if number < roots else rng.randrange(max(0, number - 8), number)
        nodes.append(Node(number, parent, rng.choice([0, 0, rng.randrange(largest)])))
    rng.shuffle(nodes)
    return nodes


def members(nodes: list[Node]) -> dict[int, set[int]]:
    """People of every node, found by walking up from each node, apart from the code under test."""
    parents = {node.id: node.parent_id for node in nodes}
    people: dict[int, set[int]] = {node.id: set() for node in nodes}
    counter = itertools.count()
    for node in nodes:
        own = {next(counter) for _ in range(node.own)}
        above = node.id
        while above is not None:
            people[above] |= own
            above = parents[above]
    return people


def isolates(people: dict[int, set[int]], shown: frozenset[int], minimum: int) -> bool:
    """Whether sums and differences of shown totals tell something about 1 to minimum-1 people.

    The oracle knows no tree: shown totals are rows of a 0/1 matrix over people. People with equal
    columns cannot be told apart; a class of them is found out when its indicator lies in the row
    space. Unions of classes are tried too, as far as they are smaller than the minimum.
    """
    if not shown:
        return False
    everyone = sorted(set().union(*people.values()))
    matrix = np.array([[person in people[v] for person in everyone] for v in sorted(shown)], float)
    columns, sizes = np.unique(matrix, axis=1, return_counts=True)
    visible = columns.any(axis=0)
    columns, sizes = columns[:, visible], sizes[visible]
    small = np.flatnonzero(sizes < minimum)
    targets = [
        union
        for width in (1, 2, 3)
        for union in itertools.combinations(small, width)
        if sizes[list(union)].sum() < minimum
    ]
    for union in targets:
        wanted = np.zeros(columns.shape[1])
        wanted[list(union)] = 1
        found = np.linalg.lstsq(columns.T, wanted, rcond=None)[0]
        if np.allclose(columns.T @ found, wanted, atol=1e-8):
            return True
    return False


def best_of_all(nodes: list[Node], minimum: int) -> tuple[int, int]:
    """Largest (respondents, nodes) over every subset that the oracle calls safe."""
    people = members(nodes)
    large = [node.id for node in nodes if len(people[node.id]) >= minimum]
    best = (0, 0)
    for width in range(len(large) + 1):
        for subset in itertools.combinations(large, width):
            worth = (sum(len(people[v]) for v in subset), width)
            if worth > best and not isolates(people, frozenset(subset), minimum):
                best = worth
    return best


class TestShownNodes:
    def test_hides_the_smallest_neighbor_of_a_lone_small_group(self) -> None:
        nodes = [
            Node("company", None, 0),
            Node("a", "company", 40),
            Node("b", "company", 30),
            Node("lone", "company", 3),
        ]

        shown = shown_nodes(nodes, minimum=5)

        assert shown == {"company", "a"}

    def test_shows_everything_where_everybody_is_in_a_large_team(self) -> None:
        nodes = [Node(1, None, 0), Node(2, 1, 5), Node(3, 1, 5)]

        assert shown_nodes(nodes, minimum=5) == {1, 2, 3}

    def test_two_small_teams_protect_each_other(self) -> None:
        nodes = [Node(1, None, 0), Node(2, 1, 20), Node(3, 1, 3), Node(4, 1, 2)]

        assert shown_nodes(nodes, minimum=5) == {1, 2}

    def test_counts_people_of_the_department_itself(self) -> None:
        nodes = [Node(1, None, 2), Node(2, 1, 20), Node(3, 1, 3)]

        assert shown_nodes(nodes, minimum=5) == {1, 2}

    def test_shows_a_parent_and_its_only_child_with_the_same_people(self) -> None:
        assert shown_nodes([Node(1, None, 0), Node(2, 1, 6)], minimum=5) == {1, 2}

    def test_hides_a_child_whose_parent_has_one_more(self) -> None:
        assert shown_nodes([Node(1, None, 1), Node(2, 1, 6)], minimum=5) == {1}

    def test_hides_a_department_between_two_others_when_that_shows_most(self) -> None:
        nodes = [Node("r", None, 4), Node("v", "r", 1), Node("w", "v", 20)]

        assert shown_nodes(nodes, minimum=5) == {"r", "w"}

    def test_judges_every_tree_of_a_forest_for_itself(self) -> None:
        nodes = [Node(1, None, 4), Node(2, None, 5), Node(3, None, 0)]

        assert shown_nodes(nodes, minimum=5) == {2}

    def test_shows_nothing_of_nothing(self) -> None:
        assert shown_nodes([], minimum=5) == frozenset()

    def test_minimum_of_one_shows_every_node_with_people(self) -> None:
        nodes = [Node(1, None, 0), Node(2, 1, 1), Node(3, 1, 0)]

        assert shown_nodes(nodes, minimum=1) == {1, 2}

    def test_equals_brute_force_on_small_trees(self) -> None:
        rng = random.Random(20261122)
        for _ in range(150):
            nodes = random_tree(rng, rng.randint(1, 8), roots=rng.choice([1, 1, 2]))
            minimum = rng.choice([2, 3, 5])
            people = members(nodes)

            shown = shown_nodes(nodes, minimum=minimum)

            worth = (sum(len(people[v]) for v in shown), len(shown))
            assert worth == best_of_all(nodes, minimum)

    def test_nothing_isolates_a_few_people_in_a_thousand_random_trees(self) -> None:
        rng = random.Random(6)
        for _ in range(1000):
            nodes = random_tree(rng, rng.randint(2, 40), largest=rng.choice([4, 9, 25]))
            minimum = rng.choice([3, 5, 10])

            shown = shown_nodes(nodes, minimum=minimum)

            people = members(nodes)
            assert all(len(people[v]) >= minimum for v in shown)
            assert not isolates(people, shown, minimum)

    def test_the_oracle_sees_what_hiding_the_next_smallest_sibling_leaves_open(self) -> None:
        nodes = [Node(0, None, 0), Node(1, 0, 9), Node(2, 0, 3), Node(3, 0, 1), Node(4, 0, 20)]

        assert isolates(members(nodes), frozenset({0, 1, 4}), 5)

    @given(
        parents=st.lists(st.integers(0, 10**6), min_size=1, max_size=30),
        owns=st.lists(st.integers(0, 9), min_size=30, max_size=30),
        minimum=st.integers(1, 12),
        seed=st.integers(0, 10**6),
    )
    def test_is_safe_and_the_same_for_any_order_of_input(
        self, parents: list[int], owns: list[int], minimum: int, seed: int
    ) -> None:
        nodes = [
            Node(number, None if number == 0 else parent % number, own)
            for number, (parent, own) in enumerate(zip(parents, owns, strict=False))
        ]
        shuffled = list(nodes)
        random.Random(seed).shuffle(shuffled)

        shown = shown_nodes(nodes, minimum=minimum)

        assert shown_nodes(shuffled, minimum=minimum) == shown
        parts, own = remainders(nodes, shown), {node.id: node.own for node in nodes}
        for covered in parts.values():
            left = sum(own[part] for part in covered)
            assert left == 0 or left >= minimum
        assert all(totals(nodes)[v] >= minimum for v in shown)

    def test_a_chain_deeper_than_the_recursion_limit(self) -> None:
        nodes = [Node(n, n - 1 if n else None, 1) for n in range(5000)]

        shown = shown_nodes(nodes, minimum=5)

        assert len(shown) == 1000

    def test_a_large_company_takes_no_noticeable_time(self) -> None:
        rng = random.Random(1980)
        nodes = random_tree(rng, 1980, largest=30)

        began = time.perf_counter()
        shown_nodes(nodes, minimum=5)

        assert time.perf_counter() - began < 1  # measured: 0.02 s

    @pytest.mark.parametrize(
        ("nodes", "minimum", "words"),
        [
            ([Node(1, 2, 0), Node(2, 1, 0)], 5, "own ancestors: 1, 2"),
            ([Node(0, None, 9), Node(1, 1, 0)], 5, "own ancestors: 1"),
            ([Node(1, 7, 0)], 5, "unknown parent 7"),
            ([Node(1, None, 0), Node(1, None, 0)], 5, "1 is given twice"),
            ([Node(1, None, -1)], 5, "-1 respondents"),
            ([Node(1, None, 2.5)], 5, "2.5 respondents"),  # type: ignore[arg-type]
            ([Node(1, None, own=True)], 5, "True respondents"),
            ([Node(1, None, 9)], 0, "at least 1, not 0"),
            ([Node(1, None, 9)], True, "at least 1, not True"),
            ([Node(1, None, 9)], 5.0, "at least 1, not 5.0"),
        ],
    )
    def test_refuses_what_is_no_tree(self, nodes: list[Node], minimum: int, words: str) -> None:
        with pytest.raises(BadTree, match=words):
            shown_nodes(nodes, minimum=minimum)

    def test_a_bad_tree_is_a_value_error(self) -> None:
        assert issubclass(BadTree, ValueError)


class TestOnly:
    def test_a_stricter_choice_within_a_wider_one_is_as_safe_together(self) -> None:
        rng = random.Random(10)
        for _ in range(300):
            nodes = random_tree(rng, rng.randint(2, 30))
            wide = shown_nodes(nodes, minimum=5)

            strict = shown_nodes(only(nodes, wide), minimum=10)

            people = members(nodes)
            assert strict <= wide
            assert all(len(people[v]) >= 10 for v in strict)
            assert not isolates(people, strict, 10)

    def test_choosing_twice_on_the_whole_tree_would_not_be(self) -> None:
        nodes = [Node(0, None, 0), Node(1, 0, 11), Node(2, 0, 4), Node(3, 0, 7)]

        separate = shown_nodes(nodes, minimum=5) | shown_nodes(nodes, minimum=10)

        assert separate == {0, 1}
        assert {node.id for node in only(nodes, separate)} == {0, 1}

    def test_hangs_a_node_below_its_nearest_shown_ancestor(self) -> None:
        nodes = [Node(0, None, 1), Node(1, 0, 2), Node(2, 1, 6), Node(3, None, 1)]

        assert only(nodes, {0, 2}) == [Node(0, None, 3), Node(2, 0, 6)]


class TestReasons:
    def test_tells_small_from_hidden_to_protect(self) -> None:
        nodes = [Node(0, None, 0), Node(1, 0, 9), Node(2, 0, 3), Node(3, 0, 0)]
        shown = shown_nodes(nodes, minimum=5)

        assert reasons(nodes, shown, minimum=5) == {
            1: Reason.COMPLEMENTARY,
            2: Reason.BELOW_MINIMUM,
            3: Reason.BELOW_MINIMUM,
        }
