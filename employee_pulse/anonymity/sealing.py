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


def seal(public_key: bytes, plaintext: bytes, *, room: int = 0) -> bytes:
    """Encrypt, padded to whole blocks of 4 KiB that hold ``room`` bytes, and more if it is longer.

    Whoever names the room of the longest plaintext gets one length for all, which tells nothing.
    """
    size = (max(room, len(plaintext)) // BLOCK_BYTES + 1) * BLOCK_BYTES
    return SealedBox(PublicKey(public_key)).encrypt(sodium_pad(plaintext, size))


def unseal(private_key: bytes, sealed: bytes) -> bytes:
    try:
        padded = SealedBox(PrivateKey(private_key)).decrypt(sealed)
        return sodium_unpad(padded, len(padded))
    except CryptoError as error:
        raise SealError from error
