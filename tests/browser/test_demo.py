"""Somebody tries the product out: one click in, an invitation, a ballot, a receipt."""

import re

import pytest
from playwright.sync_api import Page, expect

from employee_pulse.demo.company import PASSWORD
from tests.browser.conftest import OpenPage

RECEIPT = re.compile(r"^([0-9a-f]{8} ){7}[0-9a-f]{8}$")


def answer_everything(page: Page) -> None:
    """The middle of each scale; the page's cover lies over the radio, so a label is clicked."""
    for code in page.locator("#ballot fieldset[data-code]").evaluate_all(
        "(all) => all.map((one) => one.dataset.code)"
    ):
        choice = page.locator(f"input[name='{code}'][value='3']")
        (choice if choice.count() else page.locator(f"input[name='{code}']").first).check(
            force=True
        )


class TestTryingOut:
    @pytest.mark.parametrize("width", [390, 1280])
    def test_leads_from_the_sign_in_page_to_a_receipt(
        self, open_page: OpenPage, width: int
    ) -> None:
        page = open_page("/app/sign-in", language="en", width=width)
        page.locator("form[action$='/demo/sign-in/hr'] button").click()
        page.goto("/app/demo/mailbox")
        page.get_by_role("searchbox").fill("Software" if width == 390 else "Logistics")
        page.get_by_role("searchbox").press("Enter")
        page.locator("tbody a").first.click()
        page.locator(".mail-text a").first.click()

        expect(page.locator("#intro")).to_be_visible()
        page.locator("#begin").click()
        expect(page.locator("#questions")).to_be_visible()
        answer_everything(page)
        page.locator("#send").click()

        expect(page.locator("#done")).to_be_visible()
        assert RECEIPT.match(page.locator("#receipt").inner_text())

    def test_works_with_the_password_that_the_start_prints(self, open_page: OpenPage) -> None:
        page = open_page("/app/sign-in", language="en")
        page.locator("input[name='email']").fill("ceo@gaonliving.example")
        page.locator("input[name='password']").fill(PASSWORD)
        page.locator("input[name='password']").press("Enter")

        expect(page.locator(".side-account-name")).to_be_visible()


class TestMailbox:
    def test_says_what_to_do_when_nothing_is_found(self, open_page: OpenPage) -> None:
        page = open_page("/app/demo/mailbox?q=nobody-of-this-name", role="hr", language="en")

        expect(page.get_by_text("No mail matches")).to_be_visible()

    def test_shows_that_everything_was_delivered(self, open_page: OpenPage) -> None:
        page = open_page("/app/deliveries/", role="hr", language="en")

        expect(page.get_by_text("Everything that was tried has been delivered.")).to_be_visible()
