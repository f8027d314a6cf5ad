"""The attacker of the tests of disclosure sees what can be seen."""

import random

import pytest

from tests.unit.results.oracle import Figure, figure, given_away

YES = (0, 1)


class TestGivenAway:
    @pytest.mark.parametrize(
        ("sets", "found"),
        [
            ([range(9)], None),
            ([range(4)], set(range(4))),
            ([range(9), range(6)], {6, 7, 8}),
            ([range(10), range(5)], None),
            # The three that two halves leave out of the whole.
            ([range(23), range(10), range(10, 20)], {20, 21, 22}),
            # Overlapping: together they are the whole and the middle twice.
            ([range(12), range(8), range(6, 12)], {6, 7}),
            # Two of one class, two of another: only their sum is known.
            ([range(20), range(2, 18)], {0, 1, 18, 19}),
            ([[*range(9), 90], [*range(9), 91]], {90, 91}),
        ],
    )
    def test_finds_the_few_behind_a_difference(
        self, sets: list[range], found: set[int] | None
    ) -> None:
        assert given_away([figure(YES, people) for people in sets], 5) == found

    def test_sums_of_different_things_do_not_combine(self) -> None:
        favorable, highest = (0, 0, 0, 1, 1), (0, 0, 0, 0, 1)

        assert not given_away([figure(favorable, range(9)), figure(highest, range(6))], 5)

    def test_a_distribution_holds_its_mean(self) -> None:
        each = [figure([int(answer == one) for answer in range(5)], range(9)) for one in range(5)]

        assert given_away([*each, figure((1, 2, 3, 4, 5), range(8))], 5) == {8}

    def test_what_everybody_counts_is_no_news(self) -> None:
        assert not given_away([figure((1, 1), range(3))], 5)

    def test_a_change_is_a_figure_about_both_waves(self) -> None:
        now, before = [("now", n) for n in range(9)], [("before", n) for n in range(9)]
        change = Figure((((1,), frozenset(now)), ((-1,), frozenset(before))))

        assert not given_away([change, figure(YES, now)], 5)
        assert given_away([change, figure(YES, now), figure(YES, before[1:])], 5)

    def test_agrees_with_trying_every_combination_of_three_sets(self) -> None:
        rng = random.Random(5)
        for _ in range(300):
            people = range(rng.randint(6, 12))
            sets = [frozenset(p for p in people if rng.random() < 0.7) for _ in range(3)]
            combinations = [
                (a, b, c) for a in range(-2, 3) for b in range(-2, 3) for c in range(-2, 3)
            ]
            told = {
                frozenset(p for p in people if sum(w * (p in s) for w, s in zip(how, sets)))  # noqa: B905
                for how in combinations
            } - {frozenset()}

            found = given_away([figure(YES, each) for each in sets], 4)

            assert (found is not None) == any(len(few) < 4 for few in told)
