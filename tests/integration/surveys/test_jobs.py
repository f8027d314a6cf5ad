"""The clock's work on waves: planned, opened and closed once, whatever happens in between."""

import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from employee_pulse.anonymity.keyring import Keyring
from employee_pulse.foundation.db import db, transaction
from employee_pulse.org.models import Employee, Holiday
from employee_pulse.surveys import jobs, queries, service
from employee_pulse.surveys.models import Program, Wave, WaveQuestion
from employee_pulse.surveys.rules.programs import Cadence, OpeningRule
from employee_pulse.surveys.rules.waves import (
    ClosingAfterNextOpening,
    ClosingInThePast,
    WaveNotOpen,
    WaveState,
    state,
)
from employee_pulse.surveys.service.programs import DEFAULT_SCHEDULE
from tests.integration.surveys.conftest import NOW, QUESTIONS

pytestmark = pytest.mark.database

Make = Callable[..., Program]
OPENS_AT = datetime(2026, 12, 1, 0, tzinfo=UTC)
CLOSES_AT = datetime(2026, 12, 15, 0, tzinfo=UTC)
QUARTERLY = replace(DEFAULT_SCHEDULE, cadence=Cadence.QUARTERLY)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture
def wave(make_program: Make, keys: Path) -> Wave:
    """The wave of December, planned and not due yet."""
    program = make_program(launched=True)
    return queries.waves(program.id)[-1]


def waves() -> list[Wave]:
    db.session.rollback()
    return list(db.session.scalars(select(Wave).order_by(Wave.opens_at)))


