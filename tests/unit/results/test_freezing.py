"""What is published of random companies cannot be taken apart, whatever is subtracted."""

import itertools
import random
from collections import Counter
from collections.abc import Iterable

import numpy as np
import pytest

from employee_pulse.results.rules import scoring
from employee_pulse.results.rules.freezing import (
    Frozen,
    FrozenScore,
    Place,
    averaged,
    freeze,
)
from employee_pulse.results.rules.guard import exact_nodes
from employee_pulse.results.rules.measures import Asked
from employee_pulse.results.rules.moments import FrozenCross, chain_is_safe, keep, sharpened
from employee_pulse.results.rules.scoring import Interval
from employee_pulse.results.rules.suppression import Node, Reason, remainders
from employee_pulse.results.rules.tally import Tally, count
from employee_pulse.surveys.rules.questions import QuestionKind
from employee_pulse.surveys.rules.thresholds import Thresholds

LEAD_1 = Asked("L1", QuestionKind.AGREEMENT, "leadership")
LEAD_2 = Asked("L2", QuestionKind.AGREEMENT, "leadership", reverse_keyed=True)
WELL = Asked("W1", QuestionKind.AGREEMENT, "wellbeing")
ENPS = Asked("E1", QuestionKind.ENPS, "recommendation")
ENPS_2 = Asked("E2", QuestionKind.ENPS, "recommendation")
ONE = Asked("C1", QuestionKind.SINGLE_CHOICE, "process", choices=("a", "b"))
MANY = Asked("C2", QuestionKind.MULTIPLE_CHOICE, "process", choices=("a", "b", "c"))
TEXT = Asked("T1", QuestionKind.FREE_TEXT, "morale")
QUESTIONS = [LEAD_1, LEAD_2, WELL, ENPS, TEXT]
Ballots = list[tuple[int, dict[str, int | None]]]


def company(
    rng: random.Random, *, people: int, departments: int, skip: float
) -> tuple[list[Place], Ballots]:
    parents = [None, *(rng.randrange(max(0, v - 5), v) for v in range(1, departments))]
    ballots: Ballots = []
    invited: Counter[int] = Counter()
    for _ in range(people):
        department = rng.randrange(departments)
        invited[department] += 1
        mood = rng.choice([-1, 0, 0, 1, 2])
        answers: dict[str, int | None] = {
            asked.code: None
            if rng.random() < skip
            else min(max(rng.choice([2, 3, 4]) + mood, 1), 5)
            for asked in (LEAD_1, LEAD_2, WELL)
        }
        answers["E1"] = None if rng.random() < skip else rng.randrange(11)
        ballots.append((department, answers))
    places = [Place(v, parent, invited[v]) for v, parent in enumerate(parents)]
    return places, ballots


def members(places: list[Place], ballots: Ballots, codes: Iterable[str]) -> dict[int, set[int]]:
    """Numbers of the ballots below each department that answered all of these questions."""
    parents = {place.id: place.parent_id for place in places}
    people: dict[int, set[int]] = {place.id: set() for place in places}
    for number, (department, answers) in enumerate(ballots):
        if all(answers[code] is not None for code in codes):
            above: int | None = department
            while above is not None:
                people[above].add(number)
                above = parents[above]
    return people


def tells_about_few(sets: list[set[int]], minimum: int) -> bool:
    """Whether any combination of sums over these sets depends on 1 to minimum-1 people only.

    Knows no tree. People in the same sets form a class. A combination that vanishes outside of
    some classes, but not everywhere, exists exactly if leaving these classes out lowers the rank.
    """
    everyone = sorted(set().union(*sets)) if sets else []
    if not everyone:
        return False
    matrix = np.array([[person in group for person in everyone] for group in sets], float)
    classes, sizes = np.unique(matrix, axis=1, return_counts=True)
    rank = np.linalg.matrix_rank(classes)
    small = np.flatnonzero(sizes < minimum)
    for width in (1, 2, 3, 4):
        for chosen in itertools.combinations(small, width):
            if sizes[list(chosen)].sum() < minimum:
                rest = np.delete(classes, chosen, axis=1)
                if rest.shape[1] == 0 or np.linalg.matrix_rank(rest) < rank:
                    return True
    return False


