"""Nothing made up gets into the urn, and nothing made up breaks it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from employee_pulse.ballots.protocol import canonical_json
from employee_pulse.ballots.register.models import RollEntry
from employee_pulse.ballots.urn.models import SealedBallot
from employee_pulse.foundation.db import db
from tests.integration.ballots.company import Voter

pytestmark = pytest.mark.database

many = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

octets = st.binary(max_size=300).map(bytes.hex)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | octets,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=6,
)
like_a_signature = st.binary(min_size=256, max_size=256).map(bytes.hex)
like_a_serial = st.binary(min_size=32, max_size=32).map(bytes.hex)
forged_fields = st.fixed_dictionaries(
    {},
    optional={
        "signature": like_a_signature | anything,
        "serial": like_a_serial | anything,
        "group": st.integers(-1, 5) | anything,
    },
).filter(bool)
other_fields = st.fixed_dictionaries(
    {}, optional={"nonce": anything, "answers": anything, "comments": anything, "more": anything}
)


def text_of(fields: Any) -> bytes:
    """JSON, with whatever Python can write into it, such as NaN and halves of characters."""
    return json.dumps(fields).encode()


def rows(app: Flask, column: Any) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(column))) or 0


class TestForgedBallots:
    def test_are_refused_and_leave_no_trace(self, app: Flask, voter: Callable[..., Voter]) -> None:
        person = voter()
        ballot = person.ballot()

        @many
        @given(forged_fields, other_fields)
        def refuses(forged: dict[str, Any], others: dict[str, Any]) -> None:
            body = text_of({**ballot, **others, **forged})
            if json.loads(body) | others == ballot | others:
                return
            answer = person.client.post(f"/urn/{person.wave_id}/cast", data=body)
            assert 400 <= answer.status_code < 500
            assert "receipt" not in answer.get_json()

        refuses()

        assert rows(app, SealedBallot.serial_hash) == 0
        assert person.cast(ballot).status_code == 200

    @many
    @given(body=st.binary(max_size=400) | anything.map(text_of))
    def test_bodies_of_any_kind_are_refused(
        self, app: Flask, voter: Callable[..., Voter], body: bytes
    ) -> None:
        """Hypothesis runs all its examples on the one wave of this test."""
        answer = app.test_client().post("/urn/1/cast", data=body)

        assert answer.status_code in {400, 404}

    def test_a_valid_ballot_cut_off_or_with_a_byte_changed_is_not_another_one(
        self, app: Flask, voter: Callable[..., Voter]
    ) -> None:
        person = voter()
        ballot = person.ballot(answers={"LEAD-01": None, "ENPS": None})
        body = canonical_json(ballot).encode()
        path = f"/urn/{person.wave_id}/cast"

        @many
        @given(st.integers(0, len(body) - 1), st.integers(0, 255))
        def refuses(place: int, byte: int) -> None:
            changed = body[:place] + bytes([byte]) + body[place + 1 :]
            if ballot["nonce"].encode() not in changed or changed == body:
                return
            assert 400 <= person.client.post(path, data=changed).status_code < 500
            assert 400 <= person.client.post(path, data=body[:place]).status_code < 500

        refuses()

        assert rows(app, SealedBallot.serial_hash) == 0


class TestForgedInvitations:
    def test_get_no_signature_and_cost_nobody_theirs(
        self, app: Flask, voter: Callable[..., Voter]
    ) -> None:
        person = voter()
        path = f"/register/{person.wave_id}/sign"
        known = {"token": person.token, "blinded": person.blinded.message.hex()}
        beyond = f"{person.key.n:0512x}"

        @many
        @given(
            st.one_of(
                st.fixed_dictionaries({"token": anything, "blinded": like_a_signature}),
                st.fixed_dictionaries(
                    {"token": st.just(person.token), "blinded": octets | st.just(beyond)}
                ),
                anything,
            )
        )
        def refuses(fields: Any) -> None:
            answer = person.client.post(path, data=text_of(fields))
            assert 400 <= answer.status_code < 500

        refuses()

        assert rows(app, RollEntry.blinded_hash) == 0
        assert person.client.post(path, data=text_of(known)).status_code == 200
