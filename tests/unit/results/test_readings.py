"""What a reader sees of a stored score, and how two of them compare."""

import math

import pytest
from scipy import stats

from employee_pulse.results.rules import scoring
from employee_pulse.results.rules.freezing import FrozenScore
from employee_pulse.results.rules.readings import (
    NO_DATA,
    Figure,
    Reading,
    compared,
    reading,
    scale,
)
from employee_pulse.results.rules.scoring import Interval
from employee_pulse.results.rules.suppression import Reason

QUESTION = FrozenScore(1, "question:L1", 20, favorable=0.6, favorable_sd=0.5, mean=3.5, sd=1.2)
DIMENSION = FrozenScore(1, "dimension:goals", 20, favorable=0.6, favorable_sd=0.5, mean=3.5)
ENPS = FrozenScore(1, "enps", 20, score=-10.0, histogram=(2, 0, 2, 1, 1, 1, 1, 3, 3, 3, 3))


class TestReading:
    def test_a_share_of_a_question_has_wilsons_interval(self) -> None:
        found = reading(QUESTION, Figure.FAVORABLE, invited=25)

        wilson = scoring.wilson(12, 20)
        assert wilson
        assert (found.value, found.n) == (60, 20)
        assert (found.low, found.high) == pytest.approx((wilson.low * 100, wilson.high * 100))

    def test_a_share_of_a_dimension_has_students(self) -> None:
        found = reading(DIMENSION, Figure.FAVORABLE, invited=25)

        reach = stats.t.ppf(0.975, 19) * 50 / math.sqrt(20) * math.sqrt(1 - 20 / 25)
        assert found.low == pytest.approx(60 - reach, abs=1e-3)
        assert found.high == pytest.approx(60 + reach, abs=1e-3)

    def test_an_index_is_the_mean_on_0_to_100(self) -> None:
        found = reading(QUESTION, Figure.INDEX, invited=None)

        reach = stats.t.ppf(0.975, 19) * 1.2 * 25 / math.sqrt(20)
        assert found.value == 62.5
        assert found.high == pytest.approx(62.5 + reach, abs=1e-3)

    def test_without_deviation_there_is_a_value_but_no_interval(self) -> None:
        found = reading(DIMENSION, Figure.INDEX, invited=25)

        assert (found.value, found.low, found.high, found.sample) == (62.5, None, None, None)

    def test_an_interval_ends_with_the_scale(self) -> None:
        high = FrozenScore(1, "dimension:goals", 6, favorable=0.98, favorable_sd=0.4)

        assert reading(high, Figure.FAVORABLE, invited=None).high == 100

    def test_enps_comes_from_its_histogram(self) -> None:
        found = reading(ENPS, Figure.FAVORABLE, invited=40)

        expected = scoring.enps(ENPS.histogram or (), 40)
        assert expected
        assert (found.value, found.low, found.high) == (expected.score, expected.low, expected.high)

    @pytest.mark.parametrize("figure", list(Figure))
    @pytest.mark.parametrize(
        "band",
        [
            {"favorable": scoring.ANY_SHARE, "mean": scoring.mean_band(scoring.ANY_SHARE)},
            {"score": scoring.ANY_ENPS},
        ],
    )
    def test_a_band_that_leaves_everything_open_is_hidden_for_a_neighbor(
        self, band: dict[str, Interval], figure: Figure
    ) -> None:
        stored = {name: (ends.low, ends.high) for name, ends in band.items()}

        found = reading(FrozenScore(1, "any", 12, band=stored), figure, invited=12)  # type: ignore[arg-type]

        assert found == Reading(reason=Reason.COMPLEMENTARY)

    @pytest.mark.parametrize(
        ("band", "figure", "seen"),
        [
            ({"favorable": (0.8, 1.0), "mean": (3.4, 5)}, Figure.FAVORABLE, Interval(80, 100)),
            ({"favorable": (0.8, 1.0), "mean": (3.4, 5)}, Figure.INDEX, Interval(60, 100)),
            ({"score": (50, 100)}, Figure.FAVORABLE, Interval(50, 100)),
        ],
    )
    def test_a_band_is_carried_to_points(
        self, band: dict[str, Interval], figure: Figure, seen: Interval
    ) -> None:
        found = reading(FrozenScore(1, "question:L1", 8, band=band), figure, invited=9)

        assert found.value is None
        assert found.band
        assert (found.band.low, found.band.high) == pytest.approx((seen.low, seen.high))

    def test_a_reason_is_all_there_is_of_a_hidden_score(self) -> None:
        hidden = FrozenScore(1, "index", reason=Reason.COMPLEMENTARY)

        assert reading(hidden, Figure.INDEX, invited=9) == Reading(reason=Reason.COMPLEMENTARY)

    @pytest.mark.parametrize(
        ("score", "figure"),
        [
            (None, Figure.INDEX),
            (FrozenScore(1, "index", 9, mean=3.0), Figure.FAVORABLE),
            (FrozenScore(1, "index", 9, favorable=0.5), Figure.INDEX),
            (FrozenScore(1, "question:C", 12, band={}), Figure.INDEX),
            (FrozenScore(1, "enps", 12, histogram=(0,) * 11), Figure.INDEX),
        ],
    )
    def test_what_does_not_exist_is_no_data(
        self, score: FrozenScore | None, figure: Figure
    ) -> None:
        assert reading(score, figure, invited=9) == NO_DATA


class TestCompared:
    def test_equals_welch_with_the_correction(self) -> None:
        before = reading(DIMENSION, Figure.FAVORABLE, invited=25)
        after = reading(
            FrozenScore(1, "dimension:goals", 22, favorable=0.8, favorable_sd=0.4),
            Figure.FAVORABLE,
            invited=24,
        )

        change = compared(before, after)

        assert change
        assert change.difference == pytest.approx(20)
        error = 50**2 / 20 * (1 - 20 / 25) + 40**2 / 22 * (1 - 22 / 24)
        assert change.standard_error == pytest.approx(math.sqrt(error))

    def test_enps_is_compared_with_enps(self) -> None:
        one = reading(ENPS, Figure.INDEX, invited=None)

        change = compared(one, one)

        assert change
        assert change.difference == 0
        assert not change.clear

    def test_with_what_is_hidden_there_is_nothing_to_compare(self) -> None:
        assert compared(NO_DATA, reading(QUESTION, Figure.INDEX, invited=None)) is None


class TestScale:
    @pytest.mark.parametrize(
        ("readings", "ends"),
        [
            ([], (40, 80)),
            ([Reading(72, 68, 77)], (50, 90)),
            ([Reading(97, 90, 100)], (60, 100)),
            ([Reading(3, 0, 9)], (0, 40)),
            ([Reading(20, 5, 31), Reading(85, 80, 88)], (0, 90)),
            ([Reading(band=Interval(80, 100))], (60, 100)),
            ([Reading(0, 0, 100)], (0, 100)),
        ],
    )
    def test_holds_everything_in_at_least_forty_points(
        self, readings: list[Reading], ends: tuple[float, float]
    ) -> None:
        found = scale(readings, floor=0, ceiling=100)

        assert (found.low, found.high) == ends

    def test_of_enps_goes_below_zero(self) -> None:
        found = scale([Reading(-12, -40, 15)], floor=-100, ceiling=100)

        assert (found.low, found.high) == (-40, 20)
