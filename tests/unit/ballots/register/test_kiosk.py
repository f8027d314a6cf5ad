"""The kiosk code: the same each time, another one for everybody else, and not the token."""

from employee_pulse.ballots.codes import KIOSK_SYMBOLS, read_code
from employee_pulse.ballots.register.rules.invitations import invitation_token
from employee_pulse.ballots.register.rules.kiosk import kiosk_code

KEY = bytes(range(32))


class TestKioskCode:
    def test_is_the_same_each_time_and_passes_its_own_check(self) -> None:
        code = kiosk_code(KEY, wave_id=7, employee_id=3)

        assert code == kiosk_code(KEY, wave_id=7, employee_id=3)
        assert read_code(code, symbols=KIOSK_SYMBOLS) == code

    def test_is_another_one_for_another_person_wave_or_roll(self) -> None:
        codes = {
            kiosk_code(KEY, wave_id=7, employee_id=3),
            kiosk_code(KEY, wave_id=7, employee_id=4),
            kiosk_code(KEY, wave_id=8, employee_id=3),
            kiosk_code(KEY[::-1], wave_id=7, employee_id=3),
        }

        assert len(codes) == 4

    def test_gives_no_part_of_the_token_away(self) -> None:
        """Both come from one key: what is hashed must differ for all numbers there can be."""
        tokens = {
            invitation_token(KEY, wave_id=wave, group_id=group, employee_id=employee)
            for wave in range(20)
            for group in range(20)
            for employee in range(20)
        }
        codes = {
            kiosk_code(KEY, wave_id=wave, employee_id=employee)
            for wave in range(20)
            for employee in range(20)
        }

        assert len(tokens) == 8000
        assert len(codes) == 400
