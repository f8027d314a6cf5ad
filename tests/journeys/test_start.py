"""``flask start``: one command makes everything and serves it; the second time it only serves."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from employee_pulse.demo.company import PASSWORD
from employee_pulse.scheduler.schedule import SCHEDULE
from tests.journeys.test_many_processes import answers, wait_until
from tests.smtp_server import free_port

ROOT = Path(__file__).resolve().parents[2]
HAVE_RUN = "SELECT count(*) FROM job_run WHERE done >= 0"


def environment_of(folder: Path, port: int) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PULSE_")}
    return clean | {"PULSE_INSTANCE": str(folder), "PULSE_DEMO": "1", "PORT": str(port)}


@contextmanager
def started(folder: Path, port: int) -> Iterator[None]:
    """The program, stopped by SIGTERM when the block ends; it must end well."""
    log = folder.parent / "start.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "start"],
            cwd=ROOT,
            env=environment_of(folder, port),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until(lambda: process.poll() is not None or answers(port))
            assert process.poll() is None, log.read_text()
            yield
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0, log.read_text()
        finally:
            process.kill()
            process.wait()


def scalar(folder: Path, statement: str) -> object:
    engine = sa.create_engine(f"sqlite:///{folder / 'pulse.db'}")
    with engine.connect() as connection:
        found: object = connection.scalar(sa.text(statement))
    engine.dispose()
    return found


def mail_transport_of_a_command(folder: Path) -> str:
    """What a command typed beside the server uses, with nothing but the folder to go by."""
    environment = environment_of(folder, 0)
    del environment["PULSE_DEMO"]
    return subprocess.run(
        [sys.executable, "-c", "from config import Config; print(Config().MAIL_TRANSPORT)"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_builds_the_company_the_first_time_and_only_serves_it_the_second(tmp_path: Path) -> None:
    folder, port = tmp_path / "instance", free_port()
    log = tmp_path / "start.log"

    with started(folder, port):
        wait_until(lambda: scalar(folder, HAVE_RUN) == len(SCHEDULE))
        said = log.read_text()
    people = scalar(folder, "SELECT count(*) FROM employee")
    mails = scalar(folder, "SELECT count(*) FROM demo_mail")
    with started(folder, port):
        said_again = log.read_text()

    assert people == 240
    assert f"http://127.0.0.1:{port}" in said
    assert PASSWORD in said
    assert "240" in said
    assert "240" not in said_again
    assert scalar(folder, "SELECT count(*) FROM demo_mail") == mails
    assert f"127.0.0.1:{port}/ballot/" in str(scalar(folder, "SELECT min(body) FROM demo_mail"))
    assert mail_transport_of_a_command(folder) == "demo"
    assert (folder / "secret_key").stat().st_mode & 0o777 == 0o600
    assert (folder / "keys").stat().st_mode & 0o777 == 0o700


def test_says_so_when_the_port_is_taken(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        result = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", "start"],
            cwd=ROOT,
            env=environment_of(tmp_path / "instance", port),
            capture_output=True,
            text=True,
            timeout=60,
        )

    assert result.returncode == 1
    assert str(port) in result.stderr
    assert "Traceback" not in result.stderr
