"""Codes on paper: read however they are typed, and no single slip goes unnoticed."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from employee_pulse.ballots.codes import (
    ALPHABET,
    KIOSK_SYMBOLS,
    PAPER_SYMBOLS,
    code_bits,
    in_groups,
    make_code,
    paper_code_hash,
    paper_serial,
    read_code,
)

LENGTHS = (KIOSK_SYMBOLS, PAPER_SYMBOLS)


def random_code(symbols: int) -> str:
    return make_code(secrets.randbits(code_bits(symbols)), symbols=symbols)


class TestMakeCode:
    def test_paper_codes_cannot_be_found_by_trying(self) -> None:
        assert code_bits(PAPER_SYMBOLS) >= 80
        assert code_bits(KIOSK_SYMBOLS) >= 50

    def test_has_no_letters_that_look_alike(self) -> None:
        assert len(set(ALPHABET)) == 32
        assert not set("ILOU") & set(ALPHABET)

    def test_is_written_as_ever(self) -> None:
        assert make_code(0, symbols=12) == "0" * 12
        assert make_code(1, symbols=12) == "000000000012"
        assert make_code(2 ** code_bits(12) - 1, symbols=12) == "ZZZZZZZZZZZK"

    @pytest.mark.parametrize("symbols", LENGTHS)
    def test_another_number_is_another_code(self, symbols: int) -> None:
        numbers = {secrets.randbits(code_bits(symbols)) for _ in range(500)}

        assert len({make_code(number, symbols=symbols) for number in numbers}) == len(numbers)


class TestReadCode:
    @given(st.integers(0, 2 ** code_bits(PAPER_SYMBOLS) - 1))
    def test_reads_what_was_made(self, number: int) -> None:
        code = make_code(number, symbols=PAPER_SYMBOLS)

        assert read_code(code, symbols=PAPER_SYMBOLS) == code

    def test_forgives_case_groups_and_letters_that_look_alike(self) -> None:
        code = make_code(1, symbols=12)

        assert read_code(" oooo-oooo-ooi2 ", symbols=12) == code
        assert read_code("OOOO OOOO OOl2", symbols=12) == code

    @pytest.mark.parametrize("symbols", LENGTHS)
    def test_notices_any_wrong_character(self, symbols: int) -> None:
        for code in (random_code(symbols) for _ in range(20)):
            for place in range(symbols):
                for wrong in ALPHABET.replace(code[place], ""):
                    typed = code[:place] + wrong + code[place + 1 :]
                    assert read_code(typed, symbols=symbols) is None

    @pytest.mark.parametrize("symbols", LENGTHS)
    def test_notices_any_two_characters_that_changed_places(self, symbols: int) -> None:
        for code in (random_code(symbols) for _ in range(50)):
            for one in range(symbols):
                for other in range(one):
                    typed = list(code)
                    typed[one], typed[other] = typed[other], typed[one]
                    if code[one] != code[other]:
                        assert read_code("".join(typed), symbols=symbols) is None

    @pytest.mark.parametrize(
        "typed", ["", "0" * 11, "0" * 13, "0000-0000-000U", "가나다라0000마바사아"]
    )
    def test_knows_what_cannot_be_a_code(self, typed: str) -> None:
        assert read_code(typed, symbols=12) is None


class TestInGroups:
    def test_is_printed_in_groups(self) -> None:
        assert in_groups("ABCDEFGHJKMN", of=4) == "ABCD-EFGH-JKMN"
        assert in_groups("ABCDEFGHJKMNPQRSTVWX", of=5) == "ABCDE-FGHJK-MNPQR-STVWX"


class TestPaperCode:
    def test_what_is_kept_does_not_tell_which_ballot_it_cast(self) -> None:
        code = random_code(PAPER_SYMBOLS)

        assert paper_code_hash(1, code) != paper_serial(1, code)
        assert len(paper_serial(1, code)) == 32

    def test_is_another_in_every_wave(self) -> None:
        code = random_code(PAPER_SYMBOLS)

        assert paper_code_hash(1, code) != paper_code_hash(2, code)
        assert paper_serial(1, code) != paper_serial(2, code)
