"""Questions: wording, the bank's file, hashes, the time they take."""

import pytest

from employee_pulse.surveys.rules.questions import (
    DIMENSION_LABELS,
    KIND_LABELS,
    ChoicesMissing,
    Dimension,
    QuestionKind,
    Wording,
    minutes,
    numbered_choices,
    parse_bank,
    questions_hash,
)

AGREEMENT = {
    "code": "A-01",
    "dimension": "goals",
    "kind": "agreement",
    "ko": "가",
    "en": "A",
}
CHOICES = [{"code": "c1", "ko": "가", "en": "A"}, {"code": "c2", "ko": "나", "en": "B"}]


class TestParseBank:
    def test_reads_what_is_given_and_assumes_the_rest(self) -> None:
        [plain, reverse] = parse_bank(
            [AGREEMENT, {**AGREEMENT, "code": "A-02", "reverse_keyed": True}]
        )

        assert plain.code == "A-01"
        assert plain.wording == Wording(Dimension.GOALS, QuestionKind.AGREEMENT, "가", "A")
        assert reverse.wording.reverse_keyed

    def test_refuses_a_code_twice(self) -> None:
        with pytest.raises(ValueError, match="twice"):
            parse_bank([AGREEMENT, AGREEMENT])

    def test_refuses_an_unknown_dimension(self) -> None:
        with pytest.raises(ValueError, match="weather"):
            parse_bank([{**AGREEMENT, "dimension": "weather"}])


class TestWording:
    @pytest.mark.parametrize("kind", [QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE])
    def test_of_a_choice_question_needs_two_choices(self, kind: QuestionKind) -> None:
        Wording(Dimension.GOALS, kind, "가", "A", choices=tuple(CHOICES))

        with pytest.raises(ChoicesMissing):
            Wording(Dimension.GOALS, kind, "가", "A", choices=tuple(CHOICES[:1]))


class TestQuestionsHash:
    def test_depends_on_wording_and_order_but_not_on_the_order_of_keys(self) -> None:
        one = [{"code": "A", "ko": "가"}, {"code": "B", "ko": "나"}]

        assert questions_hash(one) == questions_hash([dict(reversed(q.items())) for q in one])
        assert questions_hash(one) != questions_hash(one[::-1])
        assert questions_hash(one) != questions_hash([{"code": "A", "ko": "나"}, one[1]])
        assert len(questions_hash(one)) == 64


class TestMinutes:
    @pytest.mark.parametrize(
        ("kinds", "expected"),
        [
            ([], 1),
            ([QuestionKind.AGREEMENT], 1),
            ([QuestionKind.AGREEMENT] * 10, 2),
            ([QuestionKind.AGREEMENT] * 10 + [QuestionKind.FREE_TEXT] * 2, 3),
            ([QuestionKind.AGREEMENT] * 30, 4),
        ],
    )
    def test_counts_a_text_longer_than_a_click(
        self, kinds: list[QuestionKind], expected: int
    ) -> None:
        assert minutes(kinds) == expected


class TestNumberedChoices:
    def test_gives_codes_in_order(self) -> None:
        assert numbered_choices([("가", "A"), ("나", "B")]) == tuple(CHOICES)


class TestLabels:
    def test_name_every_dimension_and_every_kind_in_use(self) -> None:
        assert set(DIMENSION_LABELS) == set(Dimension)
        assert set(KIND_LABELS) <= set(QuestionKind)
