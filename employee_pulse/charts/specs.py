"""What a chart shows, as plain values and finished sentences; None stands for a hidden figure."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class Size(StrEnum):
    """A slide says everything by itself; on a page or a phone the title stands beside it."""

    SLIDE = "slide"
    PAGE = "page"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One period. Without `value` it is a gap, and `gap` says in words why.

    `low` and `high` are the interval around a value, or, without one, the band shown instead.
    """

    label: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    gap: str = ""
    hidden: bool = False
    """The gap is a figure kept back (hatched), not a period without a survey."""
    breaks: bool = False
    """Not comparable with the point before: the line is broken and marked."""
    participation: float | None = None
    """Share 0-1."""
    reference: float | None = None
    """The company's value in the same period."""


@dataclass(frozen=True, slots=True)
class TrendWords:
    """The words beside the line, in the reader's language."""

    unit: str
    series: str
    reference: str
    interval: str
    band: str
    hidden: str
    participation: str
    breaks: str


@dataclass(frozen=True, slots=True)
class TrendChart:
    """A measure of one department over time, with participation below it.

    `title` is a sentence with the finding, `floor` and `ceiling` are the ends of the scale.
    """

    title: str
    subtitle: str
    points: tuple[TrendPoint, ...]
    floor: float
    ceiling: float
    words: TrendWords
    footer: tuple[str, ...]
    size: Size = Size.SLIDE


@dataclass(frozen=True, slots=True)
class HeatmapCell:
    """`value` places the cell on the scale; without one it has no color. `text` is printed."""

    value: float | None
    text: str
    hidden: bool = False
    """Kept back: hatched. A range stands on plain paper."""


@dataclass(frozen=True, slots=True)
class HeatmapChart:
    """Departments (rows, indented by depth) by dimensions (columns)."""

    title: str
    subtitle: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, int, tuple[HeatmapCell, ...]], ...]
    floor: float
    ceiling: float
    footer: tuple[str, ...]
    size: Size = Size.SLIDE


Chart = TrendChart | HeatmapChart


def fingerprint(chart: Chart) -> str:
    """The same for the same chart, in every process; serves as ETag."""
    return hashlib.sha256(repr(chart).encode()).hexdigest()[:32]
