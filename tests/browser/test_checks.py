"""Pages by which people check the promise, in a real Chromium: sheet, own rows, receipt file."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Request, Route, expect
from sqlalchemy import delete, select, update

from config import TestConfig
from employee_pulse.app import create_app
from employee_pulse.ballots.protocol import canonical_json
from employee_pulse.ballots.register import jobs, service
from employee_pulse.ballots.register.models import RollEntry
from employee_pulse.ballots.register.rules.invitations import token_hash
from employee_pulse.ballots.register.rules.sheet import sheet_hash
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import Base, db, transaction
from employee_pulse.notifications.models import OutboxMessage
from employee_pulse.surveys.models import Program, Wave
from tests.browser.server import Place, free_port, serve
from tests.browser.watch import check_accessibility, overflow
from tests.integration.ballots.company import LINK, mails, make_wave, open_company

MAX_PAGE_BYTES = 120_000


@dataclass
class Survey:
    """A server with an open wave, and one before it that has forgotten everybody."""

    app: Flask
    place: Place
    wave_id: int
    earlier_id: int
    earlier_token: str
    links: Iterator[str]

    def address(self, page: str, wave_id: int | None = None) -> str:
        return f"{self.place.url}/ballot/{wave_id or self.wave_id}/{page}"

    def sheet(self, wave_id: int | None = None) -> str:
        return self.app.test_client().get(f"/ballot/{wave_id or self.wave_id}/sheet.json").text


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Survey]:
    place = Place(folder=tmp_path_factory.mktemp("checks"), port=free_port())
    config = TestConfig(database_url=place.database_url, key_dir=str(place.folder / "keys"))
    config.BASE_URL = place.url
    app = create_app(config)
    with app.app_context():
        Base.metadata.create_all(db.engine)
    now = clock.now()
    month_ago = now - timedelta(days=40)
    earlier = open_company(app, place.folder / "keys", now=month_ago, sizes=(0, 20, 20))
    with app.app_context():
        earlier_token = LINK.search(mails()[0].body)[2]  # type: ignore[index]
        with transaction():
            db.session.get_one(Wave, earlier).closed_at = month_ago + timedelta(days=9)
            service.clear(earlier)
            db.session.execute(delete(OutboxMessage))
            wave_id = make_wave(
                place.folder / "keys",
                opened_at=now - timedelta(hours=1),
                closes_at=now + timedelta(days=9),
                program=db.session.scalars(select(Program)).one(),
            )
        jobs.draw_rolls(now)
        jobs.invite(now)
        links = [LINK.search(mail.body)[0] for mail in mails()]  # type: ignore[index]
        db.session.remove()
    process = serve(place)
    yield Survey(app, place, wave_id, earlier, earlier_token, iter(links))
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture
def visit(chromium: Browser, page_checks: Callable[..., Page]) -> Iterator[Callable[..., Page]]:
    """``visit(address, width=390)``: a watched page in a browser of its own."""
    contexts = []

    def visited(
        address: str,
        *,
        routes: dict[str, Callable[[Route], None]] | None = None,
        expected: tuple[str, ...] = (),
        width: int = 1280,
        locale: str = "ko-KR",
        **options: Any,
    ) -> Page:
        context = chromium.new_context(
            locale=locale,
            viewport={"width": width, "height": 800},
            reduced_motion="reduce",
            accept_downloads=True,
            **options,
        )
        contexts.append(context)
        for pattern, handle in (routes or {}).items():
            context.route(pattern, handle)
        page = page_checks(context.new_page(), expected=expected)
        page.goto(address)
        return page

    yield visited
    for context in contexts:
        context.close()


def said(page: Page, outcome: str) -> None:
    expect(page.locator("[data-outcome]:visible")).to_have_count(1)
    expect(page.locator("[data-outcome]:visible")).to_have_attribute("data-outcome", outcome)


def give(body: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(body=body, content_type="application/json")


class TestSheet:
    def test_fits_the_invitation_that_leads_there(
        self, survey: Survey, visit: Callable[..., Page]
    ) -> None:
        page = visit(next(survey.links))
        expect(page.locator("#intro")).to_be_visible()
        page.locator("details:has(#to-check) summary").click()

        page.locator("#to-check").click()

        said(page, "match")
        assert page.locator("#computed").inner_text().replace(" ", "") == sheet_hash(survey.sheet())
        assert "#h=" in page.url
        assert "t=" not in page.url.split("#")[1]

    def test_is_compared_with_what_is_pasted(
        self, survey: Survey, visit: Callable[..., Page]
    ) -> None:
        page = visit(survey.address("check"))
        link, value = next(survey.links), sheet_hash(survey.sheet())
        sent: list[Request] = []
        said(page, "alone")
        page.on("request", lambda request: sent.append(request))
        cases = {
            value: "match",
            " ".join(re.findall("." * 8, value.upper())): "match",
            f"Value to compare with colleagues: {value}": "match",
            "0" * 64: "other",
            value[:-1]: "unreadable",
            value + "0": "unreadable",
            "": "alone",
            link.replace(value, "0" * 64): "other",
            link: "match",
        }

        for pasted, outcome in cases.items():
            page.locator("#expected").fill(pasted)
            said(page, outcome)

        page.locator("#expected").blur()
        shown = page.locator("#expected").input_value()
        assert shown.replace(" ", "") == value, "the invitation's secret does not stay on screen"
        assert sent == []

    def test_that_is_another_one_is_told(self, survey: Survey, visit: Callable[..., Page]) -> None:
        sheet = json.loads(survey.sheet())
        sheet["groups"][0]["eligible"] = 2

        page = visit(
            survey.address(f"check#h={sheet_hash(survey.sheet())}"),
            routes={"**/sheet.json": give(canonical_json(sheet))},
        )

        said(page, "page-differs")

    def test_with_a_weak_key_is_told(self, survey: Survey, visit: Callable[..., Page]) -> None:
        """Also where page, sheet and invitation agree on it."""
        sheet = json.loads(survey.sheet())
        sheet["groups"][-1]["e"] = 3
        altered = canonical_json(sheet)

        def rename(route: Route) -> None:
            page = route.fetch()
            body = page.text().replace(sheet_hash(survey.sheet()), sheet_hash(altered))
            route.fulfill(response=page, body=body)

        page = visit(
            survey.address(f"check#h={sheet_hash(altered)}"),
            routes={"**/sheet.json": give(altered), "**/check": rename},
        )

        said(page, "bad-key")

    def test_that_does_not_come_can_be_asked_for_again(
        self, survey: Survey, visit: Callable[..., Page]
    ) -> None:
        page = visit(
            survey.address(f"check#h={sheet_hash(survey.sheet())}"),
            routes={"**/sheet.json": lambda route: route.abort()},
            expected=("ERR_FAILED",),
        )
        said(page, "no-sheet")

        page.context.unroute("**/sheet.json")
        page.locator("#again").click()

        said(page, "match")

    @pytest.mark.parametrize("broken", [None, "changed", "gone", "not named"])
    def test_follows_from_the_earlier_ones(
        self, survey: Survey, visit: Callable[..., Page], broken: str | None
    ) -> None:
        earlier = f"**/ballot/{survey.earlier_id}/sheet.json"
        changed = give(survey.sheet(survey.earlier_id) + " ")
        renamed = json.loads(survey.sheet()) | {"previous": "0" * 64}
        page = visit(
            survey.address("check"),
            routes={
                "changed": {earlier: changed},
                "gone": {earlier: lambda route: route.abort()},
                "not named": {f"**/ballot/{survey.wave_id}/sheet.json": give(json.dumps(renamed))},
                None: {},
            }[broken],
            expected=("ERR_FAILED",),
        )
        said(page, "page-differs" if broken == "not named" else "alone")

        page.locator("#check-chain").click()

        found = {None: "good", "changed": "bad", "gone": "unknown", "not named": "bad"}[broken]
        expect(page.locator("#chain [data-link]:visible")).to_have_attribute("data-link", found)

    def test_can_be_read_without_scripts(self, survey: Survey, visit: Callable[..., Page]) -> None:
        page = visit(survey.address("check"), java_script_enabled=False)

        words = page.locator("main").inner_text()
        for text in ("모두가 같은 설문을 받았나요?", "Did everybody get the same survey?"):
            assert text in words
        assert "JavaScript is off" in words
        assert sheet_hash(survey.sheet()) in words.replace(" ", "")
        assert page.locator("button:visible, textarea:visible").count() == 0


class TestStored:
    def test_shows_every_row_of_whoever_holds_the_invitation(
        self, survey: Survey, visit: Callable[..., Page]
    ) -> None:
        page = visit(next(survey.links))
        expect(page.locator("#intro")).to_be_visible()
        sent: list[Request] = []
        page.on("request", lambda r: sent.append(r) if r.method == "POST" else None)

        page.locator("#to-stored").click()

        said(page, "untaken")
        values = page.locator("[data-table='employee'] [data-column='email']")
        expect(values).to_contain_text("@example.com")
        assert page.locator("[data-column]:visible").count() > 30
        expect(page.locator("[data-table='account'] [data-none]")).to_be_visible()
        expect(page.locator("[data-table='roll_entry'] [data-none]")).to_be_hidden()
        [request] = sent
        headers = request.all_headers()
        assert headers.keys().isdisjoint({"cookie", "authorization", "referer"})

    def test_tells_of_a_ballot_taken_and_leads_back_to_it(
        self, survey: Survey, visit: Callable[..., Page]
    ) -> None:
        page = visit(next(survey.links))
        page.locator("#begin").click()
        expect(page.locator("#questions")).to_be_visible()
        page.goto(page.url.replace("#", "/stored#"))
        said(page, "taken")

        page.locator("#to-ballot").click()

        expect(page.locator("#questions")).to_be_visible()

    def test_of_a_letter_does_not_tell_who_printed_it(
        self, survey: Survey, visit: Callable[..., Page]
    ) -> None:
        link = next(survey.links)
        with survey.app.app_context(), transaction():
            db.session.execute(
                update(RollEntry)
                .where(RollEntry.token_hash == token_hash(re.findall("t=([^&]+)", link)[0]))
                .values(invited=False)
            )
        page = visit(link.replace("#", "/stored#"))

        said(page, "by-letter")
        expect(page.locator("[data-column='blinded_hash']")).to_contain_text("보여 주지 않음")

    def test_tells_after_publication_that_nothing_is_left(
        self, survey: Survey, visit: Callable[..., Page]
    ) -> None:
        page = visit(survey.address(f"stored#t={survey.earlier_token}", survey.earlier_id))

        said(page, "forgotten")
        expect(page.locator("[data-outcome='forgotten']")).to_have_class("message message-good")
        assert page.locator("[data-column]:visible").count() == 0

    def test_says_what_is_wrong_with_the_link(
        self, survey: Survey, visit: Callable[..., Page]
    ) -> None:
        token = next(survey.links).split("#t=")[1].split("&")[0]
        tail = "0" if token[-1] != "0" else "1"
        page = visit(survey.address("stored"), expected=("403",))
        said(page, "no-token")

        page.goto(survey.address(f"stored#t={token[:-3]}"))
        said(page, "cut-off")
        page.goto(survey.address(f"stored#t={token[:-1]}{tail}"))
        said(page, "InvitationUnknown")
        page.goto(survey.address(f"stored#t={token}", survey.earlier_id))
        said(page, "forgotten")

    def test_says_that_the_server_is_away(self, survey: Survey, visit: Callable[..., Page]) -> None:
        token = next(survey.links).split("#t=")[1].split("&")[0]
        page = visit(
            survey.address(f"stored#t={token}"),
            routes={
                "**/stored": lambda r: r.abort() if r.request.method == "POST" else r.continue_()
            },
            expected=("ERR_FAILED",),
        )
        said(page, "unreachable")

        page.context.unroute("**/stored")
        page.locator("#again").click()

        said(page, "untaken")

    def test_lists_the_columns_without_scripts(
        self, survey: Survey, visit: Callable[..., Page]
    ) -> None:
        page = visit(survey.address("stored"), java_script_enabled=False)

        words = page.locator("main").inner_text()
        for text in ("serial_hash", "봉인된 응답지", "Sealed ballots", "JavaScript is off"):
            assert text in words
        assert page.locator("button:visible").count() == 0


class TestReceiptFile:
    def test_says_of_what_it_is_and_no_answer(
        self, survey: Survey, visit: Callable[..., Page], tmp_path: Path
    ) -> None:
        page = visit(next(survey.links))
        page.locator("#begin").click()
        expect(page.locator("#questions")).to_be_visible()
        page.locator("input[name='LEAD-01'][value='2']").press("Space")
        page.locator("input[name='ENPS'][value='7']").press("Space")
        page.locator("textarea").fill("비밀로 해 주세요")
        page.locator("#send").click()
        expect(page.locator("#done")).to_be_visible()
        with page.expect_download() as started:
            page.locator("#save").click()
        saved = tmp_path / "receipt.txt"
        started.value.save_as(saved)

        lines = saved.read_text(encoding="utf-8").splitlines()

        receipts = f"{survey.place.url}/results/{sheet_hash(survey.sheet())}/receipts"
        with survey.app.app_context():
            period = db.session.get_one(Wave, survey.wave_id).period
        assert lines == [
            "접수증 · Receipt",
            page.locator("#receipt").inner_text(),
            "",
            f"설문 · Survey: 월간 펄스 · Monthly pulse {period}",
            "",
            "결과가 나온 뒤 이 주소에서 이 접수증을 찾아보세요.",
            "Once the results are out, look for this receipt here:",
            receipts,
            "",
            "답은 이 파일에 들어 있지 않습니다. 접수증은 응답했다는 사실만 보여 줍니다.",
            "This file holds no answers. The receipt shows that you answered, and not what.",
        ]
        assert page.locator("#receipts").get_attribute("href") == receipts.removeprefix(
            survey.place.url
        )


class TestLook:
    """What the pages show once they were asked; as they open, every page is looked at elsewhere."""

    @pytest.mark.parametrize(
        ("name", "width", "language", "theme"),
        [
            ("check", 320, "ko", "dark"),
            ("check", 1280, "en", "light"),
            ("stored", 320, "en", "light"),
            ("stored", 1280, "ko", "dark"),
        ],
    )
    def test_is_accessible_and_never_too_wide(
        self,
        survey: Survey,
        visit: Callable[..., Page],
        name: str,
        width: int,
        language: str,
        theme: str,
    ) -> None:
        token = next(survey.links).split("#t=")[1].split("&")[0]
        page = visit(
            survey.address(f"{name}#t={token}&h={sheet_hash(survey.sheet())}&l={language}"),
            width=width,
            color_scheme=theme,
        )
        said(page, "match" if name == "check" else "untaken")
        if name == "check":
            page.locator("#check-chain").click()
            expect(page.locator("#chain [data-link]:visible")).to_have_count(1)

        assert check_accessibility(page) + overflow(page) == []

    @pytest.mark.parametrize("name", ["check", "stored"])
    def test_is_light(self, survey: Survey, visit: Callable[..., Page], name: str) -> None:
        page = visit(survey.address("check"))
        sizes: dict[str, int] = {}

        def weigh(response: Any) -> None:
            if not response.url.endswith(".woff2"):
                sizes[Path(response.url.split("#")[0]).name] = len(gzip.compress(response.body()))

        page.on("response", weigh)
        page.goto(survey.address(f"{name}?again#l=ko"), wait_until="networkidle")

        assert 10_000 < sum(sizes.values()) <= MAX_PAGE_BYTES, sizes
