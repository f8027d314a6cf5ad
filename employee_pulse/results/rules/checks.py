"""Not more ballots than signatures: the figures of it that tell no more than the results do."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counts:
    """A department of a wave with the counts of its whole subtree; None is not shown."""

    id: int
    parent_id: int | None
    ballots: int | None
    issued: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """Reporting groups whose ballots are shown together; without figures they are not shown."""

    groups: tuple[int, ...]
    eligible: int
    ballots: int | None = None
    issued: int | None = None


def shown_signatures(departments: Sequence[Counts], issued: Mapping[int, int]) -> Mapping[int, int]:
    """Signatures of whole subtrees, of departments that may show them. Parents come first.

    ``issued`` counts them by reporting group. A department may if its ballots are shown and some
    of them are in no shown department below: each remainder of signatures then belongs to a shown
    remainder of ballots, and never to the few who took a ballot where nobody cast one.
    """
    ballots = {each.id: each.ballots for each in departments if each.ballots is not None}
    told = {place for place, rest in _remainders(departments, ballots).items() if rest > 0}
    sums = {each.id: issued.get(each.id, 0) for each in departments}
    for each in reversed(departments):
        if each.parent_id is not None:
            sums[each.parent_id] += sums[each.id]
    return {place: sums[place] for place in sums if place in told}


def checks(departments: Sequence[Counts], groups: Mapping[int, int]) -> list[Check]:
    """One check for each remainder that is shown, one without figures for each other group.

    ``groups`` maps reporting groups to the people who might answer. Parents come first.
    """
    told = [each for each in departments if each.ballots is not None and each.issued is not None]
    ballots = _remainders(departments, {each.id: each.ballots or 0 for each in told})
    issued = _remainders(departments, {each.id: each.issued or 0 for each in told})
    covered = _covered(departments, ballots.keys())
    together: dict[int, list[int]] = {}
    found = []
    for group in (each.id for each in departments if each.id in groups):
        place = covered[group]
        if place is None:
            found.append(Check((group,), groups[group]))
        else:
            together.setdefault(place, []).append(group)
    return [
        Check(tuple(parts), sum(groups[part] for part in parts), ballots[place], issued[place])
        for place, parts in together.items()
    ] + found


def _remainders(departments: Sequence[Counts], totals: Mapping[int, int]) -> dict[int, int]:
    """Each total less those of the next ones below that have one."""
    covered = _covered(departments, totals.keys())
    rest = dict(totals)
    for each in departments:
        above = covered[each.parent_id] if each.parent_id is not None else None
        if each.id in totals and above is not None:
            rest[above] -= totals[each.id]
    return rest


def _covered(departments: Sequence[Counts], chosen: Collection[int]) -> dict[int, int | None]:
    """The nearest chosen department, itself or above."""
    found: dict[int, int | None] = {}
    for each in departments:
        above = found[each.parent_id] if each.parent_id is not None else None
        found[each.id] = each.id if each.id in chosen else above
    return found
