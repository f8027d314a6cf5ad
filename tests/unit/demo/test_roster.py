"""The roster file of the demo company is one that the importer takes."""

from collections import Counter
from datetime import date

import pytest

from employee_pulse.demo.roster import make_roster, roster_csv
from employee_pulse.foundation.table_file import read_table
from employee_pulse.org.rules.columns import guess_columns
from employee_pulse.org.rules.roster import Roster, read_roster

TODAY = date(2026, 11, 22)


def read(content: bytes) -> Roster:
    table = read_table(content, filename="roster.csv")
    reading = read_roster(table.rows, guess_columns(table.columns), known={}, today=TODAY)
    assert reading.errors == ()
    assert reading.roster is not None
    return reading.roster


class TestRosterCsv:
    @pytest.mark.parametrize("people", [100, 240, 1200])
    def test_is_understood_without_an_error(self, people: int) -> None:
        roster = read(roster_csv(make_roster(people)))

        assert len(roster.people) == people

    def test_is_written_as_korean_systems_export_it(self) -> None:
        content = roster_csv(make_roster(240))

        assert content.decode("cp949").startswith("사번,성명,영문명,이메일,부서코드")
        assert b'"Electronics, Control"' in content
        assert content.endswith(b"," * 11 + b"\r\n\r\n")
        with pytest.raises(UnicodeDecodeError):
            content.decode("utf-8")

    def test_gives_each_department_one_head(self) -> None:
        roster = read(roster_csv(make_roster(240)))

        heads = Counter(person.department_code for person in roster.people if person.is_head)
        assert heads == {unit.code: 1 for unit in roster.units}

    def test_has_people_without_an_address_and_people_asked_in_english(self) -> None:
        people = read(roster_csv(make_roster(240))).people

        assert 5 <= sum(person.email is None for person in people) <= 30
        assert sum(person.language == "en" for person in people) == 10

    def test_tells_of_people_who_left(self) -> None:
        roster = read(roster_csv(make_roster(240, leavers=4)))

        assert len(roster.people) == 240
        assert len(roster.former) == 4

    def test_is_the_same_each_time_and_another_one_for_another_seed(self) -> None:
        assert make_roster(240) == make_roster(240)
        assert make_roster(240, seed=1) != make_roster(240, seed=2)
