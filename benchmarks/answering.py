"""An open wave behind gunicorn as it is shipped, for what is measured over HTTP."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from config import TestConfig
from employee_pulse.app import create_app
from employee_pulse.ballots.register import jobs as register
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import Base, db, transaction
from employee_pulse.notifications.models import OutboxMessage
from employee_pulse.org.models import Department, Employee
from employee_pulse.surveys import jobs as surveys_jobs
from employee_pulse.surveys import queries
from employee_pulse.surveys import service as surveys
from employee_pulse.surveys.models import Wave
from employee_pulse.surveys.rules.questions import QuestionKind

ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"http://\S+/ballot/\S+")
START_WITHIN_S = 60


@dataclass(frozen=True)
class Answering:
    base_url: str
    links: Sequence[str]
    """Of invitations, in no particular order."""
    scored: Sequence[str]
    """Codes of the questions that a number answers."""
    pid: int
    """Of the process whose children answer."""

    def spent(self) -> float:
        """Seconds of processor time the workers have used so far."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        stats = (Path(f"/proc/{child}/stat").read_text().rpartition(")")[2] for child in children)
        ticks = sum(int(each) for stat in stats for each in stat.split()[11:13])
        return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def answering(
    database_url: str, folder: Path, *, people: int = 40, groups: int = 2, workers: int = 3
) -> Iterator[Answering]:
    """The database must be empty; it is left as it is."""
    (folder / "keys").mkdir(mode=0o700)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = TestConfig(database_url=database_url, key_dir=str(folder / "keys"))
    config.BASE_URL = f"http://127.0.0.1:{port}"
    app = create_app(config)
    with app.app_context():
        Base.metadata.create_all(db.engine)
        links = _open_wave(people, groups)
        *scored, _ = _asked()
        db.session.remove()
        db.engine.dispose()
    process = _serve(config, folder, port, workers)
    try:
        yield Answering(config.BASE_URL, links, scored, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _open_wave(people: int, groups: int) -> list[str]:
    now = clock.now()
    with transaction():
        surveys.load_question_bank(now=now)
        db.session.add(Department(id=1, code="HQ", name_ko="본사", name_en="Headquarters"))
        db.session.flush()
        for number in range(groups):
            name = {"name_ko": f"{number}팀", "name_en": f"Team {number}"}
            db.session.add(Department(id=2 + number, code=f"D{number}", parent_id=1, **name))
        db.session.flush()
        for number in range(people):
            email = f"{number}@example.com"
            place = {"department_id": 2 + number % groups, "language": "ko"}
            db.session.add(Employee(number=str(number), name=str(number), email=email, **place))
        program = surveys.create_program(
            name_ko="월간 펄스", name_en="Monthly pulse", audience=[1], questions=_asked(), now=now
        )
        surveys.launch(program, now=now)
    wave = db.session.scalars(select(Wave).order_by(Wave.opens_at)).first()
    assert wave
    with transaction():  # It opens by its calendar; here it does at once.
        wave.opens_at, wave.closes_at = now - timedelta(minutes=1), now + timedelta(days=9)
    surveys_jobs.open_due_waves(now)
    register.draw_rolls(now)
    register.invite(now)
    bodies = db.session.scalars(select(OutboxMessage.body)).all()
    return [found[0] for body in bodies if (found := LINK.search(body))]


def _asked() -> list[str]:
    """As many as a monthly pulse may ask: with the recommendation and an open one."""
    by_kind: dict[QuestionKind, list[str]] = {}
    for question in queries.current_questions():
        by_kind.setdefault(question.kind, []).append(question.code)
    return [
        *by_kind[QuestionKind.AGREEMENT][::5][:8],
        by_kind[QuestionKind.ENPS][0],
        by_kind[QuestionKind.FREE_TEXT][0],
    ]


def _serve(config: TestConfig, folder: Path, port: int, workers: int) -> subprocess.Popen[bytes]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PULSE_")}
    settings = {
        "PULSE_INSTANCE": str(folder),
        "PULSE_DATABASE_URL": config.SQLALCHEMY_DATABASE_URI,
        "PULSE_KEY_DIR": config.KEY_DIR,
        "PULSE_SECRET_KEY": str(config.SECRET_KEY),
        "PULSE_BASE_URL": config.BASE_URL,
        "PULSE_BIND": f"127.0.0.1:{port}",
        "PULSE_WEB_WORKERS": str(workers),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "wsgi:app"],
        cwd=ROOT,
        env=clean | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + START_WITHIN_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return process
    process.kill()
    raise RuntimeError("the server did not start")
