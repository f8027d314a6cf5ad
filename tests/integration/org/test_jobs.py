"""A roster that nobody confirms is forgotten without anybody doing anything."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from employee_pulse.foundation.db import db, transaction
from employee_pulse.org import queries, service
from employee_pulse.org.jobs import forget_rosters

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def uploads(context: None) -> tuple[int, int]:
    """One that waits to be confirmed, and one that has been applied."""
    with transaction():
        waiting, applied = (
            service.keep_upload(filename=name, content=b"names", by_id=1, now=NOW)
            for name in ("waiting.csv", "applied.csv")
        )
        applied.applied_at = NOW
        return waiting.id, applied.id


def kept(upload_id: int) -> bool:
    db.session.rollback()
    return queries.upload(upload_id) is not None


class TestForgetRosters:
    def test_keeps_a_file_for_a_day_and_an_applied_one_for_good(
        self, uploads: tuple[int, int]
    ) -> None:
        waiting, applied = uploads

        assert forget_rosters(NOW + DAY) == 0
        assert kept(waiting)

        assert forget_rosters(NOW + DAY + SECOND) == 1
        assert forget_rosters(NOW + DAY + SECOND) == 0
        assert not kept(waiting)
        assert kept(applied)

    def test_from_two_connections_at_once_forgets_once(
        self, app: Flask, uploads: tuple[int, int]
    ) -> None:
        done: list[int] = []

        def work() -> None:
            with app.app_context():
                done.append(forget_rosters(NOW + 2 * DAY))
                db.session.remove()

        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

        assert sorted(done) == [0, 1]
