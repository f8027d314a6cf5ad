"""Passwords: hashed so that nobody reads them, checked alike for everybody."""

import re

from employee_pulse.auth import passwords


class TestMatches:
    def test_knows_the_password_and_no_other(self) -> None:
        stored = passwords.hashed("correct horse battery")

        assert "correct" not in stored
        assert stored.startswith("$argon2id$")
        assert passwords.matches(stored, "correct horse battery")
        assert not passwords.matches(stored, "correct horse batterY")

    def test_nobody_signs_in_without_a_stored_one(self) -> None:
        assert not passwords.matches(None, "")
        assert not passwords.matches("", "x")
        assert not passwords.matches("not a hash", "x")

    def test_salts(self) -> None:
        assert passwords.hashed("the same") != passwords.hashed("the same")


def test_weaker_settings_are_outdated() -> None:
    weak = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$ZnJlc2hseSBoYXNoZWQ"

    assert passwords.is_outdated(weak)
    assert not passwords.is_outdated(passwords.hashed("x"))


def test_one_time_passwords_are_long_legible_and_never_the_same() -> None:
    made = {passwords.one_time() for _ in range(100)}

    assert len(made) == 100
    assert all(re.fullmatch(r"([2-9a-hjkmnp-z]{5}-){3}[2-9a-hjkmnp-z]{5}", each) for each in made)
