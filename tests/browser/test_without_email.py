"""A kiosk and a page without script, in a real Chromium: people without e-mail answer."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import select

from config import TestConfig
from employee_pulse.anonymity import sealing
from employee_pulse.anonymity.keyring import Keyring
from employee_pulse.app import create_app
from employee_pulse.ballots.codes import in_groups
from employee_pulse.ballots.protocol import canonical_json
from employee_pulse.ballots.register.letters import PersonalLetter, write_letters
from employee_pulse.ballots.register.models import RollEntry
from employee_pulse.ballots.register.paper import choose_paper
from employee_pulse.ballots.urn.models import SealedBallot
from employee_pulse.ballots.urn.paper import fill_box
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import Base, db, transaction
from employee_pulse.org.models import Department
from tests.browser.ballot import add_kinds, answer, kept
from tests.browser.pages import PageKind, address
from tests.browser.server import Place, free_port, serve
from tests.browser.watch import check_accessibility, overflow
from tests.integration.ballots.company import open_company

MAX_PAGE_BYTES = 120_000
PACKAGE = Path(__file__).resolve().parents[2] / "employee_pulse"
NO_SERVER = ("ERR_FAILED",)


@dataclass
class Workshop:
    """A running server with an open wave: team 2 has letters, team 3 draws slips."""

    app: Flask
    place: Place
    wave_id: int
    letters: list[PersonalLetter] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)

    def ballots(self) -> dict[str, Any]:
        """Opened ballots by receipt."""
        with self.app.app_context():
            private = Keyring(self.place.folder / "keys").private_key(f"wave-{self.wave_id}")
            return {
                each.receipt.hex(): json.loads(sealing.unseal(private, each.sealed))
                for each in db.session.scalars(select(SealedBallot))
            }

    def taken(self) -> int:
        with self.app.app_context():
            return len(
                db.session.scalars(
                    select(RollEntry).where(RollEntry.blinded_hash.is_not(None))
                ).all()
            )


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    place = Place(folder=tmp_path_factory.mktemp("workshop"), port=free_port())
    config = TestConfig(database_url=place.database_url, key_dir=str(place.folder / "keys"))
    config.BASE_URL = place.url
    app = create_app(config)
    with app.app_context():
        Base.metadata.create_all(db.engine)
    sizes = (0, 12, 14, 12)
    wave_id = open_company(
        app, place.folder / "keys", now=clock.now(), sizes=sizes, without_email=26
    )
    shop = Workshop(app, place, wave_id)
    with app.app_context(), transaction():
        add_kinds(wave_id)
        codes = {d.code: d.id for d in db.session.scalars(select(Department))}
        shop.letters = write_letters(
            wave_id,
            departments=[codes["D2"]],
            base_url=place.url,
            secret=config.SECRET_KEY or "",
            now=clock.now(),
        )
        group = choose_paper(wave_id, codes["D3"], now=clock.now())
        shop.codes = fill_box(wave_id, codes["D3"], slips=len(group.people))
        db.session.commit()
    with app.app_context():
        db.session.remove()
    process = serve(place)
    yield shop
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture
def new_context(chromium: Browser, workshop: Workshop) -> Iterator[Callable[..., BrowserContext]]:
    contexts = []

    def make(**options: Any) -> BrowserContext:
        wanted = {"locale": "ko-KR", "base_url": workshop.place.url, **options}
        contexts.append(chromium.new_context(**wanted))
        return contexts[-1]

    yield make
    for context in contexts:
        context.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def kiosk(
    workshop: Workshop,
    new_context: Callable[..., BrowserContext],
    page_checks: Callable[..., Page],
) -> OpenPage:
    """``kiosk()``: a watched page at the start, whose clock the test moves."""

    def open_(*, expected: tuple[str, ...] = (), **options: Any) -> Page:
        page = page_checks(new_context(**options).new_page(), expected=expected)
        page.clock.install()
        page.goto(f"/ballot/{workshop.wave_id}/kiosk")
        expect(page.locator("#start")).to_be_visible()
        return page

    return open_


def enter(page: Page, letter: PersonalLetter) -> None:
    page.locator("#number").fill(letter.number)
    page.locator("#code").fill(letter.kiosk_code)
    page.locator("#open").click()


def begin(page: Page, letter: PersonalLetter) -> None:
    enter(page, letter)
    page.locator("#begin").click()
    expect(page.locator("#questions")).to_be_visible()


def everything_in(page: Page) -> str:
    """The whole document with what its fields hold, and all that the device keeps."""
    found: str = page.evaluate(
        """() => {
          const typed = document.querySelectorAll("input[type=text], textarea");
          return document.documentElement.outerHTML
            + Array.from(typed, (field) => field.value).join()
            + JSON.stringify([localStorage, sessionStorage, document.cookie, location.href]);
        }"""
    )
    return found


class TestKiosk:
    def test_from_the_letter_to_the_receipt(self, workshop: Workshop, kiosk: OpenPage) -> None:
        page = kiosk()
        steps = page.evaluate("history.length")

        enter(page, workshop.letters[0])
        expect(page.locator("#intro [data-group-size]:visible")).to_have_text("14")
        page.locator("#begin").click()
        answer(page)
        page.locator("textarea").fill("서서 일하는 시간이 길어요")
        taken = workshop.taken()
        page.locator("#send").click()
        expect(page.locator("#done")).to_be_visible()
        receipt = page.locator("#receipt").inner_text().replace(" ", "")

        ballot = workshop.ballots()[receipt]
        assert ballot["answers"] == {"LEAD-01": 4, "ENPS": 9, "ONE": "b", "MANY": ["a"]}
        assert ballot["comments"] == {"OPEN-1": "서서 일하는 시간이 길어요"}
        assert workshop.taken() == taken + 1
        assert page.evaluate("history.length") == steps
        assert kept(page) == "[{},{}]"
        page.locator("[data-wipe]").click()
        expect(page.locator("#start")).to_be_visible()
        left = everything_in(page)
        assert "서서 일하는" not in left
        assert page.locator("#receipt").inner_text() == ""
        assert page.locator("input:checked").count() == 0

    def test_takes_no_ballot_before_it_is_sent(self, workshop: Workshop, kiosk: OpenPage) -> None:
        page = kiosk()
        sent: list[str] = []
        page.on("request", lambda each: sent.append(each.url.rsplit("/", 1)[1]))

        begin(page, workshop.letters[1])
        answer(page)

        assert "sign" not in sent
        assert "cast" not in sent

    def test_forgets_everything_after_a_minute(self, workshop: Workshop, kiosk: OpenPage) -> None:
        page = kiosk()
        letter = workshop.letters[2]
        begin(page, letter)
        answer(page)
        page.locator("textarea").fill("아무도 몰라야 할 말")
        page.get_by_role("button", name="English").click()

        page.clock.fast_forward(38_000)
        expect(page.locator("#kiosk-warning")).to_be_hidden()
        page.clock.fast_forward(5_000)
        expect(page.locator("#kiosk-warning")).to_be_visible()
        assert 1 < int(page.locator("#kiosk-left").inner_text()) <= 20
        page.locator("#kiosk-more").click()
        expect(page.locator("#kiosk-warning")).to_be_hidden()
        expect(page.locator("#questions")).to_be_visible()
        page.clock.fast_forward(61_000)

        expect(page.locator("#start")).to_be_visible()
        expect(page.locator("#kiosk-bar")).to_be_hidden()
        left = everything_in(page)
        for secret in ("아무도 몰라야", letter.number, letter.kiosk_code, "Team 2"):
            assert secret not in left
        assert page.locator("input:checked").count() == 0
        assert page.evaluate("document.documentElement.lang") == "ko"
        begin(page, letter)  # Nothing was taken: the letter still works.
        expect(page.locator("#count")).to_have_text("0/4")

    def test_forgets_a_number_that_nobody_went_on_with(
        self, workshop: Workshop, kiosk: OpenPage
    ) -> None:
        page = kiosk()
        page.locator("#number").fill("E999")

        page.clock.fast_forward(61_000)

        expect(page.locator("#number")).to_have_value("")

    def test_shows_a_receipt_for_a_minute_whoever_touches_it(
        self, workshop: Workshop, kiosk: OpenPage
    ) -> None:
        page = kiosk()
        begin(page, workshop.letters[3])
        answer(page)
        page.locator("#send").click()
        expect(page.locator("#done")).to_be_visible()

        page.clock.fast_forward(40_000)
        page.keyboard.press("Shift")
        page.clock.fast_forward(21_000)

        expect(page.locator("#start")).to_be_visible()

    def test_going_away_and_back_shows_nothing(self, workshop: Workshop, kiosk: OpenPage) -> None:
        page = kiosk()
        begin(page, workshop.letters[1])
        page.locator("textarea").fill("뒤로 가도 없어야 할 말")

        page.goto("about:blank")
        page.go_back()

        expect(page.locator("#start")).to_be_visible()
        assert "뒤로 가도" not in everything_in(page)

    def test_copies_nothing_out(self, workshop: Workshop, kiosk: OpenPage) -> None:
        page = kiosk()

        stopped = page.evaluate(
            """() => ["copy", "cut"].map((kind) => {
              const event = new ClipboardEvent(kind, {bubbles: true, cancelable: true});
              return !document.body.dispatchEvent(event);
            })"""
        )

        assert stopped == [True, True]

    def test_notices_a_typing_error_by_itself(self, workshop: Workshop, kiosk: OpenPage) -> None:
        page = kiosk()
        sent: list[str] = []
        page.on("request", lambda each: sent.append(each.method))
        letter = workshop.letters[1]
        page.locator("#number").fill(letter.number)
        wrong = "1" if letter.kiosk_code[0] != "1" else "2"
        page.locator("#code").fill(wrong + letter.kiosk_code[1:])

        page.locator("#open").click()

        expect(page.locator("#entry-error [data-reason=typing]")).to_be_visible()
        assert "POST" not in sent

    def test_takes_a_code_as_people_type_it(self, workshop: Workshop, kiosk: OpenPage) -> None:
        page = kiosk()
        letter = workshop.letters[1]
        sloppy = letter.kiosk_code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
        page.locator("#number").fill(f" {letter.number.lower()} ")
        page.locator("#code").fill(sloppy)

        page.locator("#open").click()

        expect(page.locator("#intro")).to_be_visible()

    def test_says_that_number_and_code_differ(self, workshop: Workshop, kiosk: OpenPage) -> None:
        page = kiosk(expected=("403",))
        page.locator("#number").fill(workshop.letters[4].number)
        page.locator("#code").fill(workshop.letters[1].kiosk_code)

        page.locator("#open").click()

        expect(page.locator("#entry-error [data-reason=wrong]")).to_be_visible()

    def test_says_when_a_letter_is_used_up(self, workshop: Workshop, kiosk: OpenPage) -> None:
        page = kiosk(expected=("409",))
        for _ in range(2):
            begin(page, workshop.letters[5])
            answer(page)
            page.locator("#send").click()
            expect(page.locator("#questions")).to_be_hidden()
            if page.locator("#done").is_visible():
                page.locator("[data-wipe]").click()

        expect(page.locator("[data-stop=BallotTaken]")).to_be_visible()
        page.locator("#kiosk-wipe").click()
        expect(page.locator("#start")).to_be_visible()

    def test_loses_no_ballot_that_was_signed(self, workshop: Workshop, kiosk: OpenPage) -> None:
        page = kiosk(expected=NO_SERVER)
        begin(page, workshop.letters[6])
        answer(page, **{"LEAD-01": "1"})
        before = workshop.ballots().keys()
        page.route("**/cast", lambda route: route.abort())
        page.locator("#send").click()
        expect(page.locator("#unsent [data-reason=network]")).to_be_visible()

        page.clock.fast_forward(61_000)
        expect(page.locator("#start")).to_be_visible()
        expect(page.locator("#kiosk-waiting")).to_be_visible()
        assert check_accessibility(page) == []
        page.unroute("**/cast")
        with page.expect_response("**/cast"):
            page.clock.fast_forward(10_000)

        (new,) = workshop.ballots().keys() - before
        assert workshop.ballots()[new]["answers"]["LEAD-01"] == 1
        expect(page.locator("#kiosk-waiting")).to_be_hidden()
        expect(page.locator("#start")).to_be_visible()

    def test_stops_at_a_key_that_is_not_as_it_must_be(
        self, workshop: Workshop, new_context: Callable[..., BrowserContext], kiosk: OpenPage
    ) -> None:
        sheet = json.loads(
            workshop.app.test_client().get(f"/ballot/{workshop.wave_id}/sheet.json").data
        )
        for group in sheet["groups"]:
            group["e"] = 3

        def give(route: Route) -> None:
            route.fulfill(body=canonical_json(sheet), content_type="application/json")

        context = new_context()
        page = context.new_page()
        page.route("**/sheet.json", give)
        page.goto(f"/ballot/{workshop.wave_id}/kiosk")
        enter(page, workshop.letters[1])

        expect(page.locator("[data-stop=tampered-key]")).to_be_visible()

    def test_is_light(self, workshop: Workshop) -> None:
        page = workshop.app.test_client().get(f"/ballot/{workshop.wave_id}/kiosk").data
        names = set(re.findall(r'/(static/[^"#?]+)', page.decode()))
        files = [(PACKAGE / name).read_bytes() for name in names if "pretendard" not in name]

        assert sum(len(gzip.compress(each)) for each in [page, *files]) < MAX_PAGE_BYTES

    @pytest.mark.parametrize(("language", "theme"), list(product(("ko", "en"), ("light", "dark"))))
    def test_is_accessible(
        self, workshop: Workshop, kiosk: OpenPage, language: str, theme: str
    ) -> None:
        page = kiosk(locale=language, color_scheme=theme, viewport={"width": 390, "height": 800})
        found = check_accessibility(page)

        enter(page, workshop.letters[1])
        expect(page.locator("#intro")).to_be_visible()
        found += check_accessibility(page)
        page.locator("#begin").click()
        page.clock.fast_forward(45_000)
        expect(page.locator("#kiosk-warning")).to_be_visible()
        found += check_accessibility(page)

        assert found == []
        assert overflow(page) == []


class TestPaperForm:
    @pytest.fixture
    def plain(
        self, workshop: Workshop, new_context: Callable[..., BrowserContext]
    ) -> Callable[..., Page]:
        """``plain()``: the form in a browser that runs no script."""

        def open_(**options: Any) -> Page:
            context = new_context(java_script_enabled=False, **options)
            page = context.new_page()
            page.goto(f"/urn/{workshop.wave_id}/paper")
            return page

        return open_

    def fill(self, page: Page, code: str) -> None:
        page.locator("#code").fill(in_groups(code, of=5).lower())
        for name, value in {"LEAD-01": "4", "ENPS": "9", "ONE": "b", "MANY": "a"}.items():
            page.locator(f"input[name='q.{name}'][value='{value}']").check(force=True)

    def test_from_the_slip_to_the_receipt(
        self, workshop: Workshop, plain: Callable[..., Page]
    ) -> None:
        page = plain()
        sent: list[dict[str, str]] = []
        page.on(
            "request",
            lambda each: sent.append(each.all_headers()) if each.method == "POST" else None,
        )

        self.fill(page, workshop.codes[0])
        page.locator("textarea").fill("교대가\n힘들어요")
        page.locator("[value=check]").click()
        expect(page.locator(".paper-review")).to_contain_text("4 · 그렇다")
        page.locator("[value=send]").click()
        receipt = page.locator("#receipt").inner_text().replace(" ", "")

        ballot = workshop.ballots()[receipt]
        assert ballot["answers"] == {"LEAD-01": 4, "ENPS": 9, "ONE": "b", "MANY": ["a"]}
        assert ballot["comments"] == {"OPEN-1": "교대가\n힘들어요"}
        assert len(sent) == 2
        for headers in sent:
            assert headers.keys().isdisjoint({"cookie", "authorization", "referer"})
            assert headers["origin"] == "null"

    def test_keeps_everything_typed_while_something_is_wrong(
        self, workshop: Workshop, plain: Callable[..., Page]
    ) -> None:
        page = plain()
        self.fill(page, workshop.codes[1])
        page.locator("#code").fill("ABCDE")
        page.locator("textarea").fill("남아 있어야 할 말")
        page.locator("label:has(#show-en)").click()
        page.locator("input[name='q.MANY'][value='']").check(force=True)
        page.locator("[value=check]").click()

        expect(page.locator("#errors li")).to_have_count(2)
        expect(page.locator("#errors")).to_contain_text("mistyped")
        expect(page.locator("#code")).to_have_value("ABCDE")
        expect(page.locator("textarea")).to_have_value("남아 있어야 할 말")
        expect(page.locator("#show-en")).to_be_checked()
        expect(page.locator("input[name='q.LEAD-01'][value='4']")).to_be_checked()
        page.locator("input[name='q.MANY'][value='']").uncheck(force=True)
        page.locator("#code").fill(workshop.codes[1])
        page.locator("[value=check]").click()
        page.locator("[value=change]").click()
        expect(page.locator("textarea")).to_have_value("남아 있어야 할 말")
        page.locator("[value=check]").click()
        page.locator("[value=send]").click()
        expect(page.locator("#receipt")).to_be_visible()

    def test_a_used_code_is_refused_in_words(
        self, workshop: Workshop, plain: Callable[..., Page]
    ) -> None:
        for _ in range(2):
            page = plain()
            self.fill(page, workshop.codes[2])
            page.locator("[value=check]").click()
            page.locator("[value=send]").click()

        expect(page.get_by_role("alert")).to_contain_text("이미 쓰인 코드입니다")
        expect(page.locator("input[name='q.LEAD-01'][value='4']")).to_be_checked()

    @pytest.mark.parametrize(("language", "theme"), list(product(("ko", "en"), ("light", "dark"))))
    def test_is_accessible(
        self,
        workshop: Workshop,
        new_context: Callable[..., BrowserContext],
        page_checks: Callable[..., Page],
        language: str,
        theme: str,
    ) -> None:
        context = new_context(color_scheme=theme, viewport={"width": 320, "height": 800})
        page = page_checks(context.new_page(), expected=("422",))
        page.goto(f"/urn/{workshop.wave_id}/paper")
        page.locator(f"label:has(#show-{language})").click()
        found = check_accessibility(page)
        page.locator("[value=check]").click()
        found += check_accessibility(page)
        wide = overflow(page)
        self.fill(page, workshop.codes[3])
        page.locator("[value=check]").click()
        found += check_accessibility(page)

        assert found == []
        assert wide == []


class TestPrinting:
    """HR's page, in the demo company."""

    @pytest.fixture
    def page(self, demo_company: Place, open_page: OpenPage) -> Page:
        kind = PageKind("printing.people", "wave_id", "open", "hr")
        return open_page(address(kind, demo_company), role="hr", language="en")

    def test_codes_are_made_once_and_the_page_says_so(self, page: Page) -> None:
        page.get_by_role("button", name="Make paper codes").first.click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("This cannot be undone.")
        with page.expect_download() as download:
            dialog.get_by_role("button", name="Make paper codes").dblclick()

        expect(page.get_by_text("Paper codes: ")).to_have_count(1)
        expect(dialog).to_be_hidden()
        assert download.value.suggested_filename.startswith("paper-codes-")
        assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
        page.get_by_role("button", name="Make new codes").click()
        expect(page.get_by_role("dialog")).to_contain_text("void")
        found = check_accessibility(page)
        with page.expect_download():
            page.get_by_role("dialog").get_by_role("button", name="Make new codes").click()
        assert found == []

    def test_letters_are_saved_and_their_groups_chosen(self, page: Page) -> None:
        with page.expect_download() as download:
            page.get_by_role("button", name="Print").first.click()

        assert download.value.suggested_filename.startswith("letters-")
        expect(page.locator(".tag", has_text="Letters").first).to_be_visible()

    def test_a_refusal_is_said_on_the_page(self, page: Page) -> None:
        page.evaluate(
            """() => {
              const field = document.createElement("input");
              Object.assign(field, {name: "department", value: "2147483647", type: "hidden"});
              const form = document.querySelector("form[data-print]");
              form.querySelector("[name=department]")?.remove();
              form.append(field);
            }"""
        )
        page.get_by_role("button", name="Print").first.click()

        expect(page.get_by_role("status")).to_contain_text("There is no letter to print.")
