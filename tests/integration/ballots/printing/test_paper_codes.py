"""Paper codes: as many as people, for those who have no other way, and known this once."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from employee_pulse.ballots.codes import paper_code_hash, read_code
from employee_pulse.ballots.register import jobs
from employee_pulse.ballots.register.letters import write_letters
from employee_pulse.ballots.register.models import Roll, RollEntry
from employee_pulse.ballots.register.paper import choose_paper
from employee_pulse.ballots.register.rules.invitations import invitation_token
from employee_pulse.ballots.register.tokens import token_key_of
from employee_pulse.ballots.urn.models import PaperCode
from employee_pulse.ballots.urn.paper import CodesUsed, fill_box
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db, transaction
from employee_pulse.foundation.errors import Refused
from employee_pulse.org.models import Employee
from tests.integration.ballots.company import LINK, Voter, at_once, mails
from tests.integration.ballots.printing.conftest import PAPER_CODE, pages
from tests.integration.ballots.urn.test_paper import cast

pytestmark = pytest.mark.database


def make_codes(hr: FlaskClient, wave_id: int, group: int) -> list[str]:
    """The text of the pages."""
    response = hr.post(f"/app/waves/{wave_id}/paper-codes.pdf", data={"group": group})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    return pages(response.data)


def codes_of(text: list[str]) -> list[str]:
    return [code.replace("-", "") for page in text for code in PAPER_CODE.findall(page)]


def choose(app: Flask, wave_id: int, group: int) -> int:
    """Make paper codes without printing them; how many."""
    with app.app_context(), transaction():
        people = choose_paper(wave_id, group, now=clock.now()).people
        return len(fill_box(wave_id, group, slips=len(people)))


def letters_of(app: Flask, wave_id: int, *departments: int) -> dict[str, str]:
    """Tokens by employee number."""
    with app.app_context(), transaction():
        found = write_letters(
            wave_id,
            departments=departments,
            base_url="http://localhost",
            secret=app.config["SECRET_KEY"],
            now=clock.now(),
        )
    return {each.number: LINK.search(each.link)[2] for each in found}  # type: ignore[index]


class TestPaperCodes:
    def test_a_slip_for_each_person_and_a_list_of_names(
        self, app: Flask, hr: FlaskClient, without_email: int, departments: dict[str, int]
    ) -> None:
        text = make_codes(hr, without_email, departments["D3"])

        codes = codes_of(text)
        assert len(codes) == len(set(codes)) == 12
        assert all(read_code(code, symbols=20) == code for code in codes)
        listed = [int(number) for number in re.findall(r"Person (\d+)", text[0])]
        assert sorted(listed) == list(range(30, 42))
        assert not PAPER_CODE.search(text[0])
        assert not any("Person" in page for page in text[1:])
        assert all(f"localhost/urn/{without_email}/paper" in page for page in text[1:])

    def test_keeps_hashes_without_order_and_no_code(
        self, app: Flask, hr: FlaskClient, without_email: int, departments: dict[str, int]
    ) -> None:
        codes = codes_of(make_codes(hr, without_email, departments["D3"]))

        with app.app_context():
            stored = db.session.execute(select(PaperCode.code_hash, PaperCode.group_id)).all()
            in_order = db.session.scalars(select(PaperCode.code_hash)).all()
        hashes = [paper_code_hash(without_email, code) for code in codes]
        assert {tuple(row) for row in stored} == {(each, departments["D3"]) for each in hashes}
        assert list(in_order) == sorted(in_order) != hashes

    def test_the_same_people_get_no_letter_and_their_invitation_is_void(
        self, app: Flask, without_email: int, departments: dict[str, int]
    ) -> None:
        with app.app_context(), transaction():
            token = _tokens_before_any_choice(app, without_email)
        choose(app, without_email, departments["D3"])

        assert letters_of(app, without_email).keys() == {f"E{n}" for n in range(16, 30)}
        client = app.test_client(use_cookies=False)
        refused = Voter(client, without_email, token["E30"]).sign()
        assert (refused.status_code, refused.get_json()["error"]) == (403, "InvitationUnknown")
        assert Voter(client, without_email, token["E16"]).sign().status_code == 200

    def test_who_gets_an_address_later_is_not_invited_besides(
        self, app: Flask, without_email: int, departments: dict[str, int]
    ) -> None:
        choose(app, without_email, departments["D3"])

        with app.app_context():
            with transaction():
                db.session.execute(
                    update(Employee).where(Employee.number == "E30").values(email="n@example.com")
                )
            jobs.invite(clock.now())
            assert "n@example.com" not in {mail.recipient for mail in mails()}
        assert choose(app, without_email, departments["D3"]) == 12

    def test_who_was_invited_by_mail_draws_no_slip(
        self, app: Flask, without_email: int, departments: dict[str, int]
    ) -> None:
        with app.app_context():
            with transaction():
                db.session.execute(
                    update(Employee).where(Employee.number == "E30").values(email="n@example.com")
                )
            jobs.invite(clock.now())
            with transaction():
                db.session.execute(
                    update(Employee).where(Employee.number == "E30").values(email=None)
                )

        assert choose(app, without_email, departments["D3"]) == 11
        assert "E30" in letters_of(app, without_email, departments["D3"])

    def test_a_group_that_had_letters_gets_no_slips(
        self, app: Flask, hr: FlaskClient, without_email: int, departments: dict[str, int]
    ) -> None:
        letters_of(app, without_email, departments["D3"])

        response = hr.post(
            f"/app/waves/{without_email}/paper-codes.pdf",
            data={"group": departments["D3"]},
            follow_redirects=True,
        )

        assert "Letters have been printed for this group." in response.get_data(as_text=True)
        with app.app_context():
            assert db.session.scalar(select(func.count()).select_from(PaperCode)) == 0

    def test_few_people_get_no_slips(
        self, app: Flask, hr: FlaskClient, without_email: int, departments: dict[str, int]
    ) -> None:
        with app.app_context(), transaction():
            for number in range(30, 38):
                db.session.execute(
                    update(Employee)
                    .where(Employee.number == f"E{number}")
                    .values(email=f"n{number}@example.com")
                )

        page = hr.get(f"/app/waves/{without_email}/letters?lang=en").get_data(as_text=True)
        response = hr.post(
            f"/app/waves/{without_email}/paper-codes.pdf",
            data={"group": departments["D3"]},
            follow_redirects=True,
        )

        assert "Letters only: fewer than 5 people" in page
        assert "Only 4 people of this group have no e-mail." in response.get_data(as_text=True)

    def test_new_codes_take_the_place_of_the_first(
        self, app: Flask, hr: FlaskClient, without_email: int, departments: dict[str, int]
    ) -> None:
        first = codes_of(make_codes(hr, without_email, departments["D3"]))
        second = codes_of(make_codes(hr, without_email, departments["D3"]))

        with app.app_context():
            kept = set(db.session.scalars(select(PaperCode.code_hash)))
        assert not set(first) & set(second)
        assert kept == {paper_code_hash(without_email, code) for code in second}

    def test_refuses_what_is_no_group(self, hr: FlaskClient, without_email: int) -> None:
        for group in ("", "x", "0", "9" * 30):
            response = hr.post(f"/app/waves/{without_email}/paper-codes.pdf", data={"group": group})
            assert response.status_code == 400

    def test_says_when_there_is_no_such_group(self, hr: FlaskClient, without_email: int) -> None:
        response = hr.post(
            f"/app/waves/{without_email}/paper-codes.pdf",
            data={"group": 999},
            follow_redirects=True,
        )

        assert "There is no such survey." in response.get_data(as_text=True)

    def test_letters_and_slips_at_once_never_go_to_the_same_person(
        self, app: Flask, without_email: int, departments: dict[str, int]
    ) -> None:
        def print_one(worker: int) -> str:
            try:
                if worker % 2:
                    return f"letters {len(letters_of(app, without_email, departments['D3']))}"
                return f"slips {choose(app, without_email, departments['D3'])}"
            except Refused as refused:
                return type(refused).__name__

        answers = at_once(app, print_one, workers=4)

        assert set(answers) in (
            {"letters 12", "LettersPrinted"},
            {"slips 12", "NobodyWithoutEmail"},
        )


class TestFillBox:
    def test_codes_stay_once_one_was_used(
        self, app: Flask, without_email: int, departments: dict[str, int]
    ) -> None:
        with app.app_context():
            with transaction():
                codes = fill_box(without_email, departments["D3"], slips=12)
                fill_box(without_email, departments["D2"], slips=5)
            cast(app, without_email, codes[0])
            with pytest.raises(CodesUsed), transaction():
                fill_box(without_email, departments["D3"], slips=12)
            with transaction():
                fill_box(without_email, departments["D2"], slips=5)


def _tokens_before_any_choice(app: Flask, wave_id: int) -> dict[str, str]:
    """What letters would say; nothing is chosen by asking here."""
    key = token_key_of(db.session.get_one(Roll, wave_id), secret=app.config["SECRET_KEY"])
    assert key
    rows = db.session.execute(
        select(Employee.number, RollEntry.employee_id, RollEntry.group_id).join(
            Employee, Employee.id == RollEntry.employee_id
        )
    )
    return {
        number: invitation_token(key, wave_id=wave_id, group_id=group, employee_id=employee)
        for number, employee, group in rows
    }
