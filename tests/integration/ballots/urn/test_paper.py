"""The page for paper codes: one code, one ballot, nothing typed is lost, nothing names anybody."""

import json
import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from employee_pulse.anonymity import sealing
from employee_pulse.anonymity.keyring import Keyring
from employee_pulse.ballots.codes import in_groups, make_code, paper_code_hash, paper_serial
from employee_pulse.ballots.protocol import canonical_json
from employee_pulse.ballots.register import queries as register
from employee_pulse.ballots.urn import paper
from employee_pulse.ballots.urn.models import PaperBox, PaperCode, SealedBallot
from employee_pulse.ballots.urn.paper import fill_box
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db, transaction
from employee_pulse.surveys.models import Wave
from tests.integration.ballots.company import Voter, at_once

pytestmark = pytest.mark.database

NONCE = re.compile(r'name="nonce" value="([0-9a-f]{32})"')
RECEIPT = re.compile(r'id="receipt">([0-9a-f ]+)<')
ANSWERED = {"q.LEAD-01": "4", "q.ENPS": ""}


def cast(app: Flask, wave_id: int, code: str, *, mark: str = "4", nonce: str = "") -> TestResponse:
    """Post the form as the browser does after the last look."""
    fields = {**ANSWERED, "q.LEAD-01": mark, "code": code, "nonce": nonce or "ab" * 16}
    return post(app, wave_id, {**fields, "step": "send"})


def post(app: Flask, wave_id: int, fields: dict[str, Any], **options: Any) -> TestResponse:
    client = app.test_client(use_cookies=False)
    return client.post(f"/urn/{wave_id}/paper", data=fields, **options)


def stored(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(SealedBallot)) or 0


@pytest.fixture
def group(app: Flask, open_wave: int) -> int:
    with app.app_context():
        return max(register.groups(open_wave), key=lambda each: each.eligible).id


@pytest.fixture
def codes(app: Flask, open_wave: int, group: int) -> list[str]:
    with app.app_context(), transaction():
        return fill_box(open_wave, group, slips=6)


class TestForm:
    def test_is_the_same_for_everybody_and_runs_no_script(
        self, app: Flask, open_wave: int, codes: list[str]
    ) -> None:
        client = app.test_client(use_cookies=False)
        first = client.get(f"/urn/{open_wave}/paper")
        other = client.get(f"/urn/{open_wave}/paper", headers={"Accept-Language": "en"})

        assert first.status_code == 200
        assert first.data == other.data
        assert b"<script" not in first.data
        assert "script" not in first.headers["Content-Security-Policy"]
        assert "form-action 'self'" in first.headers["Content-Security-Policy"]
        assert first.headers["Referrer-Policy"] == "no-referrer"
        assert first.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in first.headers
        assert "LEAD-01 문항" in first.text
        assert "Question LEAD-01" in first.text

    def test_of_an_unknown_wave(self, app: Flask) -> None:
        answer = app.test_client().get("/urn/999/paper")

        assert answer.status_code == 404
        assert "There is no such survey" in answer.text
        assert post(app, 999, ANSWERED).status_code == 404

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"closed_at": clock.now()}, "This survey has closed"),
            ({"opened_at": None, "opens_at": clock.now()}, "Not ready yet"),
        ],
    )
    def test_of_a_wave_that_is_not_open(
        self, app: Flask, open_wave: int, codes: list[str], values: dict[str, Any], words: str
    ) -> None:
        with app.app_context(), transaction():
            db.session.execute(update(Wave).values(**values))

        assert words in app.test_client().get(f"/urn/{open_wave}/paper").text
        looked = post(app, open_wave, {**ANSWERED, "code": codes[0], "step": "check"})
        sent = cast(app, open_wave, codes[0])
        assert (looked.status_code, sent.status_code) == (410, 410)
        assert words in sent.text
        assert stored(app) == 0


