"""A real server on a database of its own, in a process of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_WITHIN_S = 60


@dataclass(frozen=True)
class Place:
    """Where a server keeps its things, and the environment that tells it so."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.folder / 'pulse.db'}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PULSE_")}
        return kept | {
            "PULSE_INSTANCE": str(self.folder),
            "PULSE_DATABASE_URL": self.database_url,
            "PULSE_KEY_DIR": str(self.folder / "keys"),
            "PULSE_SECRET_KEY": "only-for-tests-" + "0" * 32,
            "PULSE_BASE_URL": self.url,
            "PULSE_DEMO": "1",
        }


@contextmanager
def demo_company(folder: Path) -> Iterator[Place]:
    """A running server with the demo company in it; it ends with the block."""
    place = Place(folder=folder, port=free_port())
    (folder / "keys").mkdir(mode=0o700)
    flask(place, "db", "upgrade")
    flask(place, "demo", "build")
    process = serve(place)
    try:
        yield place
    finally:
        process.terminate()
        process.wait(timeout=20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def flask(place: Place, *arguments: str) -> str:
    """Run a command of the product against this place; what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        cwd=ROOT,
        env=place.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"flask {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def serve(place: Place) -> subprocess.Popen[bytes]:
    """Start gunicorn and wait until it answers."""
    with (place.folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{place.port}"),
                *("--threads", "4", "--no-control-socket", "--log-level", "warning", "wsgi:app"),
            ],
            cwd=ROOT,
            env=place.environment,
            stdout=log,
            stderr=log,
        )
    deadline = time.monotonic() + START_WITHIN_S
    while not _answers(place):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise RuntimeError((place.folder / "server.log").read_text())
        time.sleep(0.1)
    return process


def _answers(place: Place) -> bool:
    try:
        with urllib.request.urlopen(f"{place.url}/healthz", timeout=5) as answer:  # noqa: S310 - our own
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
