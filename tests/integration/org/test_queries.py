"""Reading the organization: trees, sizes, who may be asked."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from sqlalchemy import event, select

from employee_pulse.foundation.db import db, transaction
from employee_pulse.org import queries
from employee_pulse.org.models import Department, Employee
from employee_pulse.org.rules.difference import Difference
from tests.data.rosters.generator import company

TODAY = date(2026, 11, 22)
Apply = Callable[..., Difference]


def id_of(code: str) -> int:
    return db.session.scalars(select(Department.id).where(Department.code == code)).one()


@contextmanager
def counted() -> Iterator[list[str]]:
    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    yield statements
    event.remove(db.engine, "before_cursor_execute", count)


class TestTree:
    def test_departments_come_as_a_tree(self, apply_roster: Apply) -> None:
        apply_roster(company(60, 8))

        codes = [each.code for each in queries.departments()]

        assert codes[:5] == ["C000", "B00", "T000", "T006", "B01"]
        assert len(codes) == 15

    def test_sizes_add_up(self, apply_roster: Apply) -> None:
        apply_roster(company(61, 8))

        branches = {branch.department.code: branch for branch in queries.tree(TODAY)}

        assert (branches["C000"].total, branches["C000"].own, branches["C000"].depth) == (61, 5, 0)
        division = branches["B00"]
        assert division.total == division.own + branches["T000"].total + branches["T006"].total
        assert (branches["T000"].depth, branches["T000"].own) == (2, branches["T000"].total)
        assert all(branch.head for branch in branches.values())

    def test_subtrees(self, apply_roster: Apply) -> None:
        apply_roster(company(60, 8))

        assert queries.subtree_ids(id_of("B00")) == {id_of("B00"), id_of("T000"), id_of("T006")}
        assert queries.subtrees([id_of("T001"), id_of("B00")]) == {
            id_of(code) for code in ("T001", "B00", "T000", "T006")
        }

    def test_one_page_asks_a_few_times_whatever_the_size(self, apply_roster: Apply) -> None:
        apply_roster(company(600, 60))

        with counted() as statements:
            queries.tree(TODAY)
            queries.subtree_ids(1)
            queries.eligible(TODAY, range(1, 68))

        assert len(statements) == 5


class TestEligible:
    def test_is_who_belongs_on_the_day(self, apply_roster: Apply) -> None:
        apply_roster(company(60, 3))
        with transaction():
            one, other, third = db.session.scalars(select(Employee).order_by(Employee.id).limit(3))
            one.active_until = TODAY
            other.active_until = TODAY - timedelta(days=1)
            third.active_from = TODAY + timedelta(days=1)
            ids = (one.id, other.id, third.id)
        everywhere = queries.subtree_ids(id_of("C000"))

        def asked(on: date) -> list[bool]:
            found = {each.employee_id for each in queries.eligible(on, everywhere)}
            return [each in found for each in ids]

        assert asked(TODAY) == [True, False, False]
        assert asked(TODAY + timedelta(days=1)) == [False, False, True]

    def test_is_of_these_departments_only(self, apply_roster: Apply) -> None:
        apply_roster(company(60, 3))

        found = queries.eligible(TODAY, [id_of("T000")])

        assert len(found) == 6
        assert {each.department_id for each in found} == {id_of("T000")}
        assert queries.eligible(TODAY, []) == []

    def test_says_whom_to_write_to(self, apply_roster: Apply) -> None:
        apply_roster(company(60, 3))

        head = queries.eligible(TODAY, [id_of("C000")])[1]

        assert (head.email, head.language) == ("person10@hangyeol.example", "ko")
        assert head.name


class TestHeadedDepartment:
    def test_is_of_heads_only(self, apply_roster: Apply) -> None:
        apply_roster(company(60, 3))
        head = queries.employee_by_number("20100007")
        member = queries.employee_by_number("20100047")
        assert head is not None
        assert member is not None

        assert queries.headed_department(head.id) == head.department_id
        assert queries.headed_department(member.id) is None
        assert queries.employee_by_number("none") is None
