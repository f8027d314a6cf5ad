"""The shipped server writes no line about who answers, whatever they send and whatever fails."""

import os
import re
import signal
import socket
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from employee_pulse.ballots.protocol import canonical_json
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db
from tests.integration.ballots.company import Voter, open_company, tokens
from tests.journeys.served import HttpClient, Served, served
from tests.journeys.test_many_processes import wait_until

NAMES_NOTHING = re.compile(
    r"\[(INFO|ERROR)\] (Booting worker|Worker exiting|Worker) \(?(with )?pid:? ?\d+\)?"
    r"( exited with code 1\.)?$"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served("sqlite", tmp_path_factory.mktemp("silence"), workers=1) as running:
        yield running


@pytest.fixture(scope="module")
def wave_id(server: Served) -> int:
    return open_company(server.app, server.keys, now=clock.now())


@pytest.fixture
def said(server: Served) -> Callable[[], str]:
    """``said()``: what was logged since the test began.

    The one worker answers in turn: once a request that may be logged is, all before it would be.
    """

    def lines_up_to_now() -> list[str]:
        marker = f"/app/sign-in?{os.urandom(8).hex()}"
        HttpClient(server.port).get(marker)
        wait_until(lambda: marker in server.log.read_text())
        before, _, _ = server.log.read_text().partition(marker)
        return before.splitlines(keepends=True)[:-1]

    start = len(lines_up_to_now()) + 1
    return lambda: "".join(lines_up_to_now()[start:])


class Rude:
    """Somebody, or a broken connection, that does not keep to HTTP."""

    def __init__(self, port: int) -> None:
        self._port = port

    def send(self, data: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self._port), 20) as connection:
            connection.sendall(data)
            return connection.recv(100)

    def vanish(self, data: bytes) -> None:
        """Reset the connection instead of closing it."""
        with socket.create_connection(("127.0.0.1", self._port), 20) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.sendall(data)


class TestSilence:
    def test_about_people_who_answer(
        self, server: Served, wave_id: int, said: Callable[[], str]
    ) -> None:
        client: Any = HttpClient(server.port)
        page = client.get(f"/ballot/{wave_id}").data.decode()
        files = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', page))
        statuses = {client.get(path).status_code for path in files}
        mail = tokens(server.app)
        person, other = Voter(client, wave_id, mail[0]), Voter(client, wave_id, mail[0])

        ballot = person.ballot()
        answers = [
            person.cast(ballot),
            person.cast(ballot),
            person.cast({**ballot, "answers": {}}),
            person.cast({**ballot, "signature": "00"}),
            person.cast({**ballot, "comments": {"OPEN-1": "x" * 70_000}}),
            person.cast(ballot, headers={"Cookie": "pulse_session=x"}),
            other.sign(),
            client.post(f"/register/{wave_id}/sign", data="{"),
            client.post("/register/99/sign", json={"token": "x", "blinded": ""}),
            client.get(f"/urn/{wave_id}/cast"),
            client.get("/ballot/99"),
        ]

        assert statuses == {200}
        assert len(files) > 5
        codes = [answer.status_code for answer in answers]
        assert codes == [200, 200, 409, 409, 413, 400, 409, 400, 404, 405, 404]
        assert said() == ""

    @pytest.mark.parametrize(
        "path", ["/ballot/1", "/register/1/sign", "/urn/1/cast", "//urn/1/cast"]
    )
    def test_about_requests_that_break_the_rules(
        self, server: Served, path: str, said: Callable[[], str]
    ) -> None:
        rude = Rude(server.port)
        start, host = f"POST {path} HTTP/1.1\r\n".encode(), b"Host: x\r\n"
        broken = [
            start + b"Host: a b\r\n\r\n",
            start + host + b"Content-Length: x\r\n\r\n",
            start + host + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
            start + host + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{\r\n0\r\n\r\n",
            start + host + b"Transfer-Encoding: nonsense\r\n\r\n",
            start + host + b"X-\x00: y\r\n\r\n",
            start + host + b"X-Long: " + b"y" * 9000 + b"\r\n\r\n",
            start + host + b"Expect: 200-maybe\r\n\r\n",
            f"POST {path}/{'x' * 5000} HTTP/1.1\r\n".encode() + host + b"\r\n",
            f"BREW {path} HTTP/9.9\r\n\r\n".encode(),
            f"HEAD {path} HTTP/1.1\r\n".encode() + host + b"\r\n",
            b"POST http://x" + start[5:] + host + b"Content-Length: 0\r\n\r\n",
        ]

        assert all(rude.send(data) for data in broken)
        rude.vanish(start + host + b"Content-Length: 500\r\n\r\n{")
        rude.vanish(start + host + b"Content-Length: 2\r\n\r\n{}")
        rude.vanish(f"GET {path} HTTP/1.1\r\n".encode() + host + b"\r\n")

        assert said() == ""

    def test_names_no_request_that_took_too_long(
        self, server: Served, wave_id: int, said: Callable[[], str]
    ) -> None:
        """A phone that lost its net while sending: the worker is aborted, as on a timeout."""
        head = f"POST /urn/{wave_id}/cast HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n"
        with socket.create_connection(("127.0.0.1", server.port), 20) as connection:
            connection.sendall(head.encode() + b"{")
            [worker] = workers_of(server)
            wait_until(lambda: is_read(connection))
            os.kill(worker, signal.SIGABRT)
            wait_until(lambda: workers_of(server) not in ([worker], []))

        lines = said().splitlines()

        assert [line for line in lines if not NAMES_NOTHING.search(line)] == []

    def test_about_a_database_that_fails(
        self, server: Served, wave_id: int, said: Callable[[], str]
    ) -> None:
        client: Any = HttpClient(server.port)
        person = Voter(client, wave_id, tokens(server.app)[1])
        ballot = person.ballot()
        with server.app.app_context(), db.engine.begin() as connection:
            for table in ("sealed_ballot", "roll_entry", "wave_question"):
                connection.execute(sa.text(f"DROP TABLE {table}"))

        failed = [person.cast(ballot), person.sign(), client.get(f"/ballot/{wave_id}")]

        assert {answer.status_code for answer in failed} <= {500, 503}
        assert canonical_json(ballot)[:40].encode() not in failed[0].data
        assert said() == ""


def workers_of(server: Served) -> list[int]:
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text()
    return [int(pid) for pid in children.split()]


def is_read(connection: socket.socket) -> bool:
    """Whether the server has accepted a connection of this machine and read all that was sent."""
    here, there = (
        f"0100007F:{end[1]:04X}" for end in (connection.getsockname(), connection.getpeername())
    )
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1:3] == [there, here]:
            return fields[4].endswith(":00000000") and fields[9] != "0"
    return False
