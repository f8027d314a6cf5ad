"""The shell and its small scripts: theme, drawer, dialog, copying, kept input."""

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage

DARK = "rgb(20, 23, 24)"
WHITE = "rgb(255, 255, 255)"


class TestTheme:
    def test_follows_the_device_until_one_is_chosen(self, open_page: OpenPage) -> None:
        page = open_page("/", theme="dark")

        expect(page.locator("body")).to_have_css("background-color", DARK)

        page.locator("[data-theme-choice=light]").click()

        expect(page.locator("body")).to_have_css("background-color", WHITE)

    def test_is_remembered_on_the_next_page(self, open_page: OpenPage) -> None:
        page = open_page("/", theme="light")
        page.locator("[data-theme-choice=dark]").click()

        page.goto("/app/sign-in")

        expect(page.locator("body")).to_have_css("background-color", DARK)
        expect(page.locator("[data-theme-choice=dark]")).to_have_attribute("aria-pressed", "true")


class TestLanguage:
    def test_switch_keeps_the_page_and_what_was_typed(self, open_page: OpenPage) -> None:
        page = open_page("/app/design", role="hr", language="ko")
        page.locator("#name").fill("Morale")
        page.locator("input[name=rhythm][value=q]").check()

        page.get_by_role("link", name="English").click()

        expect(page.locator("html")).to_have_attribute("lang", "en")
        assert page.url.endswith("/app/design")
        expect(page.locator("#name")).to_have_value("Morale")
        expect(page.locator("input[name=rhythm][value=q]")).to_be_checked()

    def test_switch_never_keeps_a_password(self, open_page: OpenPage) -> None:
        page = open_page("/app/sign-in", language="en")
        page.locator("input[type=password]").fill("a secret")

        page.locator("nav a[lang=ko]").click()

        expect(page.locator("html")).to_have_attribute("lang", "ko")
        expect(page.locator("input[type=password]")).to_have_value("")
        assert "a secret" not in page.evaluate("JSON.stringify(sessionStorage)")


class TestShell:
    def test_navigation_is_a_drawer_on_a_phone(self, open_page: OpenPage) -> None:
        page = open_page("/app/design", role="hr", width=390)
        navigation = page.locator("#navigation")

        expect(navigation).to_be_hidden()

        page.locator("[popovertarget=navigation]").first.click()

        expect(navigation).to_be_visible()

        page.keyboard.press("Escape")

        expect(navigation).to_be_hidden()

    def test_skip_link_is_the_first_stop(self, open_page: OpenPage) -> None:
        page = open_page("/app/")
        page.keyboard.press("Tab")

        expect(page.locator(".skip")).to_be_focused()

        page.keyboard.press("Enter")

        expect(page.locator("#main")).to_be_focused()

    def test_controls_are_large_enough_for_a_thumb(self, open_page: OpenPage) -> None:
        page = open_page("/app/design", role="hr", width=390)

        small = page.evaluate(
            """() => [...document.querySelectorAll("main .btn, main .chip, .icon-button,"
                + ".likert-face, .form-control, .form-select, .check")]
              .filter((element) => element.checkVisibility())
              .filter((element) => element.getBoundingClientRect().height < 44)
              .map((element) => element.outerHTML.slice(0, 100))"""
        )

        assert small == []


class TestParts:
    def test_dialog_asks_before_it_acts_and_closes_by_escape(self, open_page: OpenPage) -> None:
        page = open_page("/app/design", role="hr")
        page.locator("[data-dialog-open=sample-dialog]").click()

        expect(page.locator("#sample-dialog")).to_be_visible()

        page.keyboard.press("Escape")

        expect(page.locator("#sample-dialog")).to_be_hidden()
        expect(page.locator("[data-dialog-open=sample-dialog]")).to_be_focused()

    def test_copy_says_that_it_copied(self, open_page: OpenPage) -> None:
        page = open_page("/app/design", role="hr", language="en")
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        button = page.locator("[data-copy=sample-copy]")
        button.click()

        expect(button).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == "7K3M-92QF-XD4T-0H8B-5WZR"

    def test_chart_shows_its_numbers_as_a_table(self, open_page: OpenPage) -> None:
        page = open_page("/app/design", role="hr", language="en")
        table = page.locator(".chart table")

        expect(table).to_be_hidden()

        page.get_by_text("Show as table").click()

        expect(table.get_by_role("rowheader", name="2026-10")).to_be_visible()
        expect(table.get_by_text("Not shown")).to_be_visible()

    def test_errors_come_first_and_take_the_focus(self, open_page: OpenPage) -> None:
        page = open_page("/app/design", role="hr", language="en")
        summary = page.locator("[data-focus]")

        expect(summary).to_be_focused()

        summary.get_by_role("link").first.click()

        expect(page.locator("#wrong-name")).to_be_focused()
