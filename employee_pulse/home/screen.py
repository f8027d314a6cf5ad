"""The first screen of an account: only what its permissions open."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from employee_pulse.auth.access import Permission
from employee_pulse.foundation.phrases import Phrase
from employee_pulse.home.queries import agenda, health, results
from employee_pulse.home.rules import FirstStep, next_step
from employee_pulse.results.queries import Standing
from employee_pulse.results.queries import standings as all_standings
from employee_pulse.surveys.models import Program, Wave

EVENTS = 5
CHECKABLE = 12
LONG_WAIT = timedelta(minutes=15)


@dataclass(frozen=True)
class Screen:
    """What the dashboard shows; what somebody may not see is empty."""

    now: datetime
    next_step: FirstStep | None = None
    held: Sequence[agenda.Held] = ()
    unasked: Sequence[agenda.Held] = ()
    halted: Sequence[tuple[Program, Wave, Phrase]] = ()
    under_way: Sequence[Standing] = ()
    ahead: Sequence[agenda.Ahead] = ()
    latest: Sequence[results.LatestResults] = ()
    scheduler: agenda.SchedulerState | None = None
    backlog: health.Backlog | None = None
    checkable: Sequence[agenda.CheckableWave] | None = None

    @property
    def steps_done(self) -> int:
        return list(FirstStep).index(self.next_step) if self.next_step else len(FirstStep)


def screen(
    permissions: Collection[Permission],
    *,
    scope: Collection[int] | None,
    language: str,
    now: datetime,
    today: date,
    min_company: int,
) -> Screen:
    """``scope``: departments whose results are open to the account; None is all of them."""
    runs_programs = Permission.MANAGE_PROGRAMS in permissions
    watches = runs_programs or Permission.VIEW_DELIVERIES in permissions
    reads = Permission.VIEW_RESULTS in permissions
    sees_company = runs_programs or (reads and scope is None)
    standings = all_standings(now) if sees_company or reads else []
    return Screen(
        now=now,
        next_step=next_step(agenda.standing(today)) if runs_programs else None,
        held=agenda.held() if runs_programs else (),
        unasked=agenda.unasked(now, min_company=min_company) if runs_programs else (),
        halted=_halted(standings) if runs_programs else (),
        under_way=[each for each in standings if each.open_wave] if sees_company else (),
        ahead=agenda.ahead(now, limit=EVENTS) if watches else (),
        latest=results.latest_results(standings, scope=scope, language=language) if reads else (),
        scheduler=agenda.scheduler_state() if watches else None,
        backlog=health.backlog(now, after=LONG_WAIT)
        if Permission.VIEW_DELIVERIES in permissions
        else None,
        checkable=agenda.checkable_waves(limit=CHECKABLE)
        if Permission.CHECK_WAVES in permissions
        else None,
    )


def _halted(standings: Sequence[Standing]) -> list[tuple[Program, Wave, Phrase]]:
    """Waves whose ballots did not add up, with the reason."""
    return [
        (standing.program, wave, Phrase(reason["msgid"], reason["params"]))
        for standing in standings
        for wave, publication in standing.halted
        if (reason := publication.halt_reason)
    ]
