"""Departments by dimensions of one wave."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from employee_pulse.charts.specs import HeatmapCell, HeatmapChart
from employee_pulse.results import queries, wording
from employee_pulse.results.queries import NodeRow
from employee_pulse.results.rules import measures, readings
from employee_pulse.results.rules.readings import Reading
from employee_pulse.results.screens.choice import Choice
from employee_pulse.results.wording import gettext as _

STEPS = 7
MOST_DRAWN = 200
"""Rows of a picture: more cannot be read, and take seconds and hundreds of megabytes."""


@dataclass(frozen=True)
class HeatmapRow:
    node: NodeRow
    depth: int
    name: str
    cells: Sequence[Reading]


@dataclass(frozen=True)
class Heatmap:
    """Rows in tree order; the first column is all questions together."""

    choice: Choice
    columns: Sequence[tuple[str, str]]
    rows: Sequence[HeatmapRow]
    title: str
    minimum: int

    @property
    def unit(self) -> str:
        return wording.unit(measures.INDEX, self.choice.figure)

    def said(self, reading: Reading) -> str:
        return wording.said(reading, self.unit, minimum=self.minimum)

    def url(self, node: NodeRow) -> str:
        """The overview of a department; put together by hand, for there may be hundreds."""
        return f"{self.base_url}&department={node.department_id}"

    @cached_property
    def base_url(self) -> str:
        return self.choice.url("results.program", department=None, figure=None, measure=None)

    @staticmethod
    def step(reading: Reading) -> int:
        """Which of the seven colors a value between 0 and 100 has, from 1."""
        return min(int((reading.value or 0) / 100 * STEPS), STEPS - 1) + 1

    def csv_rows(self) -> list[list[object]]:
        return [
            [row.node.code, row.name, *(self._plain(cell) for cell in row.cells)]
            for row in self.rows
        ]

    def _plain(self, reading: Reading) -> object:
        return self.said(reading) if reading.value is None else round(reading.value, 1)


def build(choice: Choice) -> Heatmap:
    columns = [
        (measure, name)
        for measure, name in choice.measures
        if measure == measures.INDEX or measures.dimension_name(measure)
    ]
    scores = queries.scores_of_wave(choice.wave.id, [measure for measure, _ in columns])
    top = min(node.depth for node in choice.nodes)
    rows = [
        HeatmapRow(
            node,
            node.depth - top,
            wording.place_name(node),
            [
                readings.reading(
                    scores.get((node.department_id, measure)), choice.figure, invited=node.invited
                )
                for measure, _ in columns
            ],
        )
        for node in choice.nodes
    ]
    return Heatmap(choice, columns, rows, _title(columns, rows, choice), choice.wave.min_scores)


def chart(heatmap: Heatmap) -> HeatmapChart:
    choice, drawn = heatmap.choice, _drawn(heatmap.rows)
    return HeatmapChart(
        title=heatmap.title,
        subtitle=" · ".join(
            (
                wording.program_name(choice.program),
                wording.figure_name(measures.INDEX, choice.figure),
                choice.wave.period,
            )
        ),
        columns=tuple(name for _, name in heatmap.columns),
        rows=tuple(
            (
                row.name,
                row.depth,
                tuple(
                    HeatmapCell(cell.value, heatmap.said(cell), hidden=cell.reason is not None)
                    for cell in row.cells
                ),
            )
            for row in drawn
        ),
        floor=0,
        ceiling=100,
        footer=_footer(heatmap, left_out=len(heatmap.rows) - len(drawn)),
    )


def _drawn(rows: Sequence[HeatmapRow]) -> Sequence[HeatmapRow]:
    """Whole levels from the top, as many as a picture holds; of one wide level a part."""
    if len(rows) <= MOST_DRAWN:
        return rows
    too_deep = sorted(row.depth for row in rows)[MOST_DRAWN]
    levels = [row for row in rows if row.depth < too_deep]
    return levels if len(levels) > 1 else rows[:MOST_DRAWN]


def _footer(heatmap: Heatmap, *, left_out: int) -> tuple[str, ...]:
    top, period = heatmap.rows[0].node, heatmap.choice.wave.period
    said = []
    if top.ballots is not None and top.parent_id is None:
        said.append(_("%(period)s: %(n)s answers", period=period, n=f"{top.ballots:,}"))
    if top.participation is not None:
        said.append(_("participation %(share)s", share=f"{top.participation:.0%}"))
    minimum = heatmap.minimum
    said.append(_("Figures of fewer than %(minimum)s people are not shown.", minimum=minimum))
    lines = (" · ".join(said),)
    if not left_out:
        return lines
    return (
        *lines,
        _(
            "Departments further down, in the table and in the CSV file only: %(count)s.",
            count=f"{left_out:,}",
        ),
    )


def _title(columns: Sequence[tuple[str, str]], rows: Sequence[HeatmapRow], choice: Choice) -> str:
    """Names the lowest cell, leaving out the column of all questions together."""
    cells = [
        (cell.value, row.name, name)
        for row in rows
        for (measure, name), cell in zip(columns, row.cells, strict=True)
        if cell.value is not None and measure != measures.INDEX
    ]
    if not cells:
        return _("No figure of this wave may be shown.")
    value, place, name = min(cells, key=lambda cell: cell[0])
    said = f"{wording.number(value)}{wording.unit(measures.INDEX, choice.figure)}"
    return _(
        "The lowest figure is that of %(place)s for %(measure)s: %(value)s.",
        place=place,
        measure=name,
        value=said,
    )
