"""Publishing survives whatever happens to it: each accepted ballot counts once, keys are gone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from employee_pulse.results.service.publishing import LEASE
from tests.conftest import DATABASES
from tests.journeys.closed_wave import ClosedWave, closed_wave, left_over, results, untouched
from tests.journeys.publisher import Order, Outcome, Publishers, publishers

KILLED = 9

pytestmark = [pytest.mark.database]


@pytest.fixture(scope="module")
def workers() -> Iterator[Publishers]:
    with publishers() as found:
        yield found


@pytest.fixture(scope="module", params=DATABASES)
def wave(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ClosedWave]:
    with closed_wave(request.param, tmp_path_factory.mktemp("closed")) as made:
        yield made


@pytest.fixture(scope="module")
def undisturbed(wave: ClosedWave, workers: Publishers) -> tuple[Outcome, dict[str, Any]]:
    """What a worker does whom nothing befalls, and what it leaves."""
    for _ in range(5):
        with wave.copy() as copy:
            outcome = workers.run(order(copy))
            assert outcome.published == 1, outcome.error
            if not left_over(copy):
                return outcome, results(copy)
    pytest.fail("no run was left alone by the strangers of left_in_the_end")


def order(wave: ClosedWave, *, later: timedelta = timedelta(), **fate: int) -> Order:
    return Order(wave.url, str(wave.keys), (wave.after + later).isoformat(), **fate)


def left_in_the_end(wave: ClosedWave, workers: Publishers) -> list[str]:
    """What is left when the next runs have written anew what strangers kept from it."""
    for _ in range(5):
        if not left_for_strangers(wave):
            break
        workers.run(order(wave, later=LEASE))
    return left_over(wave)


def left_for_strangers(wave: ClosedWave) -> bool:
    """Whether nothing is amiss but that a table has to be written anew.

    On PostgreSQL a transaction that began before, even in another database, may still see what
    was deleted.
    """
    problems = left_over(wave)
    return (
        wave.url.startswith("postgresql")
        and bool(problems)
        and all(
            problem.startswith("publications") or problem.endswith("not rewritten")
            for problem in problems
        )
    )


def test_publishes_every_ballot_that_was_thanked_for(
    wave: ClosedWave, undisturbed: tuple[Outcome, dict[str, Any]]
) -> None:
    _, found = undisturbed

    assert found["receipt"] == sorted(repr((1, receipt)) for receipt in wave.receipts)
    assert len(found["letters"]) == len({key for key, _ in found["letters"]}) == 29
    assert found["comment"]


class TestKilled:
    def test_at_any_step_the_next_run_finishes(
        self, wave: ClosedWave, workers: Publishers, undisturbed: tuple[Outcome, dict[str, Any]]
    ) -> None:
        outcome, expected = undisturbed
        steps = outcome.steps
        problems = {}

        for number, step in enumerate(steps):
            if found := self.problems_after(number, wave, workers, expected):
                problems[f"{number} {step}"] = found

        assert problems == {}
        assert {"INSERT INTO PUBLICATION", "INSERT INTO PUBLISHED_SCORE"} <= set(steps)
        assert {"DELETE FROM SEALED_BALLOT", "UPDATE BLIND_KEY", "open", "os.remove"} <= set(steps)
        assert any("VACUUM" in step for step in steps)
        assert list(steps).count("COMMIT") == 3

    def problems_after(
        self, number: int, wave: ClosedWave, workers: Publishers, expected: dict[str, Any]
    ) -> list[Any]:
        later = None
        for _ in range(5):
            with wave.copy() as copy:
                killed = workers.run(order(copy, die_at=number))
                if killed.signal != KILLED and left_for_strangers(copy):
                    continue  # It did not come that far.
                later = workers.run(order(copy, later=LEASE))
                if killed.signal != KILLED or later.error:
                    break
                return left_in_the_end(copy, workers) + [
                    f"{name}: {rows}"
                    for name, rows in results(copy).items()
                    if rows != expected[name]
                ]
        return [killed, later]

    def test_while_counting_nothing_is_taken_over_before_the_lease_ends(
        self, wave: ClosedWave, workers: Publishers, undisturbed: tuple[Outcome, dict[str, Any]]
    ) -> None:
        outcome, _ = undisturbed
        before_writing = outcome.steps.index("UPDATE PUBLICATION")
        with wave.copy() as copy:
            workers.run(order(copy, die_at=before_writing))

            early = workers.run(order(copy, later=LEASE / 2))

            assert early.published == 0
            assert untouched(copy) == []


class TestAtOnce:
    @pytest.mark.parametrize("after", ["nothing", "publishing", "destroying"])
    def test_three_workers_publish_once(
        self,
        wave: ClosedWave,
        workers: Publishers,
        undisturbed: tuple[Outcome, dict[str, Any]],
        after: str,
    ) -> None:
        """Also where they have to finish what one has left who was killed."""
        outcome, expected = undisturbed
        with wave.copy() as copy:
            if after != "nothing":
                step = outcome.steps.index("open" if after == "publishing" else "os.remove") + 1
                assert workers.run(order(copy, die_at=step)).signal == KILLED

            done = workers.at_once(*[order(copy)] * 3)

            assert [each.error for each in done] == [""] * 3
            published = sorted(each.published for each in done if each.published is not None)
            assert published == ([0, 0, 1] if after == "nothing" else [0, 0, 0])
            assert left_in_the_end(copy, workers) == []
            assert results(copy) == expected


class TestDiskFull:
    """SQLite cannot write on; PostgreSQL says so itself, while writing or at the very commit."""

    @pytest.mark.parametrize("where", ["writing", "commit"])
    def test_nothing_half_is_kept_and_the_next_run_with_room_publishes(
        self,
        wave: ClosedWave,
        workers: Publishers,
        undisturbed: tuple[Outcome, dict[str, Any]],
        where: str,
    ) -> None:
        _, expected = undisturbed
        with wave.copy() as copy:
            with no_room(copy, where) as fate:
                broken = workers.run(order(copy, **fate))
            assert "OperationalError" in broken.error
            assert "INSERT INTO RESULT_NODE" in broken.steps
            assert ("UPDATE BLIND_KEY" in broken.steps) == (where == "commit")
            assert untouched(copy) == []

            mended = workers.run(order(copy, later=LEASE))

            assert mended.published == 1, mended.error
            assert left_in_the_end(copy, workers) == []
            assert results(copy) == expected

    def test_a_claim_that_could_not_be_written_keeps_nobody_from_trying_again(
        self, wave: ClosedWave, workers: Publishers
    ) -> None:
        with wave.copy() as copy:
            with no_room(copy, "claim") as fate:
                broken = workers.run(order(copy, **fate))
            assert "OperationalError" in broken.error
            assert untouched(copy) == []

            assert workers.run(order(copy)).published == 1

            assert left_in_the_end(copy, workers) == []

    def test_the_key_is_gone_even_where_there_is_no_room_to_rewrite(
        self, wave: ClosedWave, workers: Publishers
    ) -> None:
        with wave.copy() as copy:
            with no_room(copy, "rewriting") as fate:
                unfinished = workers.run(order(copy, **fate))
            assert (unfinished.published, unfinished.error) == (1, "")
            problems = left_over(copy)
            assert any(problem.startswith("publications") for problem in problems)
            assert not any(problem.startswith("key") for problem in problems)

            assert workers.run(order(copy)).published == 0

            assert left_in_the_end(copy, workers) == []


@contextmanager
def no_room(wave: ClosedWave, where: str) -> Iterator[dict[str, int]]:
    """Whoever publishes meanwhile cannot write at that step; what its order must say for it."""
    if wave.url.startswith("sqlite"):
        size = Path(wave.url.removeprefix("sqlite:///")).stat().st_size
        yield {
            "claim": {"file_bytes": 1_000},
            "writing": {"pages": size // 4096},
            "commit": {"file_bytes": size * 6 // 10},
            "rewriting": {"file_bytes": size * 95 // 100},
        }[where]
        return
    engine = sa.create_engine(wave.url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        if where == "rewriting":  # It waits for a reader, but not for long.
            connection.execute(sa.text("SELECT count(*) FROM delivery_attempt"))
            yield {}
            return
        for statement in _full_at[where]:
            connection.execute(sa.text(statement))
        connection.commit()
        yield {}
        connection.execute(sa.text("DROP FUNCTION no_room CASCADE"))
        connection.commit()


_FUNCTION = """CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END$$"""
_full_at = {
    "claim": [
        _FUNCTION,
        "CREATE TRIGGER t BEFORE INSERT ON publication FOR EACH ROW EXECUTE FUNCTION no_room()",
    ],
    "writing": [
        _FUNCTION,
        "CREATE TRIGGER t BEFORE INSERT ON receipt FOR EACH ROW EXECUTE FUNCTION no_room()",
    ],
    "commit": [
        _FUNCTION,
        "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON receipt DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION no_room()",
    ],
}
