"""Letters: everybody without e-mail gets one that works, and nothing of it is kept."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from employee_pulse.ballots.register import jobs, service
from employee_pulse.ballots.register import letters as letter_service
from employee_pulse.ballots.register import without_email as people
from employee_pulse.ballots.register.letters import PersonalLetter, write_letters
from employee_pulse.ballots.register.models import ReportingGroup, Roll
from employee_pulse.ballots.register.rules.without_email import Way
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import Base, db, transaction
from employee_pulse.org.models import Employee
from employee_pulse.surveys.models import Wave
from tests.integration.ballots.company import LINK, Voter, mails, make_wave
from tests.integration.ballots.printing.conftest import KIOSK_CODE, pages

pytestmark = pytest.mark.database


def print_letters(hr: FlaskClient, wave_id: int, department: int | None = None) -> bytes:
    fields = {} if department is None else {"department": department}
    response = hr.post(f"/app/waves/{wave_id}/letters.pdf", data=fields)
    assert response.status_code == 200
    assert response.mimetype == "application/pdf"
    assert response.headers["Cache-Control"] == "no-store"
    return response.data


def numbers(app: Flask, wave_id: int, department: int | None = None) -> list[str]:
    """Employee numbers as ``write_letters`` puts them."""
    with app.app_context(), transaction():
        return [letter.number for letter in written(app, wave_id, department)]


def written(app: Flask, wave_id: int, department: int | None = None) -> list[PersonalLetter]:
    return write_letters(
        wave_id,
        departments=[department] if department else [],
        base_url="http://localhost",
        secret=app.config["SECRET_KEY"],
        now=clock.now(),
    )


class TestPage:
    def test_counts_who_gets_a_letter(
        self, hr: FlaskClient, without_email: int, departments: dict[str, int]
    ) -> None:
        page = hr.get(f"/app/waves/{without_email}/letters?lang=en").get_data(as_text=True)

        assert "Print 14 letters" in page
        assert "Print 12 letters" in page
        assert "Print 26 letters" in page

    def test_is_linked_from_the_wave(self, hr: FlaskClient, without_email: int) -> None:
        page = hr.get(f"/app/waves/{without_email}?lang=en").get_data(as_text=True)

        assert "26 people get no mail." in page
        assert f'href="/app/waves/{without_email}/letters"' in page

    def test_says_so_when_everybody_has_email(self, hr: FlaskClient, open_wave: int) -> None:
        letters = hr.get(f"/app/waves/{open_wave}/letters?lang=en").get_data(as_text=True)
        wave = hr.get(f"/app/waves/{open_wave}?lang=en").get_data(as_text=True)

        assert "Everybody has e-mail" in letters
        assert "Everybody has e-mail" in wave

    def test_waits_for_the_roll(
        self, app: Flask, hr: FlaskClient, key_dir: Path, without_email: int
    ) -> None:
        with app.app_context(), transaction():
            now = clock.now()
            new = make_wave(key_dir, opened_at=now, closes_at=now + timedelta(days=9))

        wave = hr.get(f"/app/waves/{new}?lang=en").get_data(as_text=True)
        letters = hr.get(f"/app/waves/{new}/letters?lang=en").get_data(as_text=True)
        printed = hr.post(f"/app/waves/{new}/letters.pdf", follow_redirects=True)

        assert "Everybody has e-mail" not in wave
        assert "Nothing to print" in letters
        assert "This survey has not opened yet." in printed.get_data(as_text=True)

    def test_has_nothing_to_print_for_a_closed_wave(
        self, app: Flask, hr: FlaskClient, without_email: int
    ) -> None:
        with app.app_context(), transaction():
            db.session.execute(update(Wave).values(closed_at=clock.now()))

        page = hr.get(f"/app/waves/{without_email}/letters?lang=en").get_data(as_text=True)

        assert "Nothing to print" in page
        response = hr.post(f"/app/waves/{without_email}/letters.pdf")
        assert response.status_code == 302

    def test_is_for_hr_alone(self, sign_in: Callable[..., FlaskClient], without_email: int) -> None:
        for role in ("employee", "executive", "administrator", "works_council"):
            client = sign_in(role)
            assert client.get(f"/app/waves/{without_email}/letters").status_code == 403
            for name in ("letters.pdf", "paper-codes.pdf"):
                assert client.post(f"/app/waves/{without_email}/{name}").status_code == 403

    def test_refuses_what_is_no_department(self, hr: FlaskClient, without_email: int) -> None:
        for department in ("x", "0", "-1", "9" * 30):
            response = hr.post(
                f"/app/waves/{without_email}/letters.pdf", data={"department": department}
            )
            assert response.status_code == 400


class TestLetters:
    def test_a_page_for_each_person_of_the_department(
        self, app: Flask, hr: FlaskClient, without_email: int, departments: dict[str, int]
    ) -> None:
        found = pages(print_letters(hr, without_email, departments["D2"]))

        assert len(found) == 14
        assert {re.search(r"Person (\d+)", page)[1] for page in found} == {  # type: ignore[index]
            str(number) for number in range(16, 30)
        }
        with app.app_context():
            sheet_hash = db.session.scalars(select(Roll.sheet_hash)).one()
            language = dict(db.session.execute(select(Employee.name, Employee.language)).all())
        for page in found:
            name = re.search(r"Person \d+", page)[0]  # type: ignore[index]
            korean = language[name] == "ko"
            assert ("2팀" in page, "요즘 회사 생활, 어떠신가요?" in page) == (korean, korean)
            assert ("Team 2" in page, "How is work these days?" in page) == (not korean,) * 2
            assert sheet_hash in page.replace(" ", "")
            assert KIOSK_CODE.search(page)

    def test_the_square_leads_into_the_protocol(
        self, app: Flask, hr: FlaskClient, without_email: int, departments: dict[str, int]
    ) -> None:
        document = pypdfium2.PdfDocument(
            BytesIO(print_letters(hr, without_email, departments["D2"]))
        )
        read = [
            zxingcpp.read_barcodes(document[number].render(scale=2).to_pil())[0].text
            for number in (0, 13)
        ]
        written_out = document[0].get_textpage().get_text_range()
        document.close()

        links = [LINK.fullmatch(text) for text in read]
        assert all(links)
        assert links[0]
        assert links[0][2] in "".join(written_out.split())
        client = app.test_client(use_cookies=False)
        person = Voter(client, without_email, links[0][2])
        assert person.cast(person.ballot()).status_code == 200

    def test_all_departments_in_one_file_each_together(
        self, app: Flask, without_email: int, departments: dict[str, int]
    ) -> None:
        with app.app_context(), transaction():
            places = [letter.number for letter in written(app, without_email)]

        first = {f"E{number}" for number in range(16, 30)}
        assert len(places) == 26
        assert {place in first for place in places[:14]} == {True}
        assert {place in first for place in places[14:]} == {False}

    def test_the_order_within_a_department_is_that_of_chance(
        self, app: Flask, without_email: int, departments: dict[str, int]
    ) -> None:
        orders = {tuple(numbers(app, without_email, departments["D2"])) for _ in range(4)}

        assert len(orders) == 4  # One in 87 billion that two are the same.
        assert {tuple(sorted(order)) for order in orders} == {
            tuple(sorted(f"E{number}" for number in range(16, 30)))
        }

    def test_taking_a_ballot_changes_no_letter(
        self, app: Flask, without_email: int, departments: dict[str, int]
    ) -> None:
        with app.app_context(), transaction():
            before = {letter.number: letter for letter in written(app, without_email)}
        token = LINK.search(before["E16"].link)[2]  # type: ignore[index]
        Voter(app.test_client(use_cookies=False), without_email, token).sign()

        with app.app_context(), transaction():
            after = {letter.number: letter for letter in written(app, without_email)}

        assert before == after

    def test_goes_to_whoever_has_no_email_now(
        self, app: Flask, without_email: int, departments: dict[str, int]
    ) -> None:
        with app.app_context(), transaction():
            for number, email in (("E16", "new@example.com"), ("E4", None)):
                db.session.execute(
                    update(Employee).where(Employee.number == number).values(email=email)
                )

        assert "E16" not in numbers(app, without_email)
        assert "E4" in numbers(app, without_email)

    def test_the_letter_carries_the_invitation_a_mail_would(
        self, app: Flask, without_email: int
    ) -> None:
        with app.app_context(), transaction():
            letter = next(each for each in written(app, without_email) if each.number == "E16")
            db.session.execute(
                update(Employee).where(Employee.number == "E16").values(email="e16@example.com")
            )

        with app.app_context():
            jobs.invite(clock.now())
            mail = next(each for each in mails() if each.recipient == "e16@example.com")
        assert letter.link in mail.body

    def test_the_first_print_chooses_for_the_group_and_no_other(
        self, app: Flask, without_email: int, departments: dict[str, int]
    ) -> None:
        numbers(app, without_email, departments["D2"])

        with app.app_context():
            ways = dict(
                db.session.execute(select(ReportingGroup.department_id, ReportingGroup.way)).all()
            )
        assert ways[departments["D2"]] is Way.LETTERS
        assert ways[departments["D3"]] is None

    def test_a_department_without_such_people_has_none(
        self, hr: FlaskClient, without_email: int, departments: dict[str, int]
    ) -> None:
        response = hr.post(
            f"/app/waves/{without_email}/letters.pdf",
            data={"department": departments["D1"]},
            follow_redirects=True,
        )

        assert "There is no letter to print." in response.get_data(as_text=True)

    def test_too_many_for_one_file_are_refused(
        self, hr: FlaskClient, without_email: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(letter_service, "MOST_LETTERS", 25)

        response = hr.post(f"/app/waves/{without_email}/letters.pdf", follow_redirects=True)

        assert "26 letters are too many" in response.get_data(as_text=True)

    def test_nothing_of_a_letter_is_stored(
        self, app: Flask, hr: FlaskClient, without_email: int, departments: dict[str, int]
    ) -> None:
        with app.app_context():
            before = {
                table.name: db.session.scalar(select(func.count()).select_from(table))
                for table in Base.metadata.sorted_tables
            }

        print_letters(hr, without_email, departments["D2"])

        with app.app_context():
            for name, rows in before.items():
                table = Base.metadata.tables[name]
                assert db.session.scalar(select(func.count()).select_from(table)) == rows, name

    def test_counts_of_a_published_wave_are_gone(self, app: Flask, without_email: int) -> None:
        with app.app_context():
            assert people.count(without_email) == 26
            with transaction():
                service.clear(without_email)
            assert people.count(without_email) is None
