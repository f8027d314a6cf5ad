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


def number(data: bytes) -> int:
    return int.from_bytes(data)


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
OUR_SALT = [name for name, vector in VECTORS.items() if number(vector["sLen"]) == 48]


@pytest.fixture(scope="module")
def key() -> PrivateKey:
    return blind_signature.generate_key()


def private_key_of(vector: dict[str, bytes]) -> PrivateKey:
    p, q, d = number(vector["p"]), number(vector["q"]), number(vector["d"])
    public = PublicKey(number(vector["n"]), number(vector["e"]))
    return PrivateKey(public, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))


class TestVectors:
    @pytest.mark.parametrize("name", sorted(VECTORS))
    def test_the_numbers_of_a_key_belong_together(self, name: str) -> None:
        key = private_key_of(VECTORS[name])

        assert key.p * key.q == key.public.n
        assert (
            pow(pow(2, key.public.e, key.public.n), number(VECTORS[name]["d"]), key.public.n) == 2
        )

    @pytest.mark.parametrize("name", [name for name in VECTORS if name.endswith("-Randomized")])
    def test_prepares_as_the_rfc_does(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        vector = VECTORS[name]
        drawn = {len(vector["msg_prefix"]): vector["msg_prefix"]}
        monkeypatch.setattr(blinding.secrets, "token_bytes", drawn.__getitem__)

        assert blinding.prepare(vector["msg"]) == vector["input_msg"]

    @pytest.mark.parametrize("name", [name for name in VECTORS if "encoded_msg" in VECTORS[name]])
    def test_encodes_as_the_rfc_does(self, name: str) -> None:
        vector = VECTORS[name]
        public = private_key_of(vector).public

        open_to_see = blinding.blind_with(
            public, vector["input_msg"], salt=vector["salt"], factor=1
        )

        assert open_to_see.message == vector["encoded_msg"]

    @pytest.mark.parametrize("name", sorted(VECTORS))
    def test_blinds_as_the_rfc_does(self, name: str) -> None:
        vector = VECTORS[name]
        public = private_key_of(vector).public
        factor = pow(number(vector["inv"]), -1, public.n)

        blinded = blinding.blind_with(
            public, vector["input_msg"], salt=vector["salt"], factor=factor
        )

        assert blinded.message == vector["blinded_msg"]
        assert blinded.inverse == number(vector["inv"])

    @pytest.mark.parametrize("name", sorted(VECTORS))
    def test_signs_as_the_rfc_does(self, name: str) -> None:
        vector = VECTORS[name]

        signature = blind_signature.sign_blinded(private_key_of(vector), vector["blinded_msg"])

        assert signature == vector["blind_sig"]

    @pytest.mark.parametrize("name", OUR_SALT)
    def test_finalizes_as_the_rfc_does(self, name: str) -> None:
        vector = VECTORS[name]
        public = private_key_of(vector).public

        signature = blinding.finalize(
            public, vector["input_msg"], vector["blind_sig"], number(vector["inv"])
        )

        assert signature == vector["sig"]

    @pytest.mark.parametrize("name", OUR_SALT)
    def test_verifies_the_signature_of_the_rfc(self, name: str) -> None:
        vector = VECTORS[name]

        assert blind_signature.verify(
            private_key_of(vector).public, vector["input_msg"], vector["sig"]
        )

    @pytest.mark.parametrize("name", sorted(VECTORS.keys() - set(OUR_SALT)))
    def test_refuses_the_salt_length_of_another_variant(self, name: str) -> None:
        vector = VECTORS[name]
        public = private_key_of(vector).public

        assert not blind_signature.verify(public, vector["input_msg"], vector["sig"])
        with pytest.raises(blinding.SignatureError):
            blinding.finalize(
                public, vector["input_msg"], vector["blind_sig"], number(vector["inv"])
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
