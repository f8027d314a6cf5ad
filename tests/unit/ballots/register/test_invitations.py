"""Invitations: the same token each time, another one for everybody else."""

from itertools import combinations

from employee_pulse.ballots.register.rules import invitations

KEY = bytes(range(32))


class TestInvitationToken:
    def test_is_the_same_each_time(self) -> None:
        tokens = {
            invitations.invitation_token(KEY, wave_id=7, group_id=12, employee_id=3)
            for _ in range(3)
        }

        assert len(tokens) == 1

    def test_is_another_one_for_another_person_group_wave_or_roll(self) -> None:
        tokens = [
            invitations.invitation_token(KEY, wave_id=7, group_id=12, employee_id=3),
            invitations.invitation_token(KEY, wave_id=7, group_id=12, employee_id=4),
            invitations.invitation_token(KEY, wave_id=7, group_id=13, employee_id=3),
            invitations.invitation_token(KEY, wave_id=8, group_id=12, employee_id=3),
            invitations.invitation_token(KEY[::-1], wave_id=7, group_id=12, employee_id=3),
        ]

        for one, other in combinations(tokens, 2):
            assert one.split("-", 1)[1] != other.split("-", 1)[1]

    def test_names_its_group_first_and_cannot_be_guessed(self) -> None:
        token = invitations.invitation_token(KEY, wave_id=7, group_id=12, employee_id=3)

        group, secret = token.split("-", 1)
        assert group == "12"
        assert len(secret) * 6 >= 128


class TestTokenHash:
    def test_hides_the_token(self) -> None:
        assert invitations.token_hash("12-abc") != invitations.token_hash("12-abd")
        assert b"abc" not in invitations.token_hash("12-abc")


class TestInvitationLink:
    def test_keeps_everything_personal_in_the_fragment(self) -> None:
        link = invitations.invitation_link(
            "https://pulse.example", wave_id=7, token="12-abc", sheet_hash="f00d", language="en"
        )

        assert link == "https://pulse.example/ballot/7#t=12-abc&h=f00d&l=en"
