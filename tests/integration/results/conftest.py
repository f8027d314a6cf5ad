"""A company whose wave was opened, answered through the real protocol, and closed."""

import random
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import select

from employee_pulse.anonymity import wrapping
from employee_pulse.anonymity.blinding import blind, finalize, prepare
from employee_pulse.anonymity.queries import public_key
from employee_pulse.ballots.protocol import ballot_message, key_purpose
from employee_pulse.ballots.register import jobs as register_jobs
from employee_pulse.ballots.register import service as register
from employee_pulse.ballots.register.models import Roll, RollEntry
from employee_pulse.ballots.register.rules.invitations import invitation_token
from employee_pulse.ballots.urn import service as urn
from employee_pulse.ballots.urn.rules import Ballot
from employee_pulse.foundation.db import db, transaction
from employee_pulse.org.models import Department, Employee
from employee_pulse.surveys import jobs as surveys_jobs
from employee_pulse.surveys import queries as surveys
from employee_pulse.surveys import service as surveys_service
from employee_pulse.surveys.models import Wave

BEFORE = datetime(2026, 10, 25, tzinfo=UTC)
PEOPLE = {"S": 24, "P": 16, "Q": 12, "R": 4}


@dataclass
class World:
    """One wave with what tests ask about it."""

    program_id: int
    wave_id: int
    departments: dict[str, int]
    answers: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    """By group: the answers of the ballots that were cast."""
    receipts: list[bytes] = field(default_factory=list)

    @property
    def closing(self) -> datetime:
        return db.session.scalars(select(Wave.closes_at).where(Wave.id == self.wave_id)).one()

    @property
    def after(self) -> datetime:
        return self.closing + timedelta(minutes=5)


@pytest.fixture
def keys(key_dir: Path) -> Path:
    key_dir.mkdir(mode=0o700)
    return key_dir


@pytest.fixture
def question_codes(context: None) -> list[str]:
    """Two of one dimension, one of another, eNPS, a free text and one with choices."""
    with transaction():
        surveys_service.load_question_bank(now=BEFORE)
    found = surveys.current_questions()
    by_kind: dict[str, list[str]] = {}
    for question in found:
        by_kind.setdefault(question.kind, []).append(question.code)
    lead = [code for code in by_kind["agreement"] if code.startswith("LEAD")][:2]
    other = [code for code in by_kind["agreement"] if code.startswith("COMM")][:1]
    return [*lead, *other, by_kind["enps"][0], by_kind["free_text"][0], by_kind["single_choice"][0]]


@pytest.fixture
def open_world(app: Flask, context: None, keys: Path, question_codes: list[str]) -> World:
    """Headquarters with S (24 people), P (16), Q (12) and R (4), and an open wave."""
    with transaction():
        departments = _company()
        program = surveys_service.create_program(
            name_ko="월간 펄스",
            name_en="Monthly pulse",
            audience=[departments["HQ"]],
            questions=question_codes,
            now=BEFORE,
        )
        surveys_service.launch(program, now=BEFORE)
        program_id = program.id
    wave_id = db.session.scalars(
        select(Wave.id).where(Wave.program_id == program_id).order_by(Wave.opens_at)
    ).first()
    assert wave_id
    opens_at = db.session.get_one(Wave, wave_id).opens_at
    surveys_jobs.open_due_waves(opens_at)
    register_jobs.draw_rolls(opens_at)
    return World(program_id, wave_id, departments)


@pytest.fixture
def cast(open_world: World) -> Callable[..., None]:
    """``cast(answers_of, share=1.0)``: the people of the roll answer through the protocol."""

    def cast_all(
        answers_of: Callable[[int, int], tuple[dict[str, Any], dict[str, str]]],
        *,
        leave_out: Sequence[int] = (),
    ) -> None:
        wave_id = open_world.wave_id
        entries = db.session.execute(
            select(RollEntry.group_id, RollEntry.employee_id)
            .where(RollEntry.wave_id == wave_id)
            .order_by(RollEntry.group_id, RollEntry.employee_id)
        ).all()
        with transaction():
            for number, (group, employee) in enumerate(entries):
                if number not in leave_out:
                    answers, comments = answers_of(group, number)
                    _cast_one(open_world, group, employee, answers, comments)

    return cast_all


@pytest.fixture
def world(open_world: World, cast: Callable[..., None], question_codes: list[str]) -> World:
    """Three of four answered, some with a comment; the wave has closed."""
    rng = random.Random(22)
    lead_1, lead_2, other, enps, text, choice = question_codes

    def answers_of(group: int, number: int) -> tuple[dict[str, Any], dict[str, str]]:
        answers = {
            lead_1: rng.randint(1, 5),
            lead_2: rng.randint(2, 5),
            other: None if number == 3 else rng.randint(1, 4),
            enps: rng.randint(0, 10),
            choice: rng.choice(["c1", "c2"]),
        }
        return answers, {text: f"comment {number} of {group}"} if number % 2 else {}

    cast(answers_of, leave_out=range(0, 60, 4))
    surveys_jobs.close_due_waves(open_world.closing)
    return open_world


def _company() -> dict[str, int]:
    head = Department(code="HQ", name_ko="본사", name_en="Headquarters")
    db.session.add(head)
    db.session.flush()
    departments = {"HQ": head.id}
    for code, people in PEOPLE.items():
        department = Department(
            code=code, name_ko=f"{code}팀", name_en=f"Team {code}", parent_id=head.id
        )
        db.session.add(department)
        db.session.flush()
        departments[code] = department.id
        for number in range(people):
            name = f"{code}-{number}"
            db.session.add(
                Employee(
                    number=name,
                    name=name,
                    email=f"{name}@example.com".lower(),
                    department_id=department.id,
                    language="en" if number % 3 == 0 else "ko",
                )
            )
    # R is too small for a group of its own: together with these it becomes one at headquarters.
    for number in range(8):
        db.session.add(
            Employee(number=f"HQ-{number}", name="x", department_id=head.id, language="ko")
        )
    return departments


def _cast_one(
    world: World, group: int, employee: int, answers: dict[str, Any], comments: dict[str, str]
) -> None:
    wave_id, secret = world.wave_id, current_app.config["SECRET_KEY"]
    now = db.session.get_one(Wave, wave_id).opens_at
    wrapped = db.session.get_one(Roll, wave_id).wrapped_token_key
    assert wrapped
    token_key = wrapping.unwrap(wrapped, secret=secret, purpose=f"invitation tokens {wave_id}")
    token = invitation_token(token_key, wave_id=wave_id, group_id=group, employee_id=employee)
    key = public_key(key_purpose(wave_id), str(group))
    assert key
    prepared = prepare(ballot_message(wave_id, group))
    blinded = blind(key, prepared)
    signed = register.issue_signature(
        wave_id=wave_id, token=token, blinded=blinded.message, secret=secret, now=now
    )
    ballot = Ballot(
        wave_id,
        group,
        prepared[:32],
        finalize(key, prepared, signed, blinded.inverse),
        secrets.token_bytes(16),
        answers,
        comments,
    )
    world.receipts.append(urn.cast_ballot(ballot, now=now))
    world.answers.setdefault(group, []).append(answers)
