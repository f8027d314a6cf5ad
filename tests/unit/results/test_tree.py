"""The tree of a wave: one root, parents first, nobody lost on the way."""

import pytest

from employee_pulse.results.rules.tree import Branch, wave_tree

DEPARTMENTS = [(1, None), (2, 1), (3, 2), (4, 1), (5, None)]


class TestWaveTree:
    @pytest.mark.parametrize(
        ("included", "tree"),
        [
            ({1, 2, 3, 4}, [(1, None, 0), (2, 1, 1), (3, 2, 2), (4, 1, 1)]),
            ({2, 3}, [(2, None, 0), (3, 2, 1)]),
            # Left out between two that are in: the lower one hangs on the upper one.
            ({1, 3}, [(1, None, 0), (3, 1, 1)]),
            # Two roots get one above them, and so does nothing at all.
            ({3, 4}, [(0, None, 0), (3, 0, 1), (4, 0, 1)]),
            ({1, 2, 5}, [(0, None, 0), (1, 0, 1), (2, 1, 2), (5, 0, 1)]),
            (set(), [(0, None, 0)]),
        ],
    )
    def test_holds_what_is_included(
        self, included: set[int], tree: list[tuple[int, int | None, int]]
    ) -> None:
        assert wave_tree(DEPARTMENTS, included, everyone=0) == [Branch(*each) for each in tree]
