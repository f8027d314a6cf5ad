"""Reporting groups: large enough, as fine as possible, and everybody in exactly one."""

from collections import Counter
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from employee_pulse.ballots.register.rules.grouping import (
    Person,
    TooFewEligible,
    groups_of,
    shares_its_name,
)

# 1 company > 2 research > 4, 5; 1 > 3 sales
PARENTS = {1: None, 2: 1, 3: 1, 4: 2, 5: 2}


def people(sizes: dict[int, int], managers: dict[int, int] | None = None) -> list[Person]:
    numbers = count(1)
    staff = [
        Person(next(numbers), d, is_manager=False) for d, size in sizes.items() for _ in range(size)
    ]
    heads = [
        Person(next(numbers), d, is_manager=True)
        for d, size in (managers or {}).items()
        for _ in range(size)
    ]
    return staff + heads


def sizes_of(
    staff: list[Person], parents: dict[int, int | None] = PARENTS, minimum: int = 10
) -> dict[int, int]:
    return dict(Counter(groups_of(staff, parents, minimum=minimum, min_company=5).values()))


class TestGroupsOf:
    def test_a_department_of_ten_is_a_group(self) -> None:
        assert sizes_of(people({3: 10, 4: 12, 5: 30})) == {3: 10, 4: 12, 5: 30}

    def test_a_department_of_nine_rolls_up_until_it_is_large_enough(self) -> None:
        assert sizes_of(people({2: 3, 3: 20, 4: 9, 5: 14})) == {2: 12, 3: 20, 5: 14}

    def test_rolls_up_over_several_levels(self) -> None:
        assert sizes_of(people({1: 2, 2: 1, 3: 20, 4: 4, 5: 4})) == {1: 11, 3: 20}

    def test_a_rest_at_the_top_takes_in_the_smallest_group_beside_it(self) -> None:
        assert sizes_of(people({1: 2, 3: 20, 4: 12, 5: 15})) == {1: 14, 3: 20, 5: 15}

    def test_a_rest_at_the_top_leaves_groups_behind_another_group_alone(self) -> None:
        assert sizes_of(people({1: 2, 2: 30, 3: 20, 4: 10})) == {1: 22, 2: 30, 4: 10}

    def test_of_two_equally_small_groups_the_first_is_taken_in(self) -> None:
        assert sizes_of(people({1: 2, 4: 12, 5: 12})) == {1: 14, 5: 12}

    def test_a_small_company_is_one_group(self) -> None:
        assert sizes_of(people({2: 2, 3: 3, 5: 4})) == {1: 9}

    def test_below_five_nobody_is_asked(self) -> None:
        with pytest.raises(TooFewEligible, match="4"):
            groups_of(people({2: 2, 3: 2}), PARENTS, minimum=10, min_company=5)

    def test_five_are_asked(self) -> None:
        assert sizes_of(people({2: 2, 3: 3})) == {1: 5}

    def test_a_manager_is_counted_with_the_department_above(self) -> None:
        staff = people({2: 10, 3: 10, 4: 10}, {4: 1})

        groups = groups_of(staff, PARENTS, minimum=10, min_company=5)

        assert groups[staff[-1].employee_id] == 2

    def test_a_department_is_not_large_enough_by_its_manager(self) -> None:
        assert sizes_of(people({2: 10, 3: 10, 4: 9}, {4: 1})) == {2: 20, 3: 10}

    def test_a_manager_stays_where_the_department_above_is_not_asked(self) -> None:
        assert sizes_of(people({4: 11}, {4: 1})) == {4: 12}

    def test_the_head_of_the_company_stays_in_its_group(self) -> None:
        assert sizes_of(people({1: 12, 3: 10}, {1: 1})) == {1: 13, 3: 10}

    def test_two_trees_are_counted_as_one(self) -> None:
        assert sizes_of(people({1: 3, 7: 4}), {1: None, 7: None}) == {1: 7}

    @given(
        st.dictionaries(st.integers(1, 12), st.integers(1, 30), min_size=1),
        st.lists(st.integers(0, 100), min_size=12, max_size=12),
        st.integers(2, 15),
    )
    def test_no_group_is_small_and_everybody_is_in_one_above_them(
        self, sizes: dict[int, int], picks: list[int], minimum: int
    ) -> None:
        parents: dict[int, int | None] = {
            d: None if d == 1 else 1 + picks[d - 1] % (d - 1) for d in range(1, 13)
        }
        staff = people({**sizes, 1: sizes.get(1, 0) + 5})

        groups = groups_of(staff, parents, minimum=minimum, min_company=5)

        counts = Counter(groups.values())
        assert set(groups) == {person.employee_id for person in staff}
        assert len(counts) == 1 or min(counts.values()) >= minimum
        for person in staff:
            line: list[int | None] = [person.department_id]
            while line[-1] is not None:
                line.append(parents[line[-1]])
            assert groups[person.employee_id] in line


class TestSharesItsName:
    def test_a_group_above_another_is_the_rest_of_its_department(self) -> None:
        assert shares_its_name(2, [2, 3, 4], PARENTS)
        assert not shares_its_name(3, [2, 3, 4], PARENTS)
        assert not shares_its_name(1, [1], PARENTS)
