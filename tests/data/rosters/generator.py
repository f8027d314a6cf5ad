"""Rosters as Korean HR systems export them, made at random from a seed."""

import csv
import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import xlsxwriter

COLUMNS = (
    "사번", "성 명", "영문성명", "E-Mail", "부서코드", "부서명", "부서명(영문)", "상위부서코드",
    "직위", "직책", "입사일자", "퇴사일자", "비고",
)  # fmt: skip
SURNAMES = "김이박최정강조윤장임한오서신권황안송류전"
GIVEN = (
    "민준",
    "서연",
    "도윤",
    "지우",
    "하준",
    "서현",
    "수빈",
    "채원",
    "현우",
    "다은",
    "뷁똠",
    "소율",
)
RANKS = ("사원", "대리", "과장", "차장", "부장")
DIVISIONS = ("경영지원", "연구개발", "생산", "영업, 마케팅", "품질", "고객지원")

Record = dict[str, str]


@dataclass
class Roster:
    """Rows of a roster; change them before they are written."""

    records: list[Record] = field(default_factory=list)

    def person(self, position: int = -1) -> Record:
        return [record for record in self.records if record["사번"]][position]

    def without(self, share: float) -> "Roster":
        """The same without the last people: the first of every department stay."""
        people = [record for record in self.records if record["사번"]]
        gone = {record["사번"] for record in people[len(people) - round(len(people) * share) :]}
        return Roster([record for record in self.records if record["사번"] not in gone])

    def copy(self, change: Callable[[Record], None] = lambda record: None) -> "Roster":
        records = [dict(record) for record in self.records]
        for record in records:
            change(record)
        return Roster(records)


def company(people: int = 1_200, teams: int = 60, *, seed: int = 7) -> Roster:
    """A company with divisions, teams and a head in each department."""
    dice = random.Random(seed)
    units = [("C000", "한결산업", "Hangyeol", "")]
    units += [
        (f"B{i:02}", f"{name}본부", f"Division {i}", "C000") for i, name in enumerate(DIVISIONS)
    ]
    units += [
        (f"T{i:03}", f"{DIVISIONS[i % 6]} {i}팀", f"Team {i}", f"B{i % 6:02}") for i in range(teams)
    ]
    records = [_person(number, units[number % len(units)], dice, is_head=number < len(units))
               for number in range(people)]  # fmt: skip
    return Roster(records)


def as_csv(
    roster: Roster, *, encoding: str = "cp949", delimiter: str = ",", blank_lines: int = 3
) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(COLUMNS)
    writer.writerows([record[column] for column in COLUMNS] for record in roster.records)
    file.write((delimiter * (len(COLUMNS) - 1) + "\r\n") * blank_lines + "\r\n")
    return file.getvalue().encode(encoding)


def as_xlsx(rows: Sequence[Sequence[object]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("직원명부")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file.getvalue()


def rows_of(roster: Roster) -> list[list[str]]:
    return [
        list(COLUMNS),
        *([record[column] for column in COLUMNS] for record in roster.records),
    ]


def _person(
    number: int, unit: tuple[str, str, str, str], dice: random.Random, *, is_head: bool
) -> Record:
    code, name, name_en, parent = unit
    day = f"20{dice.randint(10, 25)}.{dice.randint(1, 12):02}.{dice.randint(1, 28):02}"
    return {
        "사번": f"{20100000 + number}",
        "성 명": dice.choice(SURNAMES) + dice.choice(GIVEN),
        "영문성명": f"Person {number}",
        "E-Mail": f"person{number}@hangyeol.example" if number % 20 else "",
        "부서코드": code,
        "부서명": name,
        "부서명(영문)": name_en,
        "상위부서코드": parent,
        "직위": dice.choice(RANKS),
        "직책": "팀장" if is_head else "팀원",
        "입사일자": day,
        "퇴사일자": "",
        "비고": "육아휴직\n2026년 복귀, 예정" if number % 97 == 5 else "",
    }
