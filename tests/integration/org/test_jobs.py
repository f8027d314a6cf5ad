"""A roster that nobody confirms is forgotten without anybody doing anything."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from employee_pulse.foundation.db import db, transaction
from employee_pulse.org import queries, service
from employee_pulse.org.jobs import forget_rosters, free_posts
from employee_pulse.org.models import Department, Employee

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


@pytest.fixture
def heads(context: None) -> list[int]:
    """One whose last day is November 22nd, and one who stays."""
    with transaction():
        units = [Department(code=code, name_ko=code, name_en=code) for code in "AB"]
        db.session.add_all(units)
        db.session.flush()
        people = [
            Employee(
                number=unit.code,
                name=unit.code,
                department_id=unit.id,
                is_head=True,
                active_until=NOW.date() if unit.code == "A" else None,
            )
            for unit in units
        ]
        db.session.add_all(people)
        db.session.flush()
        return [person.id for person in people]


class TestFreePosts:
    def test_takes_the_post_from_the_day_after_the_last_one_on(self, heads: list[int]) -> None:
        """In Seoul the day begins at 15:00 UTC of the day before."""
        midnight = datetime(2026, 11, 22, 15, tzinfo=UTC)

        assert free_posts(midnight - SECOND) == 0
        assert queries.headed_department(heads[0]) is not None

        assert free_posts(midnight) == 1
        assert free_posts(midnight) == 0
        assert queries.headed_department(heads[0]) is None
        assert queries.headed_department(heads[1]) is not None


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
