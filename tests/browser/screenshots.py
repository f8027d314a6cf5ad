"""Pictures of every page in every look, to be looked at by people.

python -m tests.browser.screenshots FOLDER
"""

import sys
import tempfile
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from employee_pulse.foundation import clock
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.pages import PageKind, add_unfinished_work, address, page_kinds
from tests.browser.server import Place, demo_company

WIDTHS = {"phone": 390, "desktop": 1280}
LANGUAGES = ("ko", "en")
THEMES = ("light", "dark")
TALLEST = 4000


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        demo_company(Path(home)) as place,
        sync_playwright() as playwright,
    ):
        add_unfinished_work(place, clock.now())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        kinds = page_kinds()
        for role, language in product(sorted({kind.role or "" for kind in kinds}), LANGUAGES):
            context = signed_in(browser, place, role, language)
            for kind in [kind for kind in kinds if (kind.role or "") == role]:
                picture(context.new_page(), kind, place, folder, language)
            context.close()


def signed_in(browser: Browser, place: Place, role: str, language: str) -> BrowserContext:
    context = browser.new_context(base_url=place.url, locale=language, reduced_motion="reduce")
    if role:
        page = context.new_page()
        page.goto("/app/sign-in")
        page.locator(f"form[action$='/demo/sign-in/{role}'] button").click()
        page.goto(f"/app/language?lang={language}")
        page.close()
    return context


def picture(page: Page, kind: PageKind, place: Place, folder: Path, language: str) -> None:
    for (width_name, width), theme in product(WIDTHS.items(), THEMES):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.goto(address(kind, place))
        page.wait_for_load_state("networkidle")
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": min(max(height, 800), TALLEST)})
        page.screenshot(path=folder / f"{kind}-{width_name}-{language}-{theme}.png")
    page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