def frozen_company(rng: random.Random) -> tuple[list[Place], Ballots, Tally, Frozen, Thresholds]:
    places, ballots = company(
        rng,
        people=rng.choice([30, 90, 250]),
        departments=rng.randint(1, 20),
        skip=rng.choice([0, 0.02, 0.1, 0.4]),
    )
    thresholds = Thresholds(scores=rng.choice([3, 5, 7]))
    tally = count(ballots, QUESTIONS)
    return places, ballots, tally, freeze(places, tally, QUESTIONS, thresholds), thresholds


def by_department(frozen: Frozen, measure: str) -> dict[int, FrozenScore]:
    return {s.department_id: s for s in frozen.scores if s.measure == measure}


class TestFreeze:
    def test_no_difference_of_published_figures_is_about_few_people(self) -> None:
        rng = random.Random(6)
        for _ in range(60):
            places, ballots, _, frozen, thresholds = frozen_company(rng)
            for measure, code in [("question:L1", "L1"), ("question:W1", "W1"), ("enps", "E1")]:
                people = members(places, ballots, [code])
                scores = by_department(frozen, measure)
                shown = [people[v] for v, score in scores.items() if score.reason is None]
                fine = [people[v] for v, score in scores.items() if score.histogram]

                assert not tells_about_few(shown, thresholds.scores)
                assert not tells_about_few(fine, thresholds.distributions)

    def test_no_difference_of_exact_figures_tells_what_nearly_everyone_answered(self) -> None:
        rng = random.Random(7)
        bands = 0
        for _ in range(80):
            places, _, tally, frozen, _ = frozen_company(rng)
            scores = by_department(frozen, "question:L1")
            bands += sum(score.band is not None for score in scores.values())
            exact = [v for v, score in scores.items() if score.favorable is not None]
            tree = [Node(p.id, p.parent_id, tally.answered["L1"][p.id]) for p in places]
            for parts in remainders(tree, exact).values():
                counts = [tally.histograms["L1"].get(part, [0] * 5) for part in parts]
                rest = [sum(column) for column in zip(*counts, strict=True)]
                assert not scoring.guarded(rest)
        assert bands > 10

    def test_a_hidden_question_hides_its_dimension_and_the_index(self) -> None:
        rng = random.Random(8)
        for _ in range(60):
            _, _, _, frozen, _ = frozen_company(rng)
            parts = [by_department(frozen, f"question:{c}") for c in ("L1", "L2", "W1")]
            lead = by_department(frozen, "dimension:leadership")
            index = by_department(frozen, "index")
            for v in index:
                hidden = [scores[v].reason is not None for scores in parts]
                assert (lead[v].reason is not None) == any(hidden[:2])
                assert (index[v].reason is not None) == any(hidden)

    def test_figures_equal_the_answers_counted_by_hand(self) -> None:
        places = [Place(1, None, 0), Place(2, 1, 30)]
        ballots: Ballots = [
            (2, {"L1": 1 + number % 5, "L2": 5 - number % 5, "W1": 3, "E1": number % 11})
            for number in range(22)
        ]

        frozen = freeze(places, count(ballots, QUESTIONS), QUESTIONS, Thresholds())

        first = by_department(frozen, "question:L1")[1]
        answers = [1 + number % 5 for number in range(22)]
        assert first.n == 22
        assert first.favorable == sum(answer >= 4 for answer in answers) / 22
        assert first.mean == pytest.approx(sum(answers) / 22)
        assert first.sd == pytest.approx(np.std(answers, ddof=1))
        assert first.score == pytest.approx((first.mean - 1) * 25)
        # Reverse-keyed: 5 minus the remainder, turned round, is the first question again.
        assert by_department(frozen, "question:L2")[2].histogram == first.histogram
        # All alike: no figure, but a band.
        alike = by_department(frozen, "question:W1")[2]
        assert alike.favorable is None
        assert alike.band == {"favorable": Interval(0, 0.2), "mean": Interval(1, 3.4)}
        lead = by_department(frozen, "dimension:leadership")[2]
        assert (lead.n, lead.favorable, lead.mean) == (22, first.favorable, first.mean)
        index = by_department(frozen, "index")[2]
        assert index.band
        favorable = index.band["favorable"]
        assert favorable.low == pytest.approx(2 * (first.favorable or 0) / 3)
        assert favorable.high == pytest.approx((2 * (first.favorable or 0) + 0.2) / 3)
        enps = by_department(frozen, "enps")[2]
        assert enps.score == pytest.approx((4 - 14) / 22 * 100)
        assert "question:E1" not in {score.measure for score in frozen.scores}

    def test_below_ten_there_is_no_distribution_and_no_deviation(self) -> None:
        places = [Place(1, None, 9)]
        ballots: Ballots = [
            (1, {"L1": 2 + number % 3, "L2": 3, "W1": 3, "E1": 9}) for number in range(9)
        ]

        frozen = freeze(places, count(ballots, QUESTIONS), QUESTIONS, Thresholds())

        score = by_department(frozen, "question:L1")[1]
        assert score.mean == 3
        assert (score.sd, score.histogram) == (None, None)
        assert by_department(frozen, "enps")[1].reason is Reason.BELOW_MINIMUM
        assert frozen.comments == frozenset()

    def test_participation_is_exact_for_the_company_and_rounded_below(self) -> None:
        places = [Place(1, None, 0), Place(2, 1, 30), Place(3, 1, 12), Place(4, 1, 4)]
        ballots: Ballots = [
            *((2, {"L1": 3}) for _ in range(19)),
            *((3, {"L1": 3}) for _ in range(4)),
            (4, {"L1": 3}),
        ]

        frozen = freeze(places, count(ballots, [LEAD_1]), [LEAD_1], Thresholds())

        shown = {
            node.department_id: (node.invited, node.ballots, node.participation, node.reason)
            for node in frozen.nodes
        }
        assert shown == {
            1: (46, 24, 24 / 46, None),
            2: (30, 19, 0.65, None),
            3: (12, None, 0.35, Reason.BELOW_MINIMUM),
            4: (4, None, None, Reason.BELOW_MINIMUM),
        }

    def test_choices_are_counted_and_guarded(self) -> None:
        places = [Place(1, None, 40), Place(2, 1, 12)]
        ballots = [
            *((1, {"C1": "ab"[number % 2], "C2": ["a", "c"]}) for number in range(30)),
            *((2, {"C1": "a", "C2": ["b"]}) for _ in range(11)),
        ]

        frozen = freeze(places, count(ballots, [ONE, MANY]), [ONE, MANY], Thresholds())

        assert by_department(frozen, "question:C1")[1].histogram == (26, 15)
        assert by_department(frozen, "question:C1")[2].band == {}
        assert by_department(frozen, "question:C2")[1].histogram == (30, 11, 30)
        assert by_department(frozen, "question:C2")[1].n == 41

    def test_a_second_enps_question_is_a_question_of_its_own(self) -> None:
        ballots: Ballots = [(1, {"E1": number, "E2": 0}) for number in range(11)]
        questions = [ENPS, ENPS_2]

        frozen = freeze([Place(1, None, 11)], count(ballots, questions), questions, Thresholds())

        assert by_department(frozen, "enps")[1].score == pytest.approx((2 - 7) / 11 * 100)
        assert by_department(frozen, "question:E2")[1].band == {"score": Interval(-100, -50)}

    def test_a_wave_without_ballots_publishes_reasons_only(self) -> None:
        frozen = freeze([Place(1, None, 9)], count([], QUESTIONS), QUESTIONS, Thresholds())

        assert {score.reason for score in frozen.scores} == {Reason.BELOW_MINIMUM}
        assert frozen.nodes[0].participation == 0


