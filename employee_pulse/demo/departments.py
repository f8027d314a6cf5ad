"""The department tree of the demo company, and how to make a larger one of the same shape."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

SMALLEST, LARGEST = 3, 40
"""A team with more people than the largest is cut into parts."""
_TOP_DUTIES = frozenset({"대표이사", "본부장"})


@dataclass(frozen=True)
class Place:
    """A department. ``mood`` shifts what its people answer, in points of a scale from 1 to 5."""

    code: str
    ko: str
    en: str
    parent: str
    people: int
    duty: str
    mood: float
    english: int = 0
    """People who are asked in English."""
    without_email: float = 0.0
    """Share of people who have no address of their own."""


COMPANY = "가온리빙"
DOMAIN = "gaonliving.example"

DEPARTMENTS: Sequence[Place] = (
    Place("G000", COMPANY, "Gaon Living", "", 8, "대표이사", 0.35),
    Place("G100", "경영지원본부", "Corporate Services", "G000", 6, "본부장", 0.2),
    Place("G110", "인사팀", "People", "G100", 11, "팀장", 0.25),
    Place("G120", "재무회계팀", "Finance and Accounting", "G100", 9, "팀장", -0.05),
    Place("G130", "정보기술팀", "IT", "G100", 12, "팀장", 0.1, english=1),
    Place("G200", "제품개발본부", "Product Development", "G000", 7, "본부장", 0.15),
    Place("G210", "제품기획팀", "Product Planning", "G200", 9, "팀장", 0.2, english=1),
    Place("G220", "기구설계팀", "Mechanical Design", "G200", 12, "팀장", 0.05),
    Place("G230", "전자제어팀", "Electronics, Control", "G200", 12, "팀장", -0.1),
    Place("G240", "소프트웨어팀", "Software", "G200", 13, "팀장", 0.1, english=3),
    Place("G300", "생산본부", "Production", "G000", 6, "본부장", 0.0),
    Place("G310", "생산1팀", "Production 1", "G300", 40, "팀장", -0.25, without_email=0.2),
    Place("G320", "생산2팀", "Production 2", "G300", 14, "팀장", -0.05, without_email=0.2),
    Place("G330", "품질보증팀", "Quality Assurance", "G300", 12, "팀장", -0.1),
    Place("G340", "물류팀", "Logistics", "G300", 12, "팀장", -0.2, without_email=0.15),
    Place("G400", "영업마케팅본부", "Sales and Marketing", "G000", 5, "본부장", 0.2),
    Place("G410", "국내영업팀", "Domestic Sales", "G400", 11, "팀장", 0.0),
    Place("G420", "해외영업팀", "International Sales", "G400", 10, "팀장", 0.2, english=4),
    Place("G430", "브랜드팀", "Brand, Design", "G400", 3, "팀장", 0.3, english=1),
    Place("G500", "고객서비스본부", "Customer Service", "G000", 6, "본부장", 0.1),
    Place("G510", "고객상담센터", "Contact Center", "G500", 14, "센터장", -0.25),
    Place("G520", "방문서비스팀", "Field Service", "G500", 8, "팀장", -0.15, without_email=0.1),
)


def tree_for(people: int) -> list[Place]:
    """The same company with so many people; teams that get too large are cut into parts.

    Divisions keep their few people. What rounding leaves over goes to the largest team.
    """
    teams = [place for place in DEPARTMENTS if place.duty not in _TOP_DUTIES]
    top = sum(place.people for place in DEPARTMENTS if place.duty in _TOP_DUTIES)
    factor = (people - top) / sum(place.people for place in teams)
    sizes = {place.code: max(SMALLEST, round(place.people * factor)) for place in teams}
    largest = max(teams, key=lambda place: place.people).code
    sizes[largest] += people - top - sum(sizes.values())
    return [
        part
        for place in DEPARTMENTS
        for part in _cut(replace(place, people=sizes.get(place.code, place.people)), factor)
    ]


def _cut(place: Place, factor: float) -> Iterator[Place]:
    """A team as it is, or its leaders and its parts."""
    if place.people <= LARGEST:
        yield replace(place, english=min(round(place.english * factor), place.people))
        return
    parts = -(-(place.people - SMALLEST) // (LARGEST - 10))
    yield replace(place, people=SMALLEST, english=0)
    for number in range(1, parts + 1):
        extra = number <= (place.people - SMALLEST) % parts
        yield replace(
            place,
            code=f"{place.code}-{number}",
            ko=f"{place.ko} {number}파트",
            en=f"{place.en} Part {number}",
            parent=place.code,
            people=(place.people - SMALLEST) // parts + extra,
            duty="파트장",
            english=round(place.english * factor / parts),
        )
