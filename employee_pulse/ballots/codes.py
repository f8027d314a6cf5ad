"""Codes on paper: letters that cannot be confused, and a last one that catches typing errors."""

from hashlib import sha256

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without I, L, O and U."""
KIOSK_SYMBOLS = 12
"""55 bits, guarded by a limit on tries."""
PAPER_SYMBOLS = 20
"""95 bits, which nobody finds by trying."""

_BITS = 5
_LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_FIELD = 0b100101
"""x^5 + x^2 + 1: makes the symbols a field of 32, in which the last one is computed."""


def code_bits(symbols: int) -> int:
    """How many bits a code of this length carries; the last symbol is for checking."""
    return _BITS * (symbols - 1)


def make_code(number: int, *, symbols: int) -> str:
    """Write a number of ``code_bits(symbols)`` bits as a code."""
    values = [(number >> _BITS * place) % 32 for place in reversed(range(symbols - 1))]
    return "".join(ALPHABET[value] for value in [*values, _times_x(_sum(values))])


def read_code(text: str, *, symbols: int) -> str | None:
    """The code as it was printed, however it was typed; None if a character is wrong.

    One wrong character is always noticed, and so are two that changed places.
    """
    code = text.upper().translate(_LOOK_ALIKE)
    values = [ALPHABET.find(character) for character in code]
    if len(values) != symbols or -1 in values or _sum(values):
        return None
    return code


def in_groups(code: str, *, of: int) -> str:
    """As it is printed: ``ABCD-EFGH-JKMN``."""
    return "-".join(code[place : place + of] for place in range(0, len(code), of))


def paper_code_hash(wave_id: int, code: str) -> bytes:
    """What is kept of a paper code."""
    return sha256(f"pulse-paper-code-v1|{wave_id}|{code}".encode()).digest()


def paper_serial(wave_id: int, code: str) -> bytes:
    """The serial of the ballot that a code casts: one code, one ballot.

    Of another hash than the one that is kept, so that the urn does not tell which codes were used.
    """
    return sha256(f"pulse-paper-serial-v1|{wave_id}|{code}".encode()).digest()


def _sum(values: list[int]) -> int:
    total = 0
    for value in values:
        total = _times_x(total) ^ value
    return total


def _times_x(value: int) -> int:
    return (value << 1) ^ (_FIELD if value & 16 else 0)
