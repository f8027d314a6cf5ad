"""The whole harness: waves are staged on every database, every attack is played on every case."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: a staging can be repeated

from employee_pulse.linkage.mailserver import mail_server
from employee_pulse.linkage.naive import NaiveTool, access_log
from employee_pulse.linkage.processes import Place, flask
from employee_pulse.linkage.reading import naive_evidence, product_evidence
from employee_pulse.linkage.rules.attacks import Attack, hits
from employee_pulse.linkage.rules.evidence import Evidence
from employee_pulse.linkage.rules.verdicts import Case, Finding, applies
from employee_pulse.linkage.staging import StagedWave, stage
from employee_pulse.linkage.stores import Kind

PRODUCT_CASES = (Case.OPEN, Case.PUBLISHED, Case.OPEN_WITH_KEY)

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Size:
    """How much is staged on each database."""

    seeds: int
    groups: int
    people: int
    """In each group."""
    at_once: int = 1
    """So many take a ballot before the first of them casts."""

    @property
    def ballots(self) -> int:
        return self.seeds * self.groups * self.people


def attack_everything(
    kinds: Sequence[Kind], size: Size, *, now: datetime, progress: Progress
) -> list[Finding]:
    """Findings over all seeds; ``progress`` is told of every ballot that was cast."""
    findings: list[Finding] = []
    for kind in kinds:
        counted: Counter[tuple[Case, Attack]] = Counter()
        with founded(kind, size) as template:
            for seed in range(size.seeds):
                wave = staged_wave(kind, template, size, seed=seed, progress=progress)
                for case, evidence in every_evidence(kind, wave, seed=seed, now=now):
                    counted.update(attack_all(kind, case, evidence, wave))
        findings += _findings(kind, size, counted)
    return findings


@contextmanager
def founded(kind: Kind, size: Size) -> Iterator[str]:
    """A database with tables, people and a launched program, to be copied for every seed."""
    with kind.database() as url, _place(url, mail_port=0) as place:
        flask(place, "db", "upgrade")
        arguments = ("--groups", str(size.groups), "--people", str(size.people))
        flask(place, "anonymity", "stage", "found", *arguments)
        yield url


def staged_wave(
    kind: Kind, template: str, size: Size, *, seed: int, progress: Progress
) -> StagedWave:
    """One wave on a database of its own, from opening to publication."""
    with (
        mail_server() as (mail_port, mails),
        kind.database(template) as url,
        _place(url, mail_port=mail_port) as place,
        closing(kind.store(url)) as store,
    ):
        random = Random(seed)  # noqa: S311 - nothing secret
        return stage(place, store, mails, random, at_once=size.at_once, progress=progress)


def every_evidence(
    kind: Kind, wave: StagedWave, *, seed: int, now: datetime
) -> Iterator[tuple[Case, Evidence]]:
    """Of the product in every case, and of naive tools that were given the same answers."""
    for case in PRODUCT_CASES:
        yield case, product_evidence(wave, case, Random(f"{seed}|{case}"))  # noqa: S311
    yield Case.PLAIN, _naive(kind, wave, moments=True, seed=seed, now=now)
    yield Case.RANDOM_KEYS, _naive(kind, wave, moments=False, seed=seed, now=now)


def attack_all(
    kind: Kind, case: Case, evidence: Evidence, wave: StagedWave
) -> Counter[tuple[Case, Attack]]:
    """Hits of every attack."""
    return Counter(
        {
            (case, attack): hits(attack, evidence, wave.truth)
            for attack in Attack
            if applies(attack, case, kind.name)
        }
    )


def _naive(kind: Kind, wave: StagedWave, *, moments: bool, seed: int, now: datetime) -> Evidence:
    """Stored in the order in which the ballots were cast, with a backup in mid-wave."""
    with kind.database() as url, closing(kind.store(url)) as store:
        tool = NaiveTool(store, kind.name, moments=moments, since=now)
        copies = []
        for number, one in enumerate(wave.answered, start=1):
            tool.answer(one.respondent)
            if number in {len(wave.answered) // 2, len(wave.answered)}:
                copies.append(tool.copy())
    output = access_log([one.respondent.address for one in wave.answered], since=now)
    return naive_evidence(wave, copies, output, Random(f"{seed}|{moments}"))  # noqa: S311


def _findings(kind: Kind, size: Size, counted: Counter[tuple[Case, Attack]]) -> Iterator[Finding]:
    for case in Case:
        for attack in Attack:
            if applies(attack, case, kind.name):
                yield Finding(
                    database=kind.name,
                    case=case,
                    attack=attack,
                    hits=counted[case, attack],
                    people=size.ballots,
                    groups=size.seeds * size.groups,
                )


@contextmanager
def _place(url: str, *, mail_port: int) -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="pulse-linkage-") as folder:
        yield Place.make(Path(folder), database_url=url, mail_port=mail_port)
