"""What is on the Figure: series, labels, gaps. Nothing hidden is drawn, bridged or zero."""

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from employee_pulse.charts import draw, style
from employee_pulse.charts.draw import draw_heatmap, draw_trend
from employee_pulse.charts.specs import (
    HeatmapCell,
    HeatmapChart,
    Size,
    TrendChart,
    TrendPoint,
    TrendWords,
    fingerprint,
)

WORDS = TrendWords(
    unit="%",
    series="물류팀",
    reference="회사",
    interval="95% 구간",
    band="범위",
    hidden="비공개",
    participation="참여율 (%)",
    breaks="문구 변경",
)
HIDDEN = TrendPoint("2026-04", gap="비공개 (5명 미만)", hidden=True)
MISSED = TrendPoint("2026-05", gap="설문 없음")


def point(label: str, value: float, **more: Any) -> TrendPoint:
    return TrendPoint(label, value=value, low=value - 5, high=value + 5, **more)


def chart(*points: TrendPoint, **more: Any) -> TrendChart:
    return TrendChart(
        title="물류팀의 긍정 응답률은 72%로, 지난 회차와 비슷합니다.",
        subtitle="월간 펄스",
        points=points,
        floor=40,
        ceiling=100,
        words=WORDS,
        footer=("응답 18명", "공개 기준 5명"),
        **more,
    )


def series(figure: Figure, name: str = "series") -> list[list[tuple[float, float]]]:
    lines = [line for axes in figure.axes for line in axes.lines if line.get_gid() == name]
    return [list(zip(line.get_xdata(), line.get_ydata(), strict=True)) for line in lines]


def patches(figure: Figure, name: str) -> list[Rectangle]:
    return [
        patch
        for axes in figure.axes
        for patch in axes.patches
        if isinstance(patch, Rectangle) and patch.get_gid() == name
    ]


