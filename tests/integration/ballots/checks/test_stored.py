"""Every row that bears somebody's identity in a wave, and every column of a ballot."""

import json
import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, update

from employee_pulse.auth.models import Account
from employee_pulse.ballots.checks.stored import PERSONAL
from employee_pulse.ballots.register import service
from employee_pulse.ballots.register.models import RollEntry
from employee_pulse.ballots.urn.models import SealedBallot
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import Base, db, transaction
from employee_pulse.notifications.models import DeliveryAttempt, OutboxMessage
from employee_pulse.notifications.rules import Problem
from employee_pulse.org.models import Employee
from tests.factories import make_account
from tests.integration.ballots.checks.test_sheets import change_wave, forget_the_roll
from tests.integration.ballots.company import Voter

pytestmark = pytest.mark.database

NOT_OF_THE_HOUSE = {"demo_mail"}
"""Stands for the mailboxes of the demo company: never in earnest, and not what we store."""
LONG_ENOUGH = 8
ADDRESSES = {"email", "recipient", "address", "sender"}


@pytest.fixture
def stored(app: Flask, voter: Callable[..., Voter]) -> Callable[..., Any]:
    """``stored()``: what the first of the invited is shown, or whoever holds ``token``."""

    def ask(token: str | None = None, *, wave_id: int | None = None) -> Any:
        client = app.test_client(use_cookies=False)
        holder = voter(0) if token is None else None
        found = holder.wave_id if holder else 1
        body = {"token": holder.token if holder else token}
        return client.post(f"/register/{wave_id or found}/stored", data=json.dumps(body))

    return ask


@pytest.fixture
def person(app: Flask, voter: Callable[..., Voter]) -> dict[str, Any]:
    """The first of the invited, who has an account and whose mail failed once."""
    entry = RollEntry.token_hash == sha256(voter(0).token.encode()).digest()
    with app.app_context(), transaction():
        found = db.session.scalars(select(Employee).join(RollEntry).where(entry)).one()
        account = make_account("hr", email="somebody@example.com")
        account.employee_id = found.id
        mail = db.session.scalars(
            select(OutboxMessage).where(OutboxMessage.recipient == found.email)
        ).one()
        db.session.add(
            DeliveryAttempt(
                message_id=mail.id,
                attempted_at=clock.now(),
                problem=next(iter(Problem)),
                reply="451",
            )
        )
        return {"id": found.id, "email": found.email, "name": found.name, "number": found.number}


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement.split()[0].upper())

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


