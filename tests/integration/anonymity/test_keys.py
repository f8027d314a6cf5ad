"""Signing keys in the database: wrapped, found by holder, forgotten."""

from datetime import UTC, datetime

import pytest
from cryptography.fernet import InvalidToken
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from employee_pulse.anonymity import queries, service
from employee_pulse.anonymity.blind_signature import PrivateKey, generate_keys, to_bytes
from employee_pulse.anonymity.models import BlindKey
from employee_pulse.foundation.db import db, transaction

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("context")]

NOW = datetime(2026, 11, 13, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def keys() -> list[PrivateKey]:
    return generate_keys(2)


@pytest.fixture(autouse=True)
def stored(context: None, keys: list[PrivateKey]) -> None:
    with transaction():
        service.store_keys("ballot:7", {"3": keys[0], "4": keys[1]}, secret="s")


class TestStoreKeys:
    def test_a_key_is_found_by_purpose_and_holder(self, keys: list[PrivateKey]) -> None:
        assert queries.private_key("ballot:7", "3", secret="s") == keys[0]
        assert queries.public_key("ballot:7", "4") == keys[1].public
        assert queries.public_keys("ballot:7") == {"3": keys[0].public, "4": keys[1].public}

    def test_there_is_none_for_others(self) -> None:
        assert queries.public_key("ballot:8", "3") is None
        assert queries.public_key("ballot:7", "5") is None
        assert queries.private_key("ballot:7", "5", secret="s") is None

    def test_private_parts_lie_wrapped(self, keys: list[PrivateKey]) -> None:
        wrapped = db.session.scalars(select(BlindKey.wrapped_private)).all()

        assert all(to_bytes(key) not in (each or b"") for each in wrapped for key in keys)
        with pytest.raises(InvalidToken):
            queries.private_key("ballot:7", "3", secret="another")

    def test_a_holder_has_one_key(self, keys: list[PrivateKey]) -> None:
        with pytest.raises(IntegrityError), transaction():
            service.store_keys("ballot:7", {"3": keys[1]}, secret="s")


class TestDestroyKeys:
    def test_forgets_private_parts_and_keeps_public_ones(self, keys: list[PrivateKey]) -> None:
        with transaction():
            destroyed = service.destroy_keys("ballot:7", now=NOW)

        assert destroyed == 2
        assert queries.private_key("ballot:7", "3", secret="s") is None
        assert queries.public_key("ballot:7", "3") == keys[0].public

    def test_leaves_other_purposes_alone_and_the_first_moment_in_place(
        self, keys: list[PrivateKey]
    ) -> None:
        with transaction():
            service.store_keys("ballot:8", {"3": keys[0]}, secret="s")
            service.destroy_keys("ballot:7", now=NOW)
        with transaction():
            again = service.destroy_keys("ballot:7", now=NOW.replace(year=2027))

        assert again == 0
        assert queries.private_key("ballot:8", "3", secret="s") == keys[0]
        moments = db.session.scalars(
            select(BlindKey.destroyed_at).where(BlindKey.purpose == "ballot:7")
        )
        assert set(moments) == {NOW}
