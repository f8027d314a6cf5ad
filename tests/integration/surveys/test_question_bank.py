"""Loading the bank, adding questions, new wordings."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from employee_pulse.foundation.db import db, transaction
from employee_pulse.surveys import queries, service
from employee_pulse.surveys.models import Question
from employee_pulse.surveys.rules.questions import (
    CodeTaken,
    Dimension,
    NothingChanged,
    QuestionKind,
    UnknownCode,
    Wording,
)

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
OWN = Wording(Dimension.GOALS, QuestionKind.AGREEMENT, "우리만의 문항", "A question of our own")

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("context")]


def load(now: datetime = NOW) -> int:
    with transaction():
        return service.load_question_bank(now=now)


class TestLoadQuestionBank:
    def test_brings_about_sixty_questions_of_every_dimension_and_kind(self) -> None:
        added = load()

        questions = queries.current_questions()
        assert added == len(questions)
        assert 60 <= added <= 70
        assert {question.dimension for question in questions} == set(Dimension)
        assert {question.kind for question in questions} == {
            QuestionKind.AGREEMENT,
            QuestionKind.ENPS,
            QuestionKind.SINGLE_CHOICE,
            QuestionKind.MULTIPLE_CHOICE,
            QuestionKind.FREE_TEXT,
        }
        assert sum(question.kind is QuestionKind.ENPS for question in questions) == 1
        assert any(question.reverse_keyed for question in questions)
        assert all(question.text_ko and question.text_en for question in questions)

    def test_twice_changes_nothing(self) -> None:
        load()

        assert load(NOW + timedelta(days=1)) == 0
        assert db.session.scalar(select(Question.version).order_by(Question.version.desc())) == 1

    def test_brings_a_changed_wording_as_a_new_version(self) -> None:
        load()
        with transaction():
            old = db.session.scalars(select(Question).where(Question.code == "LEAD-01")).one()
            old.text_en = "What an earlier release asked."

        added = load(NOW + timedelta(days=1))

        new, old = queries.question_versions("LEAD-01")
        assert added == 1
        assert (new.version, new.retired_at) == (2, None)
        assert (old.version, old.retired_at) == (1, NOW + timedelta(days=1))
        assert "heading" in new.text_en

    def test_leaves_a_wording_of_hr_in_use(self) -> None:
        load()
        wording = replace(queries.question_versions("LEAD-01")[0].wording, text_en="Our own words")
        with transaction():
            service.revise_question("LEAD-01", wording=wording, now=NOW)

        assert load() == 0
        [current] = queries.current_questions(codes=["LEAD-01"])
        assert current.text_en == "Our own words"


class TestAddQuestion:
    def test_stores_it_as_the_first_version(self) -> None:
        with transaction():
            service.add_question(code="OWN-01", wording=OWN, now=NOW)

        [question] = queries.current_questions()
        assert (question.code, question.version, question.wording) == ("OWN-01", 1, OWN)

    def test_refuses_a_code_that_is_in_use(self) -> None:
        with transaction():
            service.add_question(code="OWN-01", wording=OWN, now=NOW)

        with pytest.raises(CodeTaken), transaction():
            service.add_question(code="OWN-01", wording=replace(OWN, text_en="Other"), now=NOW)


class TestReviseQuestion:
    def test_refuses_the_same_wording_and_an_unknown_code(self) -> None:
        with transaction():
            service.add_question(code="OWN-01", wording=OWN, now=NOW)

        with pytest.raises(NothingChanged), transaction():
            service.revise_question("OWN-01", wording=OWN, now=NOW)
        with pytest.raises(UnknownCode), transaction():
            service.revise_question("OWN-02", wording=OWN, now=NOW)

    def test_the_database_allows_one_current_version(self) -> None:
        with transaction():
            service.add_question(code="OWN-01", wording=OWN, now=NOW)
            service.revise_question("OWN-01", wording=replace(OWN, text_en="Other"), now=NOW)

        with pytest.raises(IntegrityError), transaction():
            queries.question_versions("OWN-01")[1].retired_at = None


class TestCurrentQuestions:
    def test_are_narrowed_by_dimension_and_by_every_word_in_either_language(self) -> None:
        load()

        goals = queries.current_questions(dimension=Dimension.GOALS)
        korean = queries.current_questions(words="우리 제품")
        percent = queries.current_questions(words="%")

        assert [question.code for question in goals] == [f"GOAL-0{n}" for n in range(1, 6)]
        assert [question.code for question in korean] == ["MORA-03"]
        assert percent == []
        assert queries.questions_per_dimension()[Dimension.GOALS] == 5
