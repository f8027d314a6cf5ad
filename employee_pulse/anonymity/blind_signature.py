"""Blind RSA signatures, the signer's side: RSABSSA-SHA384-PSS-Randomized of RFC 9474."""

import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import gmpy2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_

MODULUS_BITS = 2048
PUBLIC_EXPONENT = 65537
SALT_BYTES = 48
SERIAL_BYTES = 32


class BlindedMessageInvalid(Refused):
    message = N_("The blinded message does not belong to this key.")


class SigningError(Exception):
    """The private operation came out wrong; letting such a result out would reveal the key."""


@dataclass(frozen=True)
class PublicKey:
    n: int
    e: int

    @property
    def bits(self) -> int:
        return self.n.bit_length()

    @property
    def size(self) -> int:
        """Length of the modulus, and so of every signature, in bytes."""
        return (self.bits + 7) // 8


@dataclass(frozen=True, repr=False)
class PrivateKey:
    """The numbers of the private operation by the Chinese remainder theorem."""

    public: PublicKey
    p: int
    q: int
    d_p: int
    d_q: int
    q_inverse: int


def generate_key() -> PrivateKey:
    """Make a key of 2048 bits in about 50 ms; other threads run meanwhile."""
    return _numbers(rsa.generate_private_key(PUBLIC_EXPONENT, MODULUS_BITS))


def generate_keys(count: int) -> list[PrivateKey]:
    """Make many on all processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda _: generate_key(), range(count)))


def sign_blinded(key: PrivateKey, blinded: bytes) -> bytes:
    """Sign without seeing: the blinded message reveals nothing about the message.

    The base is blinded once more, so that the time taken says nothing about the key, and the
    result is checked before it leaves (section 4.3 of the RFC asks for it).
    """
    public = key.public
    z = int.from_bytes(blinded)
    if len(blinded) != public.size or z >= public.n:
        raise BlindedMessageInvalid
    factor, inverse = _random_unit(public.n)
    masked = z * gmpy2.powmod(factor, public.e, public.n) % public.n
    signature = _private_operation(key, masked) * inverse % public.n
    if gmpy2.powmod(signature, public.e, public.n) != z:
        raise SigningError
    return int(signature).to_bytes(public.size)


def verify(public: PublicKey, message: bytes, signature: bytes) -> bool:
    """Tell whether the signature is this key's; ``message`` begins with the 32-byte serial."""
    key = rsa.RSAPublicNumbers(public.e, public.n).public_key()
    pss = padding.PSS(padding.MGF1(hashes.SHA384()), SALT_BYTES)
    try:
        key.verify(signature, message, pss, hashes.SHA384())
    except InvalidSignature:
        return False
    return True


def to_bytes(key: PrivateKey) -> bytes:
    public = rsa.RSAPublicNumbers(key.public.e, key.public.n)
    d = int(gmpy2.invert(key.public.e, gmpy2.lcm(key.p - 1, key.q - 1)))
    numbers = rsa.RSAPrivateNumbers(key.p, key.q, d, key.d_p, key.d_q, key.q_inverse, public)
    return numbers.private_key(unsafe_skip_rsa_key_validation=True).private_bytes(
        Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
    )


def from_bytes(data: bytes) -> PrivateKey:
    """Read what ``to_bytes`` wrote; the caller vouches that it is ours, nothing is validated."""
    key = load_der_private_key(data, password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("not an RSA key")
    return _numbers(key)


def _numbers(key: rsa.RSAPrivateKey) -> PrivateKey:
    numbers = key.private_numbers()
    public = PublicKey(numbers.public_numbers.n, numbers.public_numbers.e)
    return PrivateKey(public, numbers.p, numbers.q, numbers.dmp1, numbers.dmq1, numbers.iqmp)


def _random_unit(n: int) -> tuple[int, gmpy2.mpz]:
    while True:
        factor = secrets.randbelow(n - 1) + 1
        if gmpy2.gcd(factor, n) == 1:
            return factor, gmpy2.invert(factor, n)


def _private_operation(key: PrivateKey, value: gmpy2.mpz) -> gmpy2.mpz:
    s_p = gmpy2.powmod_sec(value % key.p, key.d_p, key.p)
    s_q = gmpy2.powmod_sec(value % key.q, key.d_q, key.q)
    return s_q + key.q * ((s_p - s_q) * key.q_inverse % key.p)
