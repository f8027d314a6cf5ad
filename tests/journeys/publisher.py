"""Workers that publish, in processes of their own that can be killed at any step.

``python -m tests.journeys.publisher`` reads orders, a line of JSON for workers that shall run at
the same time, and answers each line with one. A worker's steps are what leaves a trace outside of
it: statements and commits in the database, opening and removing files of the key folder.
"""

import json
import logging
import os
import resource
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from config import TestConfig
from employee_pulse.app import create_app
from employee_pulse.foundation.db import db
from employee_pulse.results import jobs

ROOT = Path(__file__).resolve().parents[2]
_READS = ("SELECT", "PRAGMA", "BEGIN", "ROLLBACK", "--")


@dataclass(frozen=True)
class Order:
    """What a worker shall do, and what befalls it."""

    url: str
    keys: str
    now: str
    die_at: int | None = None
    """Kill itself, as by ``kill -9``, just before this step."""
    pages: int | None = None
    """SQLite: how many pages the database may have."""
    file_bytes: int | None = None
    """How long a file may become: further writing fails."""


@dataclass(frozen=True)
class Outcome:
    signal: int
    published: int | None = None
    error: str = ""
    steps: Sequence[str] = field(default_factory=list)


class Publishers:
    """Gives orders to the process of this module."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def at_once(self, *orders: Order) -> list[Outcome]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([vars(order) for order in orders]) + "\n")
        self._process.stdin.flush()
        return [Outcome(**fields) for fields in json.loads(self._process.stdout.readline())]

    def run(self, order: Order) -> Outcome:
        [outcome] = self.at_once(order)
        return outcome


@contextmanager
def publishers() -> Iterator[Publishers]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.publisher"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield Publishers(process)
        assert process.stdin
        process.stdin.close()
        assert process.wait(60) == 0


class _Steps:
    """Counts steps. Reading again and again, or row after row of one table, is one step."""

    def __init__(self, die_at: int | None) -> None:
        self.names: list[str] = []
        self._die_at = die_at

    def take(self, text: str) -> None:
        name = "read" if text.startswith(_READS) else _short(text)
        if self.names[-1:] == [name]:
            return
        if len(self.names) == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.names.append(name)

    def watch_files(self, folder: str) -> None:
        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            if event in ("open", "os.remove") and str(arguments[0]).startswith(f"{folder}/"):
                written = event != "open" or arguments[2] & (os.O_WRONLY | os.O_RDWR)
                self.take(event if written else "SELECT")

        sys.addaudithook(hook)

    def watch_database(self) -> None:
        engine = db.engine
        if engine.dialect.name == "sqlite":
            sa.event.listen(engine, "connect", lambda raw, _: raw.set_trace_callback(self.take))
            return
        sa.event.listen(engine, "before_cursor_execute", lambda *args: self.take(args[2]))
        sa.event.listen(engine, "commit", lambda _: self.take("COMMIT"))


def _short(statement: str) -> str:
    words = statement.replace('"', "").split()
    size = {"INSERT": 3, "DELETE": 3, "UPDATE": 2}.get(words[0], 1)
    return " ".join(words[:size]).upper() if words[0].isupper() else statement


def _work(order: Order, report: Callable[[Mapping[str, Any]], None]) -> None:
    logging.disable()
    app = create_app(TestConfig(database_url=order.url, key_dir=order.keys))
    steps = _Steps(order.die_at)
    if order.file_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order.file_bytes, resource.RLIM_INFINITY))
    with app.app_context():
        db.engine.dispose()
        if order.pages is not None:
            limit = f"PRAGMA max_page_count = {order.pages}"
            sa.event.listen(db.engine, "connect", lambda raw, _: raw.execute(limit))
        steps.watch_database()
        steps.watch_files(order.keys)
        try:
            published = jobs.publish_closed_waves(datetime.fromisoformat(order.now))
        except Exception:
            report({"error": traceback.format_exc(), "steps": steps.names})
        else:
            report({"published": published, "steps": steps.names})


def _fork(order: Order, start: int) -> tuple[int, int]:
    """A worker that begins when the pipe ``start`` is closed; its number and its report."""
    reading, writing = os.pipe()
    if worker := os.fork():
        os.close(writing)
        return worker, reading
    os.read(start, 1)
    try:
        _work(order, lambda told: _write(writing, json.dumps(told).encode()))
    finally:
        os._exit(0)


def _write(descriptor: int, content: bytes) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _run(orders: Sequence[Order]) -> list[dict[str, Any]]:
    hold, go = os.pipe()
    workers = []
    for order in orders:
        workers.append(_fork(order, hold))
    os.write(go, b"x" * len(orders))
    answers = []
    for worker, reading in workers:
        with os.fdopen(reading, "rb") as file:
            told = file.read()
        _, status = os.waitpid(worker, 0)
        ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        answers.append({"signal": ended_by, **(json.loads(told) if told else {})})
    os.close(hold)
    os.close(go)
    return answers


if __name__ == "__main__":
    for line in sys.stdin:
        answers = _run([Order(**fields) for fields in json.loads(line)])
        sys.stdout.write(json.dumps(answers) + "\n")
        sys.stdout.flush()
