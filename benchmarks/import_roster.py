"""Imports a roster of 10,000 rows and says where the time goes, beside one statement a row.

python -m benchmarks.import_roster [--people 10000] [--departments 200] [--database-url URL]
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select

from config import TestConfig
from employee_pulse.app import create_app
from employee_pulse.foundation.db import Base, db, transaction
from employee_pulse.foundation.table_file import read_table
from employee_pulse.org import service
from employee_pulse.org.models import Department, Employee
from employee_pulse.org.preview import preview
from employee_pulse.org.rules.roster import Person, Roster
from tests.data.rosters.generator import as_csv, company

T = TypeVar("T")

TODAY = date(2026, 11, 22)
TARGET_S = 10.0
BASELINE_SHARE = 0.1
"""Of the rows go through the baseline; its time is multiplied up."""


def timed(work: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def apply(roster: Roster) -> None:
    with transaction():
        service.apply_roster(roster, today=TODAY, limit=1.0)


def one_by_one(people: list[Person]) -> None:
    """The naive way: for each row look the person up, make an object, flush."""
    ids = {unit.code: unit.id for unit in db.session.scalars(select(Department))}
    with transaction():
        for person in people:
            number = f"x{person.number}"
            found = db.session.scalar(select(Employee).where(Employee.number == number))
            assert found is None
            db.session.add(
                Employee(
                    number=number,
                    name=person.name,
                    name_en=person.name_en,
                    department_id=ids[person.department_code],
                    language=person.language,
                    is_manager=person.is_manager,
                    active_from=person.active_from,
                )
            )
            db.session.flush()


def report(label: str, seconds: float, whole: float) -> None:
    print(f"{label:<44} {seconds:7.2f} s  {seconds / whole:6.1%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--departments", type=int, default=200)
    parser.add_argument("--database-url", help="Default: a new SQLite file.")
    options = parser.parse_args()
    content = as_csv(company(options.people, options.departments))
    with tempfile.TemporaryDirectory() as folder:
        url = options.database_url or f"sqlite:///{Path(folder) / 'pulse.db'}"
        app = create_app(TestConfig(database_url=url, key_dir=folder))
        with app.app_context():
            Base.metadata.create_all(db.engine)
            measure(content, options.people)
            db.engine.dispose()


def measure(content: bytes, people: int) -> None:
    def look() -> Roster:
        seen = preview(content, filename="roster.csv", today=TODAY)
        assert seen.roster is not None
        return seen.roster

    parsing, _table = timed(lambda: read_table(content, filename="roster.csv"))
    looking, roster = timed(look)
    applying, _nothing = timed(lambda: apply(roster))
    again, _roster = timed(lambda: apply(look()))
    share = list(roster.people[: max(1, round(people * BASELINE_SHARE))])
    part, _nothing = timed(lambda: one_by_one(share))
    baseline = part * people / len(share)
    whole = looking + applying
    print(f"{people:,} people, {len(roster.units)} departments, {len(content) / 1e6:.1f} MB CP949")
    report("parse the file", parsing, whole)
    report("check every row and compare", looking - parsing, whole)
    report("apply as a whole", applying, whole)
    report("import, from bytes to commit", whole, whole)
    report("the same file again", again, whole)
    report(f"one by one, from {len(share):,} rows", baseline, whole)
    print(f"one by one takes {baseline / applying:.1f} times as long as applying as a whole")
    verdict = "within" if whole < TARGET_S else "ABOVE"
    print(f"{verdict} the target of {TARGET_S:.0f} s ({whole / TARGET_S:.0%} of it)")


if __name__ == "__main__":
    main()
