"""Every page, in light and dark, Korean and English, on a phone and a desktop."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import OpenPage
from tests.browser.pages import PageKind, address, page_kinds
from tests.browser.server import Place
from tests.browser.watch import check_accessibility, overflow

WIDTHS = (320, 1280)
OF_COLOR = ["color-contrast", "link-in-text-block"]
"""The only rules that a change of theme can break; the others run once."""

WITHOUT_SCRIPT = frozenset({"urn.paper_form"})
"""Holds both languages and is switched by hand: the same bytes for everybody."""


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("kind", page_kinds(), ids=str)
class TestEveryPage:
    def test_is_accessible_and_quiet_in_every_look(
        self,
        kind: PageKind,
        language: str,
        demo_company: Place,
        kept_context: Callable[[str | None, str], BrowserContext],
        page_checks: Callable[..., Page],
    ) -> None:
        path = address(kind, demo_company)
        page = page_checks(kept_context(kind.role, language).new_page())
        page.goto(path)

        assert urlsplit(page.url).path == path
        written_in = "ko" if kind.endpoint in WITHOUT_SCRIPT else language
        assert page.locator("html").get_attribute("lang") == written_in
        assert problems(page) == []
        page.close()


@pytest.mark.parametrize(
    ("path", "role", "complaint"),
    [("/nowhere", None, "404"), ("/app/nowhere", "hr", "404"), ("/app/accounts", "hr", "403")],
)
def test_an_error_page_is_accessible(
    path: str, role: str | None, complaint: str, open_page: OpenPage
) -> None:
    page = open_page(path, role=role, expected=(complaint,))

    assert problems(page) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_open_drawer_and_dialog_are_accessible(
    width: int, open_page: OpenPage, page_checks: Callable[..., Page]
) -> None:
    page = open_page("/app/design", role="hr", width=width)
    page.locator("[data-dialog-open]").click()

    assert check_accessibility(page) == []

    page.locator("[data-dialog-close]").click()
    if width == 320:
        page.locator("[popovertarget]").first.click()

        assert check_accessibility(page) == []


def problems(page: Page) -> list[str]:
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme="light")
        found += [f"{width} light {problem}" for problem in check_accessibility(page)]
        page.emulate_media(color_scheme="dark")
        found += [f"{width} dark {line}" for line in check_accessibility(page, only=OF_COLOR)]
        found += [f"{width} too wide: {element}" for element in overflow(page)]
    return found
