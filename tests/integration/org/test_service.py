"""Rosters are applied as a whole; holidays are changed, recorded and changed back."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError

from employee_pulse.foundation.db import db, transaction
from employee_pulse.org import queries, service
from employee_pulse.org.models import Department, Employee, Holiday, HolidayChange, RosterUpload
from employee_pulse.org.preview import preview
from employee_pulse.org.rules.difference import Difference
from tests.data.rosters.generator import Record, Roster, as_csv, company

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[3]

Apply = Callable[..., Difference]


def everything() -> dict[str, list[object]]:
    """All that is written of departments and people."""
    db.session.expire_all()
    return {
        table: [
            tuple(row)
            for row in db.session.execute(
                select(Base.__table__).order_by(Base.__table__.c.id)  # type: ignore[attr-defined]
            )
        ]
        for table, Base in (("department", Department), ("employee", Employee))
    }


def employee(number: str) -> Employee:
    found = queries.employee_by_number(number)
    assert found is not None
    return found


def unit(code: str) -> Department:
    return db.session.scalars(select(Department).where(Department.code == code)).one()


class TestApplyRoster:
    def test_a_company_of_1200_as_korean_hr_exports_it(self, apply_roster: Apply) -> None:
        found = apply_roster(company())

        assert len(found.joiners) == 1_200
        assert len(found.new_units) == 67
        assert db.session.scalar(select(func.count()).select_from(Employee)) == 1_200
        first = employee("20100007")
        assert (first.is_head, first.is_manager, first.email) == (
            True,
            True,
            "person7@hangyeol.example",
        )
        assert unit("T000").parent_id == unit("B00").id
        assert (unit("B03").name_ko, unit("B03").name_en) == ("영업, 마케팅본부", "Division 3")

    def test_the_same_file_twice_changes_nothing(self, apply_roster: Apply) -> None:
        apply_roster(company(150, 10))
        before = everything()

        found = apply_roster(company(150, 10), today=TODAY + timedelta(days=1))

        assert found.is_empty
        assert found.unchanged == 150
        assert everything() == before

    def test_people_and_departments_become_what_the_file_says(self, apply_roster: Apply) -> None:
        before = company(150, 10)
        apply_roster(before)
        after = before.copy()
        joiner = {**after.records[30], "사번": "99", "E-Mail": "new@x.kr"}
        mover, renamed, left = after.records[31], after.records[32], after.records[140]
        mover |= {key: after.records[0][key] for key in ("부서코드", "부서명", "부서명(영문)")}
        mover["상위부서코드"] = ""
        renamed["성 명"] = "새이름"
        after.records = [*after.records[:140], *after.records[141:], joiner]

        apply_roster(after)

        assert employee("99").email == "new@x.kr"
        assert employee(mover["사번"]).department_id == unit("C000").id
        assert employee(renamed["사번"]).name == "새이름"
        assert employee(left["사번"]).active_until == TODAY - timedelta(days=1)
        active = {each.employee_id for each in queries.eligible(TODAY, queries.subtrees([1]))}
        assert employee(left["사번"]).id not in active
        assert len(active) == 150

    def test_two_people_may_exchange_address_and_post(self, apply_roster: Apply) -> None:
        before = company(60, 3)
        apply_roster(before)
        after = before.copy()
        one, other = after.records[1], after.records[11]
        assert one["부서코드"] == other["부서코드"]
        for key in ("E-Mail", "직책"):
            one[key], other[key] = other[key], one[key]

        apply_roster(after)

        assert employee(one["사번"]).email == "person11@hangyeol.example"
        assert employee(other["사번"]).email == "person1@hangyeol.example"
        assert [employee(r["사번"]).is_head for r in (one, other)] == [False, True]
        assert apply_roster(after).is_empty

    def test_a_joiner_takes_over_address_and_post_of_a_leaver(self, apply_roster: Apply) -> None:
        before = company(60, 3)
        apply_roster(before)
        after = before.copy()
        after.records[1]["사번"] = "77"

        apply_roster(after)

        gone = employee("20100001")
        assert (gone.email, gone.is_head) == (None, False)
        assert (employee("77").email, employee("77").is_head) == ("person1@hangyeol.example", True)

    def test_the_post_of_a_head_whose_last_day_has_passed_is_free(
        self, apply_roster: Apply
    ) -> None:
        before = company(60, 3)
        before.records[1]["퇴사일자"] = "2026.11.30"
        apply_roster(before)
        after = before.copy()
        after.records[1] |= {"사번": "77", "퇴사일자": ""}

        apply_roster(after, today=date(2026, 12, 14))

        assert employee("20100001").is_head is False
        assert employee("77").is_head is True

    def test_who_comes_back_is_active_again(self, apply_roster: Apply) -> None:
        before = company(60, 3)
        apply_roster(before)
        apply_roster(before.without(0.05), today=TODAY)

        found = apply_roster(before, today=TODAY + timedelta(days=30))

        assert [change.person.number for change in found.returners] == [
            "20100057",
            "20100058",
            "20100059",
        ]
        assert employee("20100059").active_until is None

    def test_a_department_that_is_named_no_more_closes_and_may_open_again(
        self, apply_roster: Apply
    ) -> None:
        before = company(60, 3)
        apply_roster(before)

        def move(record: Record) -> None:
            if record["부서코드"] == "T002":
                record |= {"부서코드": "T001", "부서명": "연구개발 1팀", "부서명(영문)": "Team 1"}
                record |= {"상위부서코드": "B01", "직책": "팀원"}

        apply_roster(before.copy(move))

        assert unit("T002").closed_on == TODAY
        assert "T002" not in {each.code for each in queries.departments()}
        apply_roster(before)
        assert unit("T002").closed_on is None

    def test_too_many_leavers_are_refused_and_nothing_is_written(self, apply_roster: Apply) -> None:
        before = company(100, 3)
        apply_roster(before)
        written = everything()

        with pytest.raises(service.TooManyLeavers) as refused:
            apply_roster(before.without(0.21))

        assert refused.value.params == {"leavers": 21, "staff": 100, "percent": 21}
        assert everything() == written
        assert len(apply_roster(before.without(0.20)).leavers) == 20
        assert len(apply_roster(before.without(0.60), allow=True).leavers) == 40

    def test_nothing_stays_if_something_fails_at_the_end(self, apply_roster: Apply) -> None:
        apply_roster(company(60, 3))
        written = everything()
        seen = preview(as_csv(company(80, 5)), filename="r.csv", today=TODAY)
        assert seen.roster is not None
        taken = replace(seen.roster.people[-1], email=seen.roster.people[-2].email)
        broken = replace(seen.roster, people=(*seen.roster.people[:-1], taken))

        with pytest.raises(IntegrityError), transaction():
            service.apply_roster(broken, today=TODAY, limit=1.0)

        assert everything() == written

    def test_is_refused_if_the_organization_is_not_the_one_that_was_seen(
        self, apply_roster: Apply
    ) -> None:
        seen = preview(as_csv(company(60, 3)), filename="r.csv", today=TODAY)
        assert seen.roster is not None
        assert seen.difference is not None
        apply_roster(company(30, 3))

        with pytest.raises(service.OrganizationChanged), transaction():
            service.apply_roster(
                seen.roster, today=TODAY, limit=1.0, expected=seen.difference.digest
            )

    def test_asks_the_database_as_often_for_many_as_for_few(self, apply_roster: Apply) -> None:
        def statements(roster: Roster) -> int:
            counted: list[str] = []

            def count(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
                counted.append(statement)

            event.listen(db.engine, "before_cursor_execute", count)
            apply_roster(roster, allow=True)
            event.remove(db.engine, "before_cursor_execute", count)
            return len(counted)

        few = statements(company(80, 5))
        assert statements(company(600, 40)) <= few + 6


SCRIPT = """
import sys
from datetime import date
from pathlib import Path
from config import TestConfig
from employee_pulse.app import create_app
from employee_pulse.foundation.db import transaction
from employee_pulse.foundation.errors import Refused
from employee_pulse.org import service
from employee_pulse.org.preview import preview

