"""The people of the demo company, and the roster file that its HR system exports."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from random import Random  # noqa: TID251 - seeded: the same company every time

from employee_pulse.demo.departments import DOMAIN, Place, tree_for
from employee_pulse.demo.names import ENGLISH_NAMES, FAMILY_NAMES, GIVEN_NAMES

HEADERS = (
    "사번",
    "성명",
    "영문명",
    "이메일",
    "부서코드",
    "부서명",
    "영문부서명",
    "상위부서코드",
    "직책",
    "언어",
    "입사일",
    "퇴사일",
)
SEED = 20261101
_FIRST_HIRE, _LAST_HIRE = date(2009, 3, 2), date(2024, 9, 2)
_LEFT_ON = date(2025, 12, 31)
_BLANK_LINES = 3


@dataclass(frozen=True)
class Line:
    """A row of the roster, in the order of ``HEADERS``."""

    number: str
    name: str
    name_en: str
    email: str
    department_code: str
    department: str
    department_en: str
    parent_code: str
    duty: str
    language: str
    since: str
    until: str


def make_roster(people: int, *, seed: int = SEED, leavers: int = 0) -> list[Line]:
    """So many people in a tree of their size; a head leads each department.

    ``leavers`` adds people whose last day is over, as HR systems export them.
    """
    maker = _Maker(Random(seed))  # noqa: S311 - nothing secret
    lines = [line for place in tree_for(people) for line in maker.people_of(place)]
    gone = [maker.person(tree_for(people)[-1], "팀원", until=_LEFT_ON) for _ in range(leavers)]
    return lines + gone


def roster_csv(lines: Sequence[Line], *, encoding: str = "cp949") -> bytes:
    """The file as a Korean HR system writes it: CP949, CRLF, blank lines at the end."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADERS)
    writer.writerows(astuple(line) for line in lines)
    text.write(("," * (len(HEADERS) - 1) + "\r\n") * _BLANK_LINES + "\r\n")
    return text.getvalue().encode(encoding)


class _Maker:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._emails: set[str] = set()
        self._numbers: dict[int, int] = {}

    def people_of(self, place: Place) -> Iterator[Line]:
        for position in range(place.people):
            duty = place.duty if position == 0 else "팀원"
            in_english = place.people - position <= place.english
            yield self.person(place, duty, in_english=in_english)

    def person(
        self,
        place: Place,
        duty: str,
        *,
        in_english: bool = False,
        until: date | None = None,
    ) -> Line:
        name, name_en = self._english_name() if in_english else self._korean_name()
        since = _FIRST_HIRE + timedelta(
            days=self._random.randrange((_LAST_HIRE - _FIRST_HIRE).days)
        )
        has_email = duty == place.duty or self._random.random() >= place.without_email
        return Line(
            number=self._number(since.year),
            name=name,
            name_en=name_en,
            email=self._email(name_en) if has_email else "",
            department_code=place.code,
            department=place.ko,
            department_en=place.en,
            parent_code=place.parent,
            duty=duty,
            language="en" if in_english else "ko",
            since=since.isoformat(),
            until=until.isoformat() if until else "",
        )

    def _korean_name(self) -> tuple[str, str]:
        weights = [weight for _, _, weight in FAMILY_NAMES]
        [(family, family_en, _)] = self._random.choices(FAMILY_NAMES, weights)
        given, given_en = self._random.choice(GIVEN_NAMES)
        return family + given, f"{given_en} {family_en}"

    def _english_name(self) -> tuple[str, str]:
        given, family = self._random.choice(ENGLISH_NAMES)
        return f"{given} {family}", f"{given} {family}"

    def _email(self, name_en: str) -> str:
        local = name_en.lower().replace(" ", ".")
        email, number = f"{local}@{DOMAIN}", 2
        while email in self._emails:
            email, number = f"{local}{number}@{DOMAIN}", number + 1
        self._emails.add(email)
        return email

    def _number(self, year: int) -> str:
        self._numbers[year] = self._numbers.get(year, 0) + 1
        return f"{year}{self._numbers[year]:04}"
