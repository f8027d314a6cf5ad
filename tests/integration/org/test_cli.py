"""``flask org import``: preview, questions, errors as a table, exit codes."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from employee_pulse.foundation.db import db
from employee_pulse.org.models import Employee
from tests.data.rosters.generator import Roster, as_csv, as_xlsx, company, rows_of

Import = Callable[..., Result]


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> Import:
    """``run(roster or bytes, "--yes", answers="y\\n")``."""

    def import_(
        roster: Roster | bytes, *options: str, answers: str = "", name: str = "roster.csv"
    ) -> Result:
        file = tmp_path / name
        file.write_bytes(roster if isinstance(roster, bytes) else as_csv(roster))
        return app.test_cli_runner().invoke(
            args=["org", "import", str(file), *options], input=answers
        )

    return import_


@pytest.fixture
def people(app: Flask) -> Callable[[], int]:
    def count() -> int:
        with app.app_context():
            statement = select(func.count()).where(Employee.active_until.is_(None))
            return db.session.scalar(statement) or 0

    return count


class TestImport:
    def test_shows_asks_and_applies(self, run: Import, people: Callable[[], int]) -> None:
        result = run(company(), answers="y\n")

        assert result.exit_code == 0, result.output
        assert "CP949 파일, 1,200줄 13열" in result.output
        assert "입사자" in result.output
        assert "1,200" in result.output
        assert "인사 명부를 반영했습니다." in result.output
        assert people() == 1_200

    def test_reads_workbooks(self, run: Import, people: Callable[[], int]) -> None:
        result = run(as_xlsx(rows_of(company(60, 3))), "--yes", name="roster.xlsx")

        assert result.exit_code == 0, result.output
        assert people() == 60

    @pytest.mark.parametrize("answers", ["n\n", ""])
    def test_writes_nothing_without_a_yes(
        self, run: Import, people: Callable[[], int], answers: str
    ) -> None:
        result = run(company(60, 3), answers=answers)

        assert result.exit_code == 1
        assert people() == 0

    def test_the_same_file_twice_changes_nothing(self, run: Import) -> None:
        run(company(60, 3), "--yes")

        result = run(company(60, 3))

        assert result.exit_code == 0
        assert "바뀌는 내용이 없습니다." in result.output

    def test_shows_how_far_a_long_file_is(self, run: Import) -> None:
        result = run(company(2_500, 60), "--yes")

        assert result.exit_code == 0
        assert "확인 중" in result.stderr


class TestRefusals:
    def test_prints_every_error_as_a_table(self, run: Import, people: Callable[[], int]) -> None:
        roster = company(60, 3)
        roster.records[20]["E-Mail"] = "kim"
        roster.records[22]["사번"] = roster.records[21]["사번"]
        roster.records[3]["상위부서코드"] = "T002"
        roster.records[25]["입사일자"] = "2026-02-30"

        result = run(roster, "--yes")

        assert result.exit_code == 1
        table = [line.split() for line in result.stderr.splitlines()]
        assert ["줄", "열", "값", "이유"] in table
        assert ["23", "E-Mail", "kim", "이메일", "주소가", "아닙니다."] in table
        assert any(row[:3] == ["25", "사번", "20100021"] for row in table)
        assert any(row[:3] == ["28", "입사일자", "2026-02-30"] for row in table)
        assert "4건" in result.stderr
        assert people() == 0

    def test_names_missing_columns(self, run: Import) -> None:
        result = run("사번,누구\n1,가\n".encode())

        assert result.exit_code == 1
        assert "이름, 부서 코드" in result.stderr

    def test_many_leavers_need_their_own_yes(self, run: Import, people: Callable[[], int]) -> None:
        run(company(100, 3), "--yes")
        fewer = company(100, 3).without(0.3)

        assert run(fewer, "--yes").exit_code == 1
        assert "30명(30%)" in run(fewer, "--yes").stderr
        assert run(fewer, answers="n\n").exit_code == 1
        assert people() == 100
        assert run(fewer, answers="y\ny\n").exit_code == 0
        assert people() == 70

    def test_many_leavers_may_be_allowed_beforehand(
        self, run: Import, people: Callable[[], int]
    ) -> None:
        run(company(100, 3), "--yes")

        result = run(company(100, 3).without(0.3), "--yes", "--allow-deactivation")

        assert result.exit_code == 0
        assert people() == 70

    def test_200_mb_are_not_even_read(
        self, run: Import, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, app: Flask
    ) -> None:
        file = tmp_path / "huge.csv"
        with file.open("wb") as huge:
            huge.truncate(200 * 1024 * 1024)
        monkeypatch.setattr(Path, "read_bytes", lambda _self: pytest.fail("the file was read"))

        result = app.test_cli_runner().invoke(args=["org", "import", str(file)])

        assert result.exit_code == 1
        assert "20MB보다 큽니다" in result.stderr

    def test_a_zip_bomb(self, run: Import) -> None:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr("[Content_Types].xml", b"\0" * 100_000_000)

        result = run(file.getvalue(), name="roster.xlsx")

        assert result.exit_code == 1
        assert "열지 않았습니다" in result.stderr

    def test_a_wrong_encoding(self, run: Import) -> None:
        result = run("사번,성명\n1,가\n".encode("cp949") + b"2,\xff\xff\n")

        assert result.exit_code == 1
        assert "3번째 줄" in result.stderr
