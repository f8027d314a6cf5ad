"""What people of the demo company think: differences that an analyst should find again."""

from datetime import date
from random import Random
from statistics import fmean

import pytest

from employee_pulse.demo import history, opinions
from employee_pulse.surveys.rules.questions import QuestionKind

LATEST = date(2026, 11, 1)


def level(code: str, month: date, question: str = "COLL-01") -> float:
    return opinions.mood(code, question, month=month, latest=LATEST)


class TestMood:
    def test_falls_at_the_reorganization_and_heals(self) -> None:
        before, shock, a_year_later = date(2025, 9, 1), date(2025, 10, 1), date(2026, 9, 1)

        assert level("G310", shock) < level("G310", before) - 0.2
        assert level("G310", a_year_later) > level("G310", before) - 0.1

    def test_hurts_production_more_than_marketing(self) -> None:
        fall = {
            code: level(code, date(2025, 9, 1)) - level(code, date(2025, 10, 1))
            for code in ("G310", "G430")
        }

        assert fall["G310"] > 2 * fall["G430"] > 0

    def test_differs_between_departments(self) -> None:
        assert level("G110", LATEST) > level("G510", LATEST) + 0.2

    def test_is_that_of_the_team_in_its_parts(self) -> None:
        assert level("G310-2", LATEST) == level("G310", LATEST)

    def test_knows_an_opinion_of_departments_nobody_has_described(self) -> None:
        assert 1 < level("X17", LATEST) < 5
        assert level("X17", LATEST) != level("X18", LATEST)


class TestAnswer:
    @pytest.mark.parametrize(
        ("kind", "allowed"),
        [(QuestionKind.AGREEMENT, set(range(1, 6))), (QuestionKind.ENPS, set(range(11)))],
    )
    def test_stays_on_the_scale_even_in_a_bad_mood(
        self, kind: QuestionKind, allowed: set[int]
    ) -> None:
        random = Random(1)

        given = {
            opinions.answer(kind, mood, 0, random, reverse=False, choices=0)
            for mood in (-9, 1, 3, 5, 20)
            for _ in range(50)
        }

        assert given <= allowed | {None}

    def test_turns_around_for_a_question_that_is_keyed_the_other_way(self) -> None:
        def mean(*, reverse: bool) -> float:
            random = Random(1)
            answers = [
                opinions.answer(QuestionKind.AGREEMENT, 4.2, 0, random, reverse=reverse, choices=0)
                for _ in range(300)
            ]
            return fmean(answer for answer in answers if isinstance(answer, int))

        assert mean(reverse=False) > 4
        assert mean(reverse=True) < 2

    def test_chooses_among_what_there_is(self) -> None:
        random = Random(1)

        for _ in range(100):
            one = opinions.answer(
                QuestionKind.SINGLE_CHOICE, 3, 0, random, reverse=False, choices=4
            )
            several = opinions.answer(
                QuestionKind.MULTIPLE_CHOICE, 3, 0, random, reverse=False, choices=4
            )
            assert one in {0, 1, 2, 3, None}
            assert several is None or 1 <= len(set(several)) == len(several) <= 3


class TestHistory:
    def test_is_of_the_24_months_before(self) -> None:
        months = history.months_before(LATEST)

        assert (months[0], months[-1], len(months)) == (date(2024, 11, 1), date(2026, 10, 1), 24)

    def test_counts_nobody_twice(self) -> None:
        sizes = {place.code: place.people for place in history.DEPARTMENTS}

        assert all(
            sum(cell.histogram) <= sizes[cell.department_code] for cell in history.cells(LATEST)
        )

    def test_is_the_same_each_time(self) -> None:
        assert list(history.cells(LATEST)) == list(history.cells(LATEST))
