"""What a roster would change: each person and each department in exactly one place."""

from dataclasses import replace
from datetime import date

import pytest

from employee_pulse.org.rules.columns import Field
from employee_pulse.org.rules.departments import Unit
from employee_pulse.org.rules.difference import (
    Difference,
    KnownPerson,
    KnownUnit,
    Organization,
    compare,
)
from employee_pulse.org.rules.roster import Former, Person, Roster

TODAY = date(2026, 11, 22)
YESTERDAY = date(2026, 11, 21)
EVERYTHING = frozenset(Field)


def person(number: str = "1", **changes: object) -> Person:
    base = Person(
        line=2,
        number=number,
        name=f"Name {number}",
        name_en=None,
        email=f"p{number}@x.kr",
        department_code="D1",
        language="ko",
        is_manager=False,
        is_head=False,
        active_from=None,
        active_until=None,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def unit(code: str = "D1", name: str = "One", parent: str | None = None) -> Unit:
    return Unit(code, name, name, parent)


def organization(
    *people: Person, units: tuple[Unit, ...] = (unit(), unit("D2", "Two")), closed: str = ""
) -> Organization:
    return Organization(
        units={u.code: KnownUnit(i, u, u.code == closed) for i, u in enumerate(units, start=1)},
        people={
            p.number: KnownPerson(i, replace(p, line=0)) for i, p in enumerate(people, start=1)
        },
    )


def difference(
    *people: Person,
    before: Organization,
    units: tuple[Unit, ...] = (unit(), unit("D2", "Two")),
    former: tuple[Former, ...] = (),
    told: frozenset[Field] = EVERYTHING,
) -> Difference:
    roster = Roster(people=people, former=former, units=units, told=told)
    return compare(roster, before, today=TODAY)


class TestPeople:
    def test_nothing_changes(self) -> None:
        found = difference(person("1"), before=organization(person("1")))

        assert found.is_empty
        assert (found.unchanged, found.active_before) == (1, 1)

    def test_joiner(self) -> None:
        found = difference(person("1"), person("2"), before=organization(person("1")))

        assert [joiner.number for joiner in found.joiners] == ["2"]
        assert not found.is_empty

    def test_mover_even_with_other_data(self) -> None:
        found = difference(
            person("1", department_code="D2", name="New"), before=organization(person("1"))
        )

        assert [change.person.department_code for change in found.movers] == ["D2"]
        assert found.movers[0].parts == [Field.NAME]
        assert found.changed == ()

    def test_changed_data_says_what(self) -> None:
        found = difference(person("1", email=None, is_head=True), before=organization(person("1")))

        assert [change.parts for change in found.changed] == [[Field.EMAIL, Field.HEAD]]
        assert found.movers == ()

    def test_leaver_is_inactive_from_today(self) -> None:
        found = difference(before=organization(person("1")))

        assert [(gone.known.person.number, gone.last_day) for gone in found.leavers] == [
            ("1", YESTERDAY)
        ]

    def test_leaver_keeps_the_last_day_that_is_told(self) -> None:
        day = date(2026, 10, 31)

        found = difference(before=organization(person("1")), former=(Former(2, "1", day),))

        assert [gone.last_day for gone in found.leavers] == [day]

    @pytest.mark.parametrize("until", [YESTERDAY, date(2020, 1, 1)])
    def test_who_has_left_does_not_leave_again(self, until: date) -> None:
        gone = person("1", active_until=until)

        found = difference(before=organization(gone), former=(Former(2, "1", date(2026, 1, 1)),))

        assert found.is_empty
        assert found.active_before == 0

    def test_who_is_here_for_the_last_day_can_still_leave(self) -> None:
        found = difference(before=organization(person("1", active_until=TODAY)))

        assert len(found.leavers) == 1

    def test_returner(self) -> None:
        gone = person("1", active_until=YESTERDAY)

        found = difference(person("1", department_code="D2"), before=organization(gone))

        assert [change.person.active_until for change in found.returners] == [None]
        assert found.movers == ()

    def test_returner_of_a_roster_without_last_days_is_active(self) -> None:
        gone = person("1", active_until=YESTERDAY)

        found = difference(
            person("1"), before=organization(gone), told=frozenset({Field.NUMBER, Field.NAME})
        )

        assert [change.person.active_until for change in found.returners] == [None]

    def test_a_former_person_nobody_knows_is_left_out(self) -> None:
        found = difference(before=organization(), former=(Former(2, "9", date(2020, 1, 1)),))

        assert found.is_empty


class TestColumnsThatAreNotThere:
    def test_say_nothing(self) -> None:
        known = person(
            "1",
            name_en="One",
            language="en",
            is_manager=True,
            is_head=True,
            active_from=date(2020, 1, 1),
            active_until=date(2027, 1, 1),
        )
        told = frozenset({Field.NUMBER, Field.NAME, Field.DEPARTMENT_CODE})

        found = difference(person("1", email=None), before=organization(known), told=told)

        assert found.is_empty

    @pytest.mark.parametrize("column", [Field.HEAD, Field.DUTY])
    def test_head_and_duty_each_tell_of_heads_and_managers(self, column: Field) -> None:
        known = person("1", is_manager=True, is_head=True)
        told = frozenset({Field.NUMBER, Field.NAME, Field.DEPARTMENT_CODE, Field.EMAIL, column})

        found = difference(person("1"), before=organization(known), told=told)

        assert [change.parts for change in found.changed] == [[Field.MANAGER, Field.HEAD]]

    def test_a_mover_does_not_lead_the_new_department_by_habit(self) -> None:
        known = person("1", is_head=True, is_manager=True)
        told = frozenset({Field.NUMBER, Field.NAME, Field.DEPARTMENT_CODE})

        found = difference(person("1", department_code="D2"), before=organization(known), told=told)

        assert [(c.person.is_head, c.person.is_manager) for c in found.movers] == [(False, True)]


class TestAddresses:
    def test_are_freed_by_leavers_for_others(self) -> None:
        found = difference(person("2", email="p1@x.kr"), before=organization(person("1")))

        assert [known.person.number for known in found.freed] == ["1"]

    def test_are_freed_by_those_who_left_long_ago(self) -> None:
        gone = person("1", active_until=date(2020, 1, 1))

        found = difference(person("2", email="p1@x.kr"), before=organization(gone))

        assert [known.person.number for known in found.freed] == ["1"]

    def test_stay_with_leavers_otherwise(self) -> None:
        assert difference(person("2"), before=organization(person("1"))).freed == ()


class TestDepartments:
    def test_new_renamed_moved_and_closed(self) -> None:
        before = organization(units=(unit("A"), unit("B"), unit("C"), unit("D")))
        after = (unit("A", "New name"), unit("B", parent="A"), unit("D"), unit("E"))

        found = difference(before=before, units=after)

        assert [u.code for u in found.new_units] == ["E"]
        assert [(c.unit.code, c.is_renamed, c.is_moved) for c in found.changed_units] == [
            ("A", True, False),
            ("B", False, True),
        ]
        assert [known.unit.code for known in found.closed_units] == ["C"]
        assert found.reopened_units == ()

    def test_open_again(self) -> None:
        before = organization(units=(unit("A"), unit("B")), closed="B")

        found = difference(before=before, units=(unit("A"), unit("B")))

        assert [change.unit.code for change in found.reopened_units] == ["B"]
        assert found.changed_units == ()

    def test_closed_ones_do_not_close_again(self) -> None:
        before = organization(units=(unit("A"), unit("B")), closed="B")

        assert difference(before=before, units=(unit("A"),)).is_empty


class TestDeactivationShare:
    @pytest.mark.parametrize(("left", "share"), [(0, 0.0), (1, 0.2), (2, 0.4), (5, 1.0)])
    def test_is_of_those_who_are_active_now(self, left: int, share: float) -> None:
        everybody = [person(str(number)) for number in range(5)]
        gone = person("gone", active_until=date(2020, 1, 1))

        found = difference(*everybody[left:], before=organization(*everybody, gone))

        assert found.deactivation_share == pytest.approx(share)

    def test_of_an_empty_company_is_zero(self) -> None:
        assert difference(person("1"), before=organization()).deactivation_share == 0


class TestDigest:
    def test_is_the_same_for_the_same_difference(self) -> None:
        one = difference(person("1"), before=organization())

        assert one.digest == difference(person("1"), before=organization()).digest

    def test_is_another_if_somebody_was_changed_meanwhile(self) -> None:
        one = difference(person("1", name="B"), before=organization(person("1", name="A")))
        other = difference(person("1", name="B"), before=organization(person("1", name="C")))

        assert one.digest != other.digest


class TestOpenUnits:
    def test_leaves_out_closed_ones(self) -> None:
        before = organization(units=(unit("A"), unit("B")), closed="B")

        assert set(before.open_units()) == {"A"}
