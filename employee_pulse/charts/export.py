"""Charts as bytes: the same chart gives the same bytes, drawn once and then remembered."""

import ctypes
import gc
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO

from matplotlib.figure import Figure

from employee_pulse.charts import draw, style
from employee_pulse.charts.specs import Chart

REMEMBERED = 16
"""Pictures of a kind that a process keeps, up to about a megabyte each."""


@lru_cache(maxsize=REMEMBERED)
def png(chart: Chart) -> bytes:
    return _drawn(chart, to_png)


@lru_cache(maxsize=REMEMBERED)
def svg(chart: Chart) -> bytes:
    return _drawn(chart, to_svg)


def to_png(figure: Figure) -> bytes:
    """1920 x 1080 pixels for a wide sheet."""
    return _saved(figure, "png", {"Software": None})


def to_svg(figure: Figure) -> bytes:
    """Letters as paths, so that it looks the same without the font."""
    return _saved(figure, "svg", {"Date": None, "Creator": None})


def to_pdf(figure: Figure) -> bytes:
    return _saved(figure, "pdf", {"CreationDate": None, "Creator": None, "Producer": None})


def _drawn(chart: Chart, save: Callable[[Figure], bytes]) -> bytes:
    content = save(draw.draw(chart))
    _give_memory_back()
    return content


def _give_memory_back() -> None:
    """A figure is a heap of cycles: left to chance, some dozens of them pile up to 100 MB.

    What is free then goes back to the system; glibc would keep it.
    """
    gc.collect()
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)


def _saved(figure: Figure, kind: str, metadata: dict[str, None]) -> bytes:
    stream = BytesIO()
    figure.savefig(
        stream, format=kind, dpi=style.DPI, facecolor=figure.get_facecolor(), metadata=metadata
    )
    return stream.getvalue()
