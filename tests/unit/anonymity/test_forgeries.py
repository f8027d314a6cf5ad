"""Whatever somebody makes up, it is no signature, and no answer of the signer can be misused."""

import gmpy2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from employee_pulse.anonymity.blind_signature import (
    BlindedMessageInvalid,
    PrivateKey,
    generate_keys,
    sign_blinded,
    verify,
)
from employee_pulse.anonymity.blinding import SignatureError, blind, finalize, prepare

KEY, OTHER_KEY = generate_keys(2)
SIZE = KEY.public.size
N = KEY.public.n


def signed(key: PrivateKey, text: bytes) -> tuple[bytes, bytes]:
    """A prepared message and its signature."""
    prepared = prepare(text)
    blinded = blind(key.public, prepared)
    answer = sign_blinded(key, blinded.message)
    return prepared, finalize(key.public, prepared, answer, blinded.inverse)


MESSAGE, SIGNATURE = signed(KEY, b"pulse-ballot-v1|7|3")
SECOND_MESSAGE, SECOND = signed(KEY, b"pulse-ballot-v1|7|3")
S, T = int.from_bytes(SIGNATURE), int.from_bytes(SECOND)

made_up = st.one_of(st.binary(max_size=SIZE + 2), st.binary(min_size=SIZE, max_size=SIZE))
bits = st.sets(st.integers(0, 8 * SIZE - 1), min_size=1, max_size=4)
derived = {
    "zero": 0,
    "one": 1,
    "minus one": N - 1,
    "the modulus": N,
    "mirrored": N - S,
    "squared": S * S % N,
    "inverted": int(gmpy2.invert(S, N)),
    "of two multiplied": S * T % N,
    "doubled": 2 * S % N,
    "one more": S + 1,
    "raised": pow(S, KEY.public.e, N),
}


@settings(max_examples=300, deadline=None)
@given(made_up)
def test_nothing_made_up_is_a_signature(signature: bytes) -> None:
    assert not verify(KEY.public, MESSAGE, signature)


@settings(max_examples=200, deadline=None)
@given(bits)
def test_no_altered_bit_leaves_a_signature(places: set[int]) -> None:
    altered = S
    for place in places:
        altered ^= 1 << place

    assert not verify(KEY.public, MESSAGE, altered.to_bytes(SIZE))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_signature_serves_no_other_message(data: st.DataObject) -> None:
    other = data.draw(
        st.one_of(
            st.binary(max_size=80),
            st.binary(min_size=32, max_size=32).map(lambda serial: serial + MESSAGE[32:]),
            st.integers(0, len(MESSAGE)).map(lambda end: MESSAGE[:end]),
            st.binary(min_size=1, max_size=9).map(lambda more: MESSAGE + more),
        ).filter(lambda message: message != MESSAGE)
    )

    assert not verify(KEY.public, other, SIGNATURE)


@pytest.mark.parametrize("name", derived)
def test_nothing_computed_from_signatures_is_another_one(name: str) -> None:
    signature = derived[name].to_bytes(SIZE)

    for message in (MESSAGE, SECOND_MESSAGE, MESSAGE + SECOND_MESSAGE, b""):
        assert not verify(KEY.public, message, signature)


@pytest.mark.parametrize(
    "signature",
    [
        SIGNATURE + b"\0",
        b"\0" + SIGNATURE,
        SIGNATURE[1:],
        SIGNATURE[:-1],
        (S + N).to_bytes(SIZE + 1),
        SIGNATURE[::-1],
        SIGNATURE * 2,
    ],
)
def test_one_number_has_one_text(signature: bytes) -> None:
    """Otherwise a ballot could be cast again in another shape."""
    assert not verify(KEY.public, MESSAGE, signature)


def test_a_signature_serves_no_other_key() -> None:
    assert verify(KEY.public, MESSAGE, SIGNATURE)
    assert not verify(OTHER_KEY.public, MESSAGE, SIGNATURE)


@settings(max_examples=100, deadline=None)
@given(made_up)
def test_what_the_server_answers_is_checked_before_it_is_believed(answer: bytes) -> None:
    prepared = prepare(b"ballot")
    blinded = blind(KEY.public, prepared)

    with pytest.raises(SignatureError):
        finalize(KEY.public, prepared, answer, blinded.inverse)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        made_up,
        st.sampled_from([0, 1, N - 1, N, N + 1, KEY.p, KEY.q, N - KEY.p, 2**2048 - 1]).map(
            lambda number: number.to_bytes(SIZE)
        ),
    )
)
def test_the_signer_refuses_or_signs_exactly_what_was_asked(blinded: bytes) -> None:
    """Also numbers that share a factor with the modulus, by which a faulty one would leak it."""
    number = int.from_bytes(blinded)
    if len(blinded) != SIZE or number >= N:
        with pytest.raises(BlindedMessageInvalid):
            sign_blinded(KEY, blinded)
        return

    answer = sign_blinded(KEY, blinded)

    assert len(answer) == SIZE
    assert pow(int.from_bytes(answer), KEY.public.e, N) == number
