"""A company with a monthly program, its clock, and colleagues who answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from employee_pulse.demo import company
from employee_pulse.demo.letters import Invitation, invitations
from employee_pulse.demo.respondent import Server, Unanswered
from employee_pulse.demo.roster import make_roster, roster_csv
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db, transaction
from employee_pulse.notifications.transports import SmtpTransport
from employee_pulse.org import service as org
from employee_pulse.org.models import Employee
from employee_pulse.org.preview import preview
from employee_pulse.surveys import service as surveys
from tests import smtp_server
from tests.smtp_server import Postman

SEOUL = ZoneInfo("Asia/Seoul")
PEOPLE = 100


@dataclass(frozen=True)
class Company:
    """A launched program: its first wave is due at ``opens_at``, shortly ago."""

    app: Flask
    program_id: int
    opens_at: datetime

    def addresses(self) -> set[str]:
        """Of everybody who has one; needs an application context."""
        found = db.session.scalars(select(Employee.email).where(Employee.email.is_not(None)))
        return {address for address in found if address}

    def once(self, job: str, now: datetime) -> str:
        """Run a job from the command line, with the clock in hand."""
        moment = now.astimezone(SEOUL).isoformat()
        result = self.app.test_cli_runner().invoke(args=["scheduler", "once", job, "--now", moment])
        assert result.exit_code == 0, result.output
        return result.output


class ClientServer(Server):
    """The server that colleagues talk to, without a network."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client

    def get(self, path: str) -> bytes:
        return self._client.get(path).data

    def post(self, path: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        response = self._client.post(path, json=fields)
        if response.status_code >= 400:
            raise Unanswered(response.status_code)
        answer: dict[str, Any] = response.get_json()
        return answer


def found_company(app: Flask) -> Company:
    """People, question bank and program in an empty database; nothing has opened yet."""
    Path(app.config["KEY_DIR"]).mkdir(mode=0o700)
    now = clock.now()
    today = now.astimezone(SEOUL).date()
    with app.app_context():
        seen = preview(roster_csv(make_roster(PEOPLE)), filename="roster.csv", today=today)
        assert seen.roster is not None
        with transaction():
            org.apply_roster(seen.roster, today=today, limit=1)
            surveys.load_question_bank(now=now)
            program, opens_at = company.create_program(today=today)
            company.launch(program, opens_at=opens_at)
            return Company(app, program.id, opens_at)


@pytest.fixture
def founded(app: Flask, postman: Postman) -> Company:
    return found_company(app)


@pytest.fixture
def postman(app: Flask) -> Iterator[Postman]:
    """Mail leaves by SMTP, to a real server."""
    with smtp_server.running() as postman:
        app.config["MAIL_TRANSPORT"] = "smtp"
        app.extensions["pulse_transports"]["smtp"] = SmtpTransport(
            host="127.0.0.1", port=postman.port, sender="Pulse <pulse@example.com>", secret="s"
        )
        yield postman


def texts(postman: Postman) -> list[tuple[str, str]]:
    """Recipient and plain text of every mail that arrived."""
    found = []
    for envelope in postman.delivered:
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=default)
        body = mail.get_body(("plain",))
        assert body is not None
        found.append((envelope.rcpt_tos[0], body.get_content()))
    return found


def invitation_of(text: str) -> Invitation:
    [invitation] = invitations([text])
    return invitation


def working_day_at(day: object, hour: int) -> datetime:
    """A moment on a local day."""
    return datetime.combine(day, datetime.min.time(), SEOUL) + timedelta(hours=hour)  # type: ignore[arg-type]
