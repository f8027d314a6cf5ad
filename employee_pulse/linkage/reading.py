"""From what was kept to evidence: who stands where, what can be read, which keys open it."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from random import Random  # noqa: TID251 - seeded: a staging can be repeated

from employee_pulse.anonymity.sealing import SealError, unseal
from employee_pulse.anonymity.wrapping import unwrap
from employee_pulse.ballots.protocol import parse_json
from employee_pulse.linkage import naive
from employee_pulse.linkage.answering import needles, said
from employee_pulse.linkage.rules.contents import traces_in
from employee_pulse.linkage.rules.copies import (
    Copy,
    Entry,
    Envelope,
    ballot_traces,
    person_traces,
)
from employee_pulse.linkage.rules.evidence import BallotTrace, Evidence, PersonTrace, Says, Source
from employee_pulse.linkage.rules.verdicts import Case
from employee_pulse.linkage.staging import Snapshot, StagedWave

_KEY_BYTES = 32
_MARK_BYTES = 36
_END_BYTES = 24

_Trace = PersonTrace | BallotTrace


def product_evidence(wave: StagedWave, case: Case, random: Random) -> Evidence:
    """What an attacker holds while the wave is open, or after publication with all copies."""
    kept = [wave.half, wave.full] + [wave.published] * (case is Case.PUBLISHED)
    reader = _Reader(wave, _keys(wave, kept, case))
    wanted = needles(wave.answered)
    copies = [snapshot.copy for snapshot in kept]
    traces: list[_Trace] = [
        *person_traces([(copy, _entries(copy)) for copy in copies]),
        *ballot_traces([(copy, reader.envelopes(copy)) for copy in copies]),
    ]
    for snapshot in kept[1:]:
        traces += traces_in(snapshot.blobs, wanted, Source.CONTENTS)
    traces += traces_in({"output": kept[-1].output}, wanted, Source.LOGS)
    traces += _mail_traces([mail.recipient for mail in wave.full.mails])
    return _evidence(wave, traces, random, opened=reader.opened)


def naive_evidence(
    wave: StagedWave,
    copies: Sequence[Copy],
    output: bytes,
    random: Random,
) -> Evidence:
    """What an attacker holds of a tool that stored the same answers in the same order."""
    wanted = needles(wave.answered)
    last = copies[-1]
    traces: list[_Trace] = [
        *person_traces([(copy, naive.entries(copy)) for copy in copies]),
        *ballot_traces([(copy, naive.envelopes(copy)) for copy in copies]),
        *traces_in({"log": last.log, "files": last.files}, wanted, Source.CONTENTS),
        *traces_in({"output": output}, wanted, Source.LOGS),
        *_mail_traces([one.respondent.email for one in wave.answered]),
    ]
    return _evidence(wave, traces, random, opened=0)


def _evidence(
    wave: StagedWave, traces: Sequence[_Trace], random: Random, *, opened: int
) -> Evidence:
    known: dict[int, list[Says]] = {}
    for person, group in wave.people.items():
        known.setdefault(group, []).append(wave.truth[person])
    for texts in known.values():
        random.shuffle(texts)
    return Evidence(
        people=wave.people,
        known=known,
        person_traces=[trace for trace in traces if isinstance(trace, PersonTrace)],
        ballot_traces=[trace for trace in traces if isinstance(trace, BallotTrace)],
        opened=opened,
    )


def _mail_traces(recipients: Sequence[str]) -> Iterator[PersonTrace]:
    """Lined up by the last mail: who was reminded answered later than who was not."""
    last = {recipient: index for index, recipient in enumerate(recipients)}
    for recipient, index in last.items():
        yield PersonTrace(Source.MAILS, (index,), recipient)


def _entries(copy: Copy) -> list[Entry]:
    """Who has taken a ballot: the register says so as long as the wave is open."""
    emails = {row.values["id"]: row.values["email"] for row in copy.tables["employee"]}
    return [
        Entry(emails[row.values["employee_id"]], bytes(row.values["blinded_hash"]), row)
        for row in copy.tables["roll_entry"]
        if row.values["blinded_hash"] is not None
    ]


class _Reader:
    """Opens what can be opened, and knows again what was published."""

    def __init__(self, wave: StagedWave, keys: Sequence[bytes]) -> None:
        self._keys = keys
        self._opened: dict[bytes, Says | None] = {}
        self._comments = {
            text: one.respondent.says
            for one in wave.answered
            for text in one.respondent.comments.values()
        }

    @property
    def opened(self) -> int:
        return sum(says is not None for says in self._opened.values())

    def envelopes(self, copy: Copy) -> list[Envelope]:
        return list(self._envelopes(copy))

    def _envelopes(self, copy: Copy) -> Iterator[Envelope]:
        for row in copy.tables["sealed_ballot"]:
            mark, sealed = bytes(row.values["serial_hash"]), bytes(row.values["sealed"])
            yield Envelope(
                ballot=mark.hex(),
                mark=mark,
                says=self._read(sealed),
                row=row,
                size=len(sealed),
                end=sealed[-_END_BYTES:],
            )
        for row in copy.tables["comment"]:
            text = row.values["text"]
            mark = text.encode()[:_MARK_BYTES]
            yield Envelope(text, mark, self._comments.get(text), row)

    def _read(self, sealed: bytes) -> Says | None:
        if sealed not in self._opened:
            self._opened[sealed] = next(
                (says for key in self._keys if (says := _says(key, sealed))), None
            )
        return self._opened[sealed]


def _says(key: bytes, sealed: bytes) -> Says | None:
    try:
        fields = parse_json(unseal(key, sealed))
    except SealError:
        return None
    return said(fields["answers"], fields["comments"])


def _keys(wave: StagedWave, kept: Sequence[Snapshot], case: Case) -> list[bytes]:
    """Everything of a key's length that can be had: also what somebody wrote down by mistake."""
    found = [sha256(wave.secret_key.encode()).digest(), bytes.fromhex(wave.secret_key)]
    for snapshot in kept:
        for row in snapshot.copy.tables["roll"]:
            purpose = f"invitation tokens {row.values['wave_id']}"
            if wrapped := row.values["wrapped_token_key"]:
                found.append(unwrap(bytes(wrapped), secret=wave.secret_key, purpose=purpose))
    if case is Case.PUBLISHED:
        found += wave.published.keys
    if case is Case.OPEN_WITH_KEY:
        found += wave.full.keys
    blobs = [data for snapshot in kept for data in snapshot.blobs.values()]
    for key in wave.full.keys:
        if any(form in data for data in blobs for form in (key, key.hex().encode())):
            found.append(key)
    return [key for key in dict.fromkeys(found) if len(key) == _KEY_BYTES]
