"""Pages of the organization: upload, preview, confirmation, departments, holidays."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db, transaction
from employee_pulse.org import service
from employee_pulse.org.models import Department, Employee, Holiday, RosterUpload
from employee_pulse.org.preview import preview
from tests.data.rosters.generator import Roster, as_csv, as_xlsx, company, rows_of

SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def hr(sign_in: SignIn) -> FlaskClient:
    return sign_in("hr")


def upload(client: FlaskClient, content: bytes, name: str = "roster.csv") -> TestResponse:
    data = {"file": (io.BytesIO(content), name)}
    return client.post("/app/organization/import", data=data, follow_redirects=True)


def confirm(client: FlaskClient, page: TestResponse, **fields: str) -> TestResponse:
    digest = re.search(r'name="digest"[^>]*value="(\w+)"', page.text)
    assert digest
    data = {"digest": digest[1], **fields}
    return client.post(page.request.path, data=data, follow_redirects=True)


def people(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Employee)) or 0


def install(app: Flask, roster: Roster) -> None:
    """The company as if it had been imported yesterday."""
    today = clock.today("Asia/Seoul") - timedelta(days=1)
    with app.app_context():
        seen = preview(as_csv(roster), filename="r.csv", today=today)
        assert seen.roster is not None
        with transaction():
            service.apply_roster(seen.roster, today=today, limit=1.0)


class TestImport:
    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_goes_from_file_to_departments(self, app: Flask, hr: FlaskClient, kind: str) -> None:
        roster = company(120, 10)
        content = as_csv(roster) if kind == "csv" else as_xlsx(rows_of(roster))

        page = upload(hr, content, f"roster.{kind}")
        assert page.status_code == 200
        assert people(app) == 0
        assert ("CP949" if kind == "csv" else "XLSX") in page.text
        done = confirm(hr, page)

        assert done.request.path == "/app/organization/"
        assert "The roster is applied." in done.text
        assert people(app) == 120
        assert done.text.index("C000") < done.text.index("B00") < done.text.index("T000")

    def test_shows_what_would_change(self, app: Flask, hr: FlaskClient) -> None:
        before = company(120, 10)
        install(app, before)
        after = before.copy()
        after.records[60]["성 명"] = "새이름"
        after.records[-1]["사번"] = "77"

        page = upload(hr, as_csv(after))

        for words in ("Joiners", "Leavers", "77", "20100119", "새이름", "118 unchanged"):
            assert words in page.text

    def test_says_when_nothing_changes(self, app: Flask, hr: FlaskClient) -> None:
        install(app, company(60, 3))

        page = upload(hr, as_csv(company(60, 3)))

        assert "changes nothing" in page.text
        assert 'name="digest"' not in page.text

    def test_lists_errors_and_offers_them_as_a_file(self, app: Flask, hr: FlaskClient) -> None:
        roster = company(60, 3)
        roster.records[20]["E-Mail"] = "=kim"
        roster.records[22]["사번"] = roster.records[21]["사번"]

        page = upload(hr, as_csv(roster))
        assert "2 entries are wrong" in page.text
        assert "This is not an e-mail address." in page.text
        assert 'name="digest"' not in page.text
        file = hr.get(page.request.path + "/errors.csv")

        rows = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"))))
        assert rows[0] == ["Line", "Column", "Value", "Reason"]
        assert rows[1] == ["23", "E-Mail", "'=kim", "This is not an e-mail address."]
        assert rows[2][:3] == ["25", "사번", "20100021"]
        assert "attachment" in file.headers["Content-Disposition"]
        assert people(app) == 0

    def test_columns_may_be_named_by_hand(self, app: Flask, hr: FlaskClient) -> None:
        page = upload(hr, "번,누구,어디\n1,김민준,물류\n2,이서연,구매\n".encode())
        assert "No column is recognized for: Employee number, Name, Department code." in page.text
        chosen = {"number": "번", "name": "누구", "department_name": "어디"}

        page = hr.post(page.request.path + "/columns", data=chosen, follow_redirects=True)
        assert "김민준" in page.text
        confirm(hr, page)

        assert people(app) == 2

    def test_a_column_is_one_thing_only(self, hr: FlaskClient) -> None:
        page = upload(hr, "번,누구,어디\n1,김민준,물류\n".encode())

        page = hr.post(page.request.path + "/columns", data={"number": "번", "name": "번"})

        assert page.status_code == 400
        assert "was chosen twice" in page.text

    def test_a_column_that_is_not_in_the_file_is_refused(self, hr: FlaskClient) -> None:
        page = upload(hr, "번,누구,어디\n1,김민준,물류\n".encode())

        assert hr.post(page.request.path + "/columns", data={"name": "x"}).status_code == 400

    def test_many_leavers_need_a_second_yes(self, app: Flask, hr: FlaskClient) -> None:
        install(app, company(100, 3))
        page = upload(hr, as_csv(company(100, 3).without(0.3)))
        assert "30 of 100 people would become inactive" in page.text

        refused = confirm(hr, page)
        assert "would deactivate 30 of 100 people (30 %)" in refused.text
        done = confirm(hr, refused, allow_deactivation="y")

        assert "The roster is applied." in done.text

    def test_another_organization_means_another_look(self, app: Flask, hr: FlaskClient) -> None:
        page = upload(hr, as_csv(company(60, 3)))
        install(app, company(30, 3))

        again = confirm(hr, page)

        assert "has changed since this preview" in again.text
        assert people(app) == 30
        confirm(hr, again)
        assert people(app) == 60

    def test_an_upload_is_applied_once(self, app: Flask, hr: FlaskClient) -> None:
        page = upload(hr, as_csv(company(60, 3)))
        confirm(hr, page)

        again = confirm(hr, page)

        assert "applied already" in again.text
        with app.app_context():
            assert db.session.scalars(select(RosterUpload)).one().content == b""
        assert hr.get(page.request.path + "/errors.csv").status_code == 409
        assert hr.post(page.request.path + "/columns").status_code == 409

    def test_there_is_nothing_where_nothing_was_uploaded(self, hr: FlaskClient) -> None:
        assert hr.get("/app/organization/import/9").status_code == 404
        assert hr.post("/app/organization/import/9", data={"digest": "x"}).status_code == 404


class TestBadFiles:
    def refused(self, client: FlaskClient, content: bytes, name: str = "roster.csv") -> str:
        page = upload(client, content, name)
        assert page.status_code in {400, 413}
        assert 'type="file"' in page.text
        return page.text

    def test_no_file(self, hr: FlaskClient) -> None:
        page = hr.post("/app/organization/import", data={})

        assert page.status_code == 400
        assert "Please choose a file." in page.text

    def test_an_encoding_nobody_knows(self, hr: FlaskClient) -> None:
        content = "사번,성명\n1,가\n".encode("cp949") + b"2,\xff\xff\n"

        assert "Line 3 cannot be read" in self.refused(hr, content)

    def test_a_zip_bomb(self, hr: FlaskClient) -> None:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr("[Content_Types].xml", "<Types/>")
            package.writestr("xl/worksheets/sheet1.xml", b"\0" * 200_000_000)

        assert "unpacks to far more" in self.refused(hr, file.getvalue(), "roster.xlsx")

    def test_200_mb(self, app: Flask, hr: FlaskClient) -> None:
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="r.csv"\r\n\r\n'
        body = head + b"0" * (200 * 1024 * 1024) + b"\r\n--x--\r\n"

        response = hr.post(
            "/app/organization/import",
            input_stream=io.BytesIO(body),
            content_length=len(body),
            content_type="multipart/form-data; boundary=x",
        )

        assert response.status_code == 413
        assert "larger than 20 MB" in response.text
        assert 'type="file"' in response.text
        with app.app_context():
            assert db.session.scalars(select(RosterUpload)).all() == []

    def test_200_mb_from_somebody_who_may_not_are_not_read(
        self, app: Flask, sign_in: SignIn
    ) -> None:
        class Untouched(io.BytesIO):
            def read(self, *_args: object) -> bytes:
                raise AssertionError("the body was read")

        response = sign_in("executive").post(
            "/app/organization/import",
            input_stream=Untouched(),
            content_length=200 * 1024 * 1024,
            content_type="multipart/form-data; boundary=x",
        )

        assert response.status_code == 403


class TestDepartments:
    def test_an_empty_company_is_invited_to_import(self, hr: FlaskClient) -> None:
        page = hr.get("/app/organization/")

        assert "No department yet" in page.text
        assert "/app/organization/import" in page.text

    def test_closed_ones_are_told_apart(self, app: Flask, hr: FlaskClient) -> None:
        install(app, company(60, 3))
        with app.app_context(), transaction():
            closed = db.session.scalars(select(Department).where(Department.code == "T002")).one()
            closed.closed_on = date(2026, 10, 1)

        page = hr.get("/app/organization/")

        assert "1 closed department" in page.text
        assert page.text.index("T001") < page.text.index("1 closed") < page.text.index("T002")

    def test_names_follow_the_language(self, app: Flask, hr: FlaskClient) -> None:
        install(app, company(60, 3))

        assert "Division 3" in hr.get("/app/organization/?lang=en").text
        korean = hr.get("/app/organization/?lang=ko").text
        assert "영업, 마케팅본부" in korean
        assert "Division 3" not in korean


class TestHolidays:
    def test_a_day_is_added_and_the_addition_undone(self, app: Flask, hr: FlaskClient) -> None:
        data = {"day": "2026-11-16", "name": "Founding day"}

        page = hr.post("/app/holidays", data=data, follow_redirects=True)
        assert "is a day off now." in page.text
        assert "Founding day" in page.text
        page = hr.post("/app/holidays/remove", data={"day": "2026-11-16"}, follow_redirects=True)

        assert "is a working day now." in page.text
        with app.app_context():
            assert db.session.scalars(select(Holiday)).all() == []

    def test_undoing_a_removal_puts_the_name_back(self, hr: FlaskClient) -> None:
        hr.post("/app/holidays", data={"day": "2026-11-16", "name": "Founding day"})
        page = hr.post("/app/holidays/remove", data={"day": "2026-11-16"}, follow_redirects=True)
        undo = re.search(
            r'value="2026-11-16"><input type="hidden" name="name" value="([^"]*)"', page.text
        )

        assert undo
        assert undo[1] == "Founding day"

    def test_a_public_holiday_becomes_a_working_day(self, hr: FlaskClient) -> None:
        page = hr.post("/app/holidays/remove", data={"day": "2026-10-09"}, follow_redirects=True)

        assert "Working day here" in page.text

    def test_what_cannot_be_is_refused_with_words(self, hr: FlaskClient) -> None:
        taken = hr.post("/app/holidays", data={"day": "2026-10-09", "name": "x"})
        none = hr.post("/app/holidays/remove", data={"day": "2026-11-16"})
        far = hr.post("/app/holidays", data={"day": "1026-11-16", "name": "x"})
        unnamed = hr.post("/app/holidays", data={"day": "2026-11-16", "name": " "})

        assert (taken.status_code, none.status_code) == (409, 409)
        assert "is a holiday already" in taken.text
        assert 'value="x"' in taken.text
        assert "is not a holiday" in none.text
        assert (far.status_code, unnamed.status_code) == (400, 400)
        assert "between 2000 and 2099" in far.text

    def test_years_are_turned_like_pages(self, hr: FlaskClient) -> None:
        assert "Holidays of 2027" in hr.get("/app/holidays?year=2027").text
        assert hr.get("/app/holidays?year=1500").status_code == 404
        assert hr.get("/app/holidays?year=x&added=y").status_code == 200
