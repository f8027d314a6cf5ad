"""Have people without e-mail draw paper codes: their invitations are void from then on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from employee_pulse.ballots.register.models import ReportingGroup, RollEntry
from employee_pulse.ballots.register.rules.without_email import Way, check_paper
from employee_pulse.ballots.waves import WaveUnknown, require_open
from employee_pulse.foundation.db import db
from employee_pulse.org.models import Employee
from employee_pulse.surveys.models import Wave
from employee_pulse.surveys.rules.thresholds import thresholds_from_json


@dataclass(frozen=True)
class PaperGroup:
    """Who draws from one box, by name, for the list that is ticked by hand."""

    label_ko: str
    label_en: str
    people: Sequence[tuple[str, str]]
    """Employee number and name, by name."""


def choose_paper(wave_id: int, group_id: int, *, now: datetime) -> PaperGroup:
    """Mark the people of a group without e-mail, once; asked again, it gives the same people.

    Nobody of them can have taken a ballot: no mail was sent to them and no letter printed for
    their group. So the list tells nothing, and everybody answers in one way only.
    """
    require_open(wave_id, now=now)
    group = db.session.scalars(
        select(ReportingGroup)
        .where(ReportingGroup.wave_id == wave_id, ReportingGroup.department_id == group_id)
        .with_for_update()
    ).one_or_none()
    if group is None:
        raise WaveUnknown
    if group.way is not Way.PAPER:
        _mark(group)
    people = db.session.execute(
        select(Employee.number, Employee.name)
        .join(RollEntry, RollEntry.employee_id == Employee.id)
        .where(*_of(group), RollEntry.draws_paper.is_(True))
        .order_by(Employee.name, Employee.number)
    )
    return PaperGroup(group.label_ko, group.label_en, [(row.number, row.name) for row in people])


def _mark(group: ReportingGroup) -> None:
    people = db.session.scalars(
        select(RollEntry.employee_id)
        .join(Employee, Employee.id == RollEntry.employee_id)
        .where(*_of(group), Employee.email.is_(None), ~RollEntry.invited)
    ).all()
    wave = db.session.get_one(Wave, group.wave_id)
    minimum = thresholds_from_json(wave.thresholds or {}).scores
    check_paper(group.way, people, minimum=minimum)
    group.way = Way.PAPER
    db.session.execute(
        update(RollEntry)
        .where(RollEntry.wave_id == group.wave_id, RollEntry.employee_id.in_(people))
        .values(draws_paper=True)
    )


def _of(group: ReportingGroup) -> tuple[ColumnElement[bool], ...]:
    return (RollEntry.wave_id == group.wave_id, RollEntry.group_id == group.department_id)
