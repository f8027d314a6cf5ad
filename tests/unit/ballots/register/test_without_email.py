"""Letters or paper codes: one of the two, and never a box for few."""

import pytest

from employee_pulse.ballots.register.rules.without_email import (
    LettersPrinted,
    TooFewForPaper,
    Way,
    check_paper,
)


class TestCheckPaper:
    @pytest.mark.parametrize("people", [5, 6, 40])
    def test_enough_people_may_draw_from_one_box(self, people: int) -> None:
        check_paper(None, range(people), minimum=5)

    @pytest.mark.parametrize("people", [0, 1, 4])
    def test_few_people_may_not(self, people: int) -> None:
        with pytest.raises(TooFewForPaper, match="at least 5"):
            check_paper(None, range(people), minimum=5)

    def test_nobody_answers_by_letter_and_by_slip(self) -> None:
        with pytest.raises(LettersPrinted):
            check_paper(Way.LETTERS, range(40), minimum=5)
