"""Results in a browser: a wave of the demo company is answered, closed, published and read."""

import re
import sqlite3
import struct
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import server
from tests.browser.server import Place, flask
from tests.browser.watch import check_accessibility, overflow


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A company of its own, because publication ends the open wave that other tests need."""
    with server.demo_company(tmp_path_factory.mktemp("published")) as place:
        flask(place, "demo", "answer", "--share", "0.8")
        closes_at = datetime.fromisoformat(_one(place, "SELECT max(closes_at) FROM wave WHERE "
                                                       "opened_at IS NOT NULL"))  # fmt: skip
        after = (closes_at + timedelta(minutes=1)).isoformat() + "+00:00"
        flask(place, "scheduler", "once", "close-due-waves", "--now", after)
        flask(place, "scheduler", "once", "publish-closed-waves", "--now", after)
        yield place


@pytest.fixture
def look(
    published: Place, chromium: Browser, page_checks: Callable[..., Page]
) -> Iterator[Callable[..., Page]]:
    """``look("/app/results/", width=320, theme="dark")`` as HR; ``public=True``: as nobody."""
    contexts = []

    def looked(
        path: str, *, language: str = "ko", theme: str = "light", width: int = 1280,
        public: bool = False,
    ) -> Page:  # fmt: skip
        context = chromium.new_context(
            base_url=published.url,
            locale=language,
            color_scheme=theme,
            viewport={"width": width, "height": 800},
            reduced_motion="reduce",
            accept_downloads=True,
        )
        contexts.append(context)
        page = page_checks(context.new_page())
        if not public:
            page.goto("/app/sign-in")
            page.locator("form[action$='/demo/sign-in/hr'] button").click()
            page.goto(f"/app/language?lang={language}")
        page.goto(path)
        return page

    yield looked
    for context in contexts:
        context.close()


def _one(place: Place, statement: str) -> str:
    connection = sqlite3.connect(place.folder / "pulse.db")
    try:
        return str(connection.execute(statement).fetchone()[0])
    finally:
        connection.close()


def load_images(page: Page) -> None:
    page.evaluate("document.querySelectorAll('img').forEach((image) => (image.loading = 'eager'))")
    page.wait_for_load_state("networkidle")


class TestTrend:
    def test_is_drawn_and_says_the_same_as_its_table(self, look: Callable[..., Page]) -> None:
        page = look("/app/results/1/trend")
        load_images(page)
        chart = page.locator("img.chart-image")
        assert chart.evaluate("(image) => image.naturalWidth") > 0
        assert (chart.get_attribute("alt") or "").startswith(
            page.locator(".chart-title").inner_text()
        )

        page.get_by_text("표로 보기").click()

        rows = page.locator(".chart-foot tbody tr")
        assert rows.count() == 25

    def test_of_a_department_is_downloaded_as_picture_and_table(
        self, look: Callable[..., Page], tmp_path: Path
    ) -> None:
        page = look("/app/results/1/trend")
        page.locator("#department").select_option(index=5)
        page.get_by_role("button", name="보기", exact=True).click()
        place = page.locator("#department option:checked").inner_text().strip()
        files = {}
        for kind in ("PNG", "SVG", "CSV"):
            with page.expect_download() as started:
                page.locator(".downloads").get_by_text(kind, exact=True).click()
            files[kind] = tmp_path / started.value.suggested_filename
            started.value.save_as(files[kind])

        width, height = struct.unpack(">II", files["PNG"].read_bytes()[16:24])
        assert (width, height) == (1920, 1080)
        assert b"<svg" in files["SVG"].read_bytes()
        table = files["CSV"].read_bytes()
        assert table.startswith(b"\xef\xbb\xbf")
        assert len(table.decode("utf-8-sig").splitlines()) == 26
        assert place in page.locator(".chart-title").inner_text()


class TestHeatmap:
    def test_leads_to_a_department(self, look: Callable[..., Page]) -> None:
        page = look("/app/results/1/heatmap", language="en")
        link = page.locator(".heatmap tbody th a").nth(3)
        name = link.inner_text()

        link.click()

        expect(page.locator(".page-header .lead")).to_contain_text(name)


class TestReceipts:
    @pytest.fixture
    def page(self, published: Place, look: Callable[..., Page]) -> Page:
        sheet = _one(published, "SELECT sheet_hash FROM roll")
        page = look(f"/results/{sheet}/receipts", public=True)
        page.wait_for_load_state("networkidle")
        return page

    def test_finds_a_receipt_without_asking_the_server(
        self, published: Place, page: Page, tmp_path: Path
    ) -> None:
        receipt = _one(published, "SELECT lower(hex(max(receipt))) FROM receipt")
        sheet = _one(published, "SELECT sheet_hash FROM roll")
        grouped = " ".join(re.findall("." * 8, receipt))
        saved = tmp_path / "receipt.txt"
        saved.write_text(f"Receipt 접수증\n{grouped}\n2026-11\nhttp://x/results/{sheet}/receipts\n")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        before = page.url

        for typed in (grouped, receipt, receipt.upper(), saved.read_text(), receipt[:12]):
            page.locator("#receipt-search").fill(typed)
            expect(page.locator("[data-outcome]:visible")).to_have_attribute(
                "data-outcome", "counted"
            )
            expect(page.locator("#receipts tr:visible")).to_have_count(1)
            assert page.locator("#receipt-found").inner_text() == grouped
        page.locator("#receipt-search").fill("")
        expect(page.locator("[data-outcome]:visible")).to_have_count(0)
        page.locator("#receipt-file").set_input_files(saved)
        expect(page.locator("[data-outcome='counted']")).to_be_visible()

        assert asked == []
        assert page.url == before
        assert page.context.cookies() == []
        assert (
            page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])") == "[{},{}]"
        )

    def test_says_what_it_means_when_there_is_none(self, published: Place, page: Page) -> None:
        receipt = _one(published, "SELECT lower(hex(max(receipt))) FROM receipt")
        sheet = _one(published, "SELECT sheet_hash FROM roll")
        everything = page.locator("#receipts tr").count()
        other = ("0" if receipt[-1] == "f" else "f").join([receipt[:-1], ""])
        cases = {
            other: "missing",
            "0" * 64: "missing",
            f"http://x/results/{sheet}": "missing",
            receipt[:3]: "short",
            "접수증": "unreadable",
        }

        for typed, outcome in cases.items():
            page.locator("#receipt-search").fill(typed)
            expect(page.locator("[data-outcome]:visible")).to_have_attribute(
                "data-outcome", outcome
            )
            if outcome != "short":
                expect(page.locator("#receipts tr:visible")).to_have_count(everything)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("path", ["", "1", "1/heatmap", "1/comments", "summary", "receipts"])
class TestEveryPage:
    def test_of_a_published_wave_is_accessible_and_fits(
        self, path: str, language: str, published: Place, look: Callable[..., Page]
    ) -> None:
        public = path in ("summary", "receipts")
        sheet = _one(published, "SELECT sheet_hash FROM roll")
        tail = "/receipts" if path == "receipts" else ""
        address = f"/results/{sheet}{tail}?lang={language}" if public else f"/app/results/{path}"
        page = look(address, language=language, public=public)
        for width, theme in ((1280, "light"), (320, "dark")):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=theme)

            assert overflow(page) == []
            assert check_accessibility(page) == []
