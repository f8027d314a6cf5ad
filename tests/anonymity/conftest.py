"""One wave on each database, staged over HTTP, and everything an attacker could keep of it."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from employee_pulse.foundation import clock
from employee_pulse.linkage import run
from employee_pulse.linkage.postgresql import Cluster
from employee_pulse.linkage.rules.evidence import Evidence
from employee_pulse.linkage.rules.verdicts import Case
from employee_pulse.linkage.run import Size
from employee_pulse.linkage.staging import StagedWave
from employee_pulse.linkage.stores import Kind, Postgresql, Sqlite
from tests.conftest import DATABASES, POSTGRESQL

SIZE = Size(seeds=1, groups=8, people=14)
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Staged:
    """A wave that was held, and the evidence of every case."""

    kind: Kind
    seed: int
    wave: StagedWave
    evidence: dict[Case, Evidence]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one database share a process, and so a wave."""
    for item in items:
        if HERE in item.path.parents:
            for database in DATABASES:
                if f"[{database}" in item.name:
                    item.add_marker(pytest.mark.xdist_group(f"linkage-{database}"))


@contextmanager
def kind_of(database: str, folder: Path) -> Iterator[Kind]:
    if database == "sqlite":
        yield Sqlite(folder)
        return
    assert POSTGRESQL
    cluster = Cluster(POSTGRESQL)
    cluster.check()
    yield Postgresql(cluster)
    cluster.close()


@pytest.fixture(scope="session", params=DATABASES)
def staged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Staged:
    seed = secrets.randbelow(1_000_000)
    with kind_of(request.param, tmp_path_factory.mktemp("linkage")) as kind:
        with run.founded(kind, SIZE) as template:
            wave = run.staged_wave(kind, template, SIZE, seed=seed, progress=lambda _: None)
        evidence = dict(run.every_evidence(kind, wave, seed=seed, now=clock.now()))
        return Staged(kind, seed, wave, evidence)
