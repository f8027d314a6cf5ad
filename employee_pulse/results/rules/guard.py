"""Where exact figures tell what nearly everyone answered, and how much a band may say there."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from employee_pulse.results.rules import scoring, suppression
from employee_pulse.results.rules.measures import Asked
from employee_pulse.results.rules.suppression import Node
from employee_pulse.results.rules.tally import Histograms
from employee_pulse.surveys.rules.questions import QuestionKind

Ids = frozenset[int]
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Statistic:
    """A sum over people: each answer counts its weight.

    `banded` gives the sums that a group's band leaves to somebody who knows the rules, from its
    histogram. `only_alike` says that a sum is a secret only where all weigh the most.
    """

    weights: tuple[int, ...]
    banded: Callable[[Sequence[int]], Range]
    only_alike: bool = False

    def of(self, histogram: Sequence[int]) -> int:
        return sum(a * b for a, b in zip(self.weights, histogram, strict=True))

    def anything(self, n: int) -> Range:
        return n * min(self.weights), n * max(self.weights)

    def is_told(self, found: Range, n: int) -> bool:
        low, high = found
        return low == n * max(self.weights) if self.only_alike else low == high


def exact_nodes(people: list[Node[int]], total: Ids, own: Histograms, asked: Asked) -> Ids:
    """Shown nodes whose figures may be exact: the others get a band.

    A node gets one if its figures would tell what (nearly) everyone answered, and so do as many
    more, smallest first, as it takes that no difference of exact figures brings such a one back.
    """
    answered = {node.id: node.own for node in people}
    size = suppression.totals(people)

    def tells(parts: Collection[int]) -> bool:
        counts = [own[part] for part in parts if part in own]
        histogram = [sum(column) for column in zip(*counts, strict=True)]
        return bool(histogram) and _tells(histogram, sum(answered[p] for p in parts), asked)

    whole = suppression.subtrees(people)
    exact = {v for v in total if not tells(whole[v])}
    while True:
        rest = suppression.remainders(people, exact)
        found = {v for v, parts in rest.items() if tells(parts)}
        if not found:
            return frozenset(exact)
        # Each has an exact node inside: else the rest were the node itself, which does not tell.
        inside: dict[int, list[int]] = {}
        for node in suppression.only(people, exact):
            if node.parent_id in found:
                inside.setdefault(node.parent_id, []).append(node.id)
        exact -= {min(nodes, key=lambda v: (size[v], v)) for nodes in inside.values()}


def wide_nodes(
    people: list[Node[int]], total: Ids, exact: Ids, sums: Histograms, asked: Asked
) -> Ids:
    """Nodes without exact figures whose band must leave everything open.

    The exact figure around them, less what the bands leave possible for the others there, would
    say more than their own band: in the worst case what all of them answered. `sums` holds the
    histograms of whole subtrees.
    """
    statistics = _STATISTICS.get(asked.kind, ())
    inexact = total - exact
    if not statistics or not inexact:
        return frozenset()
    tree = suppression.only(people, total)
    around = _nearest(tree, exact)
    open_inside: set[int | None] = set()
    while True:
        wide = {v for v in inexact if around[v] in open_inside}
        told = {
            around[v] for statistic in statistics for v in _told(tree, exact, wide, sums, statistic)
        } - open_inside
        if not told:
            return frozenset(wide)
        open_inside |= told


def _told(
    tree: Sequence[Node[int]], exact: Ids, wide: Collection[int], sums: Histograms, of: _Statistic
) -> list[int]:
    """Nodes without an exact figure whose figure can be computed all the same.

    What a node has beyond its shown ones needs no look of its own: it is known only if they are.
    """
    below: dict[int, list[int]] = {node.id: [] for node in tree}
    for node in tree:
        if node.parent_id is not None:
            below[node.parent_id].append(node.id)
    ranges: dict[int, Range] = {}
    for node in reversed(tree):  # parents come first
        low, high = _added([of.anything(node.own), *(ranges[child] for child in below[node.id])])
        least, most = _said(node.id, exact, wide, sums, of)
        ranges[node.id] = max(low, least), min(high, most)
    for node in tree:
        together = _added([of.anything(node.own), *(ranges[child] for child in below[node.id])])
        for child in below[node.id]:
            ranges[child] = _left(ranges[child], ranges[node.id], together)
    return [v for v, found in ranges.items() if v not in exact and of.is_told(found, sum(sums[v]))]


def _said(
    node_id: int, exact: Ids, wide: Collection[int], sums: Histograms, of: _Statistic
) -> Range:
    histogram = sums[node_id]
    if node_id in exact:
        return of.of(histogram), of.of(histogram)
    return of.anything(sum(histogram)) if node_id in wide else of.banded(histogram)


def _added(ranges: Sequence[Range]) -> Range:
    return sum(low for low, _ in ranges), sum(high for _, high in ranges)


def _left(part: Range, whole: Range, together: Range) -> Range:
    """What the whole leaves of a part, whatever the other parts are."""
    others_low, others_high = together[0] - part[0], together[1] - part[1]
    return max(part[0], whole[0] - others_high), min(part[1], whole[1] - others_low)


def _nearest(tree: Sequence[Node[int]], exact: Ids) -> dict[int, int | None]:
    """The exact node that each is part of, itself or the next above."""
    found: dict[int, int | None] = {}
    for node in tree:
        above = found[node.parent_id] if node.parent_id is not None else None
        found[node.id] = node.id if node.id in exact else above
    return found


def _tells(histogram: list[int], n: int, asked: Asked) -> bool:
    if asked.kind is QuestionKind.AGREEMENT:
        return scoring.guarded(histogram)
    if asked.kind is QuestionKind.ENPS:
        return scoring.guarded_enps(histogram)
    return scoring.guarded_choices(histogram, n)


def _favorable_left(histogram: Sequence[int]) -> Range:
    n, count = sum(histogram), scoring.favorable_count(histogram)
    if scoring.guarded(histogram):
        return (0, 1) if count <= 1 else (n - 1, n)
    reach = scoring.band_reach(n)
    if n - count <= reach:
        return n - reach, n
    return (0, reach) if count <= reach else (reach + 1, n - reach - 1)


def _net_left(histogram: Sequence[int]) -> Range:
    """Promoters less detractors."""
    n, (detractors, passives, promoters) = sum(histogram), _sides(histogram)
    if scoring.guarded_enps(histogram):
        most = max(detractors, passives, promoters)
        if most == promoters:
            return n - 2, n
        return (-n, 2 - n) if most == detractors else (-1, 1)
    half = n // 2
    return {-1: (-n, -half - 1), 0: (-half, half), 1: (half + 1, n)}[_direction(histogram)]


def _side_left(side: int) -> Callable[[Sequence[int]], Range]:
    """How many stand on one side: detractors, passives or promoters."""

    def left(histogram: Sequence[int]) -> Range:
        n, sides = sum(histogram), _sides(histogram)
        if scoring.guarded_enps(histogram):
            return (n - 1, n) if sides[side] == max(sides) else (0, 1)
        half, direction = n // 2, _direction(histogram)
        if side == 1:
            return 0, n if direction == 0 else n - half - 1
        if direction == 0:
            return 0, (n + half) // 2
        return (half + 1, n) if direction == side - 1 else (0, (n - half - 1) // 2)

    return left


def _sides(histogram: Sequence[int]) -> tuple[int, int, int]:
    return sum(histogram[:7]), histogram[7] + histogram[8], histogram[9] + histogram[10]


def _direction(histogram: Sequence[int]) -> int:
    """Which of the three bands of eNPS a group has: -1, 0 or 1."""
    detractors, _, promoters = _sides(histogram)
    center = scoring.enps_band((promoters - detractors) / sum(histogram) * 100)
    return int(math.copysign(1, center.low)) if center.low + center.high else 0


_DETRACTORS = (1,) * 7 + (0,) * 4
_PASSIVES = (0,) * 7 + (1, 1, 0, 0)
_PROMOTERS = (0,) * 9 + (1, 1)
_STATISTICS: Mapping[QuestionKind, Sequence[_Statistic]] = {
    QuestionKind.AGREEMENT: (_Statistic((0, 0, 0, 1, 1), _favorable_left),),
    QuestionKind.ENPS: (
        _Statistic((-1,) * 7 + (0, 0, 1, 1), _net_left),
        _Statistic(_DETRACTORS, _side_left(0), only_alike=True),
        _Statistic(_PASSIVES, _side_left(1), only_alike=True),
        _Statistic(_PROMOTERS, _side_left(2), only_alike=True),
    ),
}
