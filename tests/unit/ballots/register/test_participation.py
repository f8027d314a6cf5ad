"""The number that is shown while a wave is open."""

import pytest

from employee_pulse.ballots.register.rules.participation import rounded_down, step


class TestRoundedDown:
    @pytest.mark.parametrize(
        ("taken", "eligible", "shown"),
        [
            (0, 64, 0),
            (4, 64, 0),
            (5, 64, 5),
            (59, 64, 55),
            (64, 64, 55),
            (60, 61, 55),
            (249, 5000, 0),
            (250, 5000, 250),
            (5000, 5000, 4750),
            (5, 5, 0),
            (6, 7, 0),
            (0, 0, 0),
        ],
    )
    def test_moves_in_steps_and_stops_short_of_everybody(
        self, taken: int, eligible: int, shown: int
    ) -> None:
        assert rounded_down(taken, eligible) == shown

    def test_one_more_ballot_shows_at_most_one_time_in_five(self) -> None:
        for eligible in range(1, 400):
            seen = [rounded_down(taken, eligible) for taken in range(eligible + 1)]

            runs = [seen.count(shown) for shown in set(seen)]
            assert min(runs) >= min(5, eligible + 1)
            assert all(0 <= shown <= taken for taken, shown in enumerate(seen))
            assert eligible - max(seen) >= min(5, eligible)


class TestStep:
    @pytest.mark.parametrize(("eligible", "people"), [(5, 5), (100, 5), (101, 6), (5000, 250)])
    def test_is_five_people_or_five_percent(self, eligible: int, people: int) -> None:
        assert step(eligible) == people
