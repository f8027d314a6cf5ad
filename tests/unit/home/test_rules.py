"""What the first screen picks out."""

import pytest

from employee_pulse.foundation.phrases import Phrase
from employee_pulse.home.rules import FirstStep, Move, Standing, biggest_moves, next_step


class TestNextStep:
    @pytest.mark.parametrize(
        ("standing", "step"),
        [
            (Standing(people=0, programs=0, launched=0, published=0), FirstStep.ORGANIZATION),
            (Standing(people=0, programs=1, launched=0, published=0), FirstStep.ORGANIZATION),
            (Standing(people=9, programs=0, launched=0, published=0), FirstStep.PROGRAM),
            (Standing(people=9, programs=2, launched=0, published=0), FirstStep.LAUNCH),
            (Standing(people=9, programs=2, launched=1, published=0), FirstStep.RESULTS),
            (Standing(people=9, programs=2, launched=1, published=3), None),
        ],
    )
    def test_is_the_first_that_is_not_done(
        self, standing: Standing, step: FirstStep | None
    ) -> None:
        assert next_step(standing) is step


class TestBiggestMoves:
    def test_leaves_out_what_may_be_chance_and_puts_large_before_small(self) -> None:
        unclear = move("unclear", 9.0, -1.0, 19.0)
        small_fall = move("small fall", -2.0, -3.0, -1.0)
        fall = move("fall", -6.0, -9.0, -3.0)
        rise = move("rise", 4.0, 1.0, 7.0)

        found = biggest_moves([unclear, small_fall, rise, fall], limit=10)

        assert found == [fall, rise, small_fall]

    def test_leaves_out_what_is_over_the_limit(self) -> None:
        moves = [move(str(size), size, size - 0.5, size + 0.5) for size in (1.0, 3.0, 2.0)]

        assert [found.difference for found in biggest_moves(moves, limit=2)] == [3.0, 2.0]

    def test_touching_zero_is_not_clear(self) -> None:
        assert not move("rise", 2.0, 0.0, 4.0).clear
        assert not move("fall", -2.0, -4.0, 0.0).clear


def move(name: str, difference: float, low: float, high: float) -> Move:
    return Move(Phrase(name), score=60.0, difference=difference, low=low, high=high)
