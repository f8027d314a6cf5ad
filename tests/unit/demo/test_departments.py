"""The department tree of the demo company, in its own size and larger."""

import pytest

from employee_pulse.demo.departments import DEPARTMENTS, LARGEST, SMALLEST, tree_for


def depth(code: str, parents: dict[str, str]) -> int:
    return 0 if not parents[code] else 1 + depth(parents[code], parents)


class TestDepartments:
    def test_are_a_tree_three_deep_of_departments_of_3_to_40_people(self) -> None:
        parents = {place.code: place.parent for place in DEPARTMENTS}

        assert max(depth(code, parents) for code in parents) == 2
        assert min(place.people for place in DEPARTMENTS) == 3
        assert max(place.people for place in DEPARTMENTS) == 40
        assert sum(place.people for place in DEPARTMENTS) == 240


class TestTreeFor:
    @pytest.mark.parametrize("people", [100, 240, 1200, 10_000])
    def test_has_exactly_so_many_people_in_departments_of_a_size_that_one_can_lead(
        self, people: int
    ) -> None:
        tree = tree_for(people)

        codes = [place.code for place in tree]
        assert sum(place.people for place in tree) == people
        assert all(SMALLEST <= place.people <= LARGEST for place in tree)
        assert len(set(codes)) == len(codes)
        assert {place.parent for place in tree} <= {*codes, ""}

    def test_is_the_company_itself_in_its_own_size(self) -> None:
        assert tree_for(240) == list(DEPARTMENTS)
