"""From counts to what is published: the one place where it is decided which figures exist."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from employee_pulse.results.rules import measures, scoring, suppression
from employee_pulse.results.rules.guard import Ids, exact_nodes, wide_nodes
from employee_pulse.results.rules.measures import Asked
from employee_pulse.results.rules.scoring import Interval
from employee_pulse.results.rules.suppression import Node, Reason
from employee_pulse.results.rules.tally import Histograms, Tally
from employee_pulse.surveys.rules.questions import QuestionKind
from employee_pulse.surveys.rules.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Place:
    """A department of the frozen tree; `invited` counts the people of its own group."""

    id: int
    parent_id: int | None
    invited: int


@dataclass(frozen=True, slots=True)
class FrozenNode:
    """What is known of a department as a whole; None is not shown."""

    department_id: int
    invited: int | None
    ballots: int | None
    participation: float | None
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class FrozenScore:
    """One measure of one department: figures, or a band in their place, or a reason.

    `favorable_sd` and `sd` are standard deviations of one person's share of favorable answers and
    mean. Of a dimension or the index they are upper bounds (questions taken as moving together),
    `sd` only until moments are known. `band` holds intervals by figure.
    """

    department_id: int
    measure: str
    n: int | None = None
    favorable: float | None = None
    favorable_sd: float | None = None
    mean: float | None = None
    sd: float | None = None
    score: float | None = None
    band: Mapping[str, Interval] | None = None
    histogram: tuple[int, ...] | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """Where a question may be seen: at all, with exact figures, with its distribution.

    `wide` are those with a band that leaves everything open.
    """

    total: Ids
    exact: Ids
    wide: Ids
    distribution: Ids
    reasons: Mapping[int, Reason]


@dataclass(slots=True)
class Frozen:
    """Everything that is published about a wave."""

    nodes: list[FrozenNode] = field(default_factory=list)
    scores: list[FrozenScore] = field(default_factory=list)
    shown: dict[str, Shown] = field(default_factory=dict)
    """By question code."""
    comments: Ids = frozenset()
    """Departments whose comments may be read."""


def freeze(
    places: Sequence[Place], tally: Tally, questions: Sequence[Asked], thresholds: Thresholds
) -> Frozen:
    """Decide and compute everything that is published. `places` is one tree, root first."""
    tree = _Tree(places)
    frozen = Frozen()
    base = tree.nodes(tally.ballots)
    shown = suppression.shown_nodes(base, minimum=thresholds.scores)
    frozen.nodes = _frozen_nodes(tree, base, shown, thresholds)
    frozen.comments = suppression.shown_nodes(
        suppression.only(base, shown), minimum=thresholds.comments
    )
    figures: dict[str, dict[int, FrozenScore]] = {}
    for asked in questions:
        if asked.kind is not QuestionKind.FREE_TEXT:
            measure = measures.of_asked(asked, questions)
            sums = tree.summed(tally.histograms[asked.code])
            frozen.shown[asked.code] = seen = _where_shown(tree, tally, sums, asked, thresholds)
            figures[asked.code] = _figures(tree, tally, sums, asked, seen, measure)
    bundles = {bundle.measure: bundle.codes for bundle in tally.bundles}
    frozen.scores = [score for scores in figures.values() for score in scores.values()]
    frozen.scores += [
        averaged(measure, [figures[code][v] for code in codes])
        for measure, codes in bundles.items()
        for v in tree.ids
    ]
    return frozen


def averaged(measure: str, scores: Sequence[FrozenScore]) -> FrozenScore:
    """A dimension or the index of one department: the plain average of its questions' figures.

    Hidden as soon as one question is, a band as soon as one is a band.
    """
    department_id = scores[0].department_id
    hidden = {score.reason for score in scores if score.reason is not None}
    if hidden:
        reason = next(reason for reason in Reason if reason in hidden)
        return FrozenScore(department_id, measure, reason=reason)
    n = min(score.n or 0 for score in scores)
    if any(score.band is not None for score in scores):
        return FrozenScore(department_id, measure, n, band=_average_band(scores))
    mean = _average([score.mean for score in scores])
    return FrozenScore(
        department_id,
        measure,
        n,
        favorable=_average([score.favorable for score in scores]),
        favorable_sd=_average([score.favorable_sd for score in scores]),
        mean=mean,
        sd=_average([score.sd for score in scores]),
        score=None if mean is None else scoring.index(mean),
    )


class _Tree:
    def __init__(self, places: Sequence[Place]) -> None:
        self.places = places
        self.ids = [place.id for place in places]
        self._parents = {place.id: place.parent_id for place in places}

    def nodes(self, own: Mapping[int, int]) -> list[Node[int]]:
        return [Node(place.id, place.parent_id, own.get(place.id, 0)) for place in self.places]

    def summed(self, histograms: Histograms) -> Histograms:
        """Histograms of whole subtrees."""
        length = len(next(iter(histograms.values()), ()))
        sums = {v: [0] * length for v in self.ids}
        for department, counts in histograms.items():
            above: int | None = department
            while above is not None:
                sums[above] = [a + b for a, b in zip(sums[above], counts, strict=True)]
                above = self._parents[above]
        return sums


def _frozen_nodes(
    tree: _Tree, base: list[Node[int]], shown: Ids, thresholds: Thresholds
) -> list[FrozenNode]:
    ballots = suppression.totals(base)
    invited = suppression.totals(tree.nodes({place.id: place.invited for place in tree.places}))
    reasons = suppression.reasons(base, shown, minimum=thresholds.scores)
    nodes = []
    for place in tree.places:
        share = None
        if invited[place.id] >= thresholds.participation:
            share = scoring.participation(ballots[place.id], invited[place.id])
        if share is not None and place.parent_id is not None:
            share = scoring.rounded_participation(share)
        count = ballots[place.id] if place.id in shown else None
        nodes.append(FrozenNode(place.id, invited[place.id], count, share, reasons.get(place.id)))
    return nodes


def _where_shown(
    tree: _Tree, tally: Tally, sums: Histograms, asked: Asked, thresholds: Thresholds
) -> Shown:
    minimum = thresholds.scores
    if asked.kind is not QuestionKind.AGREEMENT:
        minimum = max(minimum, thresholds.distributions)
    people = tree.nodes(tally.answered[asked.code])
    total = suppression.shown_nodes(people, minimum=minimum)
    exact = exact_nodes(people, total, tally.histograms[asked.code], asked)
    wide = wide_nodes(people, total, exact, sums, asked)
    distribution = suppression.shown_nodes(
        suppression.only(people, exact), minimum=max(minimum, thresholds.distributions)
    )
    return Shown(
        total, exact, wide, distribution, suppression.reasons(people, total, minimum=minimum)
    )


def _figures(
    tree: _Tree, tally: Tally, sums: Histograms, asked: Asked, seen: Shown, measure: str
) -> dict[int, FrozenScore]:
    n = suppression.totals(tree.nodes(tally.answered[asked.code]))
    figures = {}
    for v in tree.ids:
        if v in seen.total:
            values = question_values(
                asked,
                sums[v],
                exact=v in seen.exact,
                fine=v in seen.distribution,
                wide=v in seen.wide,
            )
            figures[v] = FrozenScore(v, measure, n[v], **values)
        else:
            figures[v] = FrozenScore(v, measure, reason=seen.reasons[v])
    return figures


def question_values(
    asked: Asked, histogram: list[int], *, exact: bool, fine: bool, wide: bool
) -> dict[str, Any]:
    """What a group's answers give: figures (with `fine` more of them), or a band."""
    if asked.kind is QuestionKind.AGREEMENT:
        return (
            _agreement_values(histogram, fine=fine)
            if exact
            else _agreement_band(histogram, wide=wide)
        )
    if asked.kind is QuestionKind.ENPS:
        enps = scoring.enps(histogram)
        score = enps.score if enps else 0.0
        if not exact:
            return {"band": {"score": scoring.ANY_ENPS if wide else scoring.enps_band(score)}}
        return {"score": score, "histogram": tuple(histogram)}
    return {"histogram": tuple(histogram)} if exact else {"band": {}}


