"""What the ballot page, the register and the urn agree on."""

import json
from typing import Any

PROTOCOL = "pulse-ballot-v1"


def canonical_json(value: object) -> str:
    """One text for one value: sorted keys, no spaces, letters as they are.

    The ballot page builds the same text, so that both sides hash the same bytes.
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def ballot_message(wave_id: int, group_id: int) -> bytes:
    """What is signed, after the serial: a signature serves one wave and one group."""
    return f"{PROTOCOL}|{wave_id}|{group_id}".encode()


def key_purpose(wave_id: int) -> str:
    """Names the signing keys of a wave; each is held by a group."""
    return f"ballot:{wave_id}"


def parse_json(data: bytes) -> Any:
    """Read JSON strictly: UTF-8, each key once, numbers that are numbers; else ValueError."""
    try:
        return json.loads(
            data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant
        )
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a key stands twice")
    return values


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)
