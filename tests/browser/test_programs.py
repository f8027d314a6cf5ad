"""A program from its audience to its launch, with a keyboard's and a phone's eyes."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.server import Place
from tests.browser.watch import check_accessibility, overflow


def next_step(page: Page) -> None:
    page.get_by_role("button", name="Save and continue").click()


class TestWizard:
    @pytest.mark.parametrize("width", [390, 1280])
    def test_leads_to_a_running_program(self, open_page: OpenPage, width: int) -> None:
        page = open_page("/app/programs", role="hr", language="en", width=width, expected=("400",))
        name = f"Pulse at {width}"
        page.get_by_role("link", name="New program").click()

        page.get_by_label("Name in Korean").fill(f"펄스 {width}")
        page.get_by_label("Name in English").fill(name)
        boxes = page.locator("[name=audience]")
        boxes.nth(0).check()
        expect(page.locator(".tree-included").nth(1)).to_be_visible()
        expect(page.locator("[data-tree-sum]")).to_have_text(
            re.compile(r"[1-9]\d+ people are asked")
        )
        next_step(page)

        page.locator("[name=questions][value=LEAD-01]").check()
        page.locator("[name=questions][value=ENPS-01]").check()
        expect(page.locator("[data-pick-count]")).to_have_text("2 / 10")
        page.get_by_label("Search the bank").fill("workload manageable")
        expect(page.locator("[name=questions]:visible")).to_have_count(1)
        page.locator("[name=questions]:visible").check()
        assert check_accessibility(page) == []
        next_step(page)

        dates = page.locator("[data-dates]")
        expect(dates.locator("li")).to_have_count(3)
        page.get_by_label("Quarterly").check()
        expect(dates).to_contain_text(re.compile(r"\d{4}-Q\d"))
        page.get_by_label("Length in working days").fill("30")
        expect(dates).to_contain_text("A wave lasts 3 to 20 working days.")
        next_step(page)
        expect(page.locator(".message-bad[data-focus]")).to_be_focused()
        expect(page.locator(".field-error")).to_contain_text("A wave lasts 3 to 20 working days.")
        page.get_by_label("Length in working days").fill("10")
        expect(dates.locator("li")).to_have_count(3)
        next_step(page)

        expect(page.locator(".device-phone")).to_contain_text("매우 그렇다")
        page.get_by_role("link", name="Desktop").click()
        page.get_by_label("Language of the preview").get_by_role("link", name="English").click()
        expect(page.locator(".device-desktop")).to_contain_text("Strongly agree")
        assert overflow(page) == []
        page.get_by_role("link", name="Continue").click()

        page.get_by_label("Message from the CEO in English").fill("Tell us what you think.")
        page.get_by_role("button", name="Save and send me a test mail").click()
        expect(page.get_by_role("status").first).to_contain_text("A test mail to")
        next_step(page)

        page.get_by_label("Ask these people more often all the same").check()
        page.get_by_role("button", name="Launch the program").click()
        expect(page.get_by_role("heading", name=name)).to_be_visible()
        expect(page.locator(".timeline li")).to_have_count(3)
        assert check_accessibility(page) == []

        page.get_by_role("button", name="End program").click()
        page.get_by_role("dialog").get_by_role("button", name="End program").click()
        expect(page.locator(".tag", has_text="Ended")).to_be_visible()

    def test_keeps_what_is_being_typed_when_the_language_changes(self, open_page: OpenPage) -> None:
        page = open_page("/app/programs/new", role="hr", language="en")
        page.get_by_label("Name in English").fill("Half a name")
        page.locator("[name=audience]").nth(1).check()

        page.locator("a[hreflang=ko]").first.click()

        expect(page.locator("html")).to_have_attribute("lang", "ko")
        expect(page.locator("[name=name_en]")).to_have_value("Half a name")
        expect(page.locator("[name=audience]").nth(1)).to_be_checked()
        page.locator("a[hreflang=en]").first.click()

    def test_works_without_scripts(
        self,
        demo_company: Place,
        chromium: Browser,
        session_of: Callable[[str, str], object],
    ) -> None:
        context = chromium.new_context(
            base_url=demo_company.url,
            storage_state=session_of("hr", "en"),  # type: ignore[arg-type]
            java_script_enabled=False,
        )
        page = context.new_page()
        page.goto("/app/programs/new")
        page.get_by_label("Name in Korean").fill("스크립트 없이")
        page.get_by_label("Name in English").fill("Without scripts")
        page.locator("[name=audience]").nth(0).check()
        next_step(page)
        for code in ("LEAD-01", "ENPS-01"):
            page.locator(f"[name=questions][value={code}]").check()
        next_step(page)
        page.get_by_label("Half-yearly").check()
        page.get_by_role("button", name="Show dates").click()

        expect(page.locator("[data-dates]")).to_contain_text(re.compile(r"\d{4}-H\d"))

        next_step(page)
        expect(page.locator(".device")).to_be_visible()
        page.goto("/app/programs")
        expect(page.get_by_role("link", name="Without scripts")).to_be_visible()
        context.close()
