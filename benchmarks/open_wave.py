"""How long it takes to open a wave for 10,000 people in 200 groups: roll, keys, invitations.

    python -m benchmarks.open_wave [--people 10000] [--groups 200] [--database URL]

Without a database it uses a SQLite file in a temporary folder, with the durability of production.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, insert, select

from config import TestConfig
from employee_pulse.anonymity.blind_signature import generate_keys
from employee_pulse.anonymity.keyring import Keyring
from employee_pulse.app import create_app
from employee_pulse.ballots.register import jobs, service
from employee_pulse.ballots.register.service import Names
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import Base, db, transaction
from employee_pulse.notifications.models import OutboxMessage
from employee_pulse.org.models import Department, Employee
from employee_pulse.surveys.models import Program, ProgramAudience, Wave
from employee_pulse.surveys.rules.programs import Cadence, OpeningRule

TARGET_S = 40


class Stopwatch:
    def __init__(self) -> None:
        self.parts: dict[str, float] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.parts[name] = time.perf_counter() - start


def make_company(people: int, groups: int) -> None:
    now = clock.now()
    root = Department(code="C", name_ko="회사", name_en="Company")
    db.session.add(root)
    db.session.flush()
    db.session.execute(
        insert(Department),
        [
            {"code": f"D{n}", "name_ko": f"{n}팀", "name_en": f"Team {n}", "parent_id": root.id}
            for n in range(groups)
        ],
    )
    departments = db.session.scalars(select(Department.id).where(Department.id != root.id)).all()
    db.session.execute(
        insert(Employee),
        [
            {
                "number": f"E{n}",
                "name": f"Person {n}",
                "email": f"person{n}@example.com",
                "department_id": departments[n % groups],
                "language": "ko" if n % 4 else "en",
                "is_manager": False,
                "is_head": False,
            }
            for n in range(people)
        ],
    )
    program = Program(
        name_ko="월간 펄스",
        name_en="Monthly pulse",
        cadence=Cadence.MONTHLY,
        opening_rule=OpeningRule.NTH_WORKING_DAY,
        opening_number=1,
        opens_at_time=now.time(),
        timezone="Asia/Seoul",
        reminder_days=[3, 5, -1],
        created_at=now,
        launched_at=now,
        audience=[ProgramAudience(department_id=root.id)],
    )
    db.session.add(program)
    db.session.flush()
    db.session.add(
        Wave(
            program_id=program.id,
            period="2026-11",
            opens_at=now,
            opened_at=now,
            closes_at=now + timedelta(days=14),
            thresholds={},
            questions_hash="0" * 64,
        )
    )


def open_wave(watch: Stopwatch, secret: str, key_dir: Path) -> int:
    """Returns how many invitations were queued."""
    now = clock.now()
    wave_id = db.session.scalars(select(Wave.id)).one()
    with transaction():
        wave = db.session.get_one(Wave, wave_id)
        wave.sealing_key = Keyring(key_dir).create(f"wave-{wave_id}")
    rest = Names(ko="%(department)s", en="%(department)s")
    with watch.part("plan the groups"):
        plan = service.plan_roll(wave_id, on=now.date(), minimum=10, min_company=5, rest=rest)
    with watch.part("make the keys"):
        groups = sorted(plan.labels)
        keys = dict(zip(groups, generate_keys(len(groups)), strict=True))
    with watch.part("write the roll"), transaction():
        service.draw_roll(plan, keys=keys, secret=secret, now=now)
    with watch.part("queue invitations"):
        return jobs.invite(now)


def measure(people: int, groups: int, database: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        key_dir = Path(folder) / "keys"
        key_dir.mkdir(mode=0o700)
        config = TestConfig(
            database_url=database or f"sqlite:///{folder}/pulse.db", key_dir=str(key_dir)
        )
        app = create_app(config)
        with app.app_context():
            Base.metadata.drop_all(db.engine)
            Base.metadata.create_all(db.engine)
            with transaction():
                make_company(people, groups)
            watch = Stopwatch()
            queued = open_wave(watch, app.config["SECRET_KEY"], key_dir)
            mails = db.session.scalar(select(func.count()).select_from(OutboxMessage))
            assert queued == mails == people
            report(watch, people, groups, db.engine.dialect.name)
            db.session.remove()
            db.engine.dispose()


def report(watch: Stopwatch, people: int, groups: int, database: str) -> None:
    total = sum(watch.parts.values())
    keys = watch.parts["make the keys"]
    print(f"{people} people, {groups} groups, {database}")
    for name, seconds in watch.parts.items():
        print(f"  {name:<18} {seconds:7.2f} s  {seconds / total:5.0%}")
    print(f"  {'total':<18} {total:7.2f} s  of {TARGET_S} s allowed: {total / TARGET_S:.0%}")
    print(f"  keys: {keys / groups * 1000:.0f} ms each, {keys / total:.0%} of the total")
    print(
        f"  all the rest: {(total - keys) / people * 1000:.2f} ms a person, "
        f"{(total - keys) / keys:.1f} times the keys"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--groups", type=int, default=200)
    parser.add_argument("--database", help="an empty one; its tables are dropped")
    arguments = parser.parse_args()
    measure(arguments.people, arguments.groups, arguments.database)
