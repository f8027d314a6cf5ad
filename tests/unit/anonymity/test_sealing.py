"""Sealing: only the private key opens, and the length tells nothing."""

import pytest
from nacl.bindings import sodium_pad
from nacl.public import PublicKey, SealedBox

from employee_pulse.anonymity import sealing


class TestSeal:
    @pytest.mark.parametrize("length", [0, 1, 4095, 4096, 4097, 70_000])
    def test_opens_to_what_was_sealed(self, length: int) -> None:
        pair = sealing.make_pair()
        plaintext = bytes(range(256)) * (length // 256 + 1)

        sealed = sealing.seal(pair.public, plaintext[:length])

        assert sealing.unseal(pair.private, sealed) == plaintext[:length]

    def test_short_and_long_answers_are_equally_long_sealed(self) -> None:
        pair = sealing.make_pair()

        assert len(sealing.seal(pair.public, b"1")) == len(sealing.seal(pair.public, b"1" * 4000))

    @pytest.mark.parametrize("room", [0, 1, 4095, 4096, 12_345])
    def test_everything_that_the_room_holds_is_equally_long_sealed(self, room: int) -> None:
        pair = sealing.make_pair()
        texts = [b"1" * length for length in {0, room // 2, room}]

        sealed = [sealing.seal(pair.public, text, room=room) for text in texts]

        assert len({len(each) for each in sealed}) == 1
        assert [sealing.unseal(pair.private, each) for each in sealed] == texts

    def test_what_is_longer_than_the_room_is_not_cut_off(self) -> None:
        pair = sealing.make_pair()

        sealed = sealing.seal(pair.public, b"1" * 9_000, room=4_000)

        assert sealing.unseal(pair.private, sealed) == b"1" * 9_000

    def test_opens_what_was_sealed_in_single_blocks(self) -> None:
        """Ballots of a wave that was open when the room came are still in the urn."""
        pair = sealing.make_pair()
        padded = sodium_pad(b"1" * 5_000, sealing.BLOCK_BYTES)

        sealed = SealedBox(PublicKey(pair.public)).encrypt(padded)

        assert sealing.unseal(pair.private, sealed) == b"1" * 5_000

    def test_the_same_answers_are_sealed_differently_each_time(self) -> None:
        pair = sealing.make_pair()

        assert sealing.seal(pair.public, b"1") != sealing.seal(pair.public, b"1")

    def test_keeps_the_plaintext_hidden(self) -> None:
        pair = sealing.make_pair()

        assert b"morale" not in sealing.seal(pair.public, b"morale")


class TestUnseal:
    def test_refuses_another_key(self) -> None:
        sealed = sealing.seal(sealing.make_pair().public, b"5")

        with pytest.raises(sealing.SealError):
            sealing.unseal(sealing.make_pair().private, sealed)

    def test_refuses_an_altered_or_shortened_seal(self) -> None:
        pair = sealing.make_pair()
        sealed = sealing.seal(pair.public, b"5")

        for broken in (sealed[:-1], sealed[:-1] + bytes([sealed[-1] ^ 1]), b""):
            with pytest.raises(sealing.SealError):
                sealing.unseal(pair.private, broken)


class TestPublicPart:
    def test_belongs_to_the_private_key(self) -> None:
        pair = sealing.make_pair()

        assert sealing.public_part(pair.private) == pair.public
        assert str(pair.private) not in repr(pair)