class TestStoredRows:
    def test_are_every_row_with_every_column(
        self, stored: Callable[..., Any], person: dict[str, Any]
    ) -> None:
        answer = stored().get_json()

        assert answer["state"] == "found"
        tables = answer["tables"]
        assert {name: len(rows) for name, rows in tables.items()} == {
            "roll_entry": 1,
            "outbox_message": 1,
            "delivery_attempt": 1,
            "employee": 1,
            "account": 1,
        }
        for table in PERSONAL:
            for row in tables[table.__tablename__]:
                assert row.keys() == set(table.__table__.columns.keys())
        assert tables["employee"][0]["name"] == person["name"]
        assert tables["roll_entry"][0]["invited"] is True
        assert tables["outbox_message"][0]["kind"] == "invitation"
        assert tables["delivery_attempt"][0]["reply"] == "451"

    def test_tell_whether_a_ballot_was_taken_and_never_whether_it_was_cast(
        self, stored: Callable[..., Any], voter: Callable[..., Voter]
    ) -> None:
        untaken = stored().get_json()["tables"]["roll_entry"][0]["blinded_hash"]
        holder = voter(0)
        ballot = holder.ballot()
        taken = stored()

        assert holder.cast(ballot).status_code == 200

        assert untaken is None
        found = taken.get_json()["tables"]["roll_entry"][0]["blinded_hash"]
        assert found == sha256(holder.blinded.message).hexdigest()
        assert stored().data == taken.data

    def test_of_a_letter_do_not_say_whether_a_ballot_was_taken(
        self, app: Flask, stored: Callable[..., Any], voter: Callable[..., Voter]
    ) -> None:
        """Whoever printed the letters could ask with each link, and nobody would notice."""
        with app.app_context(), transaction():
            db.session.execute(update(RollEntry).values(invited=False))
        untaken = stored()
        voter(0).ballot()

        assert stored().data == untaken.data
        [entry] = untaken.get_json()["tables"]["roll_entry"]
        assert entry["blinded_hash"] == {"withheld": True}

    def test_withhold_what_would_open_something(
        self, app: Flask, stored: Callable[..., Any], person: dict[str, Any], voter: Any
    ) -> None:
        """Mails hold the invitation; it would go over the line once more."""
        with app.app_context(), transaction():
            db.session.execute(update(Account).values(password_hash="$argon2$secret"))

        response = stored()

        tables = response.get_json()["tables"]
        assert tables["account"][0]["password_hash"] == {"length": 14}
        assert tables["outbox_message"][0]["body"]["length"] > 100
        assert voter(0).token not in response.text
        assert "argon2" not in response.text

    def test_are_those_of_one_person_and_one_wave(
        self, app: Flask, stored: Callable[..., Any], voter: Callable[..., Voter]
    ) -> None:
        with app.app_context(), transaction():
            mails = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
            mails[1].idempotency_key = "wave:777:invitation:1"

        mine, other = stored().get_json()["tables"], stored(voter(1).token).get_json()["tables"]

        assert mine["employee"][0]["id"] != other["employee"][0]["id"]
        assert [mail["recipient"] for mail in mine["outbox_message"]] == [
            mine["employee"][0]["email"]
        ]
        assert other["outbox_message"] == []
        assert mine["account"] == other["account"] == mine["delivery_attempt"] == []

    def test_find_an_account_by_the_address_alone(
        self, app: Flask, stored: Callable[..., Any], person: dict[str, Any]
    ) -> None:
        with app.app_context(), transaction():
            db.session.execute(update(Account).values(employee_id=None, email=person["email"]))
            whose = update(Employee).where(Employee.id == person["id"])
            db.session.execute(whose.values(email=person["email"].title()))

        accounts = stored().get_json()["tables"]["account"]

        assert [account["email"] for account in accounts] == [person["email"]]

    def test_find_a_mail_by_the_address_of_before(
        self, app: Flask, stored: Callable[..., Any], person: dict[str, Any]
    ) -> None:
        with app.app_context(), transaction():
            db.session.execute(
                update(Employee).where(Employee.id == person["id"]).values(email=None)
            )

        mails = stored().get_json()["tables"]["outbox_message"]

        assert [mail["recipient"] for mail in mails] == [person["email"]]

    def test_hold_every_place_where_the_person_stands(
        self,
        app: Flask,
        stored: Callable[..., Any],
        person: dict[str, Any],
        voter: Callable[..., Voter],
    ) -> None:
        """All cells of all tables are searched for what is known of the person."""
        holder = voter(0)
        holder.cast(holder.ballot())
        token = holder.token.encode()
        known = [str(person[name]).encode() for name in ("email", "name", "number")]
        known += [token, sha256(token).digest(), sha256(holder.blinded.message).digest()]
        whole = re.compile(b"|".join(rb"(?<!\w)" + re.escape(each) + rb"(?!\w)" for each in known))

        standing: dict[str, int] = {}
        with app.app_context():
            for table in Base.metadata.sorted_tables:
                for row in db.session.execute(select(table)):
                    if _names(row._mapping, whole, person["id"]):
                        standing[table.name] = standing.get(table.name, 0) + 1

        # A failed delivery names nobody itself; it hangs on a mail that does.
        shown = {name: len(rows) for name, rows in stored().get_json()["tables"].items()}
        assert standing | {"delivery_attempt": 1} == shown

    def test_change_nothing(self, stored: Callable[..., Any], statements: list[str]) -> None:
        stored_first = stored()
        statements.clear()

        response = stored()

        assert response.data == stored_first.data
        written = {"INSERT", "UPDATE", "DELETE"}
        assert written.isdisjoint(statements)
        assert "SELECT" in statements
        assert "Set-Cookie" not in response.headers
        assert response.headers["Cache-Control"] == "no-store"

    def test_are_forgotten_at_publication(
        self, app: Flask, stored: Callable[..., Any], voter: Callable[..., Voter], open_wave: int
    ) -> None:
        token = voter(0).token
        change_wave(app, closed_at=clock.now())
        assert stored(token).get_json()["state"] == "found"
        with app.app_context(), transaction():
            service.clear(open_wave)

        response = stored(token)

        assert (response.status_code, response.get_json()) == (200, {"state": "forgotten"})

    def test_are_refused_with_a_reason(
        self, app: Flask, stored: Callable[..., Any], voter: Callable[..., Voter], open_wave: int
    ) -> None:
        def refusal(response: Any) -> tuple[int, str]:
            return response.status_code, response.get_json()["error"]

        token = voter(0).token
        client = app.test_client()
        address = f"/register/{open_wave}/stored"
        assert refusal(stored(token[:-1])) == (403, "InvitationUnknown")
        assert refusal(stored(token, wave_id=999)) == (404, "WaveUnknown")
        for body in (b"", b"[]", b'{"t":1}', b'{"token":"\\ud800"}', b"\xff", b"null"):
            assert refusal(client.post(address, data=body)) == (400, "RequestMalformed")
        assert refusal(client.post(address, data=b"x" * 2000)) == (413, "RequestTooLarge")
        forget_the_roll(app)
        assert refusal(stored(token)) == (410, "WaveNotYetOpen")
        change_wave(app, closed_at=clock.now())
        assert refusal(stored(token)) == (403, "InvitationUnknown")