class TestExactNodes:
    def test_hides_the_smallest_neighbor_when_the_rest_would_give_a_band_away(self) -> None:
        people = [Node(1, None, 0), Node(2, 1, 6), Node(3, 1, 8), Node(4, 1, 30)]
        own = {2: [0, 0, 0, 3, 3], 3: [1, 2, 2, 2, 1], 4: [5, 5, 5, 10, 5]}

        exact = exact_nodes(people, frozenset({1, 2, 3, 4}), own, LEAD_1)

        assert exact == {1, 4}


class TestAveraged:
    def test_takes_the_plainest_reason(self) -> None:
        scores = [
            FrozenScore(1, "a", reason=Reason.COMPLEMENTARY),
            FrozenScore(1, "b", reason=Reason.BELOW_MINIMUM),
        ]

        assert averaged("index", scores) == FrozenScore(1, "index", reason=Reason.BELOW_MINIMUM)

    def test_leaves_out_a_figure_that_one_question_lacks(self) -> None:
        scores = [
            FrozenScore(1, "a", 9, favorable=0.5, mean=3.0),
            FrozenScore(1, "b", 7, favorable=None, mean=4.0),
        ]

        assert averaged("index", scores) == FrozenScore(1, "index", 7, mean=3.5, score=62.5)

    def test_without_any_mean_there_is_no_index(self) -> None:
        assert averaged("index", [FrozenScore(1, "a", 9)]).score is None

    def test_a_band_beside_a_missing_figure_leaves_no_band_of_it(self) -> None:
        band = {"favorable": Interval(0.8, 1), "mean": Interval(3.4, 5)}
        scores = [FrozenScore(1, "a", 9, band=band), FrozenScore(1, "b", 9, mean=3.0)]

        assert averaged("index", scores).band == {"mean": Interval(3.2, 4.0)}


