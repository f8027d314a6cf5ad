"""A wave from its schedule to the chart: the clock moves, people answer, nobody is left in it."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from employee_pulse.ballots.register.models import Roll, RollEntry
from employee_pulse.ballots.urn.models import SealedBallot
from employee_pulse.demo.letters import Invitation
from employee_pulse.demo.respondent import (
    AskedQuestion,
    Result,
    Unanswered,
    make_answers,
    read_sheet,
    respond,
)
from employee_pulse.foundation.db import Base, db, transaction
from employee_pulse.foundation.working_days import add_working_days
from employee_pulse.notifications.models import OutboxMessage
from employee_pulse.notifications.service import add_endpoint
from employee_pulse.notifications.transports import MemoryTransport
from employee_pulse.org import queries as org
from employee_pulse.org.models import Employee
from employee_pulse.results.models import Publication
from employee_pulse.surveys import queries as surveys
from employee_pulse.surveys.models import Wave
from tests.journeys.conftest import (
    SEOUL,
    ClientServer,
    Company,
    invitation_of,
    texts,
    working_day_at,
)
from tests.smtp_server import Postman

MINUTE = timedelta(minutes=1)


def open_waves(app: Flask) -> list[Wave]:
    with app.app_context():
        return list(db.session.scalars(sa.select(Wave).where(Wave.opened_at.is_not(None))))


def staff(app: Flask) -> set[str]:
    """Addresses of everybody who has one."""
    with app.app_context():
        return {e for e in db.session.scalars(sa.select(Employee.email)) if e is not None}


def days_of(app: Flask, opens_at: datetime, *, after: int) -> date:
    """The n-th working day after the opening."""
    day = opens_at.astimezone(SEOUL).date()
    with app.app_context():
        return add_working_days(day, after, org.holidays(day, day + timedelta(days=60)))


def cast(client: FlaskClient, wave_id: int, invitation: Invitation, seed: int) -> Result:
    server = ClientServer(client)
    with client.application.app_context():
        questions = [
            AskedQuestion(q.code, q.kind, q.reverse_keyed, [c["code"] for c in q.choices])
            for q in surveys.wave_questions(wave_id)
        ]
    random = Random(seed)
    levels = {q.code: random.uniform(2.5, 4.2) for q in questions}
    answers, comments = make_answers(questions, levels, "ko", random)
    sheet = read_sheet(server, invitation)
    return respond(server, invitation, sheet, answers=answers, comments=comments)


@pytest.mark.database
class TestAWave:
    def test_goes_from_its_schedule_to_the_chart_by_itself(
        self,
        founded: Company,
        postman: Postman,
        client: FlaskClient,
        sign_in: Callable[..., FlaskClient],
    ) -> None:
        app, opens_at = founded.app, founded.opens_at
        with app.app_context():
            planned = surveys.waves(founded.program_id)
        assert len(planned) >= 3

        founded.once("all", opens_at - MINUTE)
        assert open_waves(app) == []
        assert postman.delivered == []

        founded.once("all", opens_at)
        founded.once("all", opens_at + MINUTE)
        [wave] = open_waves(app)
        assert sorted(postman.recipients) == sorted(staff(app))
        invited = {recipient: invitation_of(text) for recipient, text in texts(postman)}
        assert len({invitation.token for invitation in invited.values()}) == len(invited)

        takers = sorted(invited)[: len(invited) * 6 // 10]
        for number, taker in enumerate(takers):
            assert cast(client, wave.id, invited[taker], number) is Result.CAST

        postman.delivered.clear()
        reminder = working_day_at(days_of(app, opens_at, after=3), 10)
        founded.once("all", reminder)
        founded.once("all", reminder + MINUTE)
        assert sorted(postman.recipients) == sorted(set(invited) - set(takers))
        assert {invitation_of(text) for _, text in texts(postman)} == {
            invited[recipient] for recipient in set(invited) - set(takers)
        }

        postman.delivered.clear()
        founded.once("all", wave.closes_at - MINUTE)
        with app.app_context():
            assert db.session.scalar(sa.select(sa.func.count()).select_from(Publication)) == 0
        postman.delivered.clear()
        founded.once("all", wave.closes_at)
        founded.once("all", wave.closes_at + MINUTE)
        assert sorted(postman.recipients) == sorted(staff(app))
        with app.app_context():
            [publication] = db.session.scalars(sa.select(Publication))
            assert publication.ballots == len(takers)
        with pytest.raises(Unanswered) as refused:
            cast(client, wave.id, invited[sorted(invited)[-1]], 0)
        assert refused.value.status == 410

        assert_nobody_is_left(app, wave.id)
        assert_charts_can_be_had(sign_in("hr"), founded.program_id, wave.period)

    def test_forgets_a_reminder_that_could_not_be_delivered(
        self, founded: Company, postman: Postman
    ) -> None:
        """It would say for ever who had not answered."""
        app, opens_at = founded.app, founded.opens_at
        founded.once("all", opens_at)
        [wave] = open_waves(app)
        postman.replies["*"] = "451 4.3.0 Try again later"

        founded.once("all", working_day_at(days_of(app, opens_at, after=3), 10))
        with app.app_context():
            waiting = stored_addresses()
        founded.once("all", wave.closes_at)

        assert waiting == staff(app)
        with app.app_context():
            kinds = set(db.session.scalars(sa.select(OutboxMessage.kind).where(named())))
        assert kinds == {"results"}

    def test_tells_other_systems_the_hash_to_compare_with(self, founded: Company) -> None:
        app, told = founded.app, MemoryTransport()
        app.extensions["pulse_transports"]["webhook"] = told
        with app.app_context(), transaction():
            add_endpoint(url="https://chat.example.com/hook", now=founded.opens_at)

        for minutes in range(2):
            founded.once("all", founded.opens_at + minutes * MINUTE)

        [wave] = open_waves(app)
        [call] = told.letters
        with app.app_context():
            roll = db.session.get_one(Roll, wave.id)
        assert call.kind == "wave.opened"
        assert json.loads(call.body)["data"]["sheet_hash"] == roll.sheet_hash


def named() -> sa.ColumnElement[bool]:
    return OutboxMessage.recipient != ""


def stored_addresses() -> set[str]:
    return set(db.session.scalars(sa.select(OutboxMessage.recipient).where(named())))


def assert_nobody_is_left(app: Flask, wave_id: int) -> None:
    with app.app_context():
        for table in (RollEntry, SealedBallot):
            assert db.session.scalar(sa.select(sa.func.count()).select_from(table)) == 0
        roll = db.session.get_one(Roll, wave_id)
        assert roll.wrapped_token_key is None
        addresses = staff_addresses()
        for message in db.session.scalars(sa.select(OutboxMessage)):
            assert message.recipient not in addresses
            assert "/ballot/" not in message.body
        for table in Base.metadata.sorted_tables:
            if table.name in {"employee", "account"}:
                continue
            for row in db.session.execute(sa.select(table)):
                assert not any(str(value) in addresses for value in row), table.name
    assert list(Path(app.config["KEY_DIR"]).iterdir()) == []


def staff_addresses() -> set[str]:
    return {e for e in db.session.scalars(sa.select(Employee.email)) if e is not None}


def assert_charts_can_be_had(hr: FlaskClient, program_id: int, period: str) -> None:
    page = hr.get(f"/app/results/{program_id}")
    assert page.status_code == 200
    for path, kind in (("trend.png", "image/png"), ("trend.svg", "image/svg+xml")):
        chart = hr.get(f"/app/results/{program_id}/{path}")
        assert chart.status_code == 200, path
        assert chart.mimetype == kind
        assert len(chart.data) > 2_000
    table = hr.get(f"/app/results/{program_id}/trend.csv")
    assert table.data.startswith(b"\xef\xbb\xbf")
    assert period in table.data.decode("utf-8-sig")
