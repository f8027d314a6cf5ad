"""The demo mailbox and one-click sign-in, which exist in demo mode only."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from employee_pulse.auth.rules import Role
from employee_pulse.demo.models import DemoMail
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db, transaction


class TestSignIn:
    @pytest.mark.parametrize("role", list(Role))
    def test_takes_one_click_for_every_role(self, demo: Flask, role: Role) -> None:
        client = demo.test_client()

        answer = client.post(f"/app/demo/sign-in/{role.value}")

        assert answer.status_code == 302
        assert client.get("/app/demo/mailbox").status_code == 200

    def test_knows_no_other_role(self, demo: Flask) -> None:
        assert demo.test_client().post("/app/demo/sign-in/owl").status_code == 404

    def test_does_not_exist_outside_of_the_demo(self, app: Flask) -> None:
        assert app.test_client().post("/app/demo/sign-in/hr").status_code == 404


class TestMailbox:
    def test_does_not_exist_outside_of_the_demo(self, app: Flask, sign_in) -> None:  # type: ignore[no-untyped-def]
        client = sign_in("hr")

        assert client.get("/app/demo/mailbox").status_code == 404
        assert client.get("/app/demo/mailbox/1").status_code == 404

    def test_asks_to_sign_in(self, demo: Flask) -> None:
        assert demo.test_client().get("/app/demo/mailbox").status_code == 302

    def test_finds_mails_by_person_and_department(self, demo: Flask) -> None:
        client = demo.test_client()
        client.post("/app/demo/sign-in/hr")

        everything = client.get("/app/demo/mailbox?lang=en").text
        found = client.get("/app/demo/mailbox?lang=en&q=software gaonliving").text
        nothing = client.get("/app/demo/mailbox?lang=en&q=no-such-person").text

        assert everything.count("<tr>") > 50
        assert 1 <= found.count("@gaonliving.example") <= 13
        assert "No mail matches" in nothing

    def test_turns_pages(self, demo: Flask) -> None:
        client = demo.test_client()
        client.post("/app/demo/sign-in/hr")

        first, second = (
            set(re.findall(r"/app/demo/mailbox/(\d+)", client.get(path).text))
            for path in ("/app/demo/mailbox", "/app/demo/mailbox?page=2")
        )

        assert len(first) == 50
        assert not first & second

    @pytest.mark.parametrize("words", ["", "no-such-person"])
    def test_a_page_beyond_the_last_is_the_last(self, demo: Flask, words: str) -> None:
        client = demo.test_client()
        client.post("/app/demo/sign-in/hr")

        answer = client.get(f"/app/demo/mailbox?q={words}&page=99999999999999999999")

        assert answer.status_code == 200
        assert bool(re.search(r"/app/demo/mailbox/(\d+)", answer.text)) is not bool(words)


class TestMessage:
    def test_makes_the_link_to_the_ballot_clickable(self, demo: Flask) -> None:
        client = demo.test_client()
        client.post("/app/demo/sign-in/hr")

        page = client.get("/app/demo/mailbox/1").text

        [link] = re.findall(r'<a href="(http://localhost/ballot/[^"]+)">', page)
        assert re.search(r"#t=\d+-[\w-]+&amp;h=[0-9a-f]{64}", link)

    def test_shows_markup_in_a_mail_as_text(self, demo: Flask) -> None:
        with demo.app_context(), transaction():
            db.session.execute(
                sa.insert(DemoMail).values(
                    recipient="a@gaonliving.example",
                    subject="S",
                    body="<script>alert(1)</script> https://a.example/?x=1&y=<b>",
                    delivered_at=clock.now(),
                )
            )
        client = demo.test_client()
        client.post("/app/demo/sign-in/hr")
        with demo.app_context():
            last = db.session.scalar(sa.select(sa.func.max(DemoMail.id)))

        page = client.get(f"/app/demo/mailbox/{last}").text

        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert '<a href="https://a.example/?x=1&amp;y=">' in page
