"""The sheet of a wave: what everybody can compare, so that nobody gets a key of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from employee_pulse.anonymity.blind_signature import PublicKey
from employee_pulse.ballots.protocol import PROTOCOL, canonical_json


@dataclass(frozen=True)
class SheetGroup:
    id: int
    label_ko: str
    label_en: str
    eligible: int
    key: PublicKey


@dataclass(frozen=True)
class Sheet:
    wave_id: int
    closes_at: datetime
    questions_hash: str
    thresholds: Mapping[str, Any]
    sealing_key: bytes
    groups: Sequence[SheetGroup]
    previous: str | None
    """The hash of the sheet of the program's wave before; None for the first."""

    def to_json(self) -> str:
        """Canonical, byte for byte as hashed and as sent to the browser."""
        return canonical_json(
            {
                "protocol": PROTOCOL,
                "wave": self.wave_id,
                "closes_at": self.closes_at.astimezone(UTC).isoformat(timespec="seconds"),
                "questions": self.questions_hash,
                "thresholds": self.thresholds,
                "sealing_key": self.sealing_key.hex(),
                "groups": [_group(group) for group in sorted(self.groups, key=lambda g: g.id)],
                "previous": self.previous,
            }
        )


def sheet_hash(sheet: str) -> str:
    return sha256(sheet.encode()).hexdigest()


def _group(group: SheetGroup) -> dict[str, Any]:
    return {
        "id": group.id,
        "label": {"ko": group.label_ko, "en": group.label_en},
        "eligible": group.eligible,
        "n": group.key.n.to_bytes(group.key.size).hex(),
        "e": group.key.e,
    }
