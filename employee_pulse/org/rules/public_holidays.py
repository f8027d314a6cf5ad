"""Days off: the public holidays of Korea, and what HR has added to them or taken out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache


class HolidayChangeKind(StrEnum):
    """What happened to a day."""

    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day of the calendar of holidays. ``is_public``: by law; ``is_off``: here, in the end."""

    day: date
    name_ko: str
    name_en: str
    is_public: bool
    is_off: bool


@dataclass(frozen=True, slots=True)
class Override:
    """What HR says of one day."""

    name: str
    is_off: bool


@cache
def public_holidays(year: int) -> Mapping[date, tuple[str, str]]:
    """Day -> name in Korean and in English, substitute holidays among them."""
    import holidays  # here, not above: heavy, and many processes never ask

    korean = holidays.country_holidays("KR", years=year, language="ko")
    english = holidays.country_holidays("KR", years=year, language="en_US")
    return {day: (korean[day], english[day]) for day in sorted(korean)}


def calendar(year: int, overrides: Mapping[date, Override]) -> list[DayOff]:
    """Every public holiday of the year and every day that HR has added, in order."""
    public = public_holidays(year)
    days = [
        DayOff(
            day=day,
            name_ko=names[0],
            name_en=names[1],
            is_public=True,
            is_off=overrides[day].is_off if day in overrides else True,
        )
        for day, names in public.items()
    ]
    days += [
        DayOff(day=day, name_ko=override.name, name_en=override.name, is_public=False, is_off=True)
        for day, override in overrides.items()
        if day.year == year and day not in public and override.is_off
    ]
    return sorted(days, key=lambda found: found.day)


def days_off(first: date, last: date, overrides: Mapping[date, Override]) -> frozenset[date]:
    """Holidays from the first to the last day, both included."""
    return frozenset(
        found.day
        for year in range(first.year, last.year + 1)
        for found in calendar(year, overrides)
        if found.is_off and first <= found.day <= last
    )
