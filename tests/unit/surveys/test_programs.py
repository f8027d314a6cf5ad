"""Limits of programs: audience, number of questions, burden on people."""

from datetime import UTC, date, datetime

import pytest

from employee_pulse.surveys.rules.programs import (
    CADENCE_LABELS,
    PROGRAM_STATE_LABELS,
    Cadence,
    Crossing,
    NoAudience,
    NoQuestion,
    ProgramState,
    QuestionTwice,
    TooManyQuestions,
    check_audience,
    check_questions,
    crossings,
    program_state,
    with_subtrees,
)


def codes(count: int) -> list[str]:
    return [f"Q-{number}" for number in range(count)]


class TestCheckAudience:
    def test_refuses_nobody(self) -> None:
        with pytest.raises(NoAudience):
            check_audience(frozenset())

    def test_lets_one_department_pass(self) -> None:
        check_audience(frozenset({7}))


class TestCheckQuestions:
    @pytest.mark.parametrize("cadence", Cadence)
    def test_refuses_none(self, cadence: Cadence) -> None:
        with pytest.raises(NoQuestion):
            check_questions(cadence, [])

    @pytest.mark.parametrize(
        ("cadence", "limit"),
        [(Cadence.MONTHLY, 10), (Cadence.QUARTERLY, 30), (Cadence.HALF_YEARLY, 30)],
    )
    def test_refuses_more_than_the_cadence_allows(self, cadence: Cadence, limit: int) -> None:
        check_questions(cadence, codes(1))
        check_questions(cadence, codes(limit))

        with pytest.raises(TooManyQuestions) as refused:
            check_questions(cadence, codes(limit + 1))

        assert refused.value.params == {"limit": limit, "count": limit + 1}

    def test_refuses_a_question_twice(self) -> None:
        with pytest.raises(QuestionTwice) as refused:
            check_questions(Cadence.MONTHLY, ["A", "B", "A"])

        assert refused.value.params == {"code": "A"}

    def test_every_cadence_has_a_word(self) -> None:
        assert set(CADENCE_LABELS) == set(Cadence)


class TestCrossings:
    OURS = (date(2026, 12, 1), date(2027, 1, 4))

    def test_finds_openings_less_than_three_weeks_apart_before_and_after(self) -> None:
        others = {
            "Before": [date(2026, 11, 11)],
            "Same day": [date(2027, 1, 4)],
            "After": [date(2027, 1, 24)],
        }

        found = crossings(self.OURS, others, at_least=21)

        assert found == [
            Crossing("Before", date(2026, 12, 1), date(2026, 11, 11)),
            Crossing("Same day", date(2027, 1, 4), date(2027, 1, 4)),
            Crossing("After", date(2027, 1, 4), date(2027, 1, 24)),
        ]

    def test_leaves_exactly_three_weeks_alone(self) -> None:
        others = {"Before": [date(2026, 11, 10)], "After": [date(2027, 1, 25)]}

        assert crossings(self.OURS, others, at_least=21) == []


class TestWithSubtrees:
    PARENTS = {1: None, 2: 1, 3: 2, 4: 1, 5: None}

    @pytest.mark.parametrize(
        ("chosen", "expected"),
        [
            ({1}, {1, 2, 3, 4}),
            ({2}, {2, 3}),
            ({3, 5}, {3, 5}),
            ({1, 3}, {1, 2, 3, 4}),
            (set(), set()),
            ({99}, set()),
        ],
    )
    def test_holds_what_is_chosen_and_everything_below(
        self, chosen: set[int], expected: set[int]
    ) -> None:
        assert with_subtrees(chosen, self.PARENTS) == expected


class TestProgramState:
    MOMENT = datetime(2026, 11, 22, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("launched_at", "ended_at", "expected"),
        [
            (None, None, ProgramState.DRAFT),
            (MOMENT, None, ProgramState.RUNNING),
            (MOMENT, MOMENT, ProgramState.ENDED),
        ],
    )
    def test_follows_from_what_happened(
        self, launched_at: datetime | None, ended_at: datetime | None, expected: ProgramState
    ) -> None:
        assert program_state(launched_at, ended_at) is expected

    def test_every_state_has_a_word(self) -> None:
        assert set(PROGRAM_STATE_LABELS) == set(ProgramState)
