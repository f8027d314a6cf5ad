"""Figures against published cases, independent formulas and the edges of each scale."""

import json
import math
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from employee_pulse.results.rules import scoring
from employee_pulse.results.rules.scoring import Interval

CASES = Path(__file__).parents[2] / "data" / "statistics"
HISTOGRAMS = st.lists(st.integers(0, 40), min_size=5, max_size=5)


class TestEnps:
    def test_equals_the_case_with_and_without_the_population(self) -> None:
        case = json.loads((CASES / "enps_adjusted_wald.json").read_text(encoding="utf-8"))
        histogram, expected = case["input"]["hist_0_10"], case["expected"]

        corrected = scoring.enps(histogram, case["input"]["N"])
        plain = scoring.enps(histogram)

        assert corrected
        assert plain
        assert corrected.score == plain.score == expected["nps"]
        assert [corrected.low, corrected.high] == pytest.approx(
            expected["ci95_adjwald_fpc"], abs=1e-6
        )
        assert [plain.low, plain.high] == pytest.approx(expected["ci95_adjwald"], abs=1e-6)

    def test_six_is_a_detractor_and_seven_and_eight_count_for_nothing(self) -> None:
        six, eight, nine = ([0] * 11 for _ in range(3))
        six[6], eight[7], eight[8], nine[9] = 10, 5, 5, 10

        scores = [scoring.enps(histogram) for histogram in (six, eight, nine)]

        assert [result.score for result in scores if result] == [-100, 0, 100]

    def test_stays_within_the_scale(self) -> None:
        result = scoring.enps([10, *[0] * 10])

        assert result
        assert result.low == -100

    def test_everybody_answered_leaves_no_doubt(self) -> None:
        result = scoring.enps([0] * 10 + [12], 12)

        assert result
        assert result.standard_error == 0

    def test_is_nothing_without_answers(self) -> None:
        assert scoring.enps([0] * 11, 5) is None

    def test_refuses_more_answers_than_invited(self) -> None:
        with pytest.raises(ValueError, match="12 answered of 11"):
            scoring.enps([0] * 10 + [12], 11)

    @pytest.mark.parametrize("histogram", [[1] * 5, [-1, *[1] * 10]])
    def test_refuses_another_scale(self, histogram: list[int]) -> None:
        with pytest.raises(ValueError, match="histogram of 11"):
            scoring.enps(histogram)


class TestFavorable:
    def test_counts_the_top_two_of_five(self) -> None:
        assert scoring.favorable([1, 2, 3, 4, 5]) == 9 / 15

    def test_is_nothing_without_answers(self) -> None:
        assert scoring.favorable([0] * 5) is None

    def test_refuses_another_scale(self) -> None:
        with pytest.raises(ValueError, match="histogram of 5"):
            scoring.favorable([1] * 11)


class TestMoments:
    @given(HISTOGRAMS)
    def test_equal_the_textbook_on_the_answers_themselves(self, histogram: list[int]) -> None:
        answers = [value for value, count in enumerate(histogram, 1) for _ in range(count)]

        mean, variance = scoring.mean(histogram), scoring.variance(histogram)

        if not answers:
            assert mean is None
        else:
            assert mean == pytest.approx(sum(answers) / len(answers))
        if len(answers) < 2:
            assert variance is None
        else:
            assert mean is not None
            expected = sum((answer - mean) ** 2 for answer in answers) / (len(answers) - 1)
            assert variance == pytest.approx(expected, abs=1e-9)

    def test_mean_of_another_first_answer(self) -> None:
        assert scoring.mean([1, 0, 1], first=0) == 1

    @pytest.mark.parametrize(("mean", "index"), [(1, 0), (3, 50), (4.2, 80), (5, 100)])
    def test_index_runs_from_0_to_100(self, mean: float, index: float) -> None:
        assert scoring.index(mean) == pytest.approx(index)


class TestWilson:
    @given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
    def test_its_ends_solve_the_score_equation(self, of: tuple[int, int]) -> None:
        count, n = of
        interval = scoring.wilson(count, n)

        assert interval
        for end in (interval.low, interval.high):
            if 0 < end < 1:
                distance = abs(count / n - end) / math.sqrt(end * (1 - end) / n)
                assert distance == pytest.approx(1.959963984540054, rel=1e-6)

    def test_ten_of_ten(self) -> None:
        interval = scoring.wilson(10, 10)

        assert interval
        assert interval.low == pytest.approx(0.7224672)
        assert interval.high == 1

    def test_is_nothing_without_answers(self) -> None:
        assert scoring.wilson(0, 0) is None

    @pytest.mark.parametrize("count", [-1, 6])
    def test_refuses_what_is_no_share(self, count: int) -> None:
        with pytest.raises(ValueError, match="is no share"):
            scoring.wilson(count, 5)


