"""The public list of receipts of a wave, and the check of its ballots against its signatures."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from employee_pulse.ballots.register import queries as register
from employee_pulse.results import queries
from employee_pulse.results.models import Publication
from employee_pulse.results.rules.checks import Counts, checks
from employee_pulse.results.screens.choice import NothingToShow
from employee_pulse.results.wording import in_english
from employee_pulse.surveys.models import Program, Wave


@dataclass(frozen=True)
class CheckedGroups:
    """Groups that the results show together; ``ballots`` and ``issued`` are None if hidden."""

    names: Sequence[str]
    eligible: int
    ballots: int | None
    issued: int | None


@dataclass(frozen=True)
class Receipts:
    """Without a publication there is nothing to list yet."""

    program: Program
    wave: Wave
    sheet_hash: str
    publication: Publication | None
    listed: Sequence[str]
    groups: Sequence[CheckedGroups]

    @property
    def halted(self) -> bool:
        return self.publication is not None and self.publication.halted_at is not None

    @property
    def published(self) -> bool:
        return self.publication is not None and self.publication.published_at is not None

    @property
    def file(self) -> str:
        """One receipt a line, as ``receipts.txt`` gives them."""
        return "".join(f"{receipt}\n" for receipt in self.listed)

    @property
    def file_hash(self) -> str:
        return sha256(self.file.encode()).hexdigest()


def build(sheet_hash: str) -> Receipts:
    wave = queries.wave_by_sheet(sheet_hash)
    if wave is None:
        raise NothingToShow
    publication = queries.publication(wave.id)
    published = publication is not None and publication.published_at is not None
    return Receipts(
        program=queries.program_of(wave.id),
        wave=wave,
        sheet_hash=sheet_hash,
        publication=publication,
        listed=[receipt.hex() for receipt in queries.receipts(wave.id)],
        groups=_checked(wave.id) if published else [],
    )


def build_published(sheet_hash: str) -> Receipts:
    """For the file: before publication there is none."""
    screen = build(sheet_hash)
    if not screen.published:
        raise NothingToShow
    return screen


def _checked(wave_id: int) -> list[CheckedGroups]:
    groups = {group.id: group for group in register.groups(wave_id)}
    counts = [
        Counts(node.department_id, node.parent_id, node.ballots, node.issued)
        for node in queries.nodes(wave_id, None)
    ]
    return [
        CheckedGroups(
            [groups[g].label_en if in_english() else groups[g].label_ko for g in check.groups],
            check.eligible,
            check.ballots,
            check.issued,
        )
        for check in checks(counts, {group.id: group.eligible for group in groups.values()})
    ]
