"""The product as it is shipped, in processes, with an environment of its own."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_

_ROOT = Path(__file__).resolve().parents[2]
_PATIENCE_SECONDS = 60
_WORKERS = 2


class StagingFailed(Refused):
    message = N_("A staged wave stopped: %(output)s")


@dataclass(frozen=True)
class Place:
    """Where one staged installation keeps its things."""

    folder: Path
    database_url: str
    mail_port: int
    port: int
    secret_key: str

    @classmethod
    def make(cls, folder: Path, *, database_url: str, mail_port: int) -> "Place":
        (folder / "keys").mkdir(mode=0o700)
        return cls(folder, database_url, mail_port, _free_port(), secrets.token_hex(32))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def key_folder(self) -> Path:
        return self.folder / "keys"

    @property
    def logs(self) -> Path:
        """Everything that any process wrote."""
        return self.folder / "output.log"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PULSE_")}
        kept.pop("FLASK_RUN_FROM_CLI", None)
        return kept | {
            "PULSE_INSTANCE": str(self.folder),
            "PULSE_DATABASE_URL": self.database_url,
            "PULSE_KEY_DIR": str(self.key_folder),
            "PULSE_SECRET_KEY": self.secret_key,
            "PULSE_BASE_URL": self.url,
            "PULSE_BIND": f"127.0.0.1:{self.port}",
            "PULSE_WEB_WORKERS": str(_WORKERS),
            "PULSE_TRUSTED_PROXIES": "1",
            "PULSE_MAIL_TRANSPORT": "smtp",
            "PULSE_SMTP_PORT": str(self.mail_port),
            "PULSE_DEMO": "0",
        }


def flask(place: Place, *arguments: str) -> None:
    """Run a command of the product."""
    with place.logs.open("ab") as log:
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
            cwd=_ROOT,
            env=place.environment,
            stdout=log,
            stderr=log,
            check=False,
        )
    if done.returncode:
        raise StagingFailed(output=place.logs.read_text(errors="replace"))


@contextmanager
def web(place: Place) -> Iterator[None]:
    """Gunicorn with the configuration that is shipped, as long as the block lasts."""
    with place.logs.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "wsgi:app"],
            cwd=_ROOT,
            env=place.environment,
            stdout=log,
            stderr=log,
        )
    try:
        _wait(place, process)
        yield
    finally:
        process.terminate()
        process.wait(_PATIENCE_SECONDS)


def _wait(place: Place, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not _answers(place.port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise StagingFailed(output=place.logs.read_text(errors="replace"))
        time.sleep(0.05)


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
