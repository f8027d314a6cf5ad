"""Open the urn of a closed wave and count: what comes out holds no single ballot."""

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from employee_pulse.anonymity import queries as keys_kept
from employee_pulse.anonymity import sealing
from employee_pulse.anonymity.blind_signature import PublicKey, verify
from employee_pulse.anonymity.keyring import Keyring
from employee_pulse.anonymity.sealing import SealError
from employee_pulse.ballots.codes import PAPER_SYMBOLS, paper_code_hash, paper_serial
from employee_pulse.ballots.protocol import ballot_message, key_purpose
from employee_pulse.ballots.register import queries as register
from employee_pulse.ballots.register.queries import GroupCount
from employee_pulse.ballots.urn import queries as urn
from employee_pulse.ballots.urn.rules import AskedQuestion, Ballot, check_answers, read_sealed
from employee_pulse.foundation.db import db
from employee_pulse.foundation.errors import Refused
from employee_pulse.org import queries as org
from employee_pulse.results import queries
from employee_pulse.results.models import EVERYONE
from employee_pulse.results.refusals import BallotInvalid, TooManyBallots
from employee_pulse.results.rules.checks import Counts, shown_signatures
from employee_pulse.results.rules.freezing import Frozen, Place, freeze
from employee_pulse.results.rules.measures import Asked
from employee_pulse.results.rules.moments import Kept, keep, sharpened
from employee_pulse.results.rules.tally import count
from employee_pulse.results.rules.tree import Branch, wave_tree
from employee_pulse.surveys import queries as surveys
from employee_pulse.surveys.models import Wave
from employee_pulse.surveys.rules.thresholds import Thresholds, thresholds_from_json


@dataclass(frozen=True)
class Counted:
    """A wave's ballots after counting: only what will be published, and no single ballot."""

    wave_id: int
    branches: Sequence[Branch]
    thresholds: Thresholds
    ballots: int
    frozen: Frozen
    kept: Kept
    comments: Sequence[tuple[int, str, str]]
    """Department, question code, text; shuffled."""
    receipts: Sequence[bytes]
    issued: Mapping[int, int]
    """Signatures and paper codes by department, where they may be shown beside the ballots."""

    @property
    def shows_company(self) -> bool:
        """Whether enough people answered for any figure of the whole company."""
        company = self.frozen.nodes[0].department_id
        return any(
            score.n is not None for score in self.frozen.scores if score.department_id == company
        )


@dataclass(frozen=True)
class _Opened:
    group: int
    on_paper: bool
    receipt: bytes
    answers: Mapping[str, Any]
    comments: Mapping[str, str]


def key_name(wave_id: int) -> str:
    """Of the wave's sealing key in the key folder, as it was made at opening."""
    return f"wave-{wave_id}"


def count_ballots(wave_id: int, *, keyring: Keyring) -> Counted:
    """Open and count every ballot of a wave; nothing is written.

    Raises ``Refused`` if the key is missing, a ballot does not open, bears no valid signature or
    answers what was not asked, or a group has more ballots than signatures were issued: the wave
    is then to be halted.
    """
    wave = db.session.get_one(Wave, wave_id)
    groups = {group.id: group for group in register.groups(wave_id)}
    slips, questions = urn.paper_codes(wave_id), queries.asked(wave_id)
    opened = list(_open_urn(wave_id, keyring, slips, questions))
    _check_numbers(opened, groups)
    in_boxes = Counter(slips.values())
    issued = {group.id: group.issued + in_boxes[group.id] for group in groups.values()}
    places, branches = _tree(wave, groups)
    thresholds = thresholds_from_json(wave.thresholds or {})
    tally = count(((ballot.group, ballot.answers) for ballot in opened), questions)
    frozen = freeze(places, tally, questions, thresholds)
    kept = keep(places, tally, frozen.shown, thresholds)
    frozen.scores = sharpened(frozen.scores, kept)
    return Counted(
        wave_id=wave_id,
        branches=branches,
        thresholds=thresholds,
        ballots=len(opened),
        frozen=frozen,
        kept=kept,
        comments=_comments(opened, branches, frozen),
        receipts=sorted(ballot.receipt for ballot in opened),
        issued=shown_signatures(_counts(branches, frozen), issued),
    )


