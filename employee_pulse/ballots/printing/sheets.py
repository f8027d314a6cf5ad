"""What is printed, as plain data, and the bytes of it, drawn by a process of its own.

Embedding the fonts takes memory that a web worker would keep for good, and the names and codes on
the sheets end with the process that drew them.
"""

import pickle
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from employee_pulse.ballots.register.letters import PersonalLetter

_ROOT = Path(__file__).parents[3]
_TIMEOUT_SECONDS = 120


@dataclass(frozen=True)
class LetterWords:
    """What all letters in one language say."""

    survey: str
    personal: str
    fold_first: str
    fold_second: str
    title: str
    question: str
    phone: str
    kiosk: str
    kiosk_address: str
    number: str
    code: str
    closes: str
    once: str
    promise: str
    compare: str
    fingerprint: str
    """The sheet's hash in groups of eight."""


@dataclass(frozen=True)
class Letters:
    """A pile of letters; ``words`` by language."""

    letters: Sequence[PersonalLetter]
    words: Mapping[str, LetterWords]


@dataclass(frozen=True)
class Both:
    """A text in both languages."""

    ko: str
    en: str


@dataclass(frozen=True)
class Slips:
    """Paper codes to cut and draw, and the list that is ticked by hand."""

    survey: Both
    group: Both
    codes: Sequence[str]
    address: str
    closes: Both
    how: Both
    list_title: str
    list_how: str
    people: Sequence[tuple[str, str]]
    """Employee number and name."""


def draw_apart(sheets: Letters | Slips) -> bytes:
    """The PDF; raises CalledProcessError if the process fails."""
    drawn = subprocess.run(
        [sys.executable, "-m", "employee_pulse.ballots.printing.draw"],
        input=pickle.dumps(sheets),
        stdout=subprocess.PIPE,
        cwd=_ROOT,
        timeout=_TIMEOUT_SECONDS,
        check=True,
    )
    return drawn.stdout
