"""How long pages of results take at 60 waves x 200 departments, and how many queries they make.

    python -m benchmarks.results_pages [--waves 60] [--departments 200] [--database URL]

Every page is asked once to warm up, then repeatedly through the application, without a network.
Beside each stands the same page of a company with one wave and 60 departments: what grows.
"""

import argparse
import random
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert

from config import TestConfig
from employee_pulse.app import create_app
from employee_pulse.auth.models import Account
from employee_pulse.auth.rules import Role
from employee_pulse.foundation.db import Base, db, transaction
from employee_pulse.org.models import Department
from employee_pulse.results import queries
from employee_pulse.results.models import Publication
from employee_pulse.results.rules.freezing import Place, freeze
from employee_pulse.results.rules.tally import count
from employee_pulse.results.rules.tree import wave_tree
from employee_pulse.results.service.writing import write_nodes, write_scores
from employee_pulse.surveys import queries as surveys
from employee_pulse.surveys import service
from employee_pulse.surveys.models import Wave, WaveQuestion
from employee_pulse.surveys.rules.questions import QuestionKind
from employee_pulse.surveys.rules.thresholds import Thresholds

TARGET_MS = 150
ROUNDS = 20
PEOPLE_PER_DEPARTMENT = 14
PAGES = {
    "list of programs": "",
    "overview, company": "1",
    "overview, department": "1?department=50",
    "heatmap": "1/heatmap",
    "trend, company": "1/trend",
    "trend, department": "1/trend?department=50&measure=dimension:leadership",
    "trend as CSV": "1/trend.csv?department=50",
    "comments": "1/comments",
}


@dataclass(frozen=True)
class Timing:
    """Milliseconds: median and 95th percentile on the clock, and median of the processor's."""

    median: float
    p95: float
    processor: float
    queries: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waves", type=int, default=60)
    parser.add_argument("--departments", type=int, default=200)
    parser.add_argument("--database", help="Default: a new SQLite file.")
    options = parser.parse_args()
    small = measured(1, 60, None)
    large = measured(options.waves, options.departments, options.database)
    print(f"{options.waves} waves x {options.departments} departments; beside it 1 wave x 60")
    print(f"{'page':<22} {'median':>9} {'p95':>9} {'processor':>9} {'queries':>8}  beside 1 x 60")
    for name, one in large.items():
        before = small[name]
        print(
            f"{name:<22} {one.median:6.1f} ms {one.p95:6.1f} ms {one.processor:6.1f} ms "
            f"{one.queries:8}  {before.median:6.1f} ms, {one.median / before.median:.1f} times, "
            f"{before.queries} queries"
        )
    worst = max(one.median for one in large.values())
    verdict = "within" if worst < TARGET_MS else "ABOVE"
    print(f"{verdict} the target of {TARGET_MS} ms ({worst / TARGET_MS:.0%} of it)")


def measured(waves: int, departments: int, url: str | None) -> dict[str, Timing]:
    with tempfile.TemporaryDirectory() as folder:
        url = url or f"sqlite:///{Path(folder) / 'pulse.db'}"
        app = create_app(TestConfig(database_url=url, key_dir=folder))
        with app.app_context():
            Base.metadata.create_all(db.engine)
            fill(waves, departments)
        found = {name: timed(app, f"/app/results/{path}") for name, path in PAGES.items()}
        with app.app_context():
            db.engine.dispose()
        return found


def fill(waves: int, departments: int) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    with transaction():
        service.load_question_bank(now=now)
        db.session.execute(insert(Department), _departments(departments))
        bank = surveys.current_questions()
        agreement = [q.code for q in bank if q.kind is QuestionKind.AGREEMENT][::5][:9]
        enps = next(q.code for q in bank if q.kind is QuestionKind.ENPS)
        program = service.create_program(
            name_ko="펄스", name_en="Pulse", audience=[1], questions=[*agreement, enps], now=now
        )
        program.launched_at = now
        db.session.add(_account(now))
        program_id = program.id
    first = 2026 * 12 + 9 - waves
    for number in range(waves):
        year, month = divmod(first + number, 12)
        with transaction():
            _wave(program_id, f"{year:04}-{month + 1:02}", [*agreement, enps], departments, number)


