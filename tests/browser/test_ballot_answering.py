"""The ballot page in a real Chromium: answering, keeping a draft, and sending over a bad line."""

from collections.abc import Callable
from hashlib import sha256

import pytest
from playwright.sync_api import BrowserContext, Request, Route, expect

from employee_pulse.ballots.protocol import canonical_json
from tests.browser.ballot import OpenBallot, Survey, answer, begin, choose, kept, send, stopped


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
