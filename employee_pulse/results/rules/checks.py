"""Not more ballots than signatures: the figures of it that tell no more than the results do."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

UNTOLD = 2
"""People of a line without a signature. If it were one, that one would know of all the others."""


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

    ``groups`` maps reporting groups to the people who might answer. Parents come first. Everybody
    may read this: a remainder in which (nearly) everybody took a ballot is joined to another, for
    whether somebody takes part is shown to nobody.
    """
    told = [each for each in departments if each.ballots is not None and each.issued is not None]
    ballots = _remainders(departments, {each.id: each.ballots or 0 for each in told})
    issued = _remainders(departments, {each.id: each.issued or 0 for each in told})
    covered = _covered(departments, ballots.keys())
    lines: dict[int, Check] = {}
    bare = []
    for group in (each.id for each in departments if each.id in groups):
        place = covered[group]
        if place is None:
            bare.append(Check((group,), groups[group]))
        elif place in lines:
            lines[place] = _joined(lines[place], Check((group,), groups[group]))
        else:
            lines[place] = Check((group,), groups[group], ballots[place], issued[place])
    parents = {each.id: each.parent_id for each in departments}
    return _join_telling(lines, parents) + bare


def _join_telling(lines: dict[int, Check], parents: Mapping[int, int | None]) -> list[Check]:
    """Each telling line goes to the next one above it, else to the smallest other one."""
    while telling := [place for place, line in lines.items() if _tells(line)]:
        line = lines.pop(telling[-1])
        if not lines:
            return [Check(line.groups, line.eligible)]
        above = parents[telling[-1]]
        while above is not None and above not in lines:
            above = parents[above]
        target = above if above is not None else min(lines, key=lambda v: lines[v].eligible)
        lines[target] = _joined(lines[target], line)
    return list(lines.values())


def _tells(line: Check) -> bool:
    return line.eligible - (line.issued or 0) < UNTOLD


def _joined(line: Check, other: Check) -> Check:
    return Check(
        line.groups + other.groups,
        line.eligible + other.eligible,
        (line.ballots or 0) + (other.ballots or 0),
        (line.issued or 0) + (other.issued or 0),
    )


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
