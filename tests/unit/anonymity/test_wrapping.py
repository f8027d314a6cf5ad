"""Wrapping: opens with the same secret for the same purpose alone."""

import pytest
from cryptography.fernet import InvalidToken

from employee_pulse.anonymity import wrapping


class TestWrap:
    def test_opens_with_the_secret_and_purpose_it_was_wrapped_for(self) -> None:
        wrapped = wrapping.wrap(b"private", secret="s", purpose="p")

        assert b"private" not in wrapped
        assert wrapping.unwrap(wrapped, secret="s", purpose="p") == b"private"

    @pytest.mark.parametrize(("secret", "purpose"), [("other", "p"), ("s", "other")])
    def test_stays_shut_otherwise(self, secret: str, purpose: str) -> None:
        wrapped = wrapping.wrap(b"private", secret="s", purpose="p")

        with pytest.raises(InvalidToken):
            wrapping.unwrap(wrapped, secret=secret, purpose=purpose)