def _open_urn(
    wave_id: int, keyring: Keyring, slips: Mapping[bytes, int], questions: Sequence[Asked]
) -> Iterator[_Opened]:
    sealed_ballots = urn.sealed_ballots(wave_id)
    if not sealed_ballots:
        return
    private_key = keyring.private_key(key_name(wave_id))
    signers = keys_kept.public_keys(key_purpose(wave_id))
    asked = [AskedQuestion(each.code, each.kind, each.choices) for each in questions]
    for sealed in sealed_ballots:
        # Whoever can write into the database can seal anything: the wave halts, no job dies.
        try:
            text = sealing.unseal(private_key, sealed.sealed)
            ballot = read_sealed(text)
            check_answers(ballot, asked)
        except (SealError, Refused) as error:
            raise BallotInvalid from error
        on_paper = _is_on_paper(ballot, slips)
        # A ballot copied under another number, or altered, would count twice or differently.
        if (
            ballot.serial_hash != sealed.serial_hash
            or sha256(text).digest() != sealed.receipt
            or ballot.wave_id != wave_id
            or not (on_paper or _is_signed(ballot, signers))
        ):
            raise BallotInvalid
        yield _Opened(ballot.group, on_paper, sealed.receipt, ballot.answers, ballot.comments)


def _is_signed(ballot: Ballot, signers: Mapping[str, PublicKey]) -> bool:
    key = signers.get(str(ballot.group))
    message = ballot.serial + ballot_message(ballot.wave_id, ballot.group)
    return key is not None and verify(key, message, ballot.signature)


def _is_on_paper(ballot: Ballot, slips: Mapping[bytes, int]) -> bool:
    """Whether a code of the group's box stands in place of a signature; each makes one serial."""
    if len(ballot.signature) != PAPER_SYMBOLS or not ballot.signature.isascii():
        return False
    code = ballot.signature.decode()
    return slips.get(
        paper_code_hash(ballot.wave_id, code)
    ) == ballot.group and ballot.serial == paper_serial(ballot.wave_id, code)


def _check_numbers(opened: Sequence[_Opened], groups: Mapping[int, GroupCount]) -> None:
    """Ballots on paper cannot outnumber their codes: each is bound to one."""
    signed = Counter(ballot.group for ballot in opened if not ballot.on_paper)
    for group_id, ballots in signed.items():
        group = groups.get(group_id)
        if group is None or ballots > group.issued:
            raise TooManyBallots(group=group.label_ko if group else str(group_id))


def _counts(branches: Sequence[Branch], frozen: Frozen) -> list[Counts]:
    return [
        Counts(branch.id, branch.parent_id, node.ballots)
        for branch, node in zip(branches, frozen.nodes, strict=True)
    ]


def _tree(wave: Wave, groups: Mapping[int, GroupCount]) -> tuple[list[Place], list[Branch]]:
    """Departments as they stand, with the groups of the roll: no later change re-cuts them."""
    departments = org.departments(with_closed=True)
    open_ones = {each.id for each in departments if each.closed_on is None}
    branches = wave_tree(
        [(each.id, each.parent_id) for each in departments],
        (surveys.audience(wave.program_id) & open_ones) | groups.keys(),
        everyone=EVERYONE,
    )
    places = [
        Place(
            branch.id,
            branch.parent_id,
            groups[branch.id].eligible if branch.id in groups else 0,
        )
        for branch in branches
    ]
    return places, branches


def _comments(
    opened: Sequence[_Opened], branches: Sequence[Branch], frozen: Frozen
) -> list[tuple[int, str, str]]:
    """Each on the nearest department that may be read; what none may show is not kept."""
    readable: dict[int, int | None] = {}
    for branch in branches:
        above = readable[branch.parent_id] if branch.parent_id is not None else None
        readable[branch.id] = branch.id if branch.id in frozen.comments else above
    found = [
        (department, code, text)
        for ballot in opened
        if (department := readable[ballot.group]) is not None
        for code, text in ballot.comments.items()
    ]
    secrets.SystemRandom().shuffle(found)
    return found