class TestKeep:
    def test_no_combination_with_published_figures_is_about_few_people(self) -> None:
        rng = random.Random(9)
        kept_somewhere = kept_company = crossed = 0
        for _ in range(80):
            places, ballots, tally, frozen, thresholds = frozen_company(rng)
            kept = keep(places, tally, frozen.shown, thresholds)
            kept_somewhere += bool(kept.moments)
            kept_company += any(m.department_id == 0 for m in kept.moments) and len(ballots) > 99
            crossed += kept.cross is not None
            for measure, code in [("leadership", "L1"), ("leadership", "L2"), ("wellbeing", "W1")]:
                answered = members(places, ballots, [code])
                sets = [answered[v] for v in frozen.shown[code].exact]
                sets += self.sets_with(code, measure, places, ballots, kept)

                assert not tells_about_few(sets, thresholds.scores)
        assert kept_somewhere > 40
        assert kept_company > 5
        assert crossed > 3

    def sets_with(
        self, code: str, dimension: str, places: list[Place], ballots: Ballots, kept: object
    ) -> list[set[int]]:
        codes = {"leadership": ["L1", "L2"], "wellbeing": ["W1"]}[dimension]
        by_measure = {
            f"dimension:{dimension}": members(places, ballots, codes),
            "index": members(places, ballots, ["L1", "L2", "W1"]),
        }
        sets = [
            by_measure[moments.measure][moments.department_id]
            for moments in kept.moments  # type: ignore[attr-defined]
            if moments.measure in by_measure
        ]
        if kept.cross is not None:  # type: ignore[attr-defined]
            sets.append(members(places, ballots, ["L1", "L2", "W1", "E1"])[0])
        return sets

    def test_sums_equal_the_answers(self) -> None:
        rng = random.Random(3)
        places, ballots = company(rng, people=300, departments=4, skip=0)
        tally = count(ballots, QUESTIONS)
        frozen = freeze(places, tally, QUESTIONS, Thresholds())

        kept = keep(places, tally, frozen.shown, Thresholds())

        rows = [
            (answers["L1"] or 0, 6 - (answers["L2"] or 0), answers["W1"] or 0, answers["E1"] or 0)
            for _, answers in ballots
        ]
        lead = next(m for m in kept.moments if m.measure == "dimension:leadership").sums
        assert lead.n == 300
        assert lead.total == sum(a + b for a, b, _, _ in rows)
        assert lead.square == sum((a + b) ** 2 for a, b, _, _ in rows)
        assert lead.items["L2"] == (sum(r[1] for r in rows), sum(r[1] ** 2 for r in rows))
        values = np.array([[a + b, c, d] for a, b, c, d in rows])
        assert kept.cross == FrozenCross(
            ("dimension:leadership", "dimension:wellbeing", "enps"),
            300,
            values.sum(axis=0).tolist(),
            (values.T @ values).tolist(),
        )

    def test_one_person_who_skipped_a_question_costs_the_moments(self) -> None:
        ballots: Ballots = [
            (0, {"L1": 1 + number % 5, "L2": 1 + number % 4, "W1": 3, "E1": 5})
            for number in range(60)
        ]
        ballots[0][1]["L2"] = None
        places = [Place(0, None, 150)]
        tally = count(ballots, QUESTIONS)
        frozen = freeze(places, tally, QUESTIONS, Thresholds())

        kept = keep(places, tally, frozen.shown, Thresholds())

        assert {moments.measure for moments in kept.moments}.isdisjoint(
            {"dimension:leadership", "index"}
        )
        assert kept.cross is None

    def test_fewer_than_a_hundred_people_have_no_cross_products(self) -> None:
        rng = random.Random(3)
        places, ballots = company(rng, people=99, departments=1, skip=0)
        tally = count(ballots, QUESTIONS)
        frozen = freeze(places, tally, QUESTIONS, Thresholds())

        kept = keep(places, tally, frozen.shown, Thresholds())

        assert kept.moments
        assert kept.cross is None


