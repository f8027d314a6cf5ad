"""Changes against the published case and SciPy; periods of every cadence."""

import json
import math
from pathlib import Path

import pytest
from scipy import stats

from employee_pulse.results.rules import scoring, trends
from employee_pulse.results.rules.trends import Change, Sample

CASES = Path(__file__).parents[2] / "data" / "statistics"


class TestWaveChange:
    def test_equals_the_case_with_the_finite_population_correction(self) -> None:
        case = json.loads((CASES / "wave_change_fpc.json").read_text(encoding="utf-8"))
        given, expected = case["input"], case["expected"]

        change = trends.wave_change(given["hist1"], given["N1"], given["hist2"], given["N2"])

        assert change
        assert change.difference == pytest.approx(expected["diff"], abs=1e-9)
        assert change.standard_error == pytest.approx(expected["se_fpc"], abs=1e-9)
        assert change.statistic == pytest.approx(expected["z_fpc"], abs=1e-9)
        assert change.clear

    def test_equals_welch_where_nothing_is_known_about_the_population(self) -> None:
        before, after = [1, 2, 5, 9, 3], [2, 5, 6, 6, 2]
        rows = [
            [value for value, count in enumerate(histogram, 1) for _ in range(count)]
            for histogram in (before, after)
        ]
        oracle = stats.ttest_ind(rows[1], rows[0], equal_var=False)
        interval = oracle.confidence_interval()

        change = trends.wave_change(before, None, after, None)

        assert change
        assert change.statistic == pytest.approx(oracle.statistic)
        assert (change.low, change.high) == pytest.approx((interval.low, interval.high), rel=1e-6)
        assert not change.clear

    def test_is_nothing_for_a_single_answer(self) -> None:
        assert trends.wave_change([0, 0, 1, 0, 0], 5, [1, 2, 3, 4, 5], 30) is None
        assert trends.change(Sample(3, 1, 1), Sample(3, 1, 9)) is None

    def test_is_certain_when_everybody_answered_twice(self) -> None:
        change = trends.wave_change([0, 0, 5, 5, 0], 10, [0, 0, 0, 5, 5], 10)

        assert change == Change(1.0, 0.0, 1.0, 1.0)
        assert change.statistic is None
        assert change.clear

    def test_of_no_difference_is_not_clear(self) -> None:
        change = trends.wave_change([0, 0, 5, 5, 0], 10, [0, 0, 5, 5, 0], 10)

        assert change
        assert not change.clear

    def test_is_carried_to_another_unit(self) -> None:
        assert Change(1, 0.5, 0, 2).scaled(25) == Change(25, 12.5, 0, 50)

    def test_a_clear_drop(self) -> None:
        assert Change(-2, 0.5, -3, -1).clear


class TestEnpsChange:
    def test_adds_the_errors_in_squares(self) -> None:
        before = scoring.enps([5, *[0] * 6, 5, 5, 5, 20], 60)
        after = scoring.enps([0, *[0] * 6, 5, 5, 5, 25], 60)
        assert before
        assert after

        change = trends.enps_change(before, after)

        assert change.difference == after.score - before.score
        assert change.standard_error == math.hypot(before.standard_error, after.standard_error)
        assert change.high - change.low == pytest.approx(2 * 1.959964 * change.standard_error)


class TestStudent:
    @pytest.mark.parametrize(
        ("freedom", "error"),
        [(1, 1e-9), (2, 1e-9), (3, 0.02), (4, 0.002), (5, 0.001), (9.7, 1e-4), (40, 1e-6)],
    )
    def test_is_close_to_scipy(self, freedom: float, error: float) -> None:
        assert trends.student_975(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), abs=error)

    def test_refuses_less_than_one_degree(self) -> None:
        with pytest.raises(ValueError, match=r"0\.5 degrees"):
            trends.student_975(0.5)


class TestPeriods:
    @pytest.mark.parametrize(
        ("first", "last", "between"),
        [
            ("2025-11", "2026-02", ["2025-11", "2025-12", "2026-01", "2026-02"]),
            ("2025-Q3", "2026-Q1", ["2025-Q3", "2025-Q4", "2026-Q1"]),
            ("2025-H2", "2026-H2", ["2025-H2", "2026-H1", "2026-H2"]),
            ("2026-05", "2026-05", ["2026-05"]),
            ("2026-05", "2026-04", []),
        ],
    )
    def test_run_without_a_hole(self, first: str, last: str, between: list[str]) -> None:
        assert trends.periods(first, last) == between

    def test_refuses_to_mix_lengths(self) -> None:
        with pytest.raises(ValueError, match="different length"):
            trends.periods("2026-05", "2026-Q3")

    @pytest.mark.parametrize(
        ("period", "before"),
        [("2026-11", "2025-11"), ("2026-Q4", "2025-Q4"), ("2026-H2", "2025-H2")],
    )
    def test_same_period_last_year(self, period: str, before: str) -> None:
        assert trends.same_period_last_year(period) == before
