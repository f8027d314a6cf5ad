"""A small company with an open wave, and an employee who answers as the ballot page does."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from employee_pulse.anonymity import blinding
from employee_pulse.anonymity.blind_signature import PublicKey
from employee_pulse.anonymity.keyring import Keyring
from employee_pulse.ballots.protocol import ballot_message, canonical_json
from employee_pulse.ballots.register import jobs
from employee_pulse.foundation.db import db, transaction
from employee_pulse.notifications.models import OutboxMessage
from employee_pulse.org.models import Department, Employee
from employee_pulse.surveys.models import Program, ProgramAudience, Wave, WaveQuestion
from employee_pulse.surveys.rules.programs import Cadence, OpeningRule
from employee_pulse.surveys.rules.questions import Dimension, QuestionKind

OPENED = datetime(2026, 11, 2, 1, tzinfo=UTC)
"""Monday 10:00 in Seoul."""
CLOSES = datetime(2026, 11, 13, 9, tzinfo=UTC)
"""Friday 18:00 in Seoul."""
THRESHOLDS = {"scores": 5, "distributions": 10, "comments": 10, "participation": 5, "drivers": 20}
ANSWERS: Mapping[str, Any] = {"LEAD-01": 4, "ENPS": None}
LINK = re.compile(r"http://\S+/ballot/(\d+)#t=([^&\s]+)&h=([0-9a-f]{64})&l=(ko|en)")


def make_company(sizes: Sequence[int] = (3, 12, 14), *, without_email: int = 0) -> None:
    """A company with departments of these sizes below; of the last people some have no mail."""
    company = Department(code="C", name_ko="회사", name_en="Company")
    db.session.add(company)
    db.session.flush()
    number = 0
    for place, size in enumerate(sizes):
        department = company
        if place:
            department = Department(code=f"D{place}", name_ko=f"{place}팀", name_en=f"Team {place}")
            department.parent_id = company.id
            db.session.add(department)
            db.session.flush()
        for _ in range(size):
            number += 1
            has_email = number <= sum(sizes) - without_email
            db.session.add(
                Employee(
                    number=f"E{number}",
                    name=f"Person {number}",
                    email=f"person{number}@example.com" if has_email else None,
                    department_id=department.id,
                    language="en" if number % 3 == 0 else "ko",
                )
            )


def make_wave(
    key_dir: Path,
    *,
    opened_at: datetime = OPENED,
    closes_at: datetime = CLOSES,
    program: Program | None = None,
) -> int:
    """An open wave of a program that asks everybody; its id."""
    program = program or _program()
    db.session.add(program)
    db.session.flush()
    wave = Wave(
        program_id=program.id,
        period=f"{opened_at:%Y-%m}",
        opens_at=opened_at,
        opened_at=opened_at,
        closes_at=closes_at,
        thresholds=THRESHOLDS,
        questions_hash="0" * 64,
    )
    db.session.add(wave)
    db.session.flush()
    key_dir.mkdir(mode=0o700, exist_ok=True)
    wave.sealing_key = Keyring(key_dir).create(f"wave-{wave.id}")
    _add_questions(wave.id)
    db.session.flush()
    return wave.id


def _program() -> Program:
    root = db.session.scalars(select(Department.id).where(Department.code == "C")).one()
    return Program(
        name_ko="월간 펄스",
        name_en="Monthly pulse",
        cadence=Cadence.MONTHLY,
        opening_rule=OpeningRule.NTH_WORKING_DAY,
        opening_number=1,
        opens_at_time=time(10),
        timezone="Asia/Seoul",
        reminder_days=[3, 5, -1],
        created_at=OPENED,
        launched_at=OPENED,
        audience=[ProgramAudience(department_id=root)],
    )


def _add_questions(wave_id: int) -> None:
    for position, (code, kind) in enumerate(
        [
            ("LEAD-01", QuestionKind.AGREEMENT),
            ("ENPS", QuestionKind.ENPS),
            ("OPEN-1", QuestionKind.FREE_TEXT),
        ]
    ):
        db.session.add(
            WaveQuestion(
                wave_id=wave_id,
                code=code,
                position=position,
                version=1,
                dimension=Dimension.LEADERSHIP,
                kind=kind,
                text_ko=f"{code} 문항",
                text_en=f"Question {code}",
                reverse_keyed=False,
                choices=[],
                settings={},
            )
        )


def open_company(app: Flask, key_dir: Path, *, now: datetime, **company: Any) -> int:
    """Everything up to invitations in the outbox; the wave's id."""
    with app.app_context():
        with transaction():
            make_company(**company)
            wave_id = make_wave(
                key_dir, opened_at=now - timedelta(hours=1), closes_at=now + timedelta(days=9)
            )
        jobs.draw_rolls(now)
        jobs.invite(now)
    return wave_id


def mails(kind: str = "invitation") -> list[OutboxMessage]:
    return list(
        db.session.scalars(
            select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id)
        )
    )


def tokens(app: Flask) -> list[str]:
    """The tokens of all invitations."""
    with app.app_context():
        return [LINK.search(mail.body)[2] for mail in mails()]  # type: ignore[index]


@dataclass
class Voter:
    """Does what the ballot page does, over HTTP."""

    client: FlaskClient
    wave_id: int
    token: str
    answers: Mapping[str, Any] = field(default_factory=lambda: dict(ANSWERS))
    comments: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.group = int(self.token.split("-")[0])
        sheet = json.loads(self.client.get(f"/ballot/{self.wave_id}/sheet.json").data)
        own = next(group for group in sheet["groups"] if group["id"] == self.group)
        self.key = PublicKey(int(own["n"], 16), own["e"])
        self.prepared = blinding.prepare(ballot_message(self.wave_id, self.group))
        self.blinded = blinding.blind(self.key, self.prepared)

    def sign(self) -> TestResponse:
        return self.client.post(
            f"/register/{self.wave_id}/sign",
            json={"token": self.token, "blinded": self.blinded.message.hex()},
        )

    def ballot(self, **changes: Any) -> dict[str, Any]:
        answer = bytes.fromhex(self.sign().get_json()["signature"])
        signature = blinding.finalize(self.key, self.prepared, answer, self.blinded.inverse)
        return {
            "group": self.group,
            "serial": self.prepared[:32].hex(),
            "signature": signature.hex(),
            "nonce": "ab" * 16,
            "answers": dict(self.answers),
            "comments": dict(self.comments),
            **changes,
        }

    def cast(self, ballot: Mapping[str, Any], *, headers: Any = None) -> TestResponse:
        return self.client.post(
            f"/urn/{self.wave_id}/cast", data=canonical_json(ballot), headers=headers
        )


def at_once(app: Flask, work: Callable[[int], object], *, workers: int = 2) -> list[object]:
    """Run the same work in several threads that begin together, each on its own connection."""
    barrier = Barrier(workers)
    results: list[object] = [None] * workers

    def run(place: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                results[place] = work(place)
            except Exception as error:
                results[place] = error
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=(place,)) for place in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
