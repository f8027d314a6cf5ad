"""The sheet: one text, one hash, and any change shows."""

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from employee_pulse.anonymity.blind_signature import PublicKey
from employee_pulse.ballots.register.rules.sheet import Sheet, SheetGroup, sheet_hash

GROUP = SheetGroup(3, "물류", "Logistics", 14, PublicKey(0xAB00CD, 65537))
SHEET = Sheet(
    wave_id=7,
    closes_at=datetime(2026, 11, 27, 18, tzinfo=timezone(timedelta(hours=9))),
    questions_hash="q" * 64,
    thresholds={"scores": 5},
    sealing_key=b"\x01" * 32,
    groups=[replace(GROUP, id=9), GROUP],
    previous=None,
)


class TestToJson:
    def test_holds_what_a_browser_compares(self) -> None:
        content = json.loads(SHEET.to_json())

        assert content == {
            "protocol": "pulse-ballot-v1",
            "wave": 7,
            "closes_at": "2026-11-27T09:00:00+00:00",
            "questions": "q" * 64,
            "thresholds": {"scores": 5},
            "sealing_key": "01" * 32,
            "groups": [
                {
                    "id": number,
                    "label": {"ko": "물류", "en": "Logistics"},
                    "eligible": 14,
                    "n": "ab00cd",
                    "e": 65537,
                }
                for number in (3, 9)
            ],
            "previous": None,
        }

    def test_does_not_depend_on_the_order_of_groups(self) -> None:
        turned = replace(SHEET, groups=list(reversed(SHEET.groups)))

        assert turned.to_json() == SHEET.to_json()


class TestSheetHash:
    def test_changes_with_everything_on_the_sheet(self) -> None:
        altered = [
            replace(SHEET, wave_id=8),
            replace(SHEET, closes_at=SHEET.closes_at + timedelta(seconds=1)),
            replace(SHEET, questions_hash="r" * 64),
            replace(SHEET, thresholds={"scores": 6}),
            replace(SHEET, sealing_key=b"\x02" * 32),
            replace(SHEET, groups=[GROUP]),
            replace(SHEET, groups=[replace(GROUP, id=9), replace(GROUP, eligible=15)]),
            replace(SHEET, groups=[replace(GROUP, id=9), replace(GROUP, key=PublicKey(5, 3))]),
            replace(SHEET, previous="p" * 64),
        ]

        hashes = {sheet_hash(sheet.to_json()) for sheet in [SHEET, *altered]}

        assert len(hashes) == len(altered) + 1
        assert all(len(each) == 64 for each in hashes)
