"""What people are told once a wave is published."""

import pytest
from sqlalchemy import select

from employee_pulse.foundation.db import db
from employee_pulse.notifications.models import OutboxMessage
from employee_pulse.results import jobs
from employee_pulse.surveys import jobs as surveys_jobs
from tests.integration.results.conftest import World


def subjects() -> set[str]:
    return set(
        db.session.scalars(select(OutboxMessage.subject).where(OutboxMessage.kind == "results"))
    )


@pytest.mark.database
class TestLettersAboutResults:
    def test_promise_results_where_there_are_some(self, world: World) -> None:
        jobs.publish_closed_waves(world.after)

        assert len(subjects()) == 2
        assert not any("too few" in each or "응답이 적어" in each for each in subjects())

    def test_promise_nothing_where_nobody_answered(self, open_world: World) -> None:
        surveys_jobs.close_due_waves(open_world.closing)

        jobs.publish_closed_waves(open_world.after)

        found = subjects()
        assert len(found) == 2
        assert all("too few" in each or "응답이 적어" in each for each in found)