class TestLook:
    """The step before sending: answers are shown, nothing is asked of the database."""

    def test_shows_the_answers_and_stores_nothing(
        self, app: Flask, open_wave: int, codes: list[str]
    ) -> None:
        fields = {**ANSWERED, "q.OPEN-1": "교대가 <힘들어요>", "code": codes[0], "step": "check"}

        answer = post(app, open_wave, fields)

        assert answer.status_code == 200
        assert NONCE.search(answer.text)
        assert "교대가 &lt;힘들어요&gt;" in answer.text
        assert stored(app) == 0
        with app.app_context():
            assert db.session.scalars(select(PaperBox.used)).one() is False

    def test_gives_another_nonce_each_time(
        self, app: Flask, open_wave: int, codes: list[str]
    ) -> None:
        fields = {**ANSWERED, "code": codes[0], "step": "check"}

        nonces = {NONCE.search(post(app, open_wave, fields).text)[1] for _ in range(3)}  # type: ignore[index]

        assert len(nonces) == 3

    def test_does_not_tell_whether_a_code_was_used_or_exists(
        self, app: Flask, open_wave: int, codes: list[str]
    ) -> None:
        """Who knows the codes could ask in secret which have been used."""
        cast(app, open_wave, codes[0])

        looks = set()
        for code in (codes[0], codes[1], make_code(7, symbols=20)):
            answer = post(app, open_wave, {**ANSWERED, "code": code, "step": "check"})
            looks.add(NONCE.sub("", answer.text).replace(code, ""))

        assert len(looks) == 1

    def test_keeps_everything_that_was_typed(self, app: Flask, open_wave: int) -> None:
        fields = {"code": "abc", "q.ENPS": "7", "q.OPEN-1": "남는 말", "shown": "en"}

        answer = post(app, open_wave, {**fields, "step": "check"})

        assert answer.status_code == 422
        assert 'value="abc"' in answer.text
        assert re.search(r'name="q.ENPS" value="7" checked', answer.text)
        assert "남는 말</textarea>" in answer.text
        assert re.search(r'id="show-en"[^>]* checked', answer.text)
        assert 'href="#q-LEAD-01"' in answer.text
        assert 'href="#code"' in answer.text
        assert 'href="#q-ENPS"' not in answer.text

    def test_goes_back_with_everything(self, app: Flask, open_wave: int, codes: list[str]) -> None:
        fields = {**ANSWERED, "q.OPEN-1": "남는 말", "code": codes[0], "step": "change"}

        answer = post(app, open_wave, fields)

        assert answer.status_code == 200
        assert "남는 말</textarea>" in answer.text
        assert 'id="errors"' not in answer.text


