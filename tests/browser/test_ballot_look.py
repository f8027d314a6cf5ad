"""The ballot page in a real Chromium: its languages, its look on every screen, its weight."""

import gzip
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.ballot import OpenBallot, Survey, answer, begin, send
from tests.browser.watch import check_accessibility, overflow

MAX_PAGE_BYTES = 120_000


class TestLanguage:
    @pytest.mark.parametrize(
        ("asked", "locale", "shown"),
        [
            ("en", "ko-KR", "en"),
            ("ko", "en-US", "ko"),
            ("xx", "en-GB", "en"),
            ("xx", "de-DE", "ko"),
        ],
    )
    def test_is_the_invitations_then_the_browsers_then_korean(
        self, survey: Survey, open_ballot: OpenBallot, asked: str, locale: str, shown: str
    ) -> None:
        page = open_ballot(survey.link(asked), locale=locale)

        assert page.locator("html").get_attribute("lang") == shown
        words = {"ko": "시작하기", "en": "Begin"}
        expect(page.get_by_role("button", name=words[shown])).to_be_visible()

    def test_switching_keeps_what_was_answered(
        self, survey: Survey, open_ballot: OpenBallot
    ) -> None:
        page = open_ballot()
        begin(page)
        answer(page)

        page.get_by_role("button", name="English").click()

        expect(page.get_by_text("Question LEAD-01")).to_be_visible()
        expect(page.get_by_text("LEAD-01 문항")).to_be_hidden()
        assert page.locator("#count").inner_text() == "4/4"

    def test_says_who_is_asked(self, survey: Survey, open_ballot: OpenBallot) -> None:
        page = open_ballot(survey.link("en"))

        expect(page.get_by_text("You are one of 40 in Team")).to_be_visible()


class TestLook:
    @pytest.mark.parametrize(
        ("width", "language", "theme"),
        [
            *product([320, 1280], ["ko", "en"], ["light", "dark"]),
            (390, "ko", "dark"),
            (390, "en", "light"),
        ],
    )
    def test_is_accessible_in_every_state_and_never_too_wide(
        self, survey: Survey, open_ballot: OpenBallot, width: int, language: str, theme: str
    ) -> None:
        page = open_ballot(
            survey.link(language),
            color_scheme=theme,
            viewport={"width": width, "height": 800},
            reduced_motion="reduce",
        )
        found = []

        def look(state: str) -> None:
            found.extend(f"{state}: {each}" for each in check_accessibility(page) + overflow(page))

        for summary in page.locator("details summary").all():
            summary.click()
        look("introduction")
        begin(page)
        look("questions")
        page.locator("#send").click()
        look("errors")
        answer(page)
        look("answered")
        send(page)
        look("thanks")

        assert found == []

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_stops_are_accessible(
        self, survey: Survey, open_ballot: OpenBallot, theme: str
    ) -> None:
        page = open_ballot(
            f"{survey.place.url}/ballot/{survey.wave_id}",
            wait="[data-stop='no-token']",
            color_scheme=theme,
        )

        assert check_accessibility(page) + overflow(page) == []

    def test_answers_are_large_enough_for_a_thumb(
        self, survey: Survey, open_ballot: OpenBallot
    ) -> None:
        page = open_ballot(viewport={"width": 390, "height": 800}, has_touch=True)
        begin(page)

        for face in page.locator(".answer-agreement .likert-face").all():
            box = face.bounding_box()
            assert box is not None
            assert box["width"] >= 60
            assert box["height"] >= 64
        for control in page.locator(".answer-enps .likert-face, .choice, .likert-skip").all():
            box = control.bounding_box()
            assert box is not None
            assert box["width"] >= 44
            assert box["height"] >= 44

    def test_answers_stand_below_one_another_on_a_narrow_phone(
        self, survey: Survey, open_ballot: OpenBallot
    ) -> None:
        page = open_ballot(viewport={"width": 340, "height": 800})
        begin(page)

        boxes = [
            face.bounding_box() for face in page.locator(".answer-agreement .likert-face").all()
        ]
        assert len({box["x"] for box in boxes if box}) == 1

    def test_is_light(
        self, survey: Survey, new_context: Callable[..., BrowserContext], open_ballot: OpenBallot
    ) -> None:
        context = new_context()
        sizes: dict[str, int] = {}

        def weigh(response: Any) -> None:
            if not response.url.endswith(".woff2"):
                sizes[Path(response.url.split("#")[0]).name] = len(gzip.compress(response.body()))

        context.on("response", weigh)
        open_ballot(context=context)

        assert sum(sizes.values()) <= MAX_PAGE_BYTES, sizes
