"""The first screen with a company behind it: each role sees its part, and nothing early."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from employee_pulse.auth.access import Permission
from employee_pulse.ballots.register.models import Roll
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db, transaction
from employee_pulse.home.queries.health import Backlog
from employee_pulse.home.rules import FirstStep
from employee_pulse.home.screen import Screen, screen
from employee_pulse.notifications.models import DeliveryAttempt, OutboxMessage
from employee_pulse.notifications.rules import Channel, Problem
from employee_pulse.org.models import Department, Employee
from employee_pulse.results.models import Publication, PublishedScore, ResultNode
from employee_pulse.scheduler.models import JobRun
from employee_pulse.surveys.models import Program, ProgramAudience, Wave
from employee_pulse.surveys.rules.programs import Cadence, OpeningRule

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
HR = frozenset(Permission)
EXECUTIVE = frozenset({Permission.USE_APP, Permission.VIEW_RESULTS})
COMPANY, LOGISTICS = 1, 2

SignIn = Callable[..., FlaskClient]


@pytest.mark.usefixtures("context")
class TestScreen:
    def test_of_a_new_company_begins_with_the_people(self) -> None:
        assert seen(HR).next_step is FirstStep.ORGANIZATION

    def test_leads_from_people_to_a_program_to_its_launch(self) -> None:
        with transaction():
            add_people()
        after_people = seen(HR).next_step
        with transaction():
            add_program(launched_at=None)

        assert after_people is FirstStep.PROGRAM
        assert seen(HR).next_step is FirstStep.LAUNCH

    def test_is_past_the_first_steps_once_there_are_results(self) -> None:
        with transaction():
            add_people()
            publish(add_program(), {"2026-10": 3.8})

        assert seen(HR).next_step is None

    def test_compares_with_the_wave_before_and_not_with_an_older_one(self) -> None:
        with transaction():
            publish(add_program(), {"2026-08": 2.0, "2026-09": 3.4, "2026-10": 3.6})

        latest = seen(HR).latest[0]

        assert latest.wave.period == "2026-10"
        assert latest.headlines[0].reading.value == pytest.approx(65.0)
        assert latest.headlines[0].change is not None
        assert latest.headlines[0].change.difference == pytest.approx(5.0)

    def test_has_no_change_after_the_first_wave(self) -> None:
        with transaction():
            publish(add_program(), {"2026-10": 3.6})

        latest = seen(HR).latest[0]

        assert not latest.compared
        assert latest.headlines[0].change is None
        assert latest.moves == []

    def test_names_what_moved_by_dimension_and_department(self) -> None:
        with transaction():
            publish(add_program(), {"2026-09": 3.0, "2026-10": 3.6})

        moves = seen(HR).latest[0].moves

        assert {move.name.params.get("name", move.name.msgid) for move in moves} == {
            "Logistics",
            "Leadership",
        }

    def test_lists_what_comes_in_order_and_leaves_out_ended_programs(self) -> None:
        with transaction():
            program = add_program()
            add_wave(program, "2026-11", opens=-5, opened=True)
            add_wave(program, "2026-12", opens=20)
            add_wave(program, "2026-10", opens=-7)  # due, and held
            add_wave(add_program(ended_at=NOW), "2026-12", opens=12)

        ahead = seen(HR).ahead

        assert [(event.wave.period, event.opens) for event in ahead] == [
            ("2026-11", False),
            ("2026-12", True),
        ]

    def test_says_which_open_wave_asks_nobody(self) -> None:
        with transaction():
            add_people()
            of_the_few, of_nobody = add_program(), add_program()
            db.session.add(ProgramAudience(program_id=of_the_few.id, department_id=1))
            db.session.flush()
            add_wave(of_the_few, "2026-11", opens=-1, opened=True)
            add_roll(add_wave(of_nobody, "2026-11", opens=-1, opened=True))
            add_wave(of_nobody, "2026-12", opens=1)
            add_wave(of_nobody, "2026-10", opens=-30, opened=True)

        unasked = seen(HR).unasked

        assert [(each.program.id, each.wave.period) for each in unasked] == [
            (of_the_few.id, "2026-11")
        ]
        assert unasked[0].reason.params == {"count": 1, "minimum": 5}
        assert seen(EXECUTIVE).unasked == ()

    def test_says_nothing_of_a_wave_whose_roll_is_about_to_be_drawn(self) -> None:
        with transaction():
            add_people()
            program = add_program()
            db.session.add(ProgramAudience(program_id=program.id, department_id=1))
            db.session.add_all(
                Employee(number=f"more-{number}", name="Lee", department_id=1)
                for number in range(4)
            )
            add_wave(program, "2026-11", opens=-1, opened=True)

        assert seen(HR).unasked == []

    def test_says_why_a_wave_is_held(self) -> None:
        with transaction():
            wave = add_wave(add_program(), "2026-11", opens=-1)
            wave.hold_reason = {"msgid": "The key is gone.", "params": {}}

        held = seen(HR).held

        assert [(stuck.wave.period, stuck.reason.msgid) for stuck in held] == [
            ("2026-11", "The key is gone.")
        ]

    def test_knows_when_the_scheduler_last_ran_and_what_failed(self) -> None:
        with transaction():
            db.session.add(JobRun(job="invite", started_at=NOW - timedelta(hours=2), done=1))
            db.session.add(
                JobRun(job="remind", started_at=NOW - timedelta(minutes=3), error="OSError")
            )

        scheduler = seen(HR).scheduler

        assert scheduler is not None
        assert scheduler.last_run_at == NOW - timedelta(minutes=3)
        assert [run.job for run in scheduler.failed] == ["remind"]

    def test_shows_an_executive_results_and_nothing_of_the_machinery(self) -> None:
        with transaction():
            program = add_program()
            publish(program, {"2026-10": 3.6})
            add_wave(program, "2026-12", opens=20)

        shown = seen(EXECUTIVE)

        assert [latest.wave.period for latest in shown.latest] == ["2026-10"]
        assert shown.ahead == ()
        assert shown.scheduler is None
        assert shown.next_step is None

    def test_shows_the_head_of_a_department_nothing_outside_of_it(self) -> None:
        with transaction():
            program = add_program()
            publish(program, {"2026-09": 3.0, "2026-10": 3.6})
            add_roll(add_wave(program, "2026-11", opens=-1, opened=True))

        shown = seen(EXECUTIVE, scope=frozenset({LOGISTICS}))

        [latest] = shown.latest
        assert latest.root.department_id == LOGISTICS
        assert (latest.root.ballots, latest.root.invited) == (30, 40)
        assert [move.name.msgid for move in latest.moves] == ["Leadership"]
        assert not shown.under_way

    def test_leaves_out_a_wave_that_did_not_ask_the_department(self) -> None:
        with transaction():
            publish(add_program(), {"2026-10": 3.6})

        assert seen(EXECUTIVE, scope=frozenset({99})).latest == []

    def test_counts_people_of_an_open_wave_who_got_no_invitation(self) -> None:
        with transaction():
            add_roll(add_wave(add_program(), "2026-11", opens=-1, opened=True), without_email=16)

        [open_wave] = seen(HR).under_way

        assert open_wave.participation is not None
        assert open_wave.participation.without_email == 16

    def test_says_since_when_messages_wait_and_why(self) -> None:
        with transaction():
            add_message(age=timedelta(days=2), problem=Problem.BAD_ADDRESS, given_up=True)
            add_message(age=timedelta(minutes=40), problem=Problem.UNREACHABLE)
            add_message(age=timedelta(minutes=1))

        backlog = seen(HR).backlog

        assert backlog == Backlog(NOW - timedelta(minutes=40), Problem.UNREACHABLE)

    def test_is_silent_about_messages_that_wait_a_quarter_of_an_hour(self) -> None:
        with transaction():
            add_message(age=timedelta(minutes=15), problem=Problem.UNREACHABLE)

        assert seen(HR).backlog is None

    def test_keeps_the_outbox_from_those_who_may_not_see_deliveries(self) -> None:
        with transaction():
            add_message(age=timedelta(hours=1), problem=Problem.UNREACHABLE)

        assert seen(EXECUTIVE).backlog is None

    def test_lists_waves_with_a_sheet_for_those_who_check_them(self) -> None:
        with transaction():
            program = add_program()
            publish(program, {"2026-10": 3.6})
            held = db.session.scalars(select(Wave)).one()
            add_roll(held)
            add_roll(add_wave(program, "2026-11", opens=-1, opened=True))
            add_wave(program, "2026-12", opens=20)

        found = seen(frozenset({Permission.CHECK_WAVES})).checkable

        assert [(each.wave.period, each.published) for each in found or ()] == [
            ("2026-11", False),
            ("2026-10", True),
        ]
        assert seen(EXECUTIVE).checkable is None


class TestDashboard:
    def test_shows_the_figures_with_their_denominator(self, app: Flask, sign_in: SignIn) -> None:
        with app.app_context(), transaction():
            add_people()
            publish(add_program(), {"2026-09": 3.4, "2026-10": 3.6})

        page = sign_in("hr").get("/app/").text

        assert "80%" in page
        assert "80 of 100 people" in page
        assert ">65<" in page

    def test_leads_the_works_council_to_sheets_and_public_pages(
        self, app: Flask, sign_in: SignIn
    ) -> None:
        with app.app_context(), transaction():
            wave = add_wave(add_program(), "2026-11", opens=-1, opened=True)
            add_roll(wave)
            page_of_ballot, sheet_hash = f"/ballot/{wave.id}", f"{wave.id:064x}"

        page = sign_in("works_council").get("/app/").text

        assert f'href="{page_of_ballot}"' in page
        assert sheet_hash in page

    def test_and_the_page_of_the_wave_say_why_it_asks_nobody(
        self, app: Flask, sign_in: SignIn
    ) -> None:
        with app.app_context(), transaction():
            add_people()
            wave = add_wave(add_program(), "2026-11", opens=-1, opened=True)
            wave.closes_at = clock.now() + timedelta(days=1)
            address = f"/app/waves/{wave.id}"
        hr = sign_in("hr")

        assert "Pulse, 2026-11 is open, but asks nobody." in hr.get("/app/").text
        page = hr.get(address).text
        assert "nobody has been asked: Only 0 people may answer" in page

    def test_warns_of_mail_that_does_not_leave(self, app: Flask, sign_in: SignIn) -> None:
        with app.app_context(), transaction():
            add_message(age=timedelta(days=400), problem=Problem.UNREACHABLE)

        page = sign_in("administrator").get("/app/").text

        assert "Messages have waited since" in page
        assert "The server cannot be reached" in page

    @pytest.mark.parametrize("role", ["employee", "owner"])
    def test_tells_others_that_nothing_waits(self, sign_in: SignIn, role: str) -> None:
        page = sign_in(role).get("/app/").text

        assert "Nothing to do here" in page
        assert "Getting started" not in page

    def test_shows_an_administrator_the_clock_and_the_way(self, sign_in: SignIn) -> None:
        page = sign_in("administrator").get("/app/").text

        assert "The scheduler has not run yet." in page
        assert "Your pages" in page

    def test_gives_a_new_company_its_first_step(self, sign_in: SignIn) -> None:
        page = sign_in("hr").get("/app/").text

        assert "Getting started" in page
        assert 'href="/app/organization/import"' in page


def seen(permissions: frozenset[Permission], *, scope: frozenset[int] | None = None) -> Screen:
    return screen(permissions, scope=scope, language="en", now=NOW, today=NOW.date(), min_company=5)


def add_roll(wave: Wave, *, without_email: int = 0) -> None:
    db.session.add(
        Roll(
            wave_id=wave.id,
            eligible=100,
            without_email=without_email,
            sheet="{}",
            sheet_hash=f"{wave.id:064x}",
        )
    )
    db.session.flush()


def add_message(*, age: timedelta, problem: Problem | None = None, given_up: bool = False) -> None:
    message = OutboxMessage(
        channel=Channel.MAIL,
        kind="invitation",
        recipient="kim@gaon.example",
        subject="-",
        body="-",
        queued_at=NOW - age,
        next_attempt_at=None if given_up else NOW,
        given_up_at=NOW if given_up else None,
    )
    db.session.add(message)
    db.session.flush()
    if problem is not None:
        db.session.add(
            DeliveryAttempt(message_id=message.id, attempted_at=NOW - age, problem=problem)
        )


def add_people() -> None:
    db.session.add(Department(id=1, code="1", name_ko="Company", name_en="Company"))
    db.session.flush()
    db.session.add(Employee(number="1", name="Kim", department_id=1))


def add_program(**changes: datetime | None) -> Program:
    program = Program(
        name_ko="Pulse",
        name_en="Pulse",
        cadence=Cadence.MONTHLY,
        opening_rule=next(iter(OpeningRule)),
        opening_number=1,
        opens_at_time=time(9),
        timezone="Asia/Seoul",
        reminder_days=[3],
        created_at=NOW,
        **{"launched_at": NOW} | changes,
    )
    db.session.add(program)
    db.session.flush()
    return program


def add_wave(program: Program, period: str, *, opens: int, opened: bool = False) -> Wave:
    """``opens``: days from now."""
    opens_at = NOW + timedelta(days=opens)
    wave = Wave(
        program_id=program.id,
        period=period,
        opens_at=opens_at,
        closes_at=opens_at + timedelta(days=14),
        opened_at=opens_at if opened else None,
    )
    db.session.add(wave)
    db.session.flush()
    return wave


def publish(program: Program, means: dict[str, float]) -> None:
    """Waves of 100 invited and 80 ballots, the last one a month ago, with these mean answers."""
    for age, (period, mean) in enumerate(reversed(means.items()), start=1):
        wave = add_wave(program, period, opens=-30 * age, opened=True)
        wave.closed_at = wave.closes_at
        db.session.add(
            Publication(
                wave_id=wave.id,
                claimed_at=NOW,
                published_at=NOW,
                eligible=100,
                ballots=80,
                min_scores=5,
                min_distributions=10,
                min_comments=10,
            )
        )
        db.session.flush()
        for position, (department_id, name) in enumerate(
            [(COMPANY, "Company"), (LOGISTICS, "Logistics")]
        ):
            db.session.add(node(wave.id, department_id, name, position))
            db.session.add(score(wave.id, department_id, "index", mean))
            db.session.add(score(wave.id, department_id, "dimension:leadership", mean))


def node(wave_id: int, department_id: int, name: str, position: int) -> ResultNode:
    return ResultNode(
        wave_id=wave_id,
        department_id=department_id,
        parent_id=COMPANY if position else None,
        position=position,
        depth=position,
        code=name,
        name_ko=name,
        name_en=name,
        invited=100 if not position else 40,
        ballots=80 if not position else 30,
        participation=0.8,
    )


def score(wave_id: int, department_id: int, measure: str, mean: float) -> PublishedScore:
    return PublishedScore(
        wave_id=wave_id,
        department_id=department_id,
        measure=measure,
        n=30,
        mean=mean,
        sd=0.8,
        score=(mean - 1) * 25,
    )
