"""How moments are said on ballot pages and in what leads to them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton


def closing_words(closes_at: datetime, timezone: str, language: str) -> str:
    """Day with weekday, and the time in 24 hours, which both languages read alike."""
    local = closes_at.astimezone(ZoneInfo(timezone))
    day = format_skeleton("MMMMEEEEd", local, locale=language)
    return f"{day} {local:%H:%M}" if language == "ko" else f"{day}, {local:%H:%M}"
