"""Blind signatures: the vectors of RFC 9474, the round trip and everything that must be refused."""

import json
from pathlib import Path

import pytest

from employee_pulse.anonymity import blind_signature, blinding
from employee_pulse.anonymity.blind_signature import (
    BlindedMessageInvalid,
    PrivateKey,
    PublicKey,
    SigningError,
)

# Appendix A of RFC 9474, transcribed to JSON.
VECTORS = {
    vector["name"]: {
        name: bytes.fromhex(value.removeprefix("0x").zfill(len(value) % 2 + len(value) - 2))
        if name not in {"name", "is_randomized"}
        else value
        for name, value in vector.items()
    }
    for vector in json.loads(
        (Path(__file__).parents[2] / "data" / "rfc9474.json").read_text(encoding="utf-8")
    )
}
OURS = VECTORS["RSABSSA-SHA384-PSS-Randomized"]


@pytest.fixture(scope="module")
def key() -> PrivateKey:
    return blind_signature.generate_key()


def number(data: bytes) -> int:
    return int.from_bytes(data)


def private_key_of(vector: dict[str, bytes]) -> PrivateKey:
    p, q, d = number(vector["p"]), number(vector["q"]), number(vector["d"])
    public = PublicKey(number(vector["n"]), number(vector["e"]))
    return PrivateKey(public, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))


class TestVectors:
    def test_blinds_as_the_rfc_does(self) -> None:
        public = private_key_of(OURS).public
        factor = pow(number(OURS["inv"]), -1, public.n)

        blinded = blinding.blind_with(public, OURS["input_msg"], salt=OURS["salt"], factor=factor)

        assert blinded.message == OURS["blinded_msg"]
        assert blinded.inverse == number(OURS["inv"])

    @pytest.mark.parametrize("name", sorted(VECTORS))
    def test_signs_as_the_rfc_does(self, name: str) -> None:
        vector = VECTORS[name]

        signature = blind_signature.sign_blinded(private_key_of(vector), vector["blinded_msg"])

        assert signature == vector["blind_sig"]

    def test_finalizes_as_the_rfc_does(self) -> None:
        public = private_key_of(OURS).public

        signature = blinding.finalize(
            public, OURS["input_msg"], OURS["blind_sig"], number(OURS["inv"])
        )

        assert signature == OURS["sig"]

    def test_verifies_the_signature_of_the_rfc(self) -> None:
        public = private_key_of(OURS).public

        assert blind_signature.verify(public, OURS["input_msg"], OURS["sig"])

    def test_refuses_the_salt_length_of_another_variant(self) -> None:
        vector = VECTORS["RSABSSA-SHA384-PSSZERO-Randomized"]

        assert not blind_signature.verify(
            private_key_of(vector).public, vector["input_msg"], vector["sig"]
        )


class TestPrepare:
    def test_puts_a_fresh_serial_of_32_bytes_before_the_message(self) -> None:
        first, second = blinding.prepare(b"ballot"), blinding.prepare(b"ballot")

        assert first[32:] == second[32:] == b"ballot"
        assert first[:32] != second[:32]


