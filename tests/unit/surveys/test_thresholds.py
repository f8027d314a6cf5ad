"""Thresholds: a floor, and no way down."""

from dataclasses import replace

import pytest

from employee_pulse.surveys.rules.thresholds import (
    ThresholdLowered,
    Thresholds,
    ThresholdTooLow,
    raised,
    thresholds_from_json,
)


class TestThresholds:
    def test_are_what_is_promised_by_default(self) -> None:
        assert Thresholds().as_json() == {
            "scores": 5,
            "distributions": 10,
            "comments": 10,
            "participation": 5,
            "drivers": 20,
        }

    def test_allow_scores_of_three_people(self) -> None:
        assert Thresholds(scores=3).scores == 3

    @pytest.mark.parametrize("name", Thresholds().as_json())
    def test_refuse_fewer_than_three_anywhere(self, name: str) -> None:
        with pytest.raises(ThresholdTooLow):
            Thresholds(**{name: 2})

    def test_come_back_from_json(self) -> None:
        thresholds = Thresholds(scores=7)

        assert thresholds_from_json(thresholds.as_json()) == thresholds


class TestWithScores:
    def test_raises_the_finer_numbers_along(self) -> None:
        assert Thresholds().with_scores(12) == Thresholds(
            scores=12, distributions=12, comments=12, participation=12, drivers=20
        )

    def test_lowers_nothing_but_the_scores(self) -> None:
        assert Thresholds().with_scores(3) == replace(Thresholds(), scores=3)

    def test_keeps_the_floor(self) -> None:
        with pytest.raises(ThresholdTooLow):
            Thresholds().with_scores(2)


class TestRaised:
    def test_takes_higher_numbers(self) -> None:
        wanted = Thresholds(scores=6, comments=15)

        assert raised(Thresholds(), wanted) == wanted

    def test_refuses_one_lower_number_among_higher_ones(self) -> None:
        with pytest.raises(ThresholdLowered):
            raised(Thresholds(), Thresholds(scores=9, comments=9))
