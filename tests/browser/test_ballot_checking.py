"""The ballot page in a real Chromium: what it does not believe, and how it says so."""

import json
import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route

from employee_pulse.anonymity.blind_signature import PublicKey, generate_key
from employee_pulse.ballots.protocol import canonical_json
from tests.browser.ballot import OpenBallot, Survey, answer, begin, kept, stopped


def _smaller_key(modulus: int) -> PublicKey:
    """Of another owner; what is blinded for it is small enough to be signed with ours."""
    while (key := generate_key().public).n >= modulus:
        pass
    return key


class TestChecking:
    """The page stops, with plain words, on anything that is not what everybody got."""

    def altered(
        self, survey: Survey, change: Callable[[dict[str, Any]], object], *, announce: bool
    ) -> tuple[str, Callable[[Route], None]]:
        """A link and a route that gives another sheet; ``announce``: its hash is in the link."""
        link = survey.link()
        group = int(link.split("#t=")[1].split("-")[0])
        sheet = json.loads(
            survey.app.test_client().get(f"/ballot/{survey.wave_id}/sheet.json").data
        )
        change(next(each for each in sheet["groups"] if each["id"] == group))
        body = canonical_json(sheet)
        if announce:
            link = re.sub("h=[0-9a-f]{64}", f"h={sha256(body.encode()).hexdigest()}", link)
        return link, lambda route: route.fulfill(body=body, content_type="application/json")

    @pytest.fixture
    def open_altered(
        self,
        survey: Survey,
        new_context: Callable[..., BrowserContext],
        open_ballot: OpenBallot,
    ) -> Callable[..., Page]:
        def open_(change: Callable[[dict[str, Any]], object], *, announce: bool, wait: str) -> Page:
            link, give = self.altered(survey, change, announce=announce)
            context = new_context()
            context.route("**/sheet.json", give)
            return open_ballot(link, context=context, wait=wait)

        return open_

    def test_stops_at_another_sheet(self, open_altered: Callable[..., Page]) -> None:
        page = open_altered(
            lambda group: group.update(eligible=2),
            announce=False,
            wait="[data-stop='tampered-sheet']",
        )

        stopped(page, "tampered-sheet")

    def test_stops_at_a_sheet_without_the_own_group(
        self, open_altered: Callable[..., Page]
    ) -> None:
        page = open_altered(
            lambda group: group.update(id=99_999),
            announce=True,
            wait="[data-stop='tampered-sheet']",
        )

        stopped(page, "tampered-sheet")

    @pytest.mark.parametrize(
        "key",
        [
            {"e": 3},
            {"e": "65537"},
            {"n": "ab" * 128},
            {"n": "7" + "f" * 511},
            {"n": "8" + "0" * 511},
            {"n": "f" * 1024},
            {"n": 5},
        ],
        ids=["e=3", "e a text", "1024 bits", "2047 bits", "even", "4096 bits", "a number"],
    )
    def test_stops_at_another_kind_of_key(
        self, open_altered: Callable[..., Page], key: dict[str, Any]
    ) -> None:
        page = open_altered(
            lambda group: group.update(key), announce=True, wait="[data-stop='tampered-key']"
        )

        stopped(page, "tampered-key")

    def test_stops_when_the_signature_is_not_of_the_announced_key(
        self, open_altered: Callable[..., Page]
    ) -> None:
        def swap(group: dict[str, Any]) -> None:
            group["n"] = f"{_smaller_key(int(group['n'], 16)).n:x}"

        page = open_altered(swap, announce=True, wait="#intro")

        page.locator("#begin").click()

        stopped(page, "tampered-signature")

    def test_stops_when_the_receipt_is_another(
        self, survey: Survey, open_ballot: OpenBallot
    ) -> None:
        page = open_ballot()
        page.route("**/cast", lambda route: route.fulfill(json={"receipt": "0" * 64}))
        begin(page)
        answer(page)

        page.locator("#send").click()

        stopped(page, "tampered-receipt")
        assert "prepared" in kept(page)

    def test_stops_without_an_invitation(self, survey: Survey, open_ballot: OpenBallot) -> None:
        page = open_ballot(
            f"{survey.place.url}/ballot/{survey.wave_id}", wait="[data-stop='no-token']"
        )

        stopped(page, "no-token")

    def test_says_that_an_invitation_is_unknown(
        self, survey: Survey, open_ballot: OpenBallot
    ) -> None:
        link = re.sub(r"(#t=\d+-).*?&", r"\1AAAAAAAAAAAAAAAAAAAAAAAA&", survey.link())
        page = open_ballot(link, expected=("403",))

        page.locator("#begin").click()

        stopped(page, "InvitationUnknown")

    def test_says_that_a_ballot_was_taken_elsewhere(
        self, survey: Survey, open_ballot: OpenBallot
    ) -> None:
        link = survey.link()
        begin(open_ballot(link))

        elsewhere = open_ballot(link, expected=("409",))
        elsewhere.locator("#begin").click()

        stopped(elsewhere, "BallotTaken")

    def test_without_scripts_says_what_is_missing(
        self, survey: Survey, open_ballot: OpenBallot
    ) -> None:
        page = open_ballot(wait="noscript section", java_script_enabled=False)

        words = page.locator("noscript section").inner_text()
        assert "This survey needs JavaScript" in words
        assert "이 설문에는 자바스크립트가 필요합니다" in words