def _departments(departments: int) -> list[dict[str, Any]]:
    """Number 1 is the company, every 15th below it a division, the others hang on divisions."""
    return [
        {
            "id": number,
            "code": f"D{number:03}",
            "name_ko": f"{number}팀",
            "name_en": f"Team {number}",
            "parent_id": _parent(number),
        }
        for number in range(1, departments + 1)
    ]


def _parent(number: int) -> int | None:
    if number == 1:
        return None
    return 1 if number % 15 == 2 else (number - 2) // 15 * 15 + 2


def _account(now: datetime) -> Account:
    return Account(
        id=1, email="hr@example.com", name="HR", role=Role.HR, language="ko", epoch=0,
        failed_sign_ins=0, created_at=now,
    )  # fmt: skip


def _wave(program_id: int, period: str, codes: list[str], departments: int, seed: int) -> None:
    opens_at = datetime(int(period[:4]), int(period[5:]), 2, tzinfo=UTC)
    wave = Wave(
        program_id=program_id,
        period=period,
        opens_at=opens_at,
        closes_at=opens_at + timedelta(days=14),
        opened_at=opens_at,
        closed_at=opens_at + timedelta(days=14),
    )
    db.session.add(wave)
    db.session.flush()
    bank = {question.code: question for question in surveys.current_questions(codes=codes)}
    columns = ("code", "version", "dimension", "kind", "text_ko", "text_en", "reverse_keyed",
               "choices", "settings")  # fmt: skip
    db.session.execute(
        insert(WaveQuestion),
        [
            {"wave_id": wave.id, "position": n, **{c: getattr(bank[code], c) for c in columns}}
            for n, code in enumerate(codes)
        ],
    )
    db.session.add(
        Publication(
            wave_id=wave.id, claimed_at=opens_at, published_at=wave.closes_at,
            keys_destroyed_at=wave.closes_at, eligible=departments * PEOPLE_PER_DEPARTMENT,
            ballots=1, min_scores=5, min_distributions=10, min_comments=10,
        )
    )  # fmt: skip
    db.session.flush()
    _write(wave.id, codes, departments, seed)


def _write(wave_id: int, codes: list[str], departments: int, seed: int) -> None:
    rng = random.Random(seed)
    tree = [(number, _parent(number)) for number in range(1, departments + 1)]
    branches = wave_tree(sorted(tree, key=_in_tree_order), {v for v, _ in tree}, everyone=0)
    ballots = [
        (department, {code: rng.randint(1, 5) if rng.random() > 0.02 else None for code in codes})
        for department, _ in tree
        for _ in range(rng.randint(6, PEOPLE_PER_DEPARTMENT))
    ]
    questions = queries.asked(wave_id)
    tally = count(ballots, questions)
    places = [Place(branch.id, branch.parent_id, PEOPLE_PER_DEPARTMENT) for branch in branches]
    frozen = freeze(places, tally, questions, Thresholds())
    write_nodes(wave_id, branches, frozen.nodes)
    write_scores(wave_id, frozen.scores)


def _in_tree_order(entry: tuple[int, int | None]) -> tuple[int, int]:
    number, parent = entry
    division = parent if parent not in (None, 1) else number
    return (0 if parent is None else division or 0, number)


def timed(app: Flask, address: str) -> Timing:
    client = _signed_in(app)
    assert client.get(address).status_code == 200, address
    seen: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    client.get(address)
    event.remove(engine, "before_cursor_execute", note)
    times, work = [], []
    for _ in range(ROUNDS):
        start, worked = time.perf_counter(), time.process_time()
        client.get(address)
        times.append((time.perf_counter() - start) * 1000)
        work.append((time.process_time() - worked) * 1000)
    return Timing(
        statistics.median(times),
        statistics.quantiles(times, n=20)[-1],
        statistics.median(work),
        len(seen),
    )


def _signed_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction(path="/app/") as session:
        session["_user_id"] = "1:0"
        session["_fresh"] = True
    return client


if __name__ == "__main__":
    main()
