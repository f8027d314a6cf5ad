"""History of an earlier tool, by page and by command: all of a file or nothing."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from employee_pulse.foundation.db import db, transaction
from employee_pulse.foundation.table_file import write_csv
from employee_pulse.results import queries, service
from employee_pulse.results.models import HistoryUpload, Publication, PublishedScore
from employee_pulse.results.rules.history import COLUMNS
from employee_pulse.surveys.models import Wave
from tests.factories import signed_in_client
from tests.integration.results.conftest import World

pytestmark = pytest.mark.database

Lines = list[tuple[object, ...]]
DAY = timedelta(days=1)


@pytest.fixture
def hr(app: Flask) -> FlaskClient:
    return signed_in_client(app, "hr")


@pytest.fixture
def lines(question_codes: list[str]) -> Lines:
    """Two months: one question with a distribution, another with mean and sd."""
    first, second = question_codes[0], question_codes[2]
    return [
        ("2026-08", "HQ", first, 40, "4|6|10|12|8", None, None),
        ("2026-08", "S", first, 20, "2|3|5|6|4", None, None),
        ("2026-08", "P", first, None, None, None, None),
        ("2026-08", "HQ", second, 40, None, 3.5, 1.1),
        ("2026-09", "HQ", first, 42, "4|6|10|14|8", None, None),
    ]


@pytest.fixture
def run(app: Flask, tmp_path: Path, open_world: World) -> Callable[[Lines], tuple[int, str]]:
    """``run(lines)``: the command on such a file; exit code and what it said."""

    def import_(lines: Lines) -> tuple[int, str]:
        path = tmp_path / "history.csv"
        path.write_bytes(write_csv(COLUMNS, lines))
        db.session.rollback()
        arguments = ["results", "import-history", str(open_world.program_id), str(path)]
        result = app.test_cli_runner().invoke(args=arguments)
        db.session.rollback()
        return result.exit_code, result.output

    return import_


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


class TestCommand:
    def test_makes_published_waves(
        self, run: Callable[[Lines], tuple[int, str]], lines: Lines, open_world: World
    ) -> None:
        code, said = run(lines)

        assert code == 0, said
        waves = queries.published_waves(open_world.program_id)
        assert [wave.period for wave in waves] == ["2026-08", "2026-09"]
        assert all(wave.imported for wave in waves)
        found = queries.scores_of_wave(waves[0].id, [f"question:{lines[0][2]}"])
        sales = found[open_world.departments["S"], f"question:{lines[0][2]}"]
        assert (sales.n, sales.favorable, sales.histogram) == (20, 0.5, [2, 3, 5, 6, 4])
        hidden = found[open_world.departments["P"], f"question:{lines[0][2]}"]
        assert (hidden.n, hidden.reason) == (None, "complementary")

    def test_the_same_file_twice_changes_nothing(
        self, run: Callable[[Lines], tuple[int, str]], lines: Lines
    ) -> None:
        run(lines)
        before = (count(Wave), count(PublishedScore), count(Publication))

        code, _ = run(list(reversed(lines)))

        assert code == 0
        assert (count(Wave), count(PublishedScore), count(Publication)) == before

    def test_with_one_bad_row_nothing_is_written(
        self, run: Callable[[Lines], tuple[int, str]], lines: Lines
    ) -> None:
        before = count(Wave)

        code, said = run([*lines, ("2026-09", "S", lines[0][2], 3, "0|1|1|1|0", None, None)])

        assert code == 1
        assert "7" in said
        assert count(Wave) == before
        assert count(PublishedScore) == count(Publication) == 0

    def test_a_difference_about_few_people_is_refused(
        self, run: Callable[[Lines], tuple[int, str]], lines: Lines
    ) -> None:
        code, _ = run([*lines, ("2026-09", "S", lines[0][2], 39, "3|5|9|14|8", None, None)])

        assert code == 1
        assert count(Publication) == 0

    def test_an_unreadable_file_is_refused_with_words(
        self, app: Flask, tmp_path: Path, open_world: World
    ) -> None:
        path = tmp_path / "empty.csv"
        path.write_bytes(b"")
        arguments = ["results", "import-history", str(open_world.program_id), str(path)]

        result = app.test_cli_runner().invoke(args=arguments)

        assert result.exit_code == 1
        assert "Traceback" not in result.output


class TestPages:
    def upload(self, hr: FlaskClient, world: World, lines: Lines) -> str:
        db.session.rollback()
        response = hr.post(
            "/app/results/history",
            data={
                "program_id": world.program_id,
                "file": (io.BytesIO(write_csv(COLUMNS, lines)), "history.csv"),
            },
        )
        assert response.status_code == 302, response.get_data(as_text=True)
        return response.headers["Location"]

    def test_nothing_is_written_until_it_is_confirmed(
        self, hr: FlaskClient, open_world: World, lines: Lines
    ) -> None:
        preview = self.upload(hr, open_world, lines)

        page = hr.get(f"{preview}?lang=en").get_data(as_text=True)
        assert "4 figures, 2 questions" in page
        assert "4|6|10|12|8" in page
        assert count(Publication) == 0

        response = hr.post(preview)

        assert response.status_code == 302
        assert count(Publication) == 2
        assert hr.get(f"/app/results/{open_world.program_id}/trend").status_code == 200
        assert hr.get(preview).status_code == 302
        assert hr.post(preview).status_code == 302
        assert count(Publication) == 2

    def test_a_file_nobody_confirmed_goes_after_a_day(
        self, hr: FlaskClient, open_world: World, lines: Lines
    ) -> None:
        forgotten, confirmed = (self.upload(hr, open_world, lines) for _ in range(2))
        hr.post(confirmed)
        uploaded_at = db.session.scalars(select(func.min(HistoryUpload.uploaded_at))).one()

        for later, left in ((DAY, 3), (DAY + timedelta(seconds=1), 3)):
            db.session.rollback()
            with transaction():
                service.keep_upload(
                    program_id=open_world.program_id,
                    filename="history.csv",
                    content=b"x",
                    by_id=1,
                    now=uploaded_at + later,
                )
            assert count(HistoryUpload) == left

        assert hr.get(forgotten).status_code == 404

    def test_errors_are_listed_and_can_be_downloaded(
        self, hr: FlaskClient, open_world: World, lines: Lines
    ) -> None:
        bad = [*lines, ("2026-09", "NOWHERE", lines[0][2], 9, "1|2|2|2|2", None, None)]
        preview = self.upload(hr, open_world, bad)

        page = hr.get(f"{preview}?lang=en").get_data(as_text=True)
        file = hr.get(f"{preview}/errors.csv?lang=en").get_data(as_text=True)
        refused = hr.post(preview)

        assert "The program asks no such department." in page
        assert "7,department_code,NOWHERE,The program asks no such department." in file
        assert refused.status_code == 302
        assert count(Publication) == 0

    def test_a_file_that_is_no_table_is_refused_on_the_form(
        self, hr: FlaskClient, open_world: World
    ) -> None:
        db.session.rollback()
        data = {
            "program_id": open_world.program_id,
            "file": (io.BytesIO(b"<html></html>"), "history.csv"),
        }

        response = hr.post("/app/results/history?lang=en", data=data)

        assert response.status_code == 400
        assert "web page" in response.get_data(as_text=True)
        assert count(HistoryUpload) == 0

    def test_the_example_has_the_columns(self, hr: FlaskClient) -> None:
        file = hr.get("/app/results/history/template.csv").get_data(as_text=True)

        assert file.lstrip("\ufeff").startswith(",".join(COLUMNS))

    def test_executives_do_not_import(self, app: Flask, open_world: World) -> None:
        client = signed_in_client(app, "executive")

        assert client.get("/app/results/history").status_code == 403


class TestResume:
    def test_of_a_wave_that_is_not_halted_says_so(self, app: Flask, open_world: World) -> None:
        result = app.test_cli_runner().invoke(args=["results", "resume", str(open_world.wave_id)])

        assert result.exit_code == 1

    def test_lets_the_next_run_try_again(self, app: Flask, world: World, keys: Path) -> None:
        from employee_pulse.results import jobs

        (key,) = keys.iterdir()
        content = key.read_bytes()
        key.unlink()
        jobs.publish_closed_waves(world.after)
        key.write_bytes(content)
        db.session.rollback()

        result = app.test_cli_runner().invoke(args=["results", "resume", str(world.wave_id)])

        assert result.exit_code == 0
        assert jobs.publish_closed_waves(world.after) == 1
