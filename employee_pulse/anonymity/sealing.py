"""Seal a ballot to the public key of its wave, so that only the private key opens it."""

from dataclasses import dataclass

from nacl.bindings import sodium_pad, sodium_unpad
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

BLOCK_BYTES = 4096


class SealError(Exception):
    """Not sealed to this key, or altered since."""


@dataclass(frozen=True, repr=False)
class Pair:
    public: bytes
    private: bytes


def make_pair() -> Pair:
    key = PrivateKey.generate()
    return Pair(bytes(key.public_key), bytes(key))


def public_part(private_key: bytes) -> bytes:
    return bytes(PrivateKey(private_key).public_key)


def seal(public_key: bytes, plaintext: bytes) -> bytes:
    """Encrypt, padded to whole blocks of 4 KiB so that the length tells nothing."""
    padded = sodium_pad(plaintext, BLOCK_BYTES)
    return SealedBox(PublicKey(public_key)).encrypt(padded)


def unseal(private_key: bytes, sealed: bytes) -> bytes:
    try:
        return sodium_unpad(SealedBox(PrivateKey(private_key)).decrypt(sealed), BLOCK_BYTES)
    except CryptoError as error:
        raise SealError from error
