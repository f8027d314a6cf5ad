"""The trend of a program with history: gaps, breaks and comparisons are what happened."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from employee_pulse.auth.models import Account
from employee_pulse.charts.specs import TrendPoint
from employee_pulse.foundation.db import db, transaction
from employee_pulse.foundation.table_file import Row, Table
from employee_pulse.results import service
from employee_pulse.results.rules.history import COLUMNS
from employee_pulse.results.screens import trend
from employee_pulse.results.screens.choice import choose
from employee_pulse.surveys import service as surveys
from employee_pulse.surveys.models import Question
from employee_pulse.surveys.rules.questions import Wording
from employee_pulse.surveys.rules.thresholds import Thresholds
from tests.factories import make_account
from tests.integration.results.conftest import BEFORE, World

pytestmark = pytest.mark.database


@pytest.fixture
def import_month(open_world: World, question_codes: list[str]) -> Callable[[str, str], None]:
    """``import_month("2026-05", "4|6|10|12|8")``: the company's answers to the first question."""

    def import_(period: str, histogram: str) -> None:
        n = sum(map(int, histogram.split("|")))
        cells = (period, "HQ", question_codes[0], str(n), histogram, "", "")
        table = Table(list(COLUMNS), [Row(2, dict(zip(COLUMNS, cells, strict=True)))], "UTF-8")
        with transaction():
            service.import_history(
                program_id=open_world.program_id, table=table, thresholds=Thresholds(), now=BEFORE
            )

    return import_


@pytest.fixture
def look(app: Flask, open_world: World) -> Callable[..., tuple[trend.Trend, list[TrendPoint]]]:
    """``look(measure="index")``: the trend as HR sees it in English, and its chart's points."""

    def looked(**asked: str) -> tuple[trend.Trend, list[TrendPoint]]:
        account = db.session.scalars(select(Account)).first()
        if account is None:
            with transaction():
                make_account("hr")
            account = db.session.scalars(select(Account)).one()
        with app.test_request_context("/app/results/?lang=en"):
            screen = trend.build(choose(open_world.program_id, account, asked))
            return screen, list(trend.chart(screen).points)

    return looked


class TestTrend:
    def test_a_month_without_a_survey_is_a_gap_of_its_own_kind(
        self,
        import_month: Callable[[str, str], None],
        look: Callable[..., tuple[trend.Trend, list]],
    ) -> None:
        import_month("2026-05", "4|6|10|12|8")
        import_month("2026-07", "4|6|10|12|8")

        screen, points = look()

        assert [point.label for point in points] == ["2026-05", "2026-06", "2026-07"]
        assert (points[1].gap, points[1].hidden, points[1].value) == ("No survey", False, None)
        assert screen.csv_rows()[1][-1] == "No survey"

    def test_a_changed_wording_breaks_the_line_and_is_not_compared(
        self,
        import_month: Callable[[str, str], None],
        look: Callable[..., tuple[trend.Trend, list]],
        question_codes: list[str],
    ) -> None:
        import_month("2026-05", "4|6|10|12|8")
        old = db.session.scalars(select(Question).where(Question.code == question_codes[0])).one()
        with transaction():
            surveys.revise_question(
                old.code,
                wording=Wording(old.dimension, old.kind, "새 문항입니다.", "A new wording."),
                now=BEFORE,
            )
        import_month("2026-06", "4|6|10|12|8")

        for measure in ("index", f"question:{question_codes[0]}", "dimension:leadership"):
            screen, points = look(measure=measure)

            assert [point.breaks for point in points] == [False, True]
            assert screen.change is None
            assert screen.csv_rows()[1][-1] == "Wording changed"

    def test_compares_with_the_wave_before_and_with_last_year(
        self,
        import_month: Callable[[str, str], None],
        look: Callable[..., tuple[trend.Trend, list]],
    ) -> None:
        import_month("2025-06", "30|30|20|10|10")
        import_month("2026-05", "4|6|10|42|38")
        import_month("2026-06", "4|6|10|40|40")

        screen, _ = look()

        assert screen.change
        assert not screen.change.clear
        assert screen.year
        assert screen.year.clear
        assert screen.year.difference > 30
        assert "about as in the wave before" in screen.title

    @pytest.mark.parametrize(
        ("newest", "words"),
        [("2|2|6|40|50", "up "), ("50|40|6|2|2", "down ")],
    )
    def test_the_title_says_which_way_it_went(
        self,
        newest: str,
        words: str,
        import_month: Callable[[str, str], None],
        look: Callable[..., tuple[trend.Trend, list]],
    ) -> None:
        import_month("2026-05", "20|20|20|20|20")
        import_month("2026-06", newest)

        screen, _ = look()

        assert words in screen.title
        assert "on the wave before" in screen.title

    def test_the_first_wave_has_nothing_to_be_compared_with(
        self,
        import_month: Callable[[str, str], None],
        look: Callable[..., tuple[trend.Trend, list]],
    ) -> None:
        import_month("2026-06", "4|6|10|12|8")

        screen, _ = look()

        assert (screen.change, screen.year) == (None, None)
        assert screen.title == "Headquarters, All questions together: 59."

    def test_an_earlier_wave_ends_its_trend_there(
        self,
        import_month: Callable[[str, str], None],
        look: Callable[..., tuple[trend.Trend, list]],
    ) -> None:
        for period in ("2026-04", "2026-05", "2026-06"):
            import_month(period, "4|6|10|12|8")

        _, points = look(wave="2026-05")

        assert [point.label for point in points] == ["2026-04", "2026-05"]