url, keys, file = sys.argv[1:]
today = date(2026, 11, 22)
with create_app(TestConfig(database_url=url, key_dir=keys)).app_context():
    seen = preview(Path(file).read_bytes(), filename=file, today=today)
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        with transaction():
            service.apply_roster(
                seen.roster, today=today, limit=1.0, expected=seen.difference.digest
            )
        print("applied")
    except Refused as refused:
        print(type(refused).__name__)
"""


def test_of_two_processes_with_the_same_preview_one_applies_it(
    app: Flask, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "roster.csv"
    file.write_bytes(as_csv(company(400, 20)))
    arguments = [sys.executable, "-c", SCRIPT, database_url, str(tmp_path / "keys"), str(file)]
    workers = [
        subprocess.Popen(
            arguments, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"

    answers = []
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in workers:
        answers.append(worker.communicate(timeout=60)[0].strip())

    assert sorted(answers) == ["OrganizationChanged", "applied"]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Employee)) == 400


@pytest.mark.usefixtures("context")
class TestUploads:
    def test_are_applied_once_and_forget_their_content(self) -> None:
        content = as_csv(company(60, 3))
        with transaction():
            upload_id = service.keep_upload(filename="a.csv", content=content, by_id=1, now=NOW).id
        seen = preview(content, filename="a.csv", today=TODAY)
        assert seen.roster is not None
        assert seen.difference is not None

        def confirm() -> None:
            with transaction():
                kept = queries.upload(upload_id)
                assert kept is not None
                assert seen.roster is not None
                assert seen.difference is not None
                service.confirm_upload(
                    kept,
                    seen.roster,
                    expected=seen.difference.digest,
                    allow_deactivation=False,
                    limit=0.2,
                    today=TODAY,
                    now=NOW,
                )

        confirm()
        with pytest.raises(service.AlreadyApplied):
            confirm()

        kept = db.session.get_one(RosterUpload, upload_id)
        assert (kept.content, kept.applied_at) == (b"", NOW)
        with pytest.raises(service.AlreadyApplied), transaction():
            service.map_columns(kept, columns={})


@pytest.mark.usefixtures("context")
class TestHolidays:
    PLAIN = date(2026, 11, 16)
    CHUSEOK = date(2026, 9, 25)

    def add(self, day: date, name: str = "창립기념일") -> None:
        with transaction():
            service.add_holiday(day=day, name=name, by_id=3, now=NOW)

    def remove(self, day: date) -> str:
        with transaction():
            return service.remove_holiday(day=day, by_id=3, now=NOW)

    def test_a_day_is_added_and_taken_out_again(self) -> None:
        self.add(self.PLAIN)
        assert self.PLAIN in queries.holidays(self.PLAIN, self.PLAIN)

        assert self.remove(self.PLAIN) == "창립기념일"

        assert queries.holidays(self.PLAIN, self.PLAIN) == frozenset()
        assert db.session.scalars(select(Holiday)).all() == []

    def test_a_public_holiday_is_taken_out_and_put_back(self) -> None:
        assert self.CHUSEOK in queries.holidays(date(2026, 9, 1), date(2026, 9, 30))
        self.remove(self.CHUSEOK)
        assert self.CHUSEOK not in queries.holidays(date(2026, 9, 1), date(2026, 9, 30))

        self.add(self.CHUSEOK)

        assert self.CHUSEOK in queries.holidays(date(2026, 9, 1), date(2026, 9, 30))
        assert db.session.scalars(select(Holiday)).all() == []

    def test_every_change_is_recorded(self) -> None:
        self.add(self.PLAIN)
        self.remove(self.PLAIN)

        changes = db.session.scalars(select(HolidayChange).order_by(HolidayChange.id)).all()
        assert [(c.day, c.name, c.kind, c.changed_by_id, c.changed_at) for c in changes] == [
            (self.PLAIN, "창립기념일", "added", 3, NOW),
            (self.PLAIN, "창립기념일", "removed", 3, NOW),
        ]

    def test_what_is_so_already_is_refused(self) -> None:
        with pytest.raises(service.AlreadyOff):
            self.add(self.CHUSEOK)
        with pytest.raises(service.NotAHoliday):
            self.remove(self.PLAIN)
        self.remove(self.CHUSEOK)
        with pytest.raises(service.NotAHoliday):
            self.remove(self.CHUSEOK)
        assert len(db.session.scalars(select(HolidayChange)).all()) == 1
