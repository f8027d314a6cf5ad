"""Programs: drafts, changes, launch, end."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from employee_pulse.foundation.db import db, transaction
from employee_pulse.surveys import queries, service
from employee_pulse.surveys.models import Program, ProgramAudience, ProgramQuestion, Wave
from employee_pulse.surveys.rules.programs import (
    AskedTooOften,
    Cadence,
    NameMissing,
    NoAudience,
    NoQuestion,
    OpeningRule,
    ProgramEnded,
    ProgramNotDraft,
    ProgramNotRunning,
    TooManyQuestions,
    UnknownQuestion,
)
from employee_pulse.surveys.rules.schedule import WaveLongerThanPeriod
from employee_pulse.surveys.rules.thresholds import ThresholdLowered
from employee_pulse.surveys.service.programs import DEFAULT_SCHEDULE
from tests.integration.surveys.conftest import NOW, QUESTIONS

pytestmark = pytest.mark.database

Make = Callable[..., Program]
LATER = replace(DEFAULT_SCHEDULE, opening_rule=OpeningRule.DAY_OF_MONTH, opening_number=23)


def periods(program_id: int) -> list[str]:
    return [wave.period for wave in queries.waves(program_id)[::-1]]


def add_imported(program: Program, period: str) -> None:
    service.add_imported_wave(program, period=period, codes=QUESTIONS, now=NOW)
    db.session.flush()


class TestCreateProgram:
    @pytest.mark.parametrize(
        ("given", "refusal"),
        [
            ({"questions": []}, NoQuestion),
            ({"questions": ["LEAD-99"]}, UnknownQuestion),
            (
                {"questions": [f"{kind}-0{n}" for kind in ("LEAD", "COMM") for n in range(1, 7)]},
                TooManyQuestions,
            ),
            ({"schedule": replace(DEFAULT_SCHEDULE, length_working_days=20)}, WaveLongerThanPeriod),
            ({"name": " "}, NameMissing),
        ],
    )
    def test_refuses_what_cannot_run_and_stores_nothing(
        self, make_program: Make, given: dict[str, object], refusal: type[Exception]
    ) -> None:
        with pytest.raises(refusal):
            make_program(**given)

        assert db.session.scalar(select(func.count()).select_from(Program)) == 0

    def test_refuses_an_empty_audience(self, company: None, context: None) -> None:
        with pytest.raises(NoAudience), transaction():
            service.create_program(
                name_ko="가", name_en="A", audience=[], questions=QUESTIONS, now=NOW
            )

    def test_makes_a_draft_that_opens_nothing(self, make_program: Make) -> None:
        program = make_program()

        assert program.launched_at is None
        assert [part.question_code for part in program.questions] == QUESTIONS
        assert program.reminder_days == [3, 5, -1]
        assert queries.waves(program.id) == []


class TestLaunch:
    def test_plans_three_waves_with_korean_holidays_skipped(self, make_program: Make) -> None:
        program = make_program(launched=True)

        opens = [wave.opens_at for wave in queries.waves(program.id)[::-1]]
        assert periods(program.id) == ["2026-12", "2027-01", "2027-02"]
        assert opens == [
            datetime(2026, 12, 1, 0, tzinfo=UTC),
            datetime(2027, 1, 4, 0, tzinfo=UTC),
            datetime(2027, 2, 1, 0, tzinfo=UTC),
        ]

    @pytest.mark.parametrize(
        ("cadence", "expected"),
        [
            (Cadence.QUARTERLY, ["2027-Q1", "2027-Q2", "2027-Q3"]),
            (Cadence.HALF_YEARLY, ["2027-H1", "2027-H2", "2028-H1"]),
        ],
    )
    def test_works_for_every_cadence(
        self, make_program: Make, cadence: Cadence, expected: list[str]
    ) -> None:
        program = make_program(launched=True, schedule=replace(DEFAULT_SCHEDULE, cadence=cadence))

        assert periods(program.id) == expected

    def test_refuses_a_second_time(self, make_program: Make) -> None:
        program = make_program(launched=True)

        with pytest.raises(ProgramNotDraft), transaction():
            service.launch(program, now=NOW)

    def test_refuses_an_incomplete_draft(
        self, department_id: Callable[[str], int], context: None
    ) -> None:
        with transaction():
            program = service.draft_program(
                name_ko="가", name_en="A", audience=[department_id("HQ")], now=NOW
            )

        with pytest.raises(NoQuestion), transaction():
            service.launch(program, now=NOW)

    def test_refuses_to_burden_the_same_people_within_three_weeks(self, make_program: Make) -> None:
        make_program(name="하나", name_en="One", audience="HQ", launched=True)
        second = make_program(name="둘", audience="SN", schedule=LATER)

        with pytest.raises(AskedTooOften) as refused, transaction():
            service.launch(second, now=NOW)

        assert refused.value.params["program"] == "하나 (One)"
        db.session.refresh(second)
        assert second.launched_at is None

    def test_is_possible_on_purpose(self, make_program: Make) -> None:
        make_program(name="하나", audience="HQ", launched=True)

        second = make_program(
            name="둘", audience="SN", schedule=LATER, launched=True, burden_override=True
        )

        assert second.burden_override

    def test_is_possible_for_other_people(self, make_program: Make) -> None:
        make_program(name="하나", audience="S", launched=True)

        make_program(name="둘", audience="P", launched=True)

    def test_counts_a_wave_that_opened_a_few_days_ago(self, make_program: Make) -> None:
        half_yearly = replace(DEFAULT_SCHEDULE, cadence=Cadence.HALF_YEARLY)
        july = datetime(2026, 7, 2, tzinfo=UTC)
        make_program(
            name="하나", schedule=half_yearly, launched=True, now=july - timedelta(days=30)
        )
        soon = replace(
            half_yearly, cadence=Cadence.QUARTERLY, opening_rule=OpeningRule.DAY_OF_MONTH
        )

        with pytest.raises(AskedTooOften) as refused:
            make_program(
                name="둘",
                schedule=replace(soon, opening_number=20),
                launched=True,
                now=july + timedelta(days=5),
            )

        assert refused.value.params["other"] == "2026-07-01"


class TestSetSchedule:
    def test_plans_the_waves_of_a_running_program_anew(self, make_program: Make) -> None:
        program = make_program(launched=True)

        with transaction():
            service.set_schedule(program, schedule=LATER, now=NOW)

        assert periods(program.id) == ["2026-11", "2026-12", "2027-01"]
        assert queries.waves(program.id)[-1].opens_at == datetime(2026, 11, 23, tzinfo=UTC)

    def test_opens_nothing_for_a_date_that_has_passed(self, make_program: Make) -> None:
        program = make_program(launched=True, schedule=LATER)
        passed = replace(LATER, opening_number=18)

        with transaction():
            service.set_schedule(program, schedule=passed, now=NOW)
            service.plan_waves(
                program, now=NOW + timedelta(days=1), holidays=queries.planning_holidays(NOW)
            )

        assert periods(program.id) == ["2026-12", "2027-01", "2027-02"]

    def test_refuses_a_cadence_that_allows_fewer_questions(self, make_program: Make) -> None:
        quarterly = replace(DEFAULT_SCHEDULE, cadence=Cadence.QUARTERLY)
        codes = [f"{kind}-0{n}" for kind in ("LEAD", "COMM") for n in range(1, 7)]
        program = make_program(schedule=quarterly, questions=codes)

        with pytest.raises(TooManyQuestions), transaction():
            service.set_schedule(program, schedule=DEFAULT_SCHEDULE, now=NOW)


class TestSetScheduleOfARunningProgram:
    def test_plans_no_wave_into_one_that_is_open(self, make_program: Make) -> None:
        program = make_program(launched=True)
        january = datetime(2027, 1, 4, 0, tzinfo=UTC)
        with transaction():
            wave = next(wave for wave in queries.waves(program.id) if wave.opens_at == january)
            wave.opened_at = january
        assert wave.closes_at > datetime(2027, 1, 15, tzinfo=UTC)
        fifteenth = replace(
            DEFAULT_SCHEDULE,
            cadence=Cadence.QUARTERLY,
            opening_rule=OpeningRule.DAY_OF_MONTH,
            opening_number=15,
        )

        with transaction():
            service.set_schedule(program, schedule=fifteenth, now=january + timedelta(days=1))

        assert "2027-Q1" not in periods(program.id)
        assert periods(program.id)[-3:] == ["2027-Q2", "2027-Q3", "2027-Q4"]

    def test_keeps_a_wave_that_is_due_and_what_was_imported(self, make_program: Make) -> None:
        program = make_program(launched=True)
        with transaction():
            add_imported(program, "2026-10")
        due = queries.waves(program.id)[-2]

        with transaction():
            service.set_schedule(program, schedule=LATER, now=due.opens_at)

        assert periods(program.id) == ["2026-10", "2026-12", "2027-01", "2027-02"]
        assert queries.waves(program.id)[-2].opens_at == due.opens_at

    def test_refuses_to_burden_people_as_the_launch_does(self, make_program: Make) -> None:
        make_program(name="하나", name_en="One", audience="S", launched=True)
        apart = make_program(name="둘", audience="P", launched=True)
        with transaction():
            service.set_audience(
                apart, name_ko="둘", name_en="Two", department_ids=queries.audience(apart.id) | {1}
            )

        with pytest.raises(AskedTooOften) as refused, transaction():
            service.set_schedule(apart, schedule=LATER, now=NOW)

        assert refused.value.params["program"] == "하나 (One)"
        db.session.refresh(apart)
        assert apart.schedule == DEFAULT_SCHEDULE

    def test_is_possible_on_purpose_and_lets_a_waiting_wave_open(self, make_program: Make) -> None:
        make_program(name="하나", audience="S", launched=True)
        apart = make_program(name="둘", audience="P", launched=True)

        with transaction():
            service.set_schedule(apart, schedule=LATER, now=NOW, burden_override=True)
            service.set_schedule(apart, schedule=LATER, now=NOW, burden_override=True)

        assert apart.burden_override
        assert apart.schedule == LATER

    def test_does_not_refuse_what_stays_as_it_is(self, make_program: Make) -> None:
        """Reminders are on the same page."""
        make_program(name="하나", audience="HQ", launched=True)
        second = make_program(name="둘", audience="SN", launched=True, burden_override=True)

        with transaction():
            service.set_schedule(second, schedule=second.schedule, now=NOW)

        assert not second.burden_override


class TestSetQuestions:
    def test_changes_choice_and_order(self, make_program: Make) -> None:
        program = make_program()
        changed = ["ENPS-01", "GOAL-01", "LEAD-01"]

        with transaction():
            service.set_questions(program, codes=changed)

        db.session.expire_all()
        assert [part.question_code for part in program.questions] == changed


class TestSetMessages:
    TEXTS = {"language": "ko", "message_ko": "", "message_en": ""}

    def test_never_lowers_a_threshold_that_people_were_promised(self, make_program: Make) -> None:
        draft, running = make_program(), make_program(name="둘", launched=True)
        with transaction():
            for program in (draft, running):
                service.set_messages(program, **self.TEXTS, min_scores=8)

        with transaction():
            service.set_messages(draft, **self.TEXTS, min_scores=5)
        with pytest.raises(ThresholdLowered), transaction():
            service.set_messages(running, **self.TEXTS, min_scores=7)

        db.session.rollback()
        assert (draft.min_scores, running.min_scores) == (5, 8)


class TestSetAudience:
    def test_changes_name_and_departments(
        self, make_program: Make, department_id: Callable[[str], int]
    ) -> None:
        program = make_program()
        wanted = [department_id("SN"), department_id("P")]

        with transaction():
            service.set_audience(program, name_ko="새 이름", name_en="New", department_ids=wanted)

        db.session.expire_all()
        assert program.title == "새 이름 (New)"
        assert queries.audience(program.id) == frozenset(wanted)


class TestEndProgram:
    def test_opens_nothing_more_and_keeps_what_has_been(self, make_program: Make) -> None:
        program = make_program(launched=True)
        with transaction():
            queries.waves(program.id)[-1].opened_at = NOW + timedelta(days=9)

        with transaction():
            service.end_program(program, now=NOW + timedelta(days=10))

        assert periods(program.id) == ["2026-12"]
        for change in (
            lambda: service.set_questions(program, codes=QUESTIONS),
            lambda: service.set_schedule(program, schedule=LATER, now=NOW),
        ):
            with pytest.raises(ProgramEnded), transaction():
                change()

    def test_keeps_what_was_imported(self, make_program: Make) -> None:
        program = make_program(launched=True)
        with transaction():
            add_imported(program, "2026-10")

        with transaction():
            service.end_program(program, now=NOW)

        assert periods(program.id) == ["2026-10"]

    def test_refuses_a_draft(self, make_program: Make) -> None:
        program = make_program()

        with pytest.raises(ProgramNotRunning), transaction():
            service.end_program(program, now=NOW)


class TestDiscardDraft:
    def test_leaves_no_trace(self, make_program: Make) -> None:
        program = make_program()

        with transaction():
            service.discard_draft(program)

        for table in (Program, ProgramAudience, ProgramQuestion):
            assert db.session.scalar(select(func.count()).select_from(table)) == 0

    def test_refuses_a_program_that_was_launched(self, make_program: Make) -> None:
        program = make_program(launched=True)

        with pytest.raises(ProgramNotDraft), transaction():
            service.discard_draft(program)


class TestAudience:
    def test_holds_everything_below_the_chosen_departments(
        self, make_program: Make, department_id: Callable[[str], int]
    ) -> None:
        program = make_program(audience="S")

        assert queries.audience(program.id) == {department_id("S"), department_id("SN")}


class TestPrograms:
    def test_asks_as_often_for_one_program_as_for_ten(
        self, make_program: Make, count_queries: Callable[[], list[str]]
    ) -> None:
        make_program(name="0", launched=True)
        db.session.rollback()
        seen = count_queries()
        queries.programs()
        for_one = len(seen)
        for number in range(1, 10):
            make_program(name=str(number), launched=True, burden_override=True)

        db.session.rollback()
        seen.clear()
        lines = queries.programs()

        assert len(seen) == for_one
        assert [line.next_wave.period for line in lines if line.next_wave] == ["2026-12"] * 10
        assert date(2026, 12, 1) == lines[0].next_wave.closes_at.date() - timedelta(days=14)
        assert db.session.scalar(select(func.count()).select_from(Wave)) == 30
