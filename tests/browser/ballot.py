"""An open wave to answer in a browser, and the steps of answering."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from employee_pulse.anonymity import sealing
from employee_pulse.anonymity.keyring import Keyring
from employee_pulse.ballots.urn.models import SealedBallot
from employee_pulse.foundation.db import db
from employee_pulse.surveys.models import Program, WaveQuestion
from employee_pulse.surveys.rules.questions import Dimension, QuestionKind
from tests.browser.server import Place

RECEIPT = re.compile(r"^([0-9a-f]{8} ){7}[0-9a-f]{8}$")
OpenBallot = Callable[..., Page]


@dataclass
class Survey:
    """A running server with an open wave; each test takes an invitation of its own."""

    app: Flask
    place: Place
    wave_id: int
    links: Iterator[str]

    def link(self, language: str = "ko") -> str:
        return re.sub("l=..$", f"l={language}", next(self.links))

    def ballots(self) -> dict[str, Any]:
        """Opened ballots by receipt."""
        with self.app.app_context():
            private = Keyring(self.place.folder / "keys").private_key(f"wave-{self.wave_id}")
            return {
                each.receipt.hex(): json.loads(sealing.unseal(private, each.sealed))
                for each in db.session.scalars(select(SealedBallot))
            }


def add_kinds(wave_id: int) -> None:
    """The kinds of question a small company does without, and a word from its head."""
    program = db.session.scalars(select(Program)).one()
    program.message_ko, program.message_en = "편하게 들려주세요.", "Tell us freely."
    choices = [
        {"code": "a", "ko": "결재", "en": "Approvals"},
        {"code": "b", "ko": "도구", "en": "Tools"},
    ]
    for position, (code, kind) in enumerate(
        [("ONE", QuestionKind.SINGLE_CHOICE), ("MANY", QuestionKind.MULTIPLE_CHOICE)], start=10
    ):
        db.session.add(
            WaveQuestion(
                wave_id=wave_id,
                code=code,
                position=position,
                version=1,
                dimension=Dimension.PROCESS,
                kind=kind,
                text_ko="무엇이 일을 더디게 합니까?",
                text_en="What slows work down?",
                reverse_keyed=False,
                choices=choices,
                settings={},
            )
        )


def begin(page: Page) -> None:
    page.locator("#begin").click()
    expect(page.locator("#questions")).to_be_visible()


def answer(page: Page, **changes: str) -> None:
    for code, value in {"LEAD-01": "4", "ENPS": "9", "ONE": "b", "MANY": "a", **changes}.items():
        choose(page, code, value)


def choose(page: Page, code: str, value: str) -> None:
    """By the keyboard: while a page scrolls, a click may land beside the answer."""
    choice = page.locator(f"input[name='{code}'][value='{value}']")
    if not choice.is_checked():
        choice.press("Space")
    expect(choice).to_be_checked()


def send(page: Page) -> str:
    """The receipt the page shows."""
    page.locator("#send").click()
    expect(page.locator("#done")).to_be_visible()
    shown = page.locator("#receipt").inner_text()
    assert RECEIPT.match(shown)
    return shown.replace(" ", "")


def stopped(page: Page, reason: str) -> None:
    expect(page.locator(f"[data-stop='{reason}']")).to_be_visible()
    expect(page.locator("main > section:visible")).to_have_count(1)
    expect(page.locator(f"[data-stop='{reason}'] h1")).to_be_focused()


def kept(page: Page) -> str:
    """Everything the page has stored on the device."""
    stored: str = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    return stored
