"""The ballot page in a real Chromium: it blinds, we sign, it finalizes, we verify."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect
from sqlalchemy import select

from config import TestConfig
from employee_pulse.anonymity import sealing
from employee_pulse.anonymity.blind_signature import PublicKey, generate_key
from employee_pulse.anonymity.keyring import Keyring
from employee_pulse.app import create_app
from employee_pulse.ballots.protocol import canonical_json
from employee_pulse.ballots.urn.models import SealedBallot
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import Base, db, transaction
from employee_pulse.surveys.models import Program, WaveQuestion
from employee_pulse.surveys.rules.questions import Dimension, QuestionKind
from tests.browser.server import Place, free_port, serve
from tests.browser.watch import check_accessibility, overflow
from tests.integration.ballots.company import LINK, mails, open_company

MAX_PAGE_BYTES = 120_000
RECEIPT = re.compile(r"^([0-9a-f]{8} ){7}[0-9a-f]{8}$")


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


@pytest.fixture(scope="module")
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
            _add_kinds(wave_id)
        links = [LINK.search(mail.body)[0] for mail in mails()]  # type: ignore[index]
        db.session.remove()
    process = serve(place)
    yield Survey(app, place, wave_id, iter(links))
    process.terminate()
    process.wait(timeout=20)


def _add_kinds(wave_id: int) -> None:
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


def _smaller_key(modulus: int) -> PublicKey:
    """Of another owner; what is blinded for it is small enough to be signed with ours."""
    while (key := generate_key().public).n >= modulus:
        pass
    return key


OpenBallot = Callable[..., Page]


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


class TestAnswering:
    def test_from_the_link_to_the_receipt(self, survey: Survey, open_ballot: OpenBallot) -> None:
        page = open_ballot()

        begin(page)
        answer(page)
        page.locator("textarea").fill("회의를 줄여 주세요 😀")
        receipt = send(page)

        ballot = survey.ballots()[receipt]
        assert ballot["answers"] == {"LEAD-01": 4, "ENPS": 9, "ONE": "b", "MANY": ["a"]}
        assert ballot["comments"] == {"OPEN-1": "회의를 줄여 주세요 😀"}
        assert sha256(canonical_json(ballot).encode()).hexdigest() == receipt

    def test_declining_every_question_is_an_answer(
        self, survey: Survey, open_ballot: OpenBallot
    ) -> None:
        page = open_ballot()

        begin(page)
        answer(page, **{"LEAD-01": "", "ENPS": "", "ONE": ""})
        page.locator("input[name='MANY'][value='b']").check()
        page.locator("input[name='MANY'][value='']").check()
        expect(page.locator("input[name='MANY'][value='a']")).not_to_be_checked()
        receipt = send(page)

        assert set(survey.ballots()[receipt]["answers"].values()) == {None}

    def test_by_keyboard_alone(self, survey: Survey, open_ballot: OpenBallot) -> None:
        page = open_ballot()

        page.locator("#begin").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#questions-title")).to_be_focused()
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "send":
                break
            if page.evaluate(
                "!!document.activeElement.closest('fieldset:not(:has(input:checked))')"
            ):
                page.keyboard.press("Space")
        page.keyboard.press("Enter")

        expect(page.locator("#done h1")).to_be_focused()

    def test_nothing_that_could_name_the_sender_goes_with_it(
        self, survey: Survey, new_context: Callable[..., BrowserContext], open_ballot: OpenBallot
    ) -> None:
        context = new_context()
        cookie = {"name": "pulse_session", "value": "signed-in", "domain": "127.0.0.1"}
        context.add_cookies([{**cookie, "path": "/"}, {**cookie, "path": "/app"}])  # type: ignore[list-item]
        page = open_ballot(context=context)
        sent: list[Request] = []
        page.on(
            "request", lambda request: sent.append(request) if request.method == "POST" else None
        )

        begin(page)
        answer(page)
        send(page)

        assert [request.url.rsplit("/", 1)[1] for request in sent] == ["sign", "cast"]
        for request in sent:
            headers = request.all_headers()
            assert headers.keys().isdisjoint({"cookie", "authorization", "referer"})
            assert "#" not in request.url
        token = page.url.split("#t=")[1].split("&")[0]
        assert token not in (sent[1].post_data or "")

    def test_a_double_tap_is_one_ballot(self, survey: Survey, open_ballot: OpenBallot) -> None:
        page = open_ballot()
        sent: list[str] = []
        page.on(
            "request",
            lambda request: sent.append(request.url) if request.method == "POST" else None,
        )

        page.locator("#begin").dblclick()
        expect(page.locator("#questions")).to_be_visible()
        answer(page)
        page.locator("#send").dblclick()
        expect(page.locator("#done")).to_be_visible()

        assert len(sent) == 2


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


class TestDraft:
    def test_is_kept_at_once_restored_and_erased_when_sent(
        self, survey: Survey, open_ballot: OpenBallot
    ) -> None:
        page = open_ballot()
        begin(page)
        answer(page)
        page.locator("textarea").fill("초안입니다")

        page.reload()

        expect(page.locator("#questions")).to_be_visible()
        expect(page.locator("input[name='LEAD-01'][value='4']")).to_be_checked()
        expect(page.locator("textarea")).to_have_value("초안입니다")
        assert page.locator("#count").inner_text() == "4/4"
        send(page)
        assert kept(page) == "[{},{}]"

    def test_says_neither_who_nor_with_which_invitation(
        self, survey: Survey, open_ballot: OpenBallot
    ) -> None:
        page = open_ballot()
        begin(page)

        token = page.url.split("#t=")[1].split("&")[0]
        assert token.split("-", 1)[1] not in kept(page)

    def test_on_a_shared_device_stays_in_the_tab(
        self, survey: Survey, new_context: Callable[..., BrowserContext], open_ballot: OpenBallot
    ) -> None:
        context = new_context()
        link = survey.link()
        page = open_ballot(link, context=context)
        page.locator("#shared").check()
        begin(page)
        answer(page)

        assert page.evaluate("localStorage.length") == 0
        page.reload()
        expect(page.locator("input[name='LEAD-01'][value='4']")).to_be_checked()
        page.close()
        after = open_ballot(link, context=context)
        expect(after.locator("#intro")).to_be_visible()
        assert kept(after) == "[{},{}]"

    def test_two_tabs_share_one_ballot_and_the_other_one_is_told(
        self, survey: Survey, new_context: Callable[..., BrowserContext], open_ballot: OpenBallot
    ) -> None:
        context = new_context()
        link = survey.link()
        first, second = open_ballot(link, context=context), open_ballot(link, context=context)
        begin(first)
        begin(second)
        answer(first)

        send(first)

        stopped(second, "sent-elsewhere")

    def test_another_invitation_in_the_same_browser_is_another_ballot(
        self, survey: Survey, new_context: Callable[..., BrowserContext], open_ballot: OpenBallot
    ) -> None:
        context = new_context()
        page = open_ballot(context=context)
        begin(page)
        answer(page)

        colleague = open_ballot(context=context)
        begin(colleague)

        assert colleague.locator("#count").inner_text() == "0/4"


class TestSending:
    def test_lists_what_is_missing_and_takes_the_reader_there(
        self, survey: Survey, open_ballot: OpenBallot
    ) -> None:
        page = open_ballot(viewport={"width": 390, "height": 700})
        begin(page)
        choose(page, "LEAD-01", "2")
        link = page.url

        page.locator("#send").click()

        errors = page.locator("#errors")
        expect(errors).to_be_focused()
        expect(errors.get_by_role("link")).to_have_count(3)
        errors.get_by_role("link").nth(1).click()
        expect(page.locator("input[name='ONE']").first).to_be_focused()
        assert page.url == link
        expect(page.locator("input[name='LEAD-01'][value='2']")).to_be_checked()
        answer(page)
        expect(errors).to_be_hidden()

    def test_after_a_failed_connection_the_ballot_can_be_sent_later(
        self, survey: Survey, open_ballot: OpenBallot
    ) -> None:
        page = open_ballot(expected=("ERR_INTERNET_DISCONNECTED", "ERR_FAILED"))
        begin(page)
        answer(page)
        page.route("**/cast", lambda route: route.abort())

        page.locator("#send").click()
        expect(page.locator("#unsent")).to_be_focused()
        page.reload()
        expect(page.locator("#unsent")).to_be_visible()
        page.unroute("**/cast")
        receipt = send(page)

        assert receipt in survey.ballots()

    def test_a_lost_response_does_not_double_or_lose_the_ballot(
        self, survey: Survey, open_ballot: OpenBallot
    ) -> None:
        page = open_ballot(expected=("ERR_FAILED",))
        begin(page)
        answer(page)
        before = len(survey.ballots())

        def lose_the_answer(route: Route) -> None:
            assert route.fetch().status == 200
            route.abort()

        page.route("**/cast", lose_the_answer)
        page.locator("#send").click()
        expect(page.locator("#unsent")).to_be_visible()
        page.unroute("**/cast")
        receipt = send(page)

        assert receipt in survey.ballots()
        assert len(survey.ballots()) == before + 1

    def test_answers_changed_after_the_first_ones_arrived_are_told_apart(
        self, survey: Survey, open_ballot: OpenBallot
    ) -> None:
        page = open_ballot(expected=("ERR_FAILED", "409"))
        begin(page)
        answer(page)

        def lose_the_answer(route: Route) -> None:
            route.fetch()
            route.abort()

        page.route("**/cast", lose_the_answer)
        page.locator("#send").click()
        expect(page.locator("#unsent")).to_be_visible()
        page.unroute("**/cast")
        answer(page, **{"LEAD-01": "1"})
        page.locator("#send").click()

        stopped(page, "SerialSpent")
        assert kept(page) == "[{},{}]"

    def test_a_lost_signature_is_asked_for_again(
        self, survey: Survey, open_ballot: OpenBallot
    ) -> None:
        page = open_ballot(expected=("ERR_FAILED",))

        def lose_the_answer(route: Route) -> None:
            assert route.fetch().status == 200
            route.abort()

        page.route("**/sign", lose_the_answer)
        page.locator("#begin").click()
        expect(page.locator("#begin-error")).to_be_visible()
        page.unroute("**/sign")
        begin(page)

    @pytest.mark.parametrize(
        ("status", "error", "reason"),
        [(410, "WaveClosed", "WaveClosed"), (409, "SerialSpent", "SerialSpent")],
    )
    def test_says_when_it_is_too_late(
        self, survey: Survey, open_ballot: OpenBallot, status: int, error: str, reason: str
    ) -> None:
        page = open_ballot(expected=(str(status),))
        begin(page)
        answer(page)
        page.route("**/cast", lambda route: route.fulfill(status=status, json={"error": error}))

        page.locator("#send").click()

        stopped(page, reason)

    def test_a_refusal_keeps_the_answers(self, survey: Survey, open_ballot: OpenBallot) -> None:
        page = open_ballot(expected=("503",))
        begin(page)
        answer(page)
        page.route("**/cast", lambda route: route.fulfill(status=503, json={"error": "Busy"}))

        page.locator("#send").click()

        expect(page.locator("#unsent [data-reason='refused']")).to_be_visible()
        expect(page.locator("input[name='LEAD-01'][value='4']")).to_be_checked()


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
