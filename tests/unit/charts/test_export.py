"""Charts as files: the same bytes for the same chart, of the promised size, with no font asked."""

import hashlib
import re
import struct
import subprocess
import sys
from pathlib import Path

from employee_pulse.charts import draw, export, pdf, style
from tests.unit.charts.test_draw import HIDDEN, chart, point

CHART = chart(point("2026-02", 60), HIDDEN, point("2026-04", 66))


class TestPng:
    def test_is_large_enough_for_a_slide(self) -> None:
        width, height = struct.unpack(">II", export.png(CHART)[16:24])

        assert (width, height) == (1920, 1080)

    def test_is_the_same_each_time(self) -> None:
        assert export.to_png(draw.draw(CHART)) == export.to_png(draw.draw(CHART))

    def test_is_drawn_once(self) -> None:
        assert export.png(CHART) is export.png(CHART)


class TestSvg:
    def test_holds_letters_as_paths_and_no_moment(self) -> None:
        svg = export.svg(CHART).decode()

        assert "<text" not in svg
        assert "font-family" not in svg
        assert "<dc:date>" not in svg
        assert re.search(r"<path", svg)

    def test_is_the_same_each_time(self) -> None:
        assert export.to_svg(draw.draw(CHART)) == export.svg(CHART)


class TestPdf:
    def test_is_the_same_each_time(self) -> None:
        assert export.to_pdf(draw.draw(CHART)).startswith(b"%PDF")
        assert pdf.draw_apart(CHART) == export.to_pdf(draw.draw(CHART))


class TestFonts:
    def test_are_unmodified(self) -> None:
        lines = (style.FONTS / "SHA256SUMS").read_text(encoding="utf-8").split("\n")
        listed = dict(reversed(line.split("  ")) for line in lines if line)

        assert set(listed) == {"LICENSE.txt", "Pretendard-Bold.ttf", "Pretendard-Regular.ttf"}
        for name, digest in listed.items():
            assert hashlib.sha256((style.FONTS / name).read_bytes()).hexdigest() == digest


class TestLazyImport:
    def test_plain_specs_need_no_matplotlib(self) -> None:
        script = "import sys, employee_pulse.charts.specs; print('matplotlib' in sys.modules)"
        root = Path(__file__).parents[3]

        found = subprocess.run(
            [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
        )

        assert found.stdout.strip() == "False"
