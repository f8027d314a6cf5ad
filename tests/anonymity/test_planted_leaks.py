"""The harness itself: a product that leaked would be found out."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

import pytest

from employee_pulse.ballots.protocol import canonical_json
from employee_pulse.linkage.reading import product_evidence
from employee_pulse.linkage.rules.attacks import Attack, hits
from employee_pulse.linkage.rules.copies import Copy, Row
from employee_pulse.linkage.rules.verdicts import Case, Finding, Verdict
from employee_pulse.linkage.staging import Snapshot, StagedWave
from tests.anonymity.conftest import SIZE, Staged

pytestmark = pytest.mark.database

Leak = Callable[[StagedWave], StagedWave]


def verdict(staged: Staged, leak: Leak, case: Case, attack: Attack) -> Verdict:
    """Of the same attack on the same wave, had the product leaked."""
    wave = leak(staged.wave)
    evidence = product_evidence(wave, case, Random(0))
    return Finding(
        database=staged.database,
        case=case,
        attack=attack,
        hits=hits(attack, evidence, wave.truth),
        people=staged.ballots,
        groups=SIZE.groups,
    ).verdict


def with_table(snapshot: Snapshot, table: str, rows: Sequence[Row]) -> Snapshot:
    tables = {**snapshot.copy.tables, table: rows}
    return replace(snapshot, copy=replace(snapshot.copy, tables=tables))


def moments(wave: StagedWave) -> dict[str, str]:
    """When everybody answered, by address."""
    return {
        one.respondent.email: f"2026-11-02 {number:06}" for number, one in enumerate(wave.answered)
    }


def a_log_of_requests(wave: StagedWave) -> StagedWave:
    """Somebody switches the access log on, with bodies."""
    lines = "".join(
        f"{one.respondent.address} POST /urn/1/cast {canonical_json(one.ballot.answers)}\n"
        for one in wave.answered
    )
    output = wave.full.output + lines.encode()
    return replace(
        wave,
        full=replace(wave.full, output=output),
        published=replace(wave.published, output=output),
    )


def a_key_in_a_log(wave: StagedWave) -> StagedWave:
    [key] = wave.full.keys
    return replace(wave, full=replace(wave.full, output=b"made key " + key.hex().encode()))


def a_key_that_stays(wave: StagedWave) -> StagedWave:
    return replace(wave, published=replace(wave.published, keys=wave.full.keys))


def times_on_roll_and_comments(wave: StagedWave) -> StagedWave:
    """Somebody adds `created_at` to every table, as frameworks do."""
    when = moments(wave)
    emails = {row.values["id"]: row.values["email"] for row in wave.full.copy.tables["employee"]}
    wrote = {
        text: when[one.respondent.email]
        for one in wave.answered
        for text in one.respondent.comments.values()
    }
    taken = [
        replace(row, moments=(when[emails[row.values["employee_id"]]],))
        for row in wave.full.copy.tables["roll_entry"]
    ]
    written = [
        replace(row, moments=(wrote[row.values["text"]],))
        for row in wave.published.copy.tables["comment"]
    ]
    return replace(
        wave,
        full=with_table(wave.full, "roll_entry", taken),
        published=with_table(wave.published, "comment", written),
    )


def ballots_of_their_own_length(wave: StagedWave) -> StagedWave:
    """Somebody leaves the padding out."""
    length = {one.ballot.serial_hash: len(one.ballot.canonical()) for one in wave.answered}
    rows = [
        replace(
            row,
            values={
                **row.values,
                "sealed": bytes(row.values["sealed"])[: length[bytes(row.values["serial_hash"])]],
            },
        )
        for row in wave.full.copy.tables["sealed_ballot"]
    ]
    return replace(wave, full=with_table(wave.full, "sealed_ballot", rows))


def unsealed_ballots(wave: StagedWave) -> StagedWave:
    """Somebody stores ballots in the clear as well: the bytes are in the log."""
    plain = b"".join(one.taken.blinded + one.ballot.canonical() for one in wave.answered)
    copy: Copy = replace(wave.full.copy, log=plain)
    return replace(wave, full=replace(wave.full, copy=copy))


@pytest.mark.parametrize(
    ("leak", "case", "attack"),
    [
        (a_log_of_requests, Case.OPEN, Attack.LOGS),
        (a_log_of_requests, Case.PUBLISHED, Attack.LOGS),
        (a_key_in_a_log, Case.OPEN, Attack.KEYS),
        (a_key_in_a_log, Case.PUBLISHED, Attack.KEYS),
        (a_key_that_stays, Case.PUBLISHED, Attack.KEYS),
        (a_key_that_stays, Case.PUBLISHED, Attack.LOG_AHEAD),
        (times_on_roll_and_comments, Case.PUBLISHED, Attack.MOMENTS),
        (ballots_of_their_own_length, Case.OPEN, Attack.SIZES),
        (unsealed_ballots, Case.OPEN, Attack.CONTENTS),
    ],
)
def test_a_planted_leak_is_found(staged: Staged, leak: Leak, case: Case, attack: Attack) -> None:
    assert verdict(staged, leak, case, attack) is Verdict.LINKED


def test_without_a_leak_nothing_is_found(staged: Staged) -> None:
    verdicts = {
        verdict(staged, lambda wave: wave, case, Attack.LOGS)
        for case in (Case.OPEN, Case.PUBLISHED)
    }

    assert verdicts == {Verdict.CHANCE}
