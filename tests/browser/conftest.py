"""A Chromium, a server with the demo company, and pages that are watched while they are open."""

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from config import TestConfig
from employee_pulse.app import create_app
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import Base, db, transaction
from tests.browser import server
from tests.browser.ballot import OpenBallot, Survey, add_kinds
from tests.browser.pages import add_unfinished_work
from tests.browser.server import Place, free_port, serve
from tests.browser.watch import Watch
from tests.integration.ballots.company import LINK, mails, open_company

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HERE = Path(__file__).parent

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each test process has a server and a browser of its own, shared by its tests."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium found"))


@pytest.fixture(scope="session")
def demo_company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A running server with the demo company in it."""
    with server.demo_company(tmp_path_factory.mktemp("browser")) as place:
        add_unfinished_work(place, clock.now())
        yield place


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def session_of(demo_company: Place, chromium: Browser) -> Callable[[str, str], Any]:
    """``session_of("hr", "en")``: the cookies of a demo account; signed in once a run."""
    known: dict[tuple[str, str], Any] = {}

    def state(role: str, language: str) -> Any:
        if (role, language) not in known:
            context = chromium.new_context(base_url=demo_company.url)
            page = context.new_page()
            page.goto("/app/sign-in")
            page.locator(f"form[action$='/demo/sign-in/{role}'] button").click()
            page.goto(f"/app/language?lang={language}")
            known[role, language] = context.storage_state()
            context.close()
        return known[role, language]

    return state


@pytest.fixture
def page_checks() -> Iterator[Callable[..., Page]]:
    """``page_checks(page)`` watches a page from here on; when the test ends it had no complaint.

    No console error or warning, no breach of the content policy, no request to another host. What
    a page has to complain about, such as the 404 it is asked for, is named by ``expected``.
    """
    watched: list[tuple[Watch, tuple[str, ...]]] = []

    def check(page: Page, *, expected: tuple[str, ...] = ()) -> Page:
        watched.append((Watch(page), expected))
        return page

    yield check
    assert [
        problem
        for watch, expected in watched
        for problem in watch.problems
        if not any(words in problem for words in expected)
    ] == []


@pytest.fixture(scope="session")
def kept_context(
    demo_company: Place, chromium: Browser, session_of: Callable[[str, str], Any]
) -> Callable[[str | None, str], BrowserContext]:
    """``kept_context("hr", "ko")``: one for many pages, so that fonts are read once."""

    @cache
    def context(role: str | None, language: str) -> BrowserContext:
        return chromium.new_context(
            base_url=demo_company.url,
            storage_state=session_of(role, language) if role else None,
            locale=language,
            reduced_motion="reduce",
        )

    return context


@pytest.fixture
def open_page(
    demo_company: Place,
    chromium: Browser,
    session_of: Callable[[str, str], Any],
    page_checks: Callable[..., Page],
) -> Iterator[OpenPage]:
    """``open_page("/app/", role="hr", language="en", theme="dark", width=320)``: a watched page."""
    contexts = []

    def open_(
        path: str,
        *,
        role: str | None = None,
        language: str = "ko",
        theme: str = "light",
        width: int = 1280,
        expected: tuple[str, ...] = (),
    ) -> Page:
        context = chromium.new_context(
            base_url=demo_company.url,
            storage_state=session_of(role, language) if role else None,
            locale=language,
            color_scheme=theme,
            viewport={"width": width, "height": 800},
            reduced_motion="reduce",
            has_touch=width < 700,
        )
        contexts.append(context)
        page = page_checks(context.new_page(), expected=expected)
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Survey]:
    place = Place(folder=tmp_path_factory.mktemp("ballot"), port=free_port())
    config = TestConfig(database_url=place.database_url, key_dir=str(place.folder / "keys"))
    config.BASE_URL = place.url
    app = create_app(config)
    with app.app_context():
        Base.metadata.create_all(db.engine)
    wave_id = open_company(app, place.folder / "keys", now=clock.now(), sizes=(0, 40, 40))
    with app.app_context():
        with transaction():
            add_kinds(wave_id)
        links = [LINK.search(mail.body)[0] for mail in mails()]  # type: ignore[index]
        db.session.remove()
    process = serve(place)
    yield Survey(app, place, wave_id, iter(links))
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture
def new_context(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    contexts = []

    def make(**options: Any) -> BrowserContext:
        contexts.append(chromium.new_context(**{"locale": "ko-KR", **options}))
        return contexts[-1]

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def open_ballot(
    survey: Survey,
    new_context: Callable[..., BrowserContext],
    page_checks: Callable[..., Page],
) -> OpenBallot:
    """``open_ballot()``: a watched page at the introduction, in a browser of its own."""

    def open_(
        link: str | None = None,
        *,
        context: BrowserContext | None = None,
        expected: tuple[str, ...] = (),
        wait: str = "#intro",
        **options: Any,
    ) -> Page:
        context = context or new_context(**options)
        page = page_checks(context.new_page(), expected=expected)
        page.goto(link or survey.link())
        expect(page.locator(wait)).to_be_visible()
        return page

    return open_