def texts(figure: Figure) -> list[str]:
    found = [text.get_text() for text in figure.texts]
    for axes in figure.axes:
        found += [text.get_text() for text in axes.texts]
    found += [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    return found


class TestDrawTrend:
    def test_a_hidden_wave_is_a_marked_gap_and_no_line_crosses_it(self) -> None:
        figure = draw_trend(chart(point("2026-02", 60), point("2026-03", 62), HIDDEN,
                                  point("2026-06", 70)))  # fmt: skip

        assert series(figure) == [[(0, 60), (1, 62)], [(3, 70)]]
        (gap,) = patches(figure, "hidden")
        assert (gap.get_x(), gap.get_width()) == (1.5, 1)
        assert gap.get_hatch() == style.HATCH
        assert "비공개 (5명 미만)" in texts(figure)
        assert "비공개" in texts(figure)

    def test_neighboring_gaps_of_one_kind_are_one_and_of_two_kinds_two(self) -> None:
        figure = draw_trend(chart(point("2026-03", 60), HIDDEN, HIDDEN, MISSED))

        assert [(p.get_x(), p.get_width()) for p in patches(figure, "hidden")] == [(0.5, 2)]
        (missed,) = patches(figure, "empty")
        assert missed.get_hatch() is None

    def test_a_changed_wording_breaks_the_line_and_is_marked(self) -> None:
        figure = draw_trend(chart(point("2026-02", 60), point("2026-03", 62, breaks=True)))

        assert series(figure) == [[(0, 60)], [(1, 62)]]
        assert len(series(figure, "break")) == 1
        assert "문구 변경" in texts(figure)

    def test_a_band_has_no_point(self) -> None:
        band = TrendPoint("2026-03", low=80, high=100)

        figure = draw_trend(chart(point("2026-02", 60), band, point("2026-04", 66)))

        assert series(figure) == [[(0, 60)], [(2, 66)]]
        (bar,) = patches(figure, "band")
        assert (bar.get_y(), bar.get_height()) == (80, 20)
        assert patches(figure, "hidden") == []

    def test_the_company_is_a_line_of_its_own_that_may_have_gaps(self) -> None:
        figure = draw_trend(chart(point("2026-02", 60, reference=64.0), MISSED))

        (line,) = series(figure, "reference")
        assert line[0] == (0, 64)
        assert math.isnan(line[1][1])
        assert "회사" in texts(figure)

    def test_participation_stands_below_in_percent(self) -> None:
        figure = draw_trend(chart(point("2026-02", 60, participation=0.75), HIDDEN))

        (bar,) = figure.axes[1].patches
        assert isinstance(bar, Rectangle)
        assert bar.get_height() == 75

    def test_says_title_subtitle_and_footer(self) -> None:
        figure = draw_trend(chart(point("2026-02", 60)))

        said = texts(figure)
        assert "물류팀의 긍정 응답률은 72%로, 지난 회차와 비슷합니다." in said
        assert {"월간 펄스", "응답 18명", "공개 기준 5명"} <= set(said)

    def test_the_newest_value_is_printed_with_its_unit(self) -> None:
        figure = draw_trend(chart(point("2026-02", 60), point("2026-03", -12.4), HIDDEN))

        assert "−12%" in texts(figure)
        assert "60" in texts(figure)

    def test_of_many_waves_only_the_ends_are_printed(self) -> None:
        points = [point(f"20{number:02}-01", 50 + number) for number in range(30)]

        figure = draw_trend(chart(*points))

        printed = {words for words in texts(figure) if words.rstrip("%").isdigit()}
        assert printed == {"50", "79%"}

    def test_labels_of_periods_do_not_overlap_and_name_the_newest(self) -> None:
        points = [point(f"20{number:02}-01", 50) for number in range(60)]

        figure = draw_trend(chart(*points))
        figure.draw_without_rendering()

        labels = [label for label in figure.axes[1].get_xticklabels() if label.get_text()]
        boxes = [label.get_window_extent() for label in labels]
        assert labels[-1].get_text() == "2059-01"
        assert all(a.x1 < b.x0 for a, b in pairwise(boxes))

    @pytest.mark.parametrize("points", [(), (HIDDEN,), (MISSED, HIDDEN)])
    def test_without_any_value_there_is_no_line(self, points: tuple[TrendPoint, ...]) -> None:
        assert series(draw_trend(chart(*points))) == []

    def test_a_scale_through_zero_has_a_line_there(self) -> None:
        figure = draw_trend(replace(chart(point("2026-02", 10)), floor=-60, ceiling=60))

        assert any(list(line.get_ydata()) == [0, 0] for line in figure.axes[0].lines)

    def test_a_long_title_is_folded_to_the_width_of_the_slide(self) -> None:
        long = "물류팀의 긍정 응답률은 72%로, 지난 회차보다 올랐지만 우연일 수 있어 더 봐야 합니다."
        figure = draw_trend(replace(chart(), title=f"{long} {long}"))
        figure.draw_without_rendering()

        width = figure.get_figwidth() * figure.dpi
        assert all(text.get_window_extent().x1 <= width for text in figure.texts)
        assert texts(figure)[1] not in (long, "월간 펄스")

    @pytest.mark.parametrize("size", [Size.PAGE, Size.PHONE])
    def test_beside_its_title_it_does_not_say_it_again(self, size: Size) -> None:
        figure = draw_trend(chart(point("2026-02", 60), size=size))

        assert chart().title not in texts(figure)
        assert "응답 18명" in texts(figure)

    def test_without_participation_the_line_has_the_room(self) -> None:
        without = draw_trend(chart(point("2026-02", 60)))
        with_bars = draw_trend(chart(point("2026-02", 60, participation=0.8)))

        assert without.axes[0].get_position().height > with_bars.axes[0].get_position().height
        assert "참여율 (%)" not in texts(without)

    def test_one_word_wider_than_the_page_stays_whole(self) -> None:
        figure = draw_trend(replace(chart(), title="가" * 200))

        assert "가" * 200 in texts(figure)


class TestFont:
    def test_every_letter_has_its_shape(self) -> None:
        """A missing one would warn, and warnings are errors here."""
        figure = draw_trend(chart(point("2026-02", -5), HIDDEN, MISSED))

        figure.draw_without_rendering()

        used = {text.get_fontproperties().get_file() for text in figure.texts}
        assert {str(file).rpartition("/")[2] for file in used} == {
            "Pretendard-Bold.ttf",
            "Pretendard-Regular.ttf",
        }


class TestDrawHeatmap:
    def heatmap(self, rows: int = 2, **more: Any) -> HeatmapChart:
        cells = (HeatmapCell(80, "80"), HeatmapCell(None, "비공개 (5명 미만)", hidden=True))
        return HeatmapChart(
            title="가장 낮은 곳",
            subtitle="2026-10",
            columns=("리더십", "소통"),
            rows=tuple((f"부서 {number}", number % 3, cells) for number in range(rows)),
            floor=0,
            ceiling=100,
            footer=("공개 기준 5명",),
            **more,
        )

    def test_a_hidden_cell_is_hatched_and_says_so(self) -> None:
        figure = draw_heatmap(self.heatmap(1))

        shown, hidden = figure.axes[0].patches
        assert shown.get_hatch() is None
        assert hidden.get_hatch() == style.HATCH
        assert {"80", "비공개 (5명 미만)", "부서 0", "리더십"} <= set(texts(figure))

    def test_a_range_has_neither_color_nor_hatch(self) -> None:
        row = ("a", 0, (HeatmapCell(None, "80–100%"),))

        (cell,) = draw_heatmap(replace(self.heatmap(), rows=(row,))).axes[0].patches

        assert cell.get_hatch() is None
        assert cell.get_facecolor() == _rgba(style.PALETTE.hidden)

    def test_grows_with_its_rows(self) -> None:
        assert draw_heatmap(self.heatmap(60)).get_figheight() > 20

    @pytest.mark.parametrize(("value", "step"), [(-5, 0), (0, 0), (50, 3), (100, 6), (140, 6)])
    def test_the_color_follows_the_scale(self, value: float, step: int) -> None:
        chart = replace(self.heatmap(), rows=(("a", 0, (HeatmapCell(value, "x"),)),))

        (cell,) = draw_heatmap(chart).axes[0].patches

        assert cell.get_facecolor() == pytest.approx(_rgba(style.PALETTE.heat[step]))

    def test_without_rows_it_is_an_empty_page(self) -> None:
        assert texts(draw_heatmap(self.heatmap(0)))


class TestDraw:
    def test_takes_either_chart(self) -> None:
        assert isinstance(draw.draw(chart()), Figure)
        assert isinstance(draw.draw(TestDrawHeatmap().heatmap()), Figure)


class TestFingerprint:
    def test_differs_with_anything_that_is_seen(self) -> None:
        charts = [chart(), chart(HIDDEN), chart(size=Size.PHONE)]

        assert len({fingerprint(each) for each in charts}) == 3
        assert fingerprint(chart(HIDDEN)) == fingerprint(chart(HIDDEN))


def _rgba(color: str) -> tuple[float, ...]:
    return tuple(to_rgba(color))