class TestCast:
    def test_thanks_with_a_receipt_and_stores_the_ballot_sealed(
        self, app: Flask, key_dir: Path, open_wave: int, group: int, codes: list[str]
    ) -> None:
        answer = cast(app, open_wave, in_groups(codes[0], of=5).lower())

        receipt = RECEIPT.search(answer.text)[1].replace(" ", "")  # type: ignore[index]
        with app.app_context():
            sealed = db.session.scalars(select(SealedBallot)).one()
            text = sealing.unseal(Keyring(key_dir).private_key(f"wave-{open_wave}"), sealed.sealed)
        ballot = json.loads(text)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert sha256(text).hexdigest() == receipt == sealed.receipt.hex()
        assert text.decode() == canonical_json(ballot)
        assert (ballot["group"], ballot["answers"]) == (group, {"LEAD-01": 4, "ENPS": None})
        assert bytes.fromhex(ballot["signature"]).decode() == codes[0]

    def test_what_is_stored_does_not_tell_which_code_it_was(
        self, app: Flask, open_wave: int, codes: list[str]
    ) -> None:
        with app.app_context():
            before = set(db.session.execute(select(PaperCode.code_hash, PaperCode.group_id)).all())

        cast(app, open_wave, codes[0])

        with app.app_context():
            after = set(db.session.execute(select(PaperCode.code_hash, PaperCode.group_id)).all())
            serial_hash = db.session.scalars(select(SealedBallot.serial_hash)).one()
        assert before == after
        assert serial_hash not in {code_hash for code_hash, _ in after}

    def test_the_same_again_is_thanked_again(
        self, app: Flask, open_wave: int, codes: list[str]
    ) -> None:
        first, again = cast(app, open_wave, codes[0]), cast(app, open_wave, codes[0])

        assert (first.status_code, again.status_code) == (200, 200)
        assert RECEIPT.search(first.text)[1] == RECEIPT.search(again.text)[1]  # type: ignore[index]
        assert stored(app) == 1

    def test_the_same_again_is_thanked_for_after_closing_too(
        self, app: Flask, open_wave: int, codes: list[str]
    ) -> None:
        cast(app, open_wave, codes[0])
        with app.app_context(), transaction():
            db.session.execute(update(Wave).values(closed_at=clock.now()))

        assert cast(app, open_wave, codes[0]).status_code == 200
        assert cast(app, open_wave, codes[1]).status_code == 410

    @pytest.mark.parametrize("other", [{"mark": "1"}, {"nonce": "cd" * 16}])
    def test_a_used_code_casts_no_second_ballot(
        self, app: Flask, open_wave: int, codes: list[str], other: dict[str, str]
    ) -> None:
        cast(app, open_wave, codes[0])

        answer = cast(app, open_wave, codes[0], **other)  # type: ignore[arg-type]

        assert answer.status_code == 409
        assert "This code was used already." in answer.text
        assert 'name="q.LEAD-01"' in answer.text
        assert stored(app) == 1

    def test_many_at_once_with_one_code_are_one_ballot(
        self, app: Flask, open_wave: int, codes: list[str]
    ) -> None:
        answers = at_once(
            app,
            lambda worker: cast(app, open_wave, codes[0], mark=str(1 + worker)).status_code,
            workers=4,
        )

        assert sorted(answers, key=str) == [200, 409, 409, 409]
        assert stored(app) == 1

    @pytest.mark.parametrize("kind", ["made up", "of another wave", "replaced"])
    def test_refuses_a_code_of_nobodys_box(
        self, app: Flask, open_wave: int, group: int, codes: list[str], kind: str
    ) -> None:
        code = make_code(99, symbols=20) if kind == "made up" else codes[0]
        with app.app_context(), transaction():
            if kind == "of another wave":
                db.session.execute(
                    update(PaperCode)
                    .where(PaperCode.code_hash == paper_code_hash(open_wave, code))
                    .values(code_hash=paper_code_hash(open_wave + 1, code))
                )
            if kind == "replaced":
                fill_box(open_wave, group, slips=6)

        answer = cast(app, open_wave, code)

        assert answer.status_code == 403
        assert "This code does not belong to this survey." in answer.text
        assert stored(app) == 0

    def test_codes_are_replaced_or_used_but_not_both(
        self, app: Flask, open_wave: int, group: int, codes: list[str]
    ) -> None:
        def use_or_replace(worker: int) -> object:
            if worker:
                return cast(app, open_wave, codes[0]).status_code
            with transaction():
                fill_box(open_wave, group, slips=6)
            return "replaced"

        replaced, used = at_once(app, use_or_replace)

        if replaced == "replaced":
            assert (used, stored(app)) == (403, 0)
        else:
            assert isinstance(replaced, paper.CodesUsed)
            assert (used, stored(app)) == (200, 1)

    def test_sends_nothing_that_is_wrong(
        self, app: Flask, open_wave: int, codes: list[str]
    ) -> None:
        for changes in (
            *({"code": "X"}, {"q.LEAD-01": "9"}, {"q.LEAD-01": None}, {"q.OPEN-1": "x" * 1001}),
        ):
            fields = {**ANSWERED, "code": codes[0], "nonce": "ab" * 16, "step": "send", **changes}
            answer = post(app, open_wave, {name: each for name, each in fields.items() if each})
            assert answer.status_code == 422
        assert stored(app) == 0

    def test_without_a_last_look_there_is_one(
        self, app: Flask, open_wave: int, codes: list[str]
    ) -> None:
        for nonce in ("", "ab", "xy" * 16):
            fields = {**ANSWERED, "code": codes[0], "nonce": nonce, "step": "send"}
            assert NONCE.search(post(app, open_wave, fields).text)
        assert stored(app) == 0

    def test_refuses_what_could_name_the_sender(
        self, app: Flask, open_wave: int, codes: list[str]
    ) -> None:
        fields = {**ANSWERED, "code": codes[0], "nonce": "ab" * 16, "step": "send"}
        for name in ("Cookie", "Authorization", "Referer"):
            answer = post(app, open_wave, fields, headers={name: "x=y"})
            assert answer.status_code == 400
            assert "could name its sender" in answer.text
        assert stored(app) == 0

    def test_refuses_a_large_body(self, app: Flask, open_wave: int) -> None:
        answer = post(app, open_wave, {"q.OPEN-1": "x" * 70_000})

        assert answer.status_code == 413
        assert stored(app) == 0

    def test_keeps_what_was_typed_when_the_database_fails(
        self, app: Flask, open_wave: int, codes: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*args: object, **kwargs: object) -> None:
            raise OperationalError("INSERT", None, Exception())

        monkeypatch.setattr(paper, "cast_paper_ballot", fail)

        answer = cast(app, open_wave, codes[0])

        assert answer.status_code == 503
        assert "The database cannot be written" in answer.text
        assert re.search(r'name="q.LEAD-01" value="4" checked', answer.text)

    def test_writes_no_log(
        self, app: Flask, open_wave: int, codes: list[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        app.testing = False
        caplog.set_level(0)

        cast(app, open_wave, codes[0])
        cast(app, open_wave, codes[0], mark="1")
        cast(app, open_wave, "X")
        app.test_client().get(f"/urn/{open_wave}/paper")

        assert [record.name for record in caplog.records if "asyncio" not in record.name] == []


class TestSlot:
    def test_a_paper_code_is_no_signature_there(
        self, app: Flask, voter: Callable[..., Voter], codes: list[str], group: int
    ) -> None:
        person = voter()
        ballot = {
            "group": group,
            "serial": paper_serial(person.wave_id, codes[0]).hex(),
            "signature": codes[0].encode().hex(),
            "nonce": "ab" * 16,
            "answers": {"LEAD-01": 4, "ENPS": None},
            "comments": {},
        }

        answer = person.cast(ballot)

        assert (answer.status_code, answer.get_json()["error"]) == (403, "SignatureInvalid")
        assert stored(app) == 0