class TestPlanNextWaves:
    def test_keeps_three_ahead_and_twice_changes_nothing(self, wave: Wave) -> None:
        assert jobs.plan_next_waves(NOW) == 0
        assert jobs.plan_next_waves(OPENS_AT) == 1
        assert jobs.plan_next_waves(OPENS_AT) == 0

        assert [each.period for each in waves()] == ["2026-12", "2027-01", "2027-02", "2027-03"]

    def test_leaves_no_gap_after_months_without_a_clock(self, wave: Wave) -> None:
        jobs.plan_next_waves(datetime(2027, 5, 20, tzinfo=UTC))

        assert [each.period for each in waves()] == [
            "2026-12", *(f"2027-0{month}" for month in range(1, 9))
        ]  # fmt: skip

    def test_follows_a_holiday_that_comes_late(self, wave: Wave) -> None:
        with transaction():
            db.session.add(Holiday(day=date(2026, 12, 1), name="임시 공휴일", is_off=True))

        assert jobs.plan_next_waves(NOW) == 0

        assert waves()[0].opens_at == OPENS_AT + DAY
        assert waves()[0].closes_at == CLOSES_AT + DAY

    def test_moves_no_wave_whose_time_has_come(self, wave: Wave) -> None:
        with transaction():
            db.session.add(Holiday(day=date(2026, 12, 1), name="임시 공휴일", is_off=True))

        jobs.plan_next_waves(OPENS_AT)

        assert waves()[0].opens_at == OPENS_AT

    def test_leaves_drafts_and_ended_programs_alone(self, make_program: Make) -> None:
        make_program(name="초안")
        ended = make_program(name="끝", launched=True)
        with transaction():
            service.end_program(ended, now=NOW)

        assert jobs.plan_next_waves(OPENS_AT) == 0
        assert waves() == []

    def test_does_not_ask_again_for_a_period_whose_results_were_imported(
        self, make_program: Make
    ) -> None:
        program = make_program()
        with transaction():
            db.session.add(
                Wave(
                    program_id=program.id,
                    period="2026-12",
                    opens_at=NOW - DAY,
                    closes_at=NOW - MINUTE,
                    imported_at=NOW,
                )
            )
            service.launch(program, now=NOW)

        assert [each.period for each in waves()] == ["2026-12", "2027-01", "2027-02", "2027-03"]
        assert jobs.open_due_waves(NOW) == 0

    def test_one_that_fails_stops_no_other(
        self, make_program: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first, second = (
            make_program(name=name, launched=True, burden_override=True).id for name in "하둘"
        )
        plan_waves = service.plan_waves

        def fail_for_first(program: Program, **given: Any) -> int:
            if program.id == first:
                raise LookupError
            return plan_waves(program, **given)

        with transaction():
            db.session.execute(delete(Wave))
        monkeypatch.setattr(service, "plan_waves", fail_for_first)

        with pytest.raises(LookupError):
            jobs.plan_next_waves(NOW)

        assert {wave.program_id for wave in waves()} == {second}

    def test_from_two_connections_at_once_stores_each_wave_once(
        self, app: Flask, wave: Wave
    ) -> None:
        results = in_parallel(app, lambda: jobs.plan_next_waves(datetime(2027, 5, 20, tzinfo=UTC)))

        assert sorted(results) == [0, 6]
        assert len({each.period for each in waves()}) == len(waves()) == 9

    @pytest.mark.parametrize(
        ("change", "periods"),
        [
            (
                lambda program: service.set_schedule(program, schedule=QUARTERLY, now=NOW),
                ["2027-Q1", "2027-Q2", "2027-Q3"],
            ),
            (lambda program: service.end_program(program, now=NOW), []),
        ],
    )
    def test_plans_by_what_a_program_has_become_meanwhile(
        self, app: Flask, wave: Wave, change: Callable[[Program], None], periods: list[str]
    ) -> None:
        """On SQLite nobody else writes in a transaction that plans, so there is no meanwhile."""

        def change_elsewhere() -> None:
            with app.app_context(), transaction():
                change(db.session.get_one(Program, wave.program_id))

        if db.engine.dialect.name == "sqlite":
            return
        with transaction():
            (program,) = queries.running_programs()
            elsewhere = threading.Thread(target=change_elsewhere)
            elsewhere.start()
            elsewhere.join()
            service.plan_waves(program, now=NOW, holidays=queries.planning_holidays(NOW))

        assert [each.period for each in waves()] == periods


class TestOpenDueWaves:
    def test_opens_at_its_time_and_not_before(self, wave: Wave) -> None:
        assert jobs.open_due_waves(OPENS_AT - MINUTE) == 0
        assert jobs.open_due_waves(OPENS_AT) == 1
        assert jobs.open_due_waves(OPENS_AT + MINUTE) == 0

        opened = waves()[0]
        assert (opened.opened_at, opened.closes_at) == (OPENS_AT, CLOSES_AT)
        assert state(opened, OPENS_AT) is WaveState.OPEN

    def test_freezes_wording_thresholds_and_sealing_key(self, wave: Wave, keys: Path) -> None:
        jobs.open_due_waves(OPENS_AT)
        before = queries.wave_questions(wave.id)[0].text_en
        changed = replace(queries.question_versions("LEAD-01")[0].wording, text_en="Changed later")
        with transaction():
            service.revise_question("LEAD-01", wording=changed, now=OPENS_AT)

        questions = queries.wave_questions(wave.id)
        opened = waves()[0]
        assert [question.code for question in questions] == QUESTIONS
        assert (questions[0].text_en, questions[0].version) == (before, 1)
        assert opened.thresholds == {
            "scores": 5,
            "distributions": 10,
            "comments": 10,
            "participation": 5,
            "drivers": 20,
        }
        assert opened.sealing_key == Keyring(keys).create(f"wave-{wave.id}")

    def test_hashes_what_is_asked(self, wave: Wave) -> None:
        jobs.open_due_waves(OPENS_AT)

        columns = [
            column.name for column in WaveQuestion.__table__.columns if column.name != "wave_id"
        ]
        asked = [
            {name: getattr(question, name) for name in columns}
            for question in queries.wave_questions(wave.id)
        ]
        canonical = json.dumps(asked, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert waves()[0].questions_hash == hashlib.sha256(canonical.encode()).hexdigest()

    def test_takes_the_wording_that_is_current_at_its_time(self, wave: Wave) -> None:
        changed = replace(queries.question_versions("LEAD-01")[0].wording, text_en="Changed before")
        with transaction():
            service.revise_question("LEAD-01", wording=changed, now=NOW)

        jobs.open_due_waves(OPENS_AT)

        assert queries.wave_questions(wave.id)[0].text_en == "Changed before"
        assert queries.wave_questions(wave.id)[0].version == 2

    def test_keeps_a_higher_threshold_of_the_program(self, wave: Wave) -> None:
        program = queries.program(wave.program_id)
        assert program is not None
        with transaction():
            service.set_messages(
                program,
                language="ko",
                message_ko="",
                message_en="",
                min_scores=8,
            )

        jobs.open_due_waves(OPENS_AT)

        assert waves()[0].thresholds["scores"] == 8  # type: ignore[index]

    def test_keeps_a_higher_threshold_of_the_installation(self, app: Flask, wave: Wave) -> None:
        app.config["POLICY"] = replace(app.config["POLICY"], min_scores=7)

        jobs.open_due_waves(OPENS_AT)

        assert waves()[0].thresholds["scores"] == 7  # type: ignore[index]

    @pytest.mark.parametrize("spoil", ["missing", "a file", "open to others"])
    def test_waits_with_words_while_the_key_folder_cannot_be_used(
        self, wave: Wave, keys: Path, spoil: str
    ) -> None:
        keys.rmdir()
        if spoil == "a file":
            keys.write_text("")
        if spoil == "open to others":
            keys.mkdir()
            keys.chmod(0o755)

        assert jobs.open_due_waves(OPENS_AT) == 0

        held = waves()[0]
        assert state(held, OPENS_AT) is WaveState.HELD
        assert str(keys) in held.hold_reason["params"]["folder"]  # type: ignore[index]
        assert queries.wave_questions(wave.id) == []
        if spoil == "a file":
            keys.unlink()
        elif spoil == "open to others":
            keys.rmdir()
        keys.mkdir(mode=0o700)
        assert jobs.open_due_waves(OPENS_AT + MINUTE) == 1
        assert waves()[0].hold_reason is None

    def test_one_that_fails_stops_no_other(
        self,
        make_program: Make,
        keys: Path,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        for name in ("하나", "둘", "셋"):
            make_program(name=name, launched=True, burden_override=True)
        first, *others = queries.due_waves(OPENS_AT)
        open_wave = service.open_wave

        def fail_for_first(*, wave_id: int, **given: Any) -> bool:
            opened = open_wave(wave_id=wave_id, **given)
            if wave_id == first:
                raise LookupError("kim@example.com")
            return opened

        monkeypatch.setattr(service, "open_wave", fail_for_first)

        with pytest.raises(LookupError):
            jobs.open_due_waves(OPENS_AT)

        opened = {wave.id for wave in waves() if wave.opened_at is not None}
        assert opened == set(others)
        assert len(others) == 2
        assert f"Wave {first}: LookupError at test_jobs.py:" in caplog.text
        assert "kim@example.com" not in caplog.text

    def test_waits_while_fewer_than_five_people_may_answer(self, wave: Wave, keys: Path) -> None:
        people = db.session.scalars(select(Employee)).all()
        with transaction():
            for person in people[4:]:
                person.active_until = date(2026, 11, 30)

        assert jobs.open_due_waves(OPENS_AT) == 0

        assert waves()[0].hold_reason == {
            "msgid": "Only %(count)s people may answer; a wave opens for %(minimum)s or more.",
            "params": {"count": "4", "minimum": "5"},
        }
        assert list(keys.iterdir()) == []
        with transaction():
            people[4].active_until = None
        assert jobs.open_due_waves(OPENS_AT + MINUTE) == 1

    def test_waits_after_another_program_asked_the_same_people(
        self, make_program: Make, keys: Path
    ) -> None:
        late = replace(
            DEFAULT_SCHEDULE,
            cadence=Cadence.QUARTERLY,
            opening_rule=OpeningRule.DAY_OF_MONTH,
            opening_number=26,
        )
        first = make_program(name="하나", schedule=replace(late, opening_number=1), launched=True)
        second = make_program(name="둘", audience="P", schedule=late, launched=True)
        opens_at = queries.waves(second.id)[-1].opens_at
        with transaction():
            queries.waves(first.id)[-1].opened_at = opens_at - 20 * DAY

        assert jobs.open_due_waves(opens_at) == 0
        assert waves()[1].hold_reason["params"]["program"] == "하나"  # type: ignore[index]
        assert jobs.open_due_waves(opens_at + DAY) == 1

    @pytest.mark.parametrize(
        ("now", "closes_at"),
        [
            (datetime(2026, 12, 11, 0, tzinfo=UTC), CLOSES_AT),
            (datetime(2026, 12, 14, 3, tzinfo=UTC), datetime(2026, 12, 18, 0, tzinfo=UTC)),
            (datetime(2026, 12, 21, 0, tzinfo=UTC), datetime(2026, 12, 24, 0, tzinfo=UTC)),
        ],
    )
    def test_opens_late_with_enough_days_left(
        self, wave: Wave, now: datetime, closes_at: datetime
    ) -> None:
        assert jobs.open_due_waves(now) == 1

        assert (waves()[0].opened_at, waves()[0].closes_at) == (now, closes_at)

    def test_records_what_was_missed_and_catches_up_one(self, wave: Wave) -> None:
        now = datetime(2027, 3, 20, tzinfo=UTC)
        jobs.plan_next_waves(now)

        assert jobs.open_due_waves(now) == 1
        assert jobs.open_due_waves(now + MINUTE) == 0

        assert [(each.period, state(each, now)) for each in waves()][:5] == [
            ("2026-12", WaveState.MISSED),
            ("2027-01", WaveState.MISSED),
            ("2027-02", WaveState.MISSED),
            ("2027-03", WaveState.OPEN),
            ("2027-04", WaveState.PLANNED),
        ]

    def test_from_two_connections_at_once_opens_once(self, app: Flask, wave: Wave) -> None:
        results = in_parallel(app, lambda: jobs.open_due_waves(OPENS_AT))

        assert sorted(results) == [0, 1]
        asked = db.session.scalar(select(func.count()).select_from(WaveQuestion))
        assert asked == len(QUESTIONS)


class TestCloseDueWaves:
    def test_closes_at_its_time_and_not_before_nor_twice(self, wave: Wave) -> None:
        jobs.open_due_waves(OPENS_AT)

        assert jobs.close_due_waves(CLOSES_AT - MINUTE) == 0
        assert jobs.close_due_waves(CLOSES_AT) == 1
        assert jobs.close_due_waves(CLOSES_AT + MINUTE) == 0
        assert waves()[0].closed_at == CLOSES_AT

    def test_from_two_connections_at_once_closes_once(self, app: Flask, wave: Wave) -> None:
        jobs.open_due_waves(OPENS_AT)

        assert sorted(in_parallel(app, lambda: jobs.close_due_waves(CLOSES_AT))) == [0, 1]

    def test_one_that_fails_stops_no_other(
        self, make_program: Make, keys: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("하나", "둘"):
            make_program(name=name, launched=True, burden_override=True)
        jobs.open_due_waves(OPENS_AT)
        first, second = queries.waves_past_closing(CLOSES_AT)
        close_wave = service.close_wave

        def fail_for_first(*, wave_id: int, now: datetime) -> bool:
            if wave_id == first:
                raise LookupError
            return close_wave(wave_id=wave_id, now=now)

        monkeypatch.setattr(service, "close_wave", fail_for_first)

        with pytest.raises(LookupError):
            jobs.close_due_waves(CLOSES_AT)

        assert {wave.id for wave in waves() if wave.closed_at is not None} == {second}

    def test_still_closes_the_wave_of_a_program_that_ended(self, wave: Wave) -> None:
        jobs.open_due_waves(OPENS_AT)
        program = queries.program(wave.program_id)
        assert program is not None
        with transaction():
            service.end_program(program, now=OPENS_AT + DAY)

        assert jobs.close_due_waves(CLOSES_AT) == 1


class TestMoveClosing:
    @pytest.mark.parametrize("closes_at", [OPENS_AT + 2 * DAY, CLOSES_AT + 5 * DAY])
    def test_moves_both_ways(self, wave: Wave, closes_at: datetime) -> None:
        jobs.open_due_waves(OPENS_AT)

        with transaction():
            service.move_closing(wave, closes_at=closes_at, now=OPENS_AT + DAY)

        assert jobs.close_due_waves(closes_at - MINUTE) == 0
        assert jobs.close_due_waves(closes_at) == 1

    @pytest.mark.parametrize(
        ("closes_at", "refusal"),
        [
            (OPENS_AT, ClosingInThePast),
            (datetime(2027, 1, 4, 0, 1, tzinfo=UTC), ClosingAfterNextOpening),
        ],
    )
    def test_refuses(self, wave: Wave, closes_at: datetime, refusal: type[Exception]) -> None:
        jobs.open_due_waves(OPENS_AT)

        with pytest.raises(refusal), transaction():
            service.move_closing(wave, closes_at=closes_at, now=OPENS_AT + DAY)

    def test_refuses_a_wave_that_is_not_open(self, wave: Wave) -> None:
        with pytest.raises(WaveNotOpen), transaction():
            service.move_closing(wave, closes_at=CLOSES_AT + DAY, now=NOW)


def in_parallel(app: Flask, job: Callable[[], int]) -> list[int]:
    """What the job answers in two threads, each with its own connection, started together."""
    db.session.rollback()
    start = threading.Barrier(2)
    results: list[int] = []

    def work() -> None:
        with app.app_context():
            start.wait()
            results.append(job())
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