class TestSharpened:
    def test_takes_the_deviation_of_a_person_from_moments(self) -> None:
        rng = random.Random(5)
        places, ballots = company(rng, people=200, departments=3, skip=0)
        tally = count(ballots, QUESTIONS)
        frozen = freeze(places, tally, QUESTIONS, Thresholds())
        kept = keep(places, tally, frozen.shown, Thresholds())

        scores = {(s.department_id, s.measure): s for s in sharpened(frozen.scores, kept)}

        persons = [((a["L1"] or 0) + 6 - (a["L2"] or 0)) / 2 for _, a in ballots]
        lead = scores[0, "dimension:leadership"]
        assert lead.sd == pytest.approx(np.std(persons, ddof=1))
        bound = by_department(frozen, "dimension:leadership")[0].sd
        assert bound is not None
        assert lead.sd < bound
        assert scores[0, "question:L1"] == by_department(frozen, "question:L1")[0]


class TestChainIsSafe:
    @pytest.mark.parametrize(
        ("sets", "safe"),
        [
            ([{1: 30}], "yes"),
            ([{1: 30}, {1: 30}], "yes"),
            ([{1: 30}, {1: 29}], "no"),
            ([{1: 30}, {1: 20}], "yes"),
            ([{1: 30, 2: 30}, {1: 25, 2: 25}], "yes"),
            # Everybody of 2 skipped, nobody of 1: known apart by department, so safe only
            # if both are found in one.
            ([{1: 30, 2: 30}, {1: 30}], "no"),
            ([{1: 30}, {1: 20}, {1: 19}], "no"),
            ([{1: 30}, {1: 20}, {1: 20}, {1: 10}], "yes"),
        ],
    )
    def test_looks_at_neighboring_rings(self, sets: list[dict[int, int]], safe: str) -> None:
        assert chain_is_safe([Counter(people) for people in sets], minimum=10) is (safe == "yes")
