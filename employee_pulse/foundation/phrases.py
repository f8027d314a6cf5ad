"""Sentences that are translated later: rules name them, doors say them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def N_(msgid: str) -> str:  # noqa: N802 - gettext's own name for a marker
    """Mark an English text for translation and return it unchanged."""
    return msgid


@dataclass(frozen=True)
class Phrase:
    """An English msgid with its parameters, not yet translated."""

    msgid: str
    params: Mapping[str, Any] = field(default_factory=dict)
