"""flask surveys ..."""

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from employee_pulse.surveys import queries


@pytest.fixture
def runner(app: Flask, company: None) -> FlaskCliRunner:
    return app.test_cli_runner()


CREATE = ["surveys", "create-program", "--name", "월간 펄스", "--name-en", "Monthly pulse"]


class TestCreateProgram:
    def test_launches_and_prints_the_coming_waves(self, app: Flask, runner: FlaskCliRunner) -> None:
        result = runner.invoke(
            args=[*CREATE, "--audience", "S", "--audience", "P", "--questions", "LEAD-01",
                  "--questions", "ENPS-01", "--cadence", "quarterly", "--opening", "day_of_month",
                  "15", "--at", "10:30", "--length", "5", "--launch"]
        )  # fmt: skip

        assert result.exit_code == 0, result.output
        assert "월간 펄스 (Monthly pulse)" in result.output
        assert result.output.count(" 10:30 - ") == 3
        with app.app_context():
            [line] = queries.programs()
            assert line.next_wave is not None
            assert [part.question_code for part in line.program.questions] == ["LEAD-01", "ENPS-01"]
            assert len(queries.audience(line.program.id)) == 3

    def test_makes_a_draft_without_launch(self, app: Flask, runner: FlaskCliRunner) -> None:
        runner.invoke(args=[*CREATE, "--audience", "S", "--questions", "LEAD-01"])

        result = runner.invoke(args=["surveys", "list"])

        assert result.output == "1\t초안\t월간 펄스 (Monthly pulse)\t-\n"

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--questions", "LEAD-01"], "Choose at least one department"),
            (["--audience", "S"], "Choose at least one question."),
            (["--audience", "XX", "--questions", "LEAD-01"], "There is no department XX."),
            (["--audience", "S", "--questions", "XX-01"], "no question XX-01"),
            (
                ["--audience", "S", "--questions", "LEAD-01", "--length", "20"],
                "20 working days are longer than the period",
            ),
        ],
    )
    def test_refuses_with_words(
        self, app: Flask, runner: FlaskCliRunner, arguments: list[str], words: str
    ) -> None:
        app.config["LANGUAGE"] = "en"

        result = runner.invoke(args=[*CREATE, *arguments, "--launch"])

        assert result.exit_code == 1
        assert words in result.output
        with app.app_context():
            assert queries.programs() == []


class TestLoadQuestions:
    def test_says_that_there_is_nothing_new(self, runner: FlaskCliRunner) -> None:
        result = runner.invoke(args=["surveys", "load-questions"])

        assert result.output == "새 문항이나 문구 0개를 넣었습니다.\n"
