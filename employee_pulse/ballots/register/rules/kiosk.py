"""The code by which somebody without e-mail gets in at a kiosk."""

import hmac

from employee_pulse.ballots.codes import KIOSK_SYMBOLS, code_bits, make_code

_OCTETS = 8


def kiosk_code(key: bytes, *, wave_id: int, employee_id: int) -> str:
    """The same each time, like the invitation token, so that it is not kept anywhere."""
    tag = hmac.digest(key, f"kiosk|{wave_id}|{employee_id}".encode(), "sha256")
    number = int.from_bytes(tag[:_OCTETS]) >> _OCTETS * 8 - code_bits(KIOSK_SYMBOLS)
    return make_code(number, symbols=KIOSK_SYMBOLS)
