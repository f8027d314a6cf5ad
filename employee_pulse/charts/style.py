"""How charts look: colors, fonts, sizes, and the hatch of what is kept back."""

from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
from matplotlib.font_manager import FontProperties

from employee_pulse.charts.specs import Size

FONTS = Path(__file__).parent / "fonts"
HATCH = "////"

# Once for the process: rc_context would not be safe between threads.
mpl.rcParams.update(
    {
        "svg.fonttype": "path",
        "svg.hashsalt": "employee-pulse",
        "text.parse_math": False,
        "axes.unicode_minus": True,
        "hatch.linewidth": 0.7,
        "pdf.fonttype": 42,
    }
)


@dataclass(frozen=True)
class Palette:
    """Okabe-Ito blue and vermillion on a page color, with its grays."""

    page: str
    text: str
    quiet: str
    line: str
    accent: str
    alarm: str
    reference: str
    bar: str
    hatch: str
    hidden: str
    heat: tuple[str, ...]
    """From the low to the high end of a scale, as the page's own heatmap; text reads on each."""


PALETTE = Palette(
    page="#ffffff",
    text="#1b1f27",
    quiet="#5a6270",
    line="#e4e7ec",
    accent="#0072b2",
    alarm="#d55e00",
    reference="#8a93a1",
    bar="#c5cbd5",
    hatch="#b4bbc7",
    hidden="#ffffff",
    heat=("#edb49b", "#f5d0be", "#faeae1", "#f3f3ef", "#dcecec", "#b7dadb", "#8ec5c7"),
)


@dataclass(frozen=True)
class Sheet:
    """Size in inches and type sizes in points; a title of 0 is not drawn."""

    width: float
    height: float
    title: float
    body: float
    small: float
    margin: float
    """Inches on every side."""


SHEETS = {
    Size.SLIDE: Sheet(width=12.8, height=7.2, title=19, body=12.5, small=10.5, margin=0.45),
    Size.PAGE: Sheet(width=12.8, height=5.4, title=0, body=13, small=11.5, margin=0.08),
    Size.PHONE: Sheet(width=4.6, height=4.8, title=0, body=12, small=10.5, margin=0.05),
}
DPI = 150


def regular(size: float) -> FontProperties:
    return FontProperties(fname=str(FONTS / "Pretendard-Regular.ttf"), size=size)


def bold(size: float) -> FontProperties:
    return FontProperties(fname=str(FONTS / "Pretendard-Bold.ttf"), size=size)
