"""Wrap what lies in the database under the application's secret, for one purpose each."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def wrap(plaintext: bytes, *, secret: str, purpose: str) -> bytes:
    return _box(secret, purpose).encrypt(plaintext)


def unwrap(wrapped: bytes, *, secret: str, purpose: str) -> bytes:
    """Give back what was wrapped; ``InvalidToken`` if the secret or the purpose is another."""
    return _box(secret, purpose).decrypt(wrapped)


def _box(secret: str, purpose: str) -> Fernet:
    info = f"employee-pulse {purpose}".encode()
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret.encode())
    return Fernet(urlsafe_b64encode(key))