class TestRoundTrip:
    def test_a_blinded_message_becomes_a_signature_the_signer_never_saw(
        self, key: PrivateKey
    ) -> None:
        prepared = blinding.prepare(b"pulse-ballot-v1|7|3")
        blinded = blinding.blind(key.public, prepared)

        answer = blind_signature.sign_blinded(key, blinded.message)
        signature = blinding.finalize(key.public, prepared, answer, blinded.inverse)

        assert blind_signature.verify(key.public, prepared, signature)
        assert signature not in {answer, blinded.message}

    def test_the_same_message_is_blinded_differently_each_time(self, key: PrivateKey) -> None:
        prepared = blinding.prepare(b"ballot")

        assert (
            blinding.blind(key.public, prepared).message
            != blinding.blind(key.public, prepared).message
        )

    def test_signing_twice_gives_the_same_signature(self, key: PrivateKey) -> None:
        blinded = blinding.blind(key.public, blinding.prepare(b"ballot")).message

        assert blind_signature.sign_blinded(key, blinded) == blind_signature.sign_blinded(
            key, blinded
        )

    def test_the_page_notices_a_signature_of_another_key(self, key: PrivateKey) -> None:
        other = blind_signature.generate_key()
        prepared = blinding.prepare(b"ballot")
        blinded = blinding.blind(key.public, prepared)
        shortened = number(blinded.message) % other.public.n
        answer = blind_signature.sign_blinded(other, shortened.to_bytes(256))

        with pytest.raises(blinding.SignatureError):
            blinding.finalize(key.public, prepared, answer, blinded.inverse)

    def test_the_page_notices_a_short_answer(self, key: PrivateKey) -> None:
        prepared = blinding.prepare(b"ballot")
        blinded = blinding.blind(key.public, prepared)

        with pytest.raises(blinding.SignatureError):
            blinding.finalize(key.public, prepared, b"short", blinded.inverse)


class TestGenerateKey:
    def test_has_2048_bits_and_the_exponent_65537(self, key: PrivateKey) -> None:
        assert key.public.bits == 2048
        assert key.public.e == 65537
        assert key.p * key.q == key.public.n


class TestGenerateKeys:
    def test_makes_as_many_as_asked_each_another(self) -> None:
        assert len({key.public.n for key in blind_signature.generate_keys(3)}) == 3


class TestSignBlinded:
    @pytest.mark.parametrize("length", [0, 255, 257])
    def test_refuses_a_message_of_another_length(self, key: PrivateKey, length: int) -> None:
        with pytest.raises(BlindedMessageInvalid):
            blind_signature.sign_blinded(key, bytes(length))

    def test_refuses_a_number_that_is_not_below_the_modulus(self, key: PrivateKey) -> None:
        with pytest.raises(BlindedMessageInvalid):
            blind_signature.sign_blinded(key, key.public.n.to_bytes(256))

    def test_signs_the_largest_number_below_the_modulus(self, key: PrivateKey) -> None:
        largest = (key.public.n - 1).to_bytes(256)

        assert blind_signature.sign_blinded(key, largest) == largest

    def test_keeps_a_faulty_result_to_itself(self, key: PrivateKey) -> None:
        faulty = PrivateKey(key.public, key.p, key.q, key.d_p ^ 2, key.d_q, key.q_inverse)

        with pytest.raises(SigningError):
            blind_signature.sign_blinded(faulty, (12345).to_bytes(256))


class TestVerify:
    def test_refuses_another_message_another_key_and_an_altered_signature(
        self, key: PrivateKey
    ) -> None:
        prepared = blinding.prepare(b"ballot")
        blinded = blinding.blind(key.public, prepared)
        answer = blind_signature.sign_blinded(key, blinded.message)
        signature = blinding.finalize(key.public, prepared, answer, blinded.inverse)
        altered = bytes([signature[0] ^ 1]) + signature[1:]
        other = blind_signature.generate_key().public

        assert not blind_signature.verify(key.public, prepared + b"x", signature)
        assert not blind_signature.verify(other, prepared, signature)
        assert not blind_signature.verify(key.public, prepared, altered)
        assert not blind_signature.verify(key.public, prepared, b"")
        assert not blind_signature.verify(key.public, prepared, bytes(1000))


class TestBytes:
    def test_a_key_survives_being_written_and_read(self, key: PrivateKey) -> None:
        assert blind_signature.from_bytes(blind_signature.to_bytes(key)) == key

    def test_a_key_of_another_kind_is_refused(self) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import (
            Encoding,
            NoEncryption,
            PrivateFormat,
        )

        other = Ed25519PrivateKey.generate().private_bytes(
            Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
        )

        with pytest.raises(TypeError):
            blind_signature.from_bytes(other)

    def test_a_key_does_not_show_in_messages(self, key: PrivateKey) -> None:
        assert str(key.p) not in repr(key)
