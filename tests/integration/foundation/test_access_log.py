"""A real gunicorn writes no line about the routes that carry ballots."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
APPLICATION = """
def app(environ, start_response):
    if environ["PATH_INFO"].endswith("/fails"):
        raise RuntimeError
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]
"""


class Server:
    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        (folder / "quiet.py").write_text(APPLICATION, encoding="utf-8")
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py")),
                    *("--chdir", str(folder), "quiet:app"),
                ],
                cwd=ROOT,
                env=os.environ
                | {"PULSE_BIND": f"127.0.0.1:{self.port}", "PULSE_WEB_WORKERS": "1"}
                | {"PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
            )
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(self.log.read_text())

    def get(self, path: str) -> None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10).close()
        except urllib.error.HTTPError as error:
            error.close()

    def send_raw(self, data: bytes) -> None:
        with socket.create_connection(("127.0.0.1", self.port), 10) as connection:
            connection.sendall(data)
            connection.recv(1000)

    def stop(self) -> str:
        self.process.terminate()
        self.process.wait(timeout=20)
        return self.log.read_text()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path)
    yield running
    running.process.kill()
    running.process.wait()


class TestQuietLogger:
    def test_logs_other_pages_and_nothing_of_those_who_answer(self, server: Server) -> None:
        for path in ("/ballot/7", "/register/7/sign", "/urn/7/cast", "//urn/7/cast", "/app/"):
            server.get(path)

        log = server.stop()

        assert "GET /app/" in log
        assert not any(name in log for name in ("ballot", "register", "urn"))

    def test_does_not_log_the_address_of_a_request_that_cannot_be_read(
        self, server: Server
    ) -> None:
        server.send_raw(b"nonsense\r\n\r\n")

        log = server.stop()

        assert "Invalid request" not in log
        assert "ip=127.0.0.1" not in log

    def test_tells_of_a_failure_without_an_address_and_not_where_people_answer(
        self, server: Server
    ) -> None:
        for path in ("/app/fails", "/urn/fails", "//urn/fails", "/%75rn/fails"):
            server.get(path)

        log = server.stop()

        assert log.count("Traceback") == 1
        assert "GET /app/fails" in log
        assert "rn/fails" not in log
        assert log.count("127.0.0.1 -") == 1  # The access line of /app/fails.
