"""A company from a roster, for tests of the organization."""

from collections.abc import Callable
from datetime import date

import pytest

from employee_pulse.foundation.db import transaction
from employee_pulse.org import service
from employee_pulse.org.preview import preview
from employee_pulse.org.rules.difference import Difference
from tests.data.rosters.generator import Roster, as_csv

TODAY = date(2026, 11, 22)

Apply = Callable[..., Difference]


@pytest.fixture
def apply_roster(context: None) -> Apply:
    """``apply_roster(roster)``: through the file, the preview and the service."""

    def apply_(roster: Roster, *, today: date = TODAY, allow: bool = False) -> Difference:
        seen = preview(as_csv(roster), filename="roster.csv", today=today)
        assert seen.errors == ()
        assert seen.roster is not None
        with transaction():
            return service.apply_roster(
                seen.roster, today=today, limit=0.2, allow_deactivation=allow
            )

    return apply_
