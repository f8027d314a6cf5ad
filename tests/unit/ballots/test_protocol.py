"""One text for one value, on both sides."""

import pytest

from employee_pulse.ballots import protocol


class TestCanonicalJson:
    def test_sorts_keys_and_leaves_letters_as_they_are(self) -> None:
        assert (
            protocol.canonical_json({"b": [1, None], "a": "가\n"}) == '{"a":"가\\n","b":[1,null]}'
        )


class TestBallotMessage:
    def test_names_wave_and_group(self) -> None:
        assert protocol.ballot_message(7, 12) == b"pulse-ballot-v1|7|12"

    def test_does_not_mistake_one_pair_for_another(self) -> None:
        assert protocol.ballot_message(1, 23) != protocol.ballot_message(12, 3)


class TestKeyPurpose:
    def test_is_one_for_each_wave(self) -> None:
        assert protocol.key_purpose(7) == "ballot:7"


class TestParseJson:
    def test_reads_plain_values(self) -> None:
        assert protocol.parse_json(b'{"a": [1, null, "x"]}') == {"a": [1, None, "x"]}

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"{",
            b'{"a": 1, "a": 2}',
            b'{"a": NaN}',
            b'{"a": Infinity}',
            b"\xff\xfe",
            b"[" * 100_000,
        ],
    )
    def test_refuses_what_has_two_readings_or_none(self, data: bytes) -> None:
        with pytest.raises(ValueError, match=r".*"):
            protocol.parse_json(data)
