"""What a roster would change: joiners, movers, leavers, returners, data, departments."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from hashlib import sha256

from employee_pulse.org.rules.columns import Field
from employee_pulse.org.rules.departments import Unit
from employee_pulse.org.rules.roster import Person, Roster


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A department of the database."""

    id: int
    unit: Unit
    is_closed: bool


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """An employee of the database; ``person.line`` is 0."""

    id: int
    person: Person


@dataclass(frozen=True)
class Organization:
    """Everything the database knows of departments and people, by code and by number."""

    units: Mapping[str, KnownUnit]
    people: Mapping[str, KnownPerson]

    def open_units(self) -> dict[str, Unit]:
        """Departments that are in use."""
        return {code: known.unit for code, known in self.units.items() if not known.is_closed}


@dataclass(frozen=True, slots=True)
class Change:
    """A person who is known, as known and as told."""

    known: KnownPerson
    person: Person

    @property
    def parts(self) -> list[Field]:
        """What differs, but the department."""
        return [
            part
            for part, name in _PARTS.items()
            if getattr(self.known.person, name) != getattr(self.person, name)
        ]


@dataclass(frozen=True, slots=True)
class Departure:
    """A person who is not in the roster any more, or whose last day is over."""

    known: KnownPerson
    last_day: date


@dataclass(frozen=True, slots=True)
class UnitChange:
    """A department that is known, as known and as told."""

    known: KnownUnit
    unit: Unit

    @property
    def is_renamed(self) -> bool:
        before = self.known.unit
        return (before.name_ko, before.name_en) != (self.unit.name_ko, self.unit.name_en)

    @property
    def is_moved(self) -> bool:
        return self.known.unit.parent_code != self.unit.parent_code


@dataclass(frozen=True)
class Difference:
    """Everything that applying the roster would do."""

    joiners: tuple[Person, ...]
    returners: tuple[Change, ...]
    movers: tuple[Change, ...]
    changed: tuple[Change, ...]
    leavers: tuple[Departure, ...]
    freed: tuple[KnownPerson, ...]
    """Former staff whose address somebody else has now."""
    new_units: tuple[Unit, ...]
    changed_units: tuple[UnitChange, ...]
    reopened_units: tuple[UnitChange, ...]
    closed_units: tuple[KnownUnit, ...]
    active_before: int
    unchanged: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change."""
        return not any(
            getattr(self, part.name) for part in fields(self) if part.name not in _COUNTS
        )

    @property
    def digest(self) -> str:
        """What was shown and is confirmed must be the same; another difference has another one."""
        return sha256(repr(self).encode()).hexdigest()

    @property
    def deactivation_share(self) -> float:
        """Leavers among those who are active now, 0-1."""
        return len(self.leavers) / self.active_before if self.active_before else 0.0


_PARTS = {
    Field.NAME: "name",
    Field.NAME_EN: "name_en",
    Field.EMAIL: "email",
    Field.LANGUAGE: "language",
    Field.MANAGER: "is_manager",
    Field.HEAD: "is_head",
    Field.ACTIVE_FROM: "active_from",
    Field.ACTIVE_UNTIL: "active_until",
}
_COUNTS = frozenset({"active_before", "unchanged"})
_TELLS = {
    "name_en": frozenset({Field.NAME_EN}),
    "email": frozenset({Field.EMAIL}),
    "language": frozenset({Field.LANGUAGE}),
    "is_manager": frozenset({Field.MANAGER, Field.HEAD, Field.DUTY}),
    "is_head": frozenset({Field.HEAD, Field.DUTY}),
    "active_from": frozenset({Field.ACTIVE_FROM}),
    "active_until": frozenset({Field.ACTIVE_UNTIL}),
}
"""Columns of which one at least must be in the file for it to say anything of the attribute."""


def compare(roster: Roster, organization: Organization, *, today: date) -> Difference:
    """What the roster would change. Who is not in it leaves: inactive from today.

    People who have left already are left alone, whatever the roster says of their last day.
    """
    people = _People(roster, organization, today)
    known_units = organization.units
    told_units = {unit.code: unit for unit in roster.units}
    unit_changes = [
        UnitChange(known=known_units[code], unit=unit)
        for code, unit in told_units.items()
        if code in known_units and known_units[code] != _as_known(known_units[code], unit)
    ]
    return Difference(
        joiners=tuple(people.joiners),
        returners=tuple(people.returners),
        movers=tuple(people.movers),
        changed=tuple(people.changed),
        leavers=tuple(people.leavers()),
        freed=tuple(people.freed()),
        new_units=tuple(unit for code, unit in told_units.items() if code not in known_units),
        changed_units=tuple(change for change in unit_changes if not change.known.is_closed),
        reopened_units=tuple(change for change in unit_changes if change.known.is_closed),
        closed_units=tuple(
            known
            for code, known in known_units.items()
            if not known.is_closed and code not in told_units
        ),
        active_before=people.active_before,
        unchanged=people.unchanged,
    )


def _as_known(known: KnownUnit, unit: Unit) -> KnownUnit:
    return KnownUnit(id=known.id, unit=unit, is_closed=False)


class _People:
    def __init__(self, roster: Roster, organization: Organization, today: date) -> None:
        self.joiners: list[Person] = []
        self.returners: list[Change] = []
        self.movers: list[Change] = []
        self.changed: list[Change] = []
        self.unchanged = 0
        self._roster = roster
        self._known = organization.people
        self._today = today
        self._told = {person.number for person in roster.people}
        self._kept = [name for name, tells in _TELLS.items() if not tells & roster.told]
        self.active_before = sum(map(self._is_active, self._known.values()))
        for person in roster.people:
            self._place(person)

    def leavers(self) -> Iterable[Departure]:
        """Who is active and not told of, or told to have left."""
        last_days = {former.number: former.active_until for former in self._roster.former}
        yesterday = self._today - timedelta(days=1)
        for number, known in self._known.items():
            if number not in self._told and self._is_active(known):
                yield Departure(known=known, last_day=last_days.get(number, yesterday))

    def freed(self) -> Iterable[KnownPerson]:
        """Who is not told of and has the address of somebody who is."""
        taken = {person.email for person in self._roster.people if person.email}
        for number, known in self._known.items():
            if number not in self._told and known.person.email in taken:
                yield known

    def _place(self, person: Person) -> None:
        known = self._known.get(person.number)
        if known is None:
            self.joiners.append(person)
            return
        change = Change(known=known, person=self._completed(person, known))
        if not self._is_active(known):
            self.returners.append(change)
        elif known.person.department_code != person.department_code:
            self.movers.append(change)
        elif replace(change.person, line=0) != known.person:
            self.changed.append(change)
        else:
            self.unchanged += 1

    def _completed(self, person: Person, known: KnownPerson) -> Person:
        """With what the roster does not speak of as it is known."""
        kept = {name: getattr(known.person, name) for name in self._kept}
        if kept.get("is_head") and known.person.department_code != person.department_code:
            kept["is_head"] = False  # A mover does not lead the new department by habit.
        if "active_until" in kept and not self._is_active(known):
            kept["active_until"] = None
        return replace(person, **kept)

    def _is_active(self, known: KnownPerson) -> bool:
        until = known.person.active_until
        return until is None or until >= self._today