class TestStoredPage:
    def test_lists_every_column_of_a_ballot_from_the_table_itself(
        self, client: FlaskClient, open_wave: int
    ) -> None:
        page = client.get(f"/ballot/{open_wave}/stored").text

        listed = re.findall(r"<dt><code>(\w+)</code>", _section(page, "sealed_ballot"))
        assert listed == SealedBallot.__table__.columns.keys()

    def test_knows_every_table_of_ballots_and_of_people(
        self, client: FlaskClient, open_wave: int
    ) -> None:
        """A new one must be shown here before it can hold anything."""
        page = client.get(f"/ballot/{open_wave}/stored").text
        shown = set(re.findall(r"<h3 .*?<code>(\w+)</code>", page))

        for mapper in Base.registry.mappers:
            table, room = mapper.local_table, mapper.class_.__module__
            of_ballots = room.startswith("employee_pulse.ballots.")
            of_results = room == "employee_pulse.results.models" and "wave_id" in table.columns
            if (of_ballots and table.name != "roll") or of_results or _names_people(table):
                assert table.name in shown | NOT_OF_THE_HOUSE, table.name

    def test_has_words_for_every_column(self, client: FlaskClient, open_wave: int) -> None:
        page = client.get(f"/ballot/{open_wave}/stored").text

        undescribed = re.findall(r"<code>(\w+)</code></dt><dd><span data-undescribed", page)
        assert undescribed == []
        assert page.count("<dt><code>") == page.count("</code></dt><dd><span lang")

    def test_is_the_same_for_everybody(
        self, app: Flask, client: FlaskClient, open_wave: int
    ) -> None:
        address = f"/ballot/{open_wave}/stored"
        strangers = [{"Accept-Language": "en"}, {"Cookie": "pulse_session=x"}, {}]

        pages = {app.test_client().get(address, headers=each).data for each in strangers}

        assert len(pages) == 1
        response = client.get(address)
        assert "Set-Cookie" not in response.headers
        policy = client.get(f"/ballot/{open_wave}").headers["Content-Security-Policy"]
        assert response.headers["Content-Security-Policy"] == policy

    def test_says_after_publication_that_the_rows_are_gone(
        self, app: Flask, client: FlaskClient, open_wave: int
    ) -> None:
        words = "The rows of this wave were deleted at publication."
        before = client.get(f"/ballot/{open_wave}/stored").text
        with app.app_context(), transaction():
            service.clear(open_wave)
            assert db.session.scalar(select(func.count()).select_from(RollEntry)) == 0

        assert words not in before
        assert words in client.get(f"/ballot/{open_wave}/stored").text

    def test_there_is_none_of_an_unknown_wave(self, client: FlaskClient) -> None:
        assert client.get("/ballot/999/stored").status_code == 404


def _names(row: Any, whole: re.Pattern[bytes], employee_id: int) -> bool:
    for column, value in row.items():
        if column == "employee_id" and value == employee_id:
            return True
        # A short word stands in what is sealed by chance.
        for found in whole.findall(value if isinstance(value, bytes) else str(value).encode()):
            if isinstance(value, str) or len(found) >= LONG_ENOUGH:
                return True
    return False


def _names_people(table: Any) -> bool:
    """By a reference to an employee, or by a column that holds an address."""
    refers = {key.column.table.name for column in table.columns for key in column.foreign_keys}
    return "employee" in refers or not ADDRESSES.isdisjoint(table.columns.keys())


def _section(page: str, table: str) -> str:
    start = page.index(f"<code>{table}</code></h3>")
    return page[start : page.index("</section>", start)]
