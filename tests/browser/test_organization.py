"""The organization in a browser: searching departments, looking at rosters, holidays."""

from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import OpenPage
from tests.data.rosters.generator import as_csv, as_xlsx, company, rows_of

IMPORT = "/app/organization/import"


def choose(page: Page, content: bytes, name: str = "roster.csv") -> None:
    payload: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": content}
    page.locator("#file").set_input_files(payload)
    page.locator("[data-roster-form] button[type=submit]").click()


def _as_strangers(record: dict[str, str]) -> None:
    """Numbers that nobody of the demo company has."""
    if record["사번"]:
        record["사번"] = "X" + record["사번"]


class TestDepartments:
    def test_are_found_by_typing(self, open_page: OpenPage) -> None:
        page = open_page("/app/organization/", role="hr")
        rows = page.locator("#departments tr")
        everything = rows.count()
        code = rows.last.locator("code").inner_text()

        page.locator("#department-search").fill(code)

        expect(page.locator("#departments tr:visible")).to_have_count(1)
        expect(page.locator("[data-filter-count=departments]")).to_contain_text("1")
        assert everything > 1

    @pytest.mark.parametrize("width", [320, 390, 1280])
    def test_fit_every_screen(self, open_page: OpenPage, width: int) -> None:
        page = open_page("/app/organization/", role="hr", width=width)

        assert page.evaluate("document.documentElement.scrollWidth") <= width


class TestRoster:
    @pytest.mark.parametrize(("name", "told"), [("roster.csv", "CP949"), ("roster.xlsx", "XLSX")])
    def test_shows_what_would_change_and_how_the_file_was_read(
        self, open_page: OpenPage, name: str, told: str
    ) -> None:
        roster = company(60, 3).copy(_as_strangers)
        page = open_page(IMPORT, role="hr", language="en")
        choose(page, as_csv(roster) if told == "CP949" else as_xlsx(rows_of(roster)), name)

        expect(page.locator("h1")).to_have_text("Check the roster")
        expect(page.locator(".stat", has_text="Joiners")).to_contain_text("60")
        page.get_by_text("Columns and first rows").click()

        expect(page.locator(".roster-columns")).to_contain_text(told)
        expect(page.locator(".roster-columns tbody tr")).to_have_count(5)
        expect(page.get_by_label("Employee number")).to_have_value("사번")

    def test_asks_twice_when_many_would_leave(self, open_page: OpenPage) -> None:
        page = open_page(IMPORT, role="hr", language="en")
        choose(page, as_csv(company(20, 3)))
        address = page.url

        page.get_by_role("button", name="Apply the roster").click()

        assert page.url == address
        assert page.evaluate("document.querySelector('#allow_deactivation').validity.valueMissing")

    def test_columns_nobody_knows_are_named_by_hand(self, open_page: OpenPage) -> None:
        page = open_page(IMPORT, role="hr", language="en", width=390)
        choose(page, "번,누구,어디\n1,김민준,물류\n".encode())
        expect(page.locator(".message-warning")).to_contain_text("Employee number")

        page.get_by_label("Employee number").select_option("번")
        page.get_by_label("Name", exact=True).select_option("누구")
        page.get_by_label("Department name", exact=True).select_option("어디")
        page.get_by_role("button", name="Read it this way").click()

        expect(page.locator(".stat", has_text="Joiners")).to_contain_text("1")

    def test_errors_are_downloaded_as_a_file(self, open_page: OpenPage, tmp_path: Path) -> None:
        roster = company(60, 3)
        roster.records[20]["E-Mail"] = "kim"
        page = open_page(IMPORT, role="hr", language="ko")
        choose(page, as_csv(roster))

        with page.expect_download() as download:
            page.locator(".roster-errors a[download]").click()
        download.value.save_as(tmp_path / "errors.csv")

        lines = (tmp_path / "errors.csv").read_text(encoding="utf-8-sig").splitlines()
        assert lines == ["줄,열,값,이유", "23,E-Mail,kim,이메일 주소가 아닙니다."]

    def test_a_file_that_is_too_large_is_not_even_sent(
        self, open_page: OpenPage, tmp_path: Path
    ) -> None:
        page = open_page(IMPORT, role="hr", language="en")
        large = tmp_path / "roster.csv"
        large.write_bytes(b"0" * (21 * 1024 * 1024))

        page.locator("#file").set_input_files(large)
        page.locator("[data-roster-form] button[type=submit]").click()

        assert page.url.endswith(IMPORT)
        message = page.locator("#file").evaluate("(input) => input.validationMessage")
        assert "larger than 20 MB" in message


class TestHolidays:
    def test_a_change_is_undone_with_one_press(self, open_page: OpenPage) -> None:
        page = open_page("/app/holidays?year=2027", role="hr", language="en")
        before = page.locator("tbody tr").count()

        page.locator("#day").fill("2027-11-16")
        page.locator("#name").fill("Founding day")
        page.get_by_role("button", name="Add", exact=True).click()

        expect(page.locator("tbody tr")).to_have_count(before + 1)
        page.get_by_role("button", name="Undo").click()

        expect(page.locator("tbody tr")).to_have_count(before)
