"""Names of measures and what they stand for."""

from employee_pulse.results.rules import measures


class TestNames:
    def test_a_question_and_a_dimension_are_told_apart(self) -> None:
        question, dimension = measures.of_question("LEAD-01"), measures.of_dimension("goals")

        assert measures.question_code(question) == "LEAD-01"
        assert measures.dimension_name(dimension) == "goals"
        assert measures.question_code(dimension) is None
        assert measures.dimension_name(question) is None
        assert measures.question_code(measures.INDEX) is None
