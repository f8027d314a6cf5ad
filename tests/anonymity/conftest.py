"""Waves on each database, staged over HTTP, and everything an attacker could keep of them."""

import fcntl
import os
import pickle
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from employee_pulse.foundation import clock
from employee_pulse.linkage import run
from employee_pulse.linkage.postgresql import Cluster
from employee_pulse.linkage.rules.evidence import Evidence, Says
from employee_pulse.linkage.rules.verdicts import Case
from employee_pulse.linkage.run import Size
from employee_pulse.linkage.staging import StagedWave
from employee_pulse.linkage.stores import Kind, Postgresql, Sqlite
from tests.conftest import DATABASES, POSTGRESQL

SIZE = Size(seeds=3, groups=8, people=14)


Held = dict[Case, list[tuple[Evidence, Mapping[str, Says]]]]
"""The evidence of each wave in every case, and the truth about it."""


@dataclass(frozen=True, repr=False)
class Staged:
    """Waves that were held on a database, and one of them with everything that was kept."""

    database: str
    wave: StagedWave
    held: Held

    @property
    def ballots(self) -> int:
        """In the one wave."""
        return SIZE.groups * SIZE.people


@contextmanager
def kind_of(database: str, folder: Path) -> Iterator[Kind]:
    if database == "sqlite":
        yield Sqlite(folder)
        return
    assert POSTGRESQL
    cluster = Cluster(POSTGRESQL)
    with closing(cluster):
        cluster.open()
        yield Postgresql(cluster)


@pytest.fixture(scope="session", params=DATABASES)
def staged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Staged:
    """Held once, by whichever test process comes first."""
    folder = tmp_path_factory.getbasetemp()
    shared = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    kept = shared / f"linkage-{request.param}.pickle"
    with (shared / f"linkage-{request.param}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(hold(request.param, folder)))
    found: Staged = pickle.loads(kept.read_bytes())  # noqa: S301 - written by this very run
    return found


def hold(database: str, folder: Path) -> Staged:
    held: Held = {case: [] for case in Case}
    with kind_of(database, folder) as kind, run.founded(kind, SIZE) as template:
        for seed in range(SIZE.seeds):
            wave = run.staged_wave(kind, template, SIZE, seed=seed, progress=lambda _: None)
            for case, evidence in run.every_evidence(kind, wave, seed=seed, now=clock.now()):
                held[case].append((evidence, wave.truth))
    return Staged(database, wave, held)
