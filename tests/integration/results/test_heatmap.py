"""The picture of a heatmap holds no more rows than can be read, and says what it leaves out."""

from collections.abc import Sequence

import pytest
from flask import Flask

from employee_pulse.charts import export
from employee_pulse.charts.specs import HeatmapChart
from employee_pulse.results import jobs
from employee_pulse.results.screens import heatmap
from employee_pulse.results.screens.heatmap import HeatmapRow
from tests.factories import signed_in_client
from tests.integration.results.conftest import World

LEFT_OUT = "Departments further down, in the table and in the CSV file only"


@pytest.mark.parametrize(
    ("depths", "drawn"),
    [
        ([0, 1, 2, 1, 2], [0, 1, 2, 1, 2]),
        ([0, 1, 2, 2, 1, 2], [0, 1, 1]),
        ([0, 1, 1, 1, 1, 1, 1], [0, 1, 1, 1, 1]),
    ],
    ids=["all fit", "whole levels", "part of one wide level"],
)
def test_draws_whole_levels_from_the_top(
    monkeypatch: pytest.MonkeyPatch, depths: Sequence[int], drawn: Sequence[int]
) -> None:
    monkeypatch.setattr(heatmap, "MOST_DRAWN", 5)
    rows = [HeatmapRow(None, depth, str(depth), ()) for depth in depths]  # type: ignore[arg-type]

    assert [row.depth for row in heatmap._drawn(rows)] == list(drawn)


@pytest.mark.database
@pytest.mark.parametrize(("most", "said"), [(3, f"{LEFT_OUT}: 2."), (5, None)])
def test_says_how_many_are_left_out(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch, most: int, said: str | None
) -> None:
    jobs.publish_closed_waves(world.after)
    monkeypatch.setattr(heatmap, "MOST_DRAWN", most)
    charts: list[HeatmapChart] = []

    def keep(chart: HeatmapChart) -> bytes:
        charts.append(chart)
        return b"png"

    monkeypatch.setattr(export, "png", keep)
    hr = signed_in_client(app, "hr")

    assert hr.get(f"/app/results/{world.program_id}/heatmap.png?lang=en").data == b"png"
    lines = hr.get(f"/app/results/{world.program_id}/heatmap.csv?lang=en").text.splitlines()

    assert [len(chart.rows) for chart in charts] == [most]
    assert said is None or charts[0].footer[-1] == said
    assert not any(LEFT_OUT in line for line in charts[0].footer) or said
    assert len(lines) == 1 + 5
