"""Which nodes of the department tree may be shown, so that no subtraction isolates a few people."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

Id = TypeVar("Id", bound=int | str)


class BadTree(ValueError):
    """The nodes are not a forest with counts, so nothing can be said about what is safe to show."""


class Reason(StrEnum):
    """Why a figure is not shown. Nobody answering counts as below the minimum: it tells less."""

    BELOW_MINIMUM = "below_minimum"
    COMPLEMENTARY = "complementary"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True)
class Node(Generic[Id]):
    """A node of the tree; `own` counts the respondents who are in no child."""

    id: Id
    parent_id: Id | None
    own: int


@dataclass(slots=True)
class _Branch(Generic[Id]):
    """What is known about a node and all below it.

    `best` maps the number of respondents not in a shown node (capped at the minimum) to the best
    value reachable with it; `steps` holds, per child, how each such number came about.
    """

    node: Node[Id]
    children: list["_Branch[Id]"] = field(default_factory=list)
    total: int = 0
    best: dict[int, int] = field(default_factory=dict)
    steps: list[dict[int, tuple[int, int]]] = field(default_factory=list)
    shown_from: int | None = None


def shown_nodes(nodes: Collection[Node[Id]], *, minimum: int) -> frozenset[Id]:
    """Choose the nodes whose totals may be published.

    A node may be shown if it has at least `minimum` respondents and those of them who are in no
    shown descendant number 0 or at least `minimum`. On a tree this is complete: shown sets are
    nested, so whatever can be computed from their totals is a sum over such remainders. Of all
    safe choices the one with the largest (sum of respondents, number of nodes) is taken, by
    dynamic programming from the leaves upward; ties fall the same way for any order of input.

    Trees of a forest are judged each for itself. If a total over several of them is published
    anywhere, put a common root above them.

    Raises BadTree for a cycle, an unknown parent, a duplicate id, a count that is not a
    non-negative integer, or a minimum below 1.
    """
    if isinstance(minimum, bool) or not isinstance(minimum, int) or minimum < 1:
        raise BadTree(f"minimum must be an integer of at least 1, not {minimum!r}")
    order = _parents_first(nodes)
    weight = len(order) + 1  # one more respondent outweighs any number of nodes
    for branch in reversed(order):
        _solve(branch, minimum, weight)
    return frozenset(_trace(order))


def totals(nodes: Collection[Node[Id]]) -> dict[Id, int]:
    """Respondents of every node, those of its descendants included."""
    order = _parents_first(nodes)
    for branch in reversed(order):
        branch.total = branch.node.own + sum(child.total for child in branch.children)
    return {branch.node.id: branch.total for branch in order}


def remainders(nodes: Collection[Node[Id]], shown: Collection[Id]) -> dict[Id, list[Id]]:
    """For every shown node: the nodes whose own respondents it covers and no shown one below."""
    cover: dict[Id, Id | None] = {}
    parts: dict[Id, list[Id]] = {node_id: [] for node_id in shown}
    for branch in _parents_first(nodes):
        node = branch.node
        above = cover[node.parent_id] if node.parent_id is not None else None
        cover[node.id] = node.id if node.id in parts else above
        covering = cover[node.id]
        if covering is not None:
            parts[covering].append(node.id)
    return parts


def only(nodes: Collection[Node[Id]], shown: Collection[Id]) -> list[Node[Id]]:
    """The tree of the shown nodes alone, parents first, each holding its remainder.

    A stricter choice made on it is a subset of the wider one, and the two together are as safe
    as the wider one by itself.
    """
    own = {node.id: node.own for node in nodes}
    above: dict[Id, Id | None] = {}
    parts = remainders(nodes, shown)
    for branch in _parents_first(nodes):
        parent = branch.node.parent_id
        above[branch.node.id] = parent if parent is None or parent in parts else above[parent]
    return [Node(v, above[v], sum(own[part] for part in parts[v])) for v in above if v in parts]


def subtrees(nodes: Collection[Node[Id]]) -> dict[Id, list[Id]]:
    """Every node with itself and all nodes below it."""
    parts: dict[Id, list[Id]] = {}
    for branch in reversed(_parents_first(nodes)):
        parts[branch.node.id] = [
            branch.node.id,
            *(part for child in branch.children for part in parts[child.node.id]),
        ]
    return parts


def reasons(
    nodes: Collection[Node[Id]], shown: Collection[Id], *, minimum: int
) -> dict[Id, Reason]:
    """Why each node that is not shown is not."""
    return {
        node_id: Reason.BELOW_MINIMUM if total < minimum else Reason.COMPLEMENTARY
        for node_id, total in totals(nodes).items()
        if node_id not in shown
    }


def _parents_first(nodes: Iterable[Node[Id]]) -> list[_Branch[Id]]:
    branches = _branches(nodes)
    order = []
    for node_id in _sorted(branches):
        branch = branches[node_id]
        parent_id = branch.node.parent_id
        if parent_id is None:
            order.append(branch)
        elif parent_id in branches:
            branches[parent_id].children.append(branch)
        else:
            raise BadTree(f"node {node_id!r} has an unknown parent {parent_id!r}")
    for branch in order:  # grows while it is walked
        order.extend(branch.children)
    if len(order) < len(branches):
        caught = _sorted(branches.keys() - {branch.node.id for branch in order})
        raise BadTree(f"nodes are their own ancestors: {', '.join(map(repr, caught[:5]))}")
    return order


def _branches(nodes: Iterable[Node[Id]]) -> dict[Id, _Branch[Id]]:
    branches: dict[Id, _Branch[Id]] = {}
    for node in nodes:
        if node.id in branches:
            raise BadTree(f"node {node.id!r} is given twice")
        if isinstance(node.own, bool) or not isinstance(node.own, int) or node.own < 0:
            raise BadTree(f"node {node.id!r} has {node.own!r} respondents of its own")
        branches[node.id] = _Branch(node)
    return branches


def _sorted(ids: Iterable[Id]) -> list[Id]:
    return sorted(ids, key=lambda node_id: (isinstance(node_id, str), node_id))


def _solve(branch: _Branch[Id], minimum: int, weight: int) -> None:
    branch.total = branch.node.own + sum(child.total for child in branch.children)
    best = {min(branch.node.own, minimum): 0}
    for child in branch.children:
        best, step = _with_child(best, child.best, minimum)
        branch.steps.append(step)
    if branch.total >= minimum:  # then 0 or the minimum is always within reach
        complete = [uncovered for uncovered in (0, minimum) if uncovered in best]
        branch.shown_from = max(complete, key=lambda uncovered: best[uncovered])
        best[0] = best[branch.shown_from] + branch.total * weight + 1
    branch.best = best


def _with_child(
    best: dict[int, int], below: dict[int, int], minimum: int
) -> tuple[dict[int, int], dict[int, tuple[int, int]]]:
    merged: dict[int, int] = {}
    step: dict[int, tuple[int, int]] = {}
    for uncovered, value in best.items():
        for uncovered_below, value_below in below.items():
            together = min(uncovered + uncovered_below, minimum)
            if value + value_below > merged.get(together, -1):
                merged[together] = value + value_below
                step[together] = (uncovered, uncovered_below)
    return merged, step


def _trace(order: Sequence[_Branch[Id]]) -> Iterable[Id]:
    chosen: dict[Id, int] = {}
    for branch in order:
        uncovered = chosen.get(branch.node.id)
        if uncovered is None:  # a root: take what is best
            uncovered = max(branch.best, key=lambda state: branch.best[state])
        if uncovered == 0 and branch.shown_from is not None:
            yield branch.node.id
            uncovered = branch.shown_from
        for child, step in zip(reversed(branch.children), reversed(branch.steps), strict=True):
            uncovered, chosen[child.node.id] = step[uncovered]