class TestParticipation:
    def test_is_the_share_of_the_invited(self) -> None:
        assert scoring.participation(30, 40) == 0.75

    def test_is_nothing_of_nobody(self) -> None:
        assert scoring.participation(0, 0) is None

    def test_refuses_more_than_were_invited(self) -> None:
        with pytest.raises(ValueError, match="3 answered of 2"):
            scoring.participation(3, 2)

    @pytest.mark.parametrize(
        ("share", "rounded"),
        [(0.0, 0.0), (0.024, 0.0), (0.025, 0.05), (0.625, 0.65), (0.675, 0.7), (1.0, 1.0)],
    )
    def test_is_rounded_to_5_percent_halves_upward(self, share: float, rounded: float) -> None:
        assert scoring.rounded_participation(share) == rounded


class TestGuarded:
    @pytest.mark.parametrize(
        "histogram",
        [
            [0, 0, 0, 0, 25],  # all alike
            [0, 0, 0, 3, 4],  # everybody favorable
            [0, 3, 4, 0, 0],  # nobody
            [0, 0, 1, 5, 4],  # all but one
            [0, 0, 9, 1, 0],  # one
        ],
    )
    def test_hides_what_nearly_everyone_answered(self, histogram: list[int]) -> None:
        assert scoring.guarded(histogram)

    @pytest.mark.parametrize(
        "histogram",
        [
            [0, 0, 2, 5, 4],
            [0, 3, 0, 0, 2],
            [0, 0, 2, 5, 14],
            [0, 0, 0, 0, 0],
        ],
    )
    def test_leaves_the_rest(self, histogram: list[int]) -> None:
        assert not scoring.guarded(histogram)


class TestGuardedEnps:
    @pytest.mark.parametrize(
        "histogram",
        [
            [0] * 10 + [30],  # all alike
            [2, 0, 3, 0, 0, 4, 3, 0, 0, 0, 0],  # 12 detractors
            [0] * 7 + [9, 8, 1, 0],  # 17 of 18 passive
        ],
    )
    def test_hides_a_group_that_stands_on_one_side(self, histogram: list[int]) -> None:
        assert scoring.guarded_enps(histogram)

    @pytest.mark.parametrize(
        "histogram",
        [
            [2, 0, 3, 0, 0, 4, 9, 2, 0, 0, 0],  # 18 detractors of 20
            [0] * 6 + [1, 4, 5, 1, 1],  # one detractor of 12
            [0] * 11,
        ],
    )
    def test_leaves_the_rest(self, histogram: list[int]) -> None:
        assert not scoring.guarded_enps(histogram)


class TestGuardedChoices:
    @pytest.mark.parametrize(
        ("histogram", "n"), [([12, 0, 0], 12), ([11, 1, 0], 12), ([40, 0], 40), ([30, 25], 30)]
    )
    def test_hides_what_nearly_everyone_chose(self, histogram: list[int], n: int) -> None:
        assert scoring.guarded_choices(histogram, n)

    @pytest.mark.parametrize(
        ("histogram", "n"), [([8, 2], 10), ([38, 2], 40), ([28, 25], 30), ([0, 0], 0)]
    )
    def test_leaves_the_rest(self, histogram: list[int], n: int) -> None:
        assert not scoring.guarded_choices(histogram, n)


class TestShareSd:
    @given(st.integers(2, 50).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
    def test_equals_the_deviation_of_ones_and_zeros(self, of: tuple[int, int]) -> None:
        count, n = of

        sd = scoring.share_sd(count / n, n)

        variance = scoring.variance([n - count, count])
        assert sd is not None
        assert variance is not None
        assert sd**2 == pytest.approx(variance)

    def test_is_nothing_for_one(self) -> None:
        assert scoring.share_sd(1.0, 1) is None


class TestBand:
    @pytest.mark.parametrize(
        ("share", "n", "band"),
        [
            (1.0, 12, Interval(0.8, 1.0)),
            (0.8, 5, Interval(0.8, 1.0)),
            (0.75, 4, Interval(0.75, 1.0)),
            (0.5, 12, Interval(0.2, 0.8)),
            (0.2, 5, Interval(0.0, 0.2)),
            (0.0, 12, Interval(0.0, 0.2)),
        ],
    )
    def test_holds_the_share(self, share: float, n: int, band: Interval) -> None:
        assert scoring.band(share, n) == band

    @pytest.mark.parametrize("n", range(3, 60))
    def test_never_says_that_all_agree(self, n: int) -> None:
        """Every band stands for at least two counts, so that it does not name one."""
        counts = [c for c in range(n + 1) if scoring.guarded([0, 0, n - c, c, 0])]

        by_band = Counter(scoring.band(c / n, n) for c in counts)

        assert {0, n} <= set(counts)
        assert min(by_band.values()) >= 2

    @given(HISTOGRAMS)
    def test_leaves_every_possible_mean(self, histogram: list[int]) -> None:
        share, mean = scoring.favorable(histogram), scoring.mean(histogram)
        if share is None or mean is None:
            return

        means = scoring.mean_band(scoring.band(share, sum(histogram)))

        assert means.low - 1e-9 <= mean <= means.high + 1e-9

    @pytest.mark.parametrize(
        ("score", "band"),
        [
            (90, Interval(50, 100)),
            (50, Interval(-50, 50)),
            (-50, Interval(-50, 50)),
            (-100, Interval(-100, -50)),
        ],
    )
    def test_of_enps(self, score: float, band: Interval) -> None:
        assert scoring.enps_band(score) == band
