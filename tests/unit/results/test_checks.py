"""Not more ballots than signatures: figures only where those of the results say as much."""

import random
from collections.abc import Mapping

import pytest

from employee_pulse.results.rules import suppression
from employee_pulse.results.rules.checks import UNTOLD, Check, Counts, checks, shown_signatures
from employee_pulse.results.rules.suppression import Node

HQ, SALES, PLANT, LAB = 1, 2, 3, 4


def tree(ballots: Mapping[int, int | None], issued: Mapping[int, int]) -> list[Counts]:
    """Headquarters with sales, a plant, and a lab in the plant, as publication freezes it."""
    parents = {HQ: None, SALES: HQ, PLANT: HQ, LAB: PLANT}
    bare = [Counts(place, above, ballots[place]) for place, above in parents.items()]
    told = shown_signatures(bare, issued)
    return [Counts(each.id, each.parent_id, each.ballots, told.get(each.id)) for each in bare]


class TestShownSignatures:
    def test_are_those_of_the_whole_subtree(self) -> None:
        counts = tree(
            {HQ: 40, SALES: 12, PLANT: 20, LAB: 9}, {HQ: 8, SALES: 13, PLANT: 11, LAB: 10}
        )

        assert {each.id: each.issued for each in counts} == {HQ: 42, SALES: 13, PLANT: 21, LAB: 10}

    def test_are_hidden_where_the_ballots_are(self) -> None:
        counts = tree(
            {HQ: 40, SALES: 12, PLANT: 28, LAB: None}, {HQ: 0, SALES: 12, PLANT: 26, LAB: 2}
        )

        assert counts[-1].issued is None

    def test_are_hidden_where_nobody_cast_a_ballot_in_what_remains(self) -> None:
        """Else the difference to those below would tell how few took a ballot and kept it."""
        counts = tree(
            {HQ: 32, SALES: 12, PLANT: 20, LAB: 20}, {SALES: 12, PLANT: 2, LAB: 20, HQ: 0}
        )

        assert {each.id: each.issued for each in counts} == {
            HQ: None,
            SALES: 12,
            PLANT: None,
            LAB: 20,
        }


class TestChecks:
    def test_has_a_line_for_each_group_that_is_shown_alone(self) -> None:
        counts = tree(
            {HQ: 40, SALES: 12, PLANT: 20, LAB: 9}, {HQ: 8, SALES: 13, PLANT: 11, LAB: 10}
        )

        found = checks(counts, {HQ: 12, SALES: 15, PLANT: 13, LAB: 15})

        assert found == [
            Check((HQ,), 12, 8, 8),
            Check((SALES,), 15, 12, 13),
            Check((PLANT,), 13, 11, 11),
            Check((LAB,), 15, 9, 10),
        ]

    def test_puts_groups_together_that_the_results_show_together(self) -> None:
        counts = tree({HQ: 40, SALES: 12, PLANT: 28, LAB: None}, {SALES: 12, PLANT: 26, LAB: 4})

        found = checks(counts, {SALES: 14, PLANT: 30, LAB: 11})

        assert found == [Check((SALES,), 14, 12, 12), Check((PLANT, LAB), 41, 28, 30)]

    @pytest.mark.parametrize("invited", [10, 11])
    def test_joins_a_group_that_took_part_as_a_whole_to_the_one_above(self, invited: int) -> None:
        counts = tree(
            {HQ: 40, SALES: 12, PLANT: 20, LAB: 9}, {HQ: 8, SALES: 13, PLANT: 11, LAB: 10}
        )

        found = checks(counts, {HQ: 12, SALES: 20, PLANT: 20, LAB: invited})

        assert found == [
            Check((HQ,), 12, 8, 8),
            Check((SALES,), 20, 12, 13),
            Check((PLANT, LAB), 20 + invited, 20, 21),
        ]

    def test_joins_it_to_the_smallest_where_none_is_above(self) -> None:
        counts = tree({HQ: None, SALES: 12, PLANT: 20, LAB: 9}, {SALES: 12, PLANT: 11, LAB: 9})

        found = checks(counts, {SALES: 12, PLANT: 30, LAB: 15})

        assert found == [Check((PLANT,), 30, 11, 11), Check((LAB, SALES), 27, 21, 21)]

    def test_passes_over_what_was_joined_already(self) -> None:
        counts = tree({HQ: 40, SALES: 12, PLANT: 20, LAB: 9}, {HQ: 8, SALES: 12, PLANT: 11, LAB: 9})

        found = checks(counts, {HQ: 12, SALES: 20, PLANT: 11, LAB: 9})

        assert found == [Check((HQ, PLANT, LAB), 32, 28, 28), Check((SALES,), 20, 12, 12)]

    def test_gives_no_figures_where_the_whole_company_took_part(self) -> None:
        counts = tree({HQ: 40, SALES: 12, PLANT: 20, LAB: 9}, {HQ: 8, SALES: 12, PLANT: 11, LAB: 9})

        [found] = checks(counts, {HQ: 8, SALES: 12, PLANT: 11, LAB: 9})

        assert sorted(found.groups) == [HQ, SALES, PLANT, LAB]
        assert (found.eligible, found.ballots, found.issued) == (40, None, None)

    @pytest.mark.parametrize("root", [None, 32])
    def test_a_group_that_no_figure_covers_has_none(self, root: int | None) -> None:
        counts = tree({HQ: root, SALES: 12, PLANT: 20, LAB: None}, {HQ: 1, SALES: 12, PLANT: 20})

        found = checks(counts, {HQ: 10, SALES: 14, PLANT: 30})

        assert found == [Check((SALES,), 14, 12, 12), Check((PLANT,), 30, 20, 20), Check((HQ,), 10)]

    def test_a_wave_from_before_signatures_were_kept_has_no_figures(self) -> None:
        bare = [Counts(HQ, None, 40), Counts(SALES, HQ, 12)]

        assert checks(bare, {SALES: 14, HQ: 30}) == [Check((HQ,), 30), Check((SALES,), 14)]

    def test_no_line_is_about_fewer_ballots_than_the_results_show(self) -> None:
        """And all lines with figures add up to what is shown: nothing new can be subtracted."""
        rng = random.Random(7)
        for _ in range(300):
            size = rng.randint(1, 12)
            nodes = [
                Node(v, rng.randrange(v) if v else None, rng.choice([0, 0, 1, 3, 6, 12]))
                for v in range(size)
            ]
            shown = suppression.shown_nodes(nodes, minimum=5)
            totals = suppression.totals(nodes)
            bare = [
                Counts(n.id, n.parent_id, totals[n.id] if n.id in shown else None) for n in nodes
            ]
            told = shown_signatures(bare, {n.id: n.own + rng.randint(0, 2) for n in nodes})
            counts = [Counts(c.id, c.parent_id, c.ballots, told.get(c.id)) for c in bare]

            found = checks(counts, {n.id: n.own + 4 for n in nodes})

            assert sorted(v for check in found for v in check.groups) == list(range(size))
            assert all(check.ballots is None or check.ballots >= 5 for check in found)
            assert all((check.issued or 0) >= (check.ballots or 0) for check in found)
            assert all(
                check.issued is None or check.eligible - check.issued >= UNTOLD for check in found
            )
            assert sum(check.ballots or 0 for check in found) == sum(
                sum(nodes[v].own for v in parts)
                for parts in suppression.remainders(nodes, shown).values()
            )
