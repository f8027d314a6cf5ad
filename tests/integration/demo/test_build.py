"""The demo company has what somebody needs who tries everything out."""

import pytest
import sqlalchemy as sa
from flask import Flask

from employee_pulse.auth.models import Account
from employee_pulse.auth.rules import Role
from employee_pulse.ballots.register import queries as register
from employee_pulse.demo import company, turnout
from employee_pulse.demo.models import DemoMail
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db
from employee_pulse.notifications.models import OutboxMessage
from employee_pulse.org import queries as org
from employee_pulse.org.models import Employee
from employee_pulse.results import queries as results
from employee_pulse.surveys.models import Program

pytestmark = pytest.mark.usefixtures("in_demo")


class TestBuild:
    def test_has_a_wave_that_is_open_now_with_an_invitation_for_everybody(self) -> None:
        [wave] = turnout.open_waves(clock.now())

        addresses = db.session.scalars(
            sa.select(Employee.email).where(Employee.email.is_not(None))
        ).all()
        assert len(wave.invited) == len(addresses)
        assert set(db.session.scalars(sa.select(DemoMail.recipient))) == set(addresses)

    def test_counts_people_in_groups_of_ten_and_more(self) -> None:
        [wave] = turnout.open_waves(clock.now())

        groups = register.groups(wave.wave_id)

        assert sum(group.eligible for group in groups) == company.PEOPLE
        assert min(group.eligible for group in groups) >= 10

    def test_has_two_years_of_history(self) -> None:
        program = db.session.scalars(sa.select(Program)).one()
        top = org.departments()[0]

        rows = results.trend_rows(program.id, top.id, "index")

        assert len(rows) == 24
        assert all(row.score is not None and row.score.n for row in rows)

    def test_has_an_account_for_every_role(self) -> None:
        assert set(db.session.scalars(sa.select(Account.role))) == set(Role)

    def test_leaves_nothing_of_the_invitations_in_the_outbox(self) -> None:
        assert set(db.session.scalars(sa.select(OutboxMessage.recipient))) == {""}

    def test_is_not_empty_any_more(self) -> None:
        assert not company.is_empty()


class TestBuildCommand:
    def test_changes_nothing_the_second_time(self, demo: Flask) -> None:
        before = db.session.scalar(sa.select(sa.func.count(DemoMail.id)))

        result = demo.test_cli_runner().invoke(args=["demo", "build"])

        assert result.exit_code == 0
        assert db.session.scalar(sa.select(sa.func.count(DemoMail.id))) == before
