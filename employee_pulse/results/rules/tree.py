"""The department tree of one wave: what is in it, and in which order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Branch:
    """A department of a wave; `depth` is 0 for the one root."""

    id: int
    parent_id: int | None
    depth: int


def wave_tree(
    departments: Sequence[tuple[int, int | None]], included: Collection[int], *, everyone: int
) -> list[Branch]:
    """The included departments as one tree, parents first, siblings in the given order.

    `departments` are (id, parent) with parents before children. What is left out is skipped over:
    its children hang on the nearest department above it that is in. Several roots, or none, get
    the root `everyone`.
    """
    above: dict[int | None, int | None] = {None: None}
    kept: list[tuple[int, int | None]] = []
    for department, parent in departments:
        if department in included:
            kept.append((department, above.get(parent)))
            above[department] = department
        else:
            above[department] = above.get(parent)
    if sum(parent is None for _, parent in kept) != 1:
        kept = [(everyone, None), *((v, everyone if p is None else p) for v, p in kept)]
    depths: dict[int, int] = {}
    branches = []
    for department, parent in kept:
        depths[department] = 0 if parent is None else depths[parent] + 1
        branches.append(Branch(department, parent, depths[department]))
    return branches
