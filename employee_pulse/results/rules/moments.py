"""Second moments: kept only where they add nothing about few people to what is published.

Moments are taken over people who answered every question of a bundle, while a question's own
figures are taken over everybody who answered it. The difference of the two can be a single person.
So moments of a department are kept where nobody answered a part only, and those of the company
where the people between one set and the next are too many, and too mixed, to be told apart.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from employee_pulse.results.rules import suppression
from employee_pulse.results.rules.freezing import FrozenScore, Place, Shown
from employee_pulse.results.rules.suppression import Node
from employee_pulse.results.rules.tally import Bundle, Sums, Tally
from employee_pulse.surveys.rules.thresholds import Thresholds

SMALLEST_COMPANY = 100
PEOPLE_PER_MEASURE = 10


@dataclass(frozen=True, slots=True)
class FrozenMoments:
    department_id: int
    measure: str
    sums: Sums


@dataclass(frozen=True, slots=True)
class FrozenCross:
    """Of the whole company: n, sums, and the matrix of sums of products, in order of measures."""

    measures: tuple[str, ...]
    n: int
    sums: list[int]
    products: list[list[int]]


@dataclass(frozen=True, slots=True)
class Kept:
    moments: list[FrozenMoments]
    cross: FrozenCross | None


def keep(
    places: Sequence[Place], tally: Tally, shown: Mapping[str, Shown], thresholds: Thresholds
) -> Kept:
    """Choose which moments are kept. `places` is one tree, root first; `shown` is by question."""
    root = places[0].id
    parts = suppression.subtrees([Node(place.id, place.parent_id, 0) for place in places])
    moments: list[FrozenMoments] = []
    chains = {code: [counts] for code, counts in tally.answered.items()}
    company = True
    for bundle in tally.bundles:
        departments = _departments(places, parts, bundle, tally, shown, thresholds)
        if _joins(bundle.codes, bundle.complete(), chains, shown, root, thresholds):
            departments.add(root)
            for code in bundle.codes:
                chains[code].append(bundle.complete())
        company = company and root in departments
        moments += [
            FrozenMoments(v, bundle.measure, _summed(bundle, parts[v])) for v in sorted(departments)
        ]
    cross = _cross(tally, chains, thresholds) if company else None
    return Kept(moments, cross)


def _departments(
    places: Sequence[Place],
    parts: Mapping[int, list[int]],
    bundle: Bundle,
    tally: Tally,
    shown: Mapping[str, Shown],
    thresholds: Thresholds,
) -> set[int]:
    """Departments where everybody answered all of the bundle or nothing of it."""
    complete = bundle.complete()
    candidates = []
    for place in places:
        whole = parts[place.id]
        n = sum(complete[v] for v in whole)
        if all(
            place.id in shown[code].distribution
            and sum(tally.answered[code][v] for v in whole) == n
            for code in bundle.codes
        ):
            candidates.append(place.id)
    people = [Node(place.id, place.parent_id, complete[place.id]) for place in places]
    within = suppression.only(people, candidates)
    return set(suppression.shown_nodes(within, minimum=thresholds.distributions))


def _joins(
    codes: Sequence[str],
    people: Counter[int],
    chains: Mapping[str, list[Counter[int]]],
    shown: Mapping[str, Shown],
    root: int,
    thresholds: Thresholds,
) -> bool:
    """Whether sums over these people may stand beside those over the larger sets before them."""
    if people.total() < thresholds.distributions:
        return False
    return all(
        root in shown[code].distribution
        and chain_is_safe([*chains[code], people], minimum=thresholds.distributions)
        for code in codes
    )


def sharpened(scores: Sequence[FrozenScore], kept: Kept) -> list[FrozenScore]:
    """Scores with the deviation of a person's mean taken from moments, where there are some."""
    sums = {(one.department_id, one.measure): one.sums for one in kept.moments}
    return [
        replace(score, sd=_deviation(found))
        if score.mean is not None and (found := sums.get((score.department_id, score.measure)))
        else score
        for score in scores
    ]


def _deviation(sums: Sums) -> float:
    variance = (sums.square - sums.total**2 / sums.n) / (sums.n - 1)
    return math.sqrt(max(variance, 0.0)) / len(sums.items)


def chain_is_safe(sets: Sequence[Counter[int]], *, minimum: int) -> bool:
    """Whether totals over nested sets, the largest first, isolate fewer than `minimum` people.

    Sets are given as people by department. Rings are what one set has more than the next. Any
    combination of totals that does not vanish treats two neighboring rings differently, in
    every department, whatever is known of the department besides: so it involves at least the
    smaller of the two rings there, summed over departments.
    """
    rings = [
        Counter({v: count - smaller[v] for v, count in larger.items() if count > smaller[v]})
        for larger, smaller in zip(sets, [*sets[1:], Counter[int]()], strict=True)
    ]
    rings = [ring for ring in rings if ring]
    return all(
        sum(min(count, inner[v]) for v, count in outer.items()) >= minimum
        for outer, inner in pairwise(rings)
    )


def _summed(bundle: Bundle, parts: Sequence[int]) -> Sums:
    together = Sums()
    for department in parts:
        if department in bundle.sums:
            together.merge(bundle.sums[department])
    return together


def _cross(
    tally: Tally, chains: Mapping[str, list[Counter[int]]], thresholds: Thresholds
) -> FrozenCross | None:
    cross = tally.cross
    n = cross.people.total()
    enough = n >= max(SMALLEST_COMPANY, PEOPLE_PER_MEASURE * len(cross.measures))
    if not enough or not all(
        chain_is_safe([*chains[code], cross.people], minimum=thresholds.distributions)
        for code in cross.codes
    ):
        return None
    return FrozenCross(cross.measures, n, cross.sums, cross.products)
