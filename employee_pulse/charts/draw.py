"""Draw a chart: what is hidden is a marked gap, never zero, never bridged by a line."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from employee_pulse.charts import style
from employee_pulse.charts.specs import (
    Chart,
    HeatmapCell,
    HeatmapChart,
    Size,
    TrendChart,
    TrendPoint,
)
from employee_pulse.charts.style import Palette, Sheet

_LINE_HEIGHT = 1.36
_POINTS_PER_INCH = 72
_INDENT = 0.16
_LABEL_EVERY_VALUE_UP_TO = {Size.SLIDE: 14, Size.PAGE: 14, Size.PHONE: 5}


def draw(chart: Chart) -> Figure:
    return draw_trend(chart) if isinstance(chart, TrendChart) else draw_heatmap(chart)


def draw_trend(chart: TrendChart) -> Figure:
    """The line with its interval above, participation bars below, both over the same periods."""
    figure, page = _page(chart)
    phone = chart.size is Size.PHONE
    left = page.margin + (0.48 if phone else 0.62)
    right = page.width_of(f"−100{chart.words.unit}", style.bold(page.sheet.body)) + 0.1
    top = page.top - (0.78 if phone else 0.5)
    bottom = page.bottom + 0.35
    bars_height = 0.0
    if any(point.participation is not None for point in chart.points):
        bars_height = 0.6 if phone else 0.85
    gap = 0.46 if bars_height else 0.0
    main = page.axes(
        left, bottom + bars_height + gap, top - bottom - bars_height - gap, right=right
    )
    bars = page.axes(left, bottom, max(bars_height, 0.01), right=right)
    _draw_scale(main, chart, page)
    _draw_gaps(main, chart, page)
    _draw_series(main, chart, page)
    _draw_values(main, chart, page)
    _draw_periods(bars, chart, page)
    if bars_height:
        _draw_participation(bars, chart, page)
    _draw_legend(chart, page)
    return figure


def draw_heatmap(chart: HeatmapChart) -> Figure:
    """A table whose cells are colored by their figure; the figure is always printed."""
    figure, page = _page(chart, rows=len(chart.rows))
    names = [(style.regular(page.sheet.small), name, depth) for name, depth, _ in chart.rows]
    widths = [page.width_of(name, font) + depth * _INDENT for font, name, depth in names]
    label_width = max(widths, default=0) + 0.4
    axes = page.axes(page.margin + label_width, page.bottom + 0.1, page.top - page.bottom - 0.75)
    axes.set_xlim(0, max(len(chart.columns), 1))
    axes.set_ylim(max(len(chart.rows), 1), 0)
    axes.set_axis_off()
    for column, name in enumerate(chart.columns):
        axes.text(
            column + 0.5, -0.12, name, ha="center", va="bottom", color=page.palette.quiet,
            fontproperties=style.regular(page.sheet.small),
        )  # fmt: skip
    for row, (name, depth, cells) in enumerate(chart.rows):
        axes.annotate(
            name, (0, row + 0.5), ((depth * _INDENT - label_width) * _POINTS_PER_INCH, 0),
            va="center", textcoords="offset points", color=page.palette.text,
            fontproperties=(style.regular if depth else style.bold)(page.sheet.small),
        )  # fmt: skip
        for column, cell in enumerate(cells):
            _draw_cell(axes, chart, page, (column, row), cell)
    return figure


class _Page:
    """A figure measured in inches from the lower left corner."""

    def __init__(self, figure: Figure, sheet: Sheet, palette: Palette, height: float) -> None:
        self.figure, self.sheet, self.palette, self.height = figure, sheet, palette, height
        self.margin = sheet.margin
        self.inner_width = sheet.width - 2 * sheet.margin
        self.top = height - sheet.margin
        self.bottom = sheet.margin

    def axes(self, left: float, bottom: float, height: float, *, right: float = 0) -> Axes:
        width = self.sheet.width - self.margin - left - right
        axes: Axes = self.figure.add_axes(
            (
                left / self.sheet.width,
                bottom / self.height,
                width / self.sheet.width,
                height / self.height,
            )
        )
        axes.set_facecolor("none")
        return axes

    def text(self, y: float, words: str, font: FontProperties, color: str) -> None:
        """Write a line whose top is `y` inches above the lower edge."""
        self.figure.text(
            self.margin / self.sheet.width, y / self.height, words,
            fontproperties=font, color=color, va="top", ha="left",
        )  # fmt: skip

    def fold(self, words: str, font: FontProperties) -> list[str]:
        """Break at spaces so that each line fits the page."""
        lines: list[str] = []
        for word in words.split(" "):
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self.width_of(longer, font) <= self.inner_width:
                lines[-1] = longer
            elif lines:
                lines.append(word)
            else:
                lines = [word]
        return lines

    def width_of(self, words: str, font: FontProperties) -> float:
        """Width in inches."""
        canvas: Any = self.figure.canvas
        width, _, _ = canvas.get_renderer().get_text_width_height_descent(words, font, ismath=False)
        return float(width) / self.figure.dpi


def _page(chart: Chart, *, rows: int = 0) -> tuple[Figure, _Page]:
    sheet, palette = style.SHEETS[chart.size], style.PALETTE
    height = max(sheet.height, rows * 0.34 + 2.4)
    figure = Figure(figsize=(sheet.width, height), dpi=style.DPI, facecolor=palette.page)
    FigureCanvasAgg(figure)
    page = _Page(figure, sheet, palette, height)
    headings = (
        (chart.title, style.bold(sheet.title), palette.text, 0.06),
        (chart.subtitle, style.regular(sheet.body), palette.quiet, 0.12),
    )
    for words, font, color, after in headings if sheet.title else ():
        for line in page.fold(words, font):
            page.text(page.top, line, font, color)
            page.top -= font.get_size_in_points() * _LINE_HEIGHT / _POINTS_PER_INCH
        page.top -= after
    small = style.regular(sheet.small)
    lines = [line for words in chart.footer for line in page.fold(words, small)]
    for line in reversed(lines):
        page.bottom += small.get_size_in_points() * _LINE_HEIGHT / _POINTS_PER_INCH
        page.text(page.bottom, line, small, palette.quiet)
    page.bottom += 0.12
    return figure, page


def _draw_scale(axes: Axes, chart: TrendChart, page: _Page) -> None:
    count = len(chart.points)
    axes.set_xlim(-0.6, max(count, 1) - 0.4)
    axes.set_ylim(chart.floor, chart.ceiling)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.grid(axis="y", color=page.palette.line, linewidth=0.9, zorder=0)
    axes.set_axisbelow(True)
    axes.locator_params(axis="y", nbins=6)
    axes.tick_params(length=0, pad=6, colors=page.palette.quiet)
    axes.set_xticks([])
    axes.yaxis.set_major_formatter(lambda value, _: _number(value, chart.words.unit))
    if chart.floor < 0 < chart.ceiling:
        axes.axhline(0, color=page.palette.reference, linewidth=1, zorder=1)
    _font(axes.get_yticklabels(), style.regular(page.sheet.small))


def _draw_gaps(axes: Axes, chart: TrendChart, page: _Page) -> None:
    font = style.regular(page.sheet.small)
    middle = (chart.floor + chart.ceiling) / 2
    for first, last, point in _gaps(chart.points):
        span = Rectangle(
            (first - 0.5, chart.floor), last - first + 1, chart.ceiling - chart.floor,
            facecolor=page.palette.hidden if point.hidden else "none",
            edgecolor=page.palette.hatch, linewidth=0, zorder=2,
            hatch=style.HATCH if point.hidden else None,
        )  # fmt: skip
        span.set_gid("hidden" if point.hidden else "empty")
        axes.add_patch(span)
        room = (last - first + 1) / (len(chart.points) + 0.2) * _width(axes, page)
        upright = page.width_of(point.gap, font) + 0.2 > room
        axes.text(
            (first + last) / 2, middle, point.gap, rotation=90 if upright else 0,
            ha="center", va="center", fontproperties=font, color=page.palette.quiet, zorder=6,
            bbox={"facecolor": page.palette.page, "edgecolor": "none", "pad": 2.5},
        )  # fmt: skip


def _gaps(points: Sequence[TrendPoint]) -> Iterator[tuple[int, int, TrendPoint]]:
    """Neighboring gaps of one kind as one: first, last, and the point that says why."""

    def kind(numbered: tuple[int, TrendPoint]) -> tuple[bool, bool, str]:
        point = numbered[1]
        return point.value is None and point.low is None, point.hidden, point.gap

    for (is_gap, _, _), run in groupby(enumerate(points), kind):
        if is_gap:
            numbers = list(run)
            yield numbers[0][0], numbers[-1][0], numbers[0][1]


def _draw_series(axes: Axes, chart: TrendChart, page: _Page) -> None:
    accent, surface = page.palette.accent, page.palette.page
    wide = chart.size is not Size.PHONE
    reference = [float("nan") if p.reference is None else p.reference for p in chart.points]
    axes.plot(
        range(len(reference)), reference, color=page.palette.reference, linewidth=1.6,
        linestyle=(0, (4, 2.5)), zorder=3, gid="reference",
    )  # fmt: skip
    for run in _runs(chart.points):
        xs = [number for number, _ in run]
        low, high = ([getattr(point, end) for _, point in run] for end in ("low", "high"))
        known = [number is not None for number in low]
        if all(known):
            axes.fill_between(xs, low, high, color=accent, alpha=0.16, linewidth=0, zorder=3)
        if all(known) and len(run) == 1:
            axes.vlines(xs, low, high, color=accent, alpha=0.3, linewidth=6, zorder=3)
        axes.plot(
            xs, [point.value or 0 for _, point in run], color=accent, zorder=5, gid="series",
            linewidth=2.6 if wide else 2, marker="o", markersize=7 if wide else 5,
            markerfacecolor=accent, markeredgecolor=surface, markeredgewidth=1.4,
        )  # fmt: skip
    for number, point in enumerate(chart.points):
        if point.value is None and point.low is not None and point.high is not None:
            bar = Rectangle(
                (number - 0.16, point.low), 0.32, point.high - point.low,
                facecolor=surface, edgecolor=accent, linewidth=1.6, zorder=4, gid="band",
            )  # fmt: skip
            axes.add_patch(bar)
        if point.breaks:
            axes.axvline(
                number - 0.5, color=page.palette.alarm, linewidth=1.3, linestyle=":", zorder=4,
                gid="break",
            )  # fmt: skip


def _runs(points: Sequence[TrendPoint]) -> list[list[tuple[int, TrendPoint]]]:
    """Stretches a line may be drawn through: no gap, no break, no band between."""
    runs: list[list[tuple[int, TrendPoint]]] = []
    joined = False
    for number, point in enumerate(points):
        if point.value is None:
            joined = False
        elif joined and not point.breaks:
            runs[-1].append((number, point))
        else:
            runs.append([(number, point)])
            joined = True
    return runs


def _draw_values(axes: Axes, chart: TrendChart, page: _Page) -> None:
    shown = [(number, p.value) for number, p in enumerate(chart.points) if p.value is not None]
    if not shown:
        return
    if len(chart.points) > _LABEL_EVERY_VALUE_UP_TO[chart.size]:
        shown = [shown[0], shown[-1]] if len(shown) > 1 else shown
    for number, value in shown[:-1]:
        axes.annotate(
            _number(value), (number, value), (0, 9), textcoords="offset points",
            ha="center", va="bottom", fontproperties=style.regular(page.sheet.body),
            color=page.palette.text, zorder=7,
        )  # fmt: skip
    number, value = shown[-1]
    axes.annotate(
        _number(value, chart.words.unit), (number, value), (10, 0), textcoords="offset points",
        ha="left", va="center", fontproperties=style.bold(page.sheet.body),
        color=page.palette.accent, zorder=7, annotation_clip=False,
    )  # fmt: skip


def _draw_periods(axes: Axes, chart: TrendChart, page: _Page) -> None:
    """The line at the foot of everything, and below it as many periods as have room."""
    axes.set_xlim(-0.6, max(len(chart.points), 1) - 0.4)
    axes.set_ylim(0, 100)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(page.palette.reference)
    axes.set_yticks([])
    axes.tick_params(length=0, pad=6, colors=page.palette.quiet)
    font = style.regular(page.sheet.small)
    labels = [point.label for point in chart.points]
    step = _label_step(labels, font, page, _width(axes, page))
    ticks = list(range(len(labels) - 1, -1, -step))[::-1]
    axes.set_xticks(ticks, [labels[tick] for tick in ticks])
    _font(axes.get_xticklabels(), font)


def _draw_participation(axes: Axes, chart: TrendChart, page: _Page) -> None:
    shares = [point.participation for point in chart.points]
    known = [(number, share * 100) for number, share in enumerate(shares) if share is not None]
    axes.bar(
        [number for number, _ in known], [share for _, share in known],
        width=min(0.62, 0.06 * (len(shares) + 1)), color=page.palette.bar, zorder=2,
    )  # fmt: skip
    font = style.regular(page.sheet.small)
    axes.set_yticks([0, 100])
    _font(axes.get_yticklabels(), font)
    axes.annotate(
        chart.words.participation, (0, 1), (0, 5), xycoords="axes fraction",
        textcoords="offset points", fontproperties=font, color=page.palette.quiet, va="bottom",
    )  # fmt: skip


def _label_step(labels: Sequence[str], font: FontProperties, page: _Page, width: float) -> int:
    """Every how many-th label fits; counted back from the newest."""
    widest = max((page.width_of(label, font) for label in labels), default=0) + 0.22
    for step in (1, 2, 3, 4, 6, 12, 24):
        if width / max(len(labels), 1) * step >= widest:
            return step
    return max(len(labels), 1)


def _draw_legend(chart: TrendChart, page: _Page) -> None:
    words, palette = chart.words, page.palette
    points = chart.points
    line = Line2D([], [], color=palette.accent, linewidth=2.6, marker="o", label=words.series)
    handles: list[Line2D | Patch] = [line]
    if any(point.reference is not None for point in points):
        handles.append(
            Line2D([], [], color=palette.reference, linewidth=1.6, linestyle=(0, (4, 2.5)),
                   label=words.reference)
        )  # fmt: skip
    if any(point.value is not None and point.low is not None for point in points):
        handles.append(Patch(color=palette.accent, alpha=0.2, linewidth=0, label=words.interval))
    if any(point.value is None and point.low is not None for point in points):
        handles.append(Patch(facecolor=palette.page, edgecolor=palette.accent, label=words.band))
    if any(point.hidden for point in points):
        handles.append(
            Patch(facecolor=palette.hidden, edgecolor=palette.hatch, hatch=style.HATCH,
                  linewidth=0, label=words.hidden)
        )  # fmt: skip
    if any(point.breaks for point in points):
        handles.append(
            Line2D([], [], color=palette.alarm, linewidth=1.3, linestyle=":", label=words.breaks)
        )
    legend = page.figure.legend(
        handles=handles, loc="upper left", ncols=3 if chart.size is Size.PHONE else len(handles),
        bbox_to_anchor=(page.margin / page.sheet.width, page.top / page.height),
        frameon=False, borderaxespad=0, borderpad=0, handlelength=1.6, columnspacing=1.4,
        handletextpad=0.5, prop=style.regular(page.sheet.small), labelcolor=palette.text,
    )  # fmt: skip
    legend.set_in_layout(False)


def _draw_cell(
    axes: Axes, chart: HeatmapChart, page: _Page, at: tuple[int, int], cell: HeatmapCell
) -> None:
    color, ink = page.palette.hidden, page.palette.quiet
    if cell.value is not None:
        span = chart.ceiling - chart.floor
        step = int((cell.value - chart.floor) / span * len(page.palette.heat))
        color = page.palette.heat[min(max(step, 0), len(page.palette.heat) - 1)]
        ink = page.palette.text
    axes.add_artist(  # Not add_patch: the limits are known, and working them out takes longest.
        Rectangle(
            (at[0] + 0.03, at[1] + 0.05), 0.94, 0.9, facecolor=color, linewidth=0,
            edgecolor=page.palette.hatch, hatch=style.HATCH if cell.hidden else None,
        )
    )  # fmt: skip
    backing = {"facecolor": page.palette.page, "edgecolor": "none", "pad": 1.5}
    axes.text(
        at[0] + 0.5, at[1] + 0.5, cell.text, ha="center", va="center", color=ink,
        fontproperties=style.regular(page.sheet.small * (0.8 if cell.hidden else 1)),
        bbox=backing if cell.hidden else None,
    )  # fmt: skip


def _number(value: float, unit: str = "") -> str:
    return f"{value:.0f}{unit}".replace("-", "−")


def _width(axes: Axes, page: _Page) -> float:
    """Of the plotting area, in inches."""
    return float(axes.get_position().width) * page.sheet.width


def _font(labels: Sequence[Any], font: FontProperties) -> None:
    for label in labels:
        label.set_fontproperties(font)
