"""Which people are counted together: small departments roll up to their parents."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_


class TooFewEligible(Refused):
    """Fewer people than may ever be asked: any result would point at somebody."""

    message = N_(
        "Only %(eligible)s people may answer; a survey needs at least %(minimum)s, "
        "or the answers would point at persons."
    )


@dataclass(frozen=True)
class Person:
    employee_id: int
    department_id: int
    is_manager: bool


def groups_of(
    people: Collection[Person],
    parents: Mapping[int, int | None],
    *,
    minimum: int,
    min_company: int,
) -> dict[int, int]:
    """Give each employee the department in whose group they are counted.

    ``parents`` holds every department. A manager is counted with the department above, where
    that is asked too. A department with fewer than ``minimum`` people rolls up until the group
    is large enough; what is left over at the top takes the smallest group next to it in.
    Fewer than ``min_company`` people are refused.
    """
    if len(people) < min_company:
        raise TooFewEligible(eligible=len(people), minimum=min_company)
    tree = _Tree(parents)
    asked = {person.department_id for person in people}
    homes = {person.employee_id: _home(person, tree, asked) for person in people}
    target = _roll_up(Counter(homes.values()), tree, minimum)
    return {employee: _follow(target, home) for employee, home in homes.items()}


def shares_its_name(
    group_id: int, groups: Iterable[int], parents: Mapping[int, int | None]
) -> bool:
    """Whether other groups lie below, so that this one is the rest of its department only."""
    tree = _Tree(parents)
    return any(group_id in tree.above(other) for other in groups)


class _Tree:
    """The department tree; where there are several tops, the others hang under the first."""

    def __init__(self, parents: Mapping[int, int | None]) -> None:
        tops = sorted(child for child, parent in parents.items() if parent not in parents)
        self.top = tops[0]
        self.parent = {
            child: parent if parent in parents else (self.top if child != self.top else None)
            for child, parent in parents.items()
        }

    def above(self, department: int) -> list[int]:
        found = []
        parent = self.parent[department]
        while parent is not None:
            found.append(parent)
            parent = self.parent[parent]
        return found

    def deepest_first(self) -> list[int]:
        return sorted(
            self.parent, key=lambda department: (-len(self.above(department)), department)
        )


def _home(person: Person, tree: _Tree, asked: Collection[int]) -> int:
    parent = tree.parent[person.department_id]
    if person.is_manager and parent is not None and parent in asked:
        return parent
    return person.department_id


def _roll_up(own: Counter[int], tree: _Tree, minimum: int) -> dict[int, int]:
    target: dict[int, int] = {}
    for department in tree.deepest_first():
        parent = tree.parent[department]
        if parent is not None and 0 < own[department] < minimum:
            own[parent] += own.pop(department)
            target[department] = parent
    if 0 < own[tree.top] < minimum:
        neighbors = _directly_below_top(own, tree)
        if neighbors:
            target[min(neighbors, key=lambda group: (own[group], group))] = tree.top
    return target


def _directly_below_top(own: Counter[int], tree: _Tree) -> list[int]:
    """Groups with no other group between them and the top."""
    groups = {department for department, people in own.items() if people}
    return [group for group in groups if groups.intersection(tree.above(group)) == {tree.top}]


def _follow(target: Mapping[int, int], department: int) -> int:
    while department in target:
        department = target[department]
    return department
