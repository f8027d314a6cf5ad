"""Invitation tokens and links. The token never stands in the database, only its hash."""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256

_TAG_BYTES = 18
TOKEN_KEY_BYTES = 32


def invitation_token(key: bytes, *, wave_id: int, group_id: int, employee_id: int) -> str:
    """The same each time, so that a reminder can carry it without it being kept.

    It begins with the group, from which the page learns whose key to use.
    """
    text = f"{wave_id}|{group_id}|{employee_id}".encode()
    tag = hmac.digest(key, text, "sha256")[:_TAG_BYTES]
    return f"{group_id}-{urlsafe_b64encode(tag).decode()}"


def token_hash(token: str) -> bytes:
    return sha256(token.encode()).digest()


def invitation_link(
    base_url: str, *, wave_id: int, token: str, sheet_hash: str, language: str
) -> str:
    """Everything personal is in the fragment, which no server and no log ever sees."""
    return f"{base_url}/ballot/{wave_id}#t={token}&h={sheet_hash}&l={language}"
