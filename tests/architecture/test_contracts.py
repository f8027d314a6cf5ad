"""Each import contract holds, and is seen to fail on a planted violation."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINTER = Path(sys.executable).parent / "lint-imports"

PLANTED = {
    "Floors": ("org/rules.py", "import employee_pulse.surveys.service"),
    "Inside a room": ("surveys/queries.py", "import employee_pulse.surveys.service"),
    "Rules are pure": ("results/rules/suppression.py", "import sqlalchemy"),
    "The register and the urn never meet": (
        "ballots/urn/service.py",
        "import employee_pulse.ballots.register.queries",
    ),
    "The urn knows no people": ("ballots/urn/service.py", "import employee_pulse.org.models"),
    "Only results opens the urn": (
        "results/queries/waves.py",
        "import employee_pulse.ballots.urn.queries",
    ),
    "Only the doors read the clock": (
        "surveys/service/waves.py",
        "import employee_pulse.foundation.clock",
    ),
    "Doors are opened from outside": ("home/views.py", "import employee_pulse.surveys.views"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LINTER), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(
        ROOT / "employee_pulse",
        tmp_path / "employee_pulse",
        ignore=shutil.ignore_patterns("static", "translations", "fonts", "__pycache__"),
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_house_keeps_its_contracts(copied: Path) -> None:
    result = lint(copied)

    assert result.returncode == 0, result.stdout
    assert f"{len(PLANTED)} kept, 0 broken" in result.stdout


@pytest.mark.parametrize("contract", PLANTED)
def test_a_planted_violation_breaks_its_contract(copied: Path, contract: str) -> None:
    file, statement = PLANTED[contract]
    with (copied / "employee_pulse" / file).open("a", encoding="utf-8") as planted:
        planted.write(f"\n{statement}\n")

    result = lint(copied)

    assert result.returncode != 0
    broken = [line for line in result.stdout.splitlines() if line.endswith("BROKEN")]
    assert any(line.startswith(contract) for line in broken), result.stdout


def test_a_room_without_a_floor_is_refused(copied: Path) -> None:
    room = copied / "employee_pulse" / "attic"
    room.mkdir()
    (room / "__init__.py").write_text('"""A room nobody gave a floor."""\n', encoding="utf-8")

    assert lint(copied).returncode != 0
