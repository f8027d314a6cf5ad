"""The product as it is shipped, served by gunicorn, and employees who talk to it over sockets."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from flask import Flask

from config import TestConfig
from employee_pulse.app import create_app
from employee_pulse.foundation.db import Base, db
from tests.databases import bare_database
from tests.journeys.test_many_processes import answers, wait_until
from tests.smtp_server import free_port

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Served:
    """A running server, and an application on the same database for looking and for jobs."""

    app: Flask
    url: str
    keys: Path
    port: int
    log: Path
    pid: int
    """Of the process that watches over the workers."""


@dataclass(frozen=True)
class Answer:
    """As much of a response as ``Voter`` looks at."""

    status_code: int
    data: bytes

    def get_json(self) -> Any:
        return json.loads(self.data)


class HttpClient:
    """Asks on a new connection each time, without cookie or referrer; threads may share it."""

    def __init__(self, port: int) -> None:
        self._port = port

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def post(self, path: str, *, json: Any = None, data: Any = None, headers: Any = None) -> Answer:
        return self._ask("POST", path, _body(json, data), headers)

    def hang_up(self, path: str, data: Any) -> None:
        """Send everything and be gone before the answer comes."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        connection.request("POST", path, _body(None, data))
        connection.close()

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, response.read())
        finally:
            connection.close()


def _body(content: Any, data: Any) -> bytes:
    if data is None:
        data = json.dumps(content)
    return data.encode() if isinstance(data, str) else data


@contextmanager
def served(kind: str, folder: Path, *, workers: int) -> Iterator[Served]:
    """Gunicorn with the configuration that ships, on an empty database of its own."""
    keys, log, port = folder / "keys", folder / "server.log", free_port()
    with bare_database(kind, folder) as url:
        app = create_app(TestConfig(database_url=url, key_dir=str(keys)))
        with app.app_context():
            Base.metadata.create_all(db.engine)
        process = _start(app, folder, log, port, workers)
        try:
            wait_until(lambda: process.poll() is not None or answers(port))
            assert process.poll() is None, log.read_text()
            yield Served(app, url, keys, port, log, process.pid)
        finally:
            process.terminate()
            process.wait(60)
            with app.app_context():
                db.engine.dispose()


def _start(app: Flask, folder: Path, log: Path, port: int, workers: int) -> subprocess.Popen[bytes]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PULSE_")}
    settings = {
        "PULSE_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "PULSE_INSTANCE": str(folder),
        "PULSE_KEY_DIR": app.config["KEY_DIR"],
        "PULSE_SECRET_KEY": app.config["SECRET_KEY"],
        "PULSE_BASE_URL": f"http://127.0.0.1:{port}",
        "PULSE_BIND": f"127.0.0.1:{port}",
        "PULSE_WEB_WORKERS": str(workers),
    }
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "wsgi:app"],
            cwd=ROOT,
            env=clean | settings,
            stdout=output,
            stderr=output,
        )
