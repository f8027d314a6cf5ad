"""A company in the database with two published waves, whose ballots come unsealed."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from employee_pulse.anonymity.keyring import Keyring
from employee_pulse.auth.models import Account
from employee_pulse.ballots.register.models import ReportingGroup, Roll, RollEntry
from employee_pulse.foundation.db import Base, db, transaction
from employee_pulse.org.models import Department, Employee
from employee_pulse.results import service
from employee_pulse.results.service import opening
from employee_pulse.surveys.models import Program, ProgramAudience, Wave, WaveQuestion
from employee_pulse.surveys.rules.programs import Cadence, OpeningRule
from employee_pulse.surveys.rules.questions import Dimension
from employee_pulse.surveys.rules.thresholds import Thresholds
from tests.unit.results.companies import ONE, QUESTIONS, TEXT, Company

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
PERIODS = ("2026-09", "2026-10")
DIMENSIONS = {"leadership": Dimension.LEADERSHIP, "wellbeing": Dimension.WELLBEING,
              "recommendation": Dimension.RECOMMENDATION, "process": Dimension.PROCESS,
              "morale": Dimension.MORALE}  # fmt: skip


@dataclass
class Held:
    """A program with two published waves, and who took part in them."""

    program_id: int
    waves: list[int] = field(default_factory=list)
    companies: list[Company] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)


def numbered(at: Company) -> Company:
    """With departments from 1 on, as in a database."""
    return replace(
        at,
        parents={v + 1: None if above is None else above + 1 for v, above in at.parents.items()},
        people={person: home + 1 for person, home in at.people.items()},
        groups={person: group + 1 for person, group in at.groups.items()},
        ballots=[replace(ballot, group=ballot.group + 1) for ballot in at.ballots],
    )


def _name(department_id: int) -> str:
    """Without a digit, so that numbers on pages are figures."""
    return f"Unit {chr(64 + department_id)}"


def number_of(name: str) -> int:
    return ord(name[-1]) - 64


def new_program() -> int:
    program = Program(
        name_ko="맥박",
        name_en="Pulse",
        cadence=Cadence.MONTHLY,
        opening_rule=next(iter(OpeningRule)),
        opening_number=1,
        opens_at_time=time(9),
        timezone="Asia/Seoul",
        reminder_days=[3],
        created_at=NOW,
        launched_at=NOW,
    )
    db.session.add(program)
    db.session.flush()
    return program.id


def publish(
    held: Held, at: Company, period: str, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    """Through the service that publishes; only the sealing of ballots is left out."""
    with transaction():
        wave_id = _closed_wave(held, at, period)
    monkeypatch.setattr(opening, "_open_urn", lambda *_: iter(_opened(at)))
    with transaction():
        service.claim_wave(wave_id, now=NOW)
        counted = service.count_ballots(wave_id, keyring=Keyring(folder))
        assert service.publish_wave(counted, letters={}, event={}, now=NOW)
    held.waves.append(wave_id)
    held.companies.append(at)


def _opened(at: Company) -> list[Any]:
    return [
        opening._Opened(
            ballot.group,
            on_paper=False,
            receipt=bytes([number % 251] * 30) + number.to_bytes(2),
            answers={**ballot.answers, ONE.code: ballot.answers[ONE.code]},
            comments={TEXT.code: "as written"} if ballot.comments else {},
        )
        for number, ballot in enumerate(at.ballots)
    ]


def _closed_wave(held: Held, at: Company, period: str) -> int:
    opens_at = NOW - timedelta(days=90 - 30 * len(held.waves))
    wave = Wave(
        program_id=held.program_id,
        period=period,
        opens_at=opens_at,
        closes_at=opens_at + timedelta(days=14),
        opened_at=opens_at,
        closed_at=opens_at + timedelta(days=14),
        thresholds=Thresholds().as_json(),
    )
    db.session.add(wave)
    for v, above in at.parents.items():
        department = db.session.get(Department, v) or Department(
            id=v, code=_name(v), name_ko=_name(v), name_en=_name(v)
        )
        department.parent_id = above
        db.session.add(department)
        db.session.flush()
    if not held.waves:
        db.session.add(ProgramAudience(program_id=held.program_id, department_id=1))
    _ask(wave)
    _draw(held, wave, at)
    return wave.id


def _ask(wave: Wave) -> None:
    db.session.flush()
    for position, asked in enumerate(QUESTIONS):
        words = f"Question {'ABCDEF'[position]}"
        db.session.add(
            WaveQuestion(
                wave_id=wave.id,
                code=asked.code,
                position=position,
                version=1,
                dimension=DIMENSIONS[asked.dimension],
                kind=asked.kind,
                text_ko=words,
                text_en=words,
                reverse_keyed=False,
                choices=[{"code": one, "ko": one, "en": one} for one in asked.choices],
                settings={},
            )
        )


def _draw(held: Held, wave: Wave, at: Company) -> None:
    held.sheets.append("f" * 63 + "abcdef"[len(held.sheets)])
    db.session.add(
        Roll(
            wave_id=wave.id,
            eligible=len(at.groups),
            without_email=0,
            sheet="{}",
            sheet_hash=held.sheets[-1],
        )
    )
    db.session.flush()
    voted = {ballot.person for ballot in at.ballots}
    for group, eligible in sorted(Counter(at.groups.values()).items()):
        db.session.add(
            ReportingGroup(
                wave_id=wave.id,
                department_id=group,
                label_ko=_name(group),
                label_en=_name(group),
                eligible=eligible,
            )
        )
    db.session.flush()
    for person, group in at.groups.items():
        employee = db.session.get(Employee, person + 1) or Employee(
            id=person + 1, number=f"{person}", name="x", department_id=group, language="ko"
        )
        db.session.add(employee)
        db.session.flush()
        entry = RollEntry(
            wave_id=wave.id,
            employee_id=person + 1,
            group_id=group,
            invited=True,
            token_hash=f"{wave.id}-{person}".encode(),
        )
        entry.blinded_hash = b"taken" if person in voted else None
        db.session.add(entry)


def forget() -> None:
    """An empty company again, but for accounts."""
    with transaction():
        db.session.execute(update(Account).values(employee_id=None))
        for table in reversed(Base.metadata.sorted_tables):
            if table.name != Account.__tablename__:
                db.session.execute(table.delete())
