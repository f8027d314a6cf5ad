"""Blind RSA signatures, the employee's side: what the ballot page does, for Python clients."""

import secrets
from dataclasses import dataclass
from hashlib import sha384

import gmpy2

from employee_pulse.anonymity.blind_signature import (
    SALT_BYTES,
    SERIAL_BYTES,
    PublicKey,
    verify,
)

_HASH_BYTES = 48


class SignatureError(Exception):
    """The signer answered with something that is not a signature of our message."""


@dataclass(frozen=True)
class Blinded:
    message: bytes
    inverse: int


def prepare(message: bytes) -> bytes:
    """Put a random serial of 32 bytes before the message."""
    return secrets.token_bytes(SERIAL_BYTES) + message


def blind(public: PublicKey, prepared: bytes) -> Blinded:
    while True:
        factor = secrets.randbelow(public.n - 1) + 1
        if gmpy2.gcd(factor, public.n) == 1:
            return blind_with(public, prepared, salt=secrets.token_bytes(SALT_BYTES), factor=factor)


def blind_with(public: PublicKey, prepared: bytes, *, salt: bytes, factor: int) -> Blinded:
    """The part without chance, which the vectors of the RFC fix; the factor must be a unit."""
    m = int.from_bytes(_encode(prepared, public.bits - 1, salt))
    z = m * gmpy2.powmod(factor, public.e, public.n) % public.n
    inverse = int(gmpy2.invert(factor, public.n))
    return Blinded(int(z).to_bytes(public.size), inverse)


def finalize(public: PublicKey, prepared: bytes, blind_signature: bytes, inverse: int) -> bytes:
    """Unblind and check the signature; raise SignatureError if the signer cheated."""
    if len(blind_signature) != public.size:
        raise SignatureError
    s = int.from_bytes(blind_signature) * inverse % public.n
    signature = s.to_bytes(public.size)
    if not verify(public, prepared, signature):
        raise SignatureError
    return signature


def _encode(message: bytes, bits: int, salt: bytes) -> bytes:
    """EMSA-PSS-ENCODE of RFC 8017 section 9.1.1 with SHA-384 and MGF1."""
    length = (bits + 7) // 8
    digest = sha384(bytes(8) + sha384(message).digest() + salt).digest()
    block = bytes(length - len(salt) - _HASH_BYTES - 2) + b"\x01" + salt
    mask = _mgf1(digest, len(block))
    masked = bytearray(a ^ b for a, b in zip(block, mask, strict=True))
    masked[0] &= 0xFF >> (8 * length - bits)
    return bytes(masked) + digest + b"\xbc"


def _mgf1(seed: bytes, length: int) -> bytes:
    rounds = -(-length // _HASH_BYTES)
    mask = b"".join(sha384(seed + i.to_bytes(4)).digest() for i in range(rounds))
    return mask[:length]