def _agreement_band(histogram: Sequence[int], *, wide: bool) -> dict[str, Any]:
    share = scoring.favorable(histogram) or 0.0
    band = scoring.ANY_SHARE if wide else scoring.band(share, sum(histogram))
    return {"band": {"favorable": band, "mean": scoring.mean_band(band)}}


def _agreement_values(histogram: Sequence[int], *, fine: bool) -> dict[str, Any]:
    share, mean, variance = (
        figure(histogram) or 0.0 for figure in (scoring.favorable, scoring.mean, scoring.variance)
    )
    return {
        "favorable": share,
        "favorable_sd": scoring.share_sd(share, sum(histogram)),
        "mean": mean,
        "score": scoring.index(mean),
        "sd": math.sqrt(variance) if fine else None,
        "histogram": tuple(histogram) if fine else None,
    }


def _average(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if len(known) == len(values) else None


def _average_band(scores: Sequence[FrozenScore]) -> dict[str, Interval] | None:
    """The band that bands and exact figures leave together; a figure is a band of no width."""
    band = {}
    for figure in ("favorable", "mean"):
        bands = [
            score.band[figure] if score.band else _point(getattr(score, figure)) for score in scores
        ]
        low, high = (_average([getattr(b, end) for b in bands if b]) for end in ("low", "high"))
        if low is not None and high is not None and all(bands):
            band[figure] = Interval(low, high)
    return band


def _point(value: float | None) -> Interval | None:
    return None if value is None else Interval(value, value)
