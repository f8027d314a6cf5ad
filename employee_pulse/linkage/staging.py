"""Stages one wave on one database and keeps what an attacker could have kept of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random  # noqa: TID251 - seeded: a staging can be repeated

from employee_pulse.linkage.answering import Answered, Respondent, answer_in_turn, respondents
from employee_pulse.linkage.mailserver import KeptMail
from employee_pulse.linkage.processes import Place, flask, web
from employee_pulse.linkage.rules.copies import Copy
from employee_pulse.linkage.rules.evidence import Says
from employee_pulse.linkage.stores import Store

TABLES = ("employee", "roll_entry", "roll", "sealed_ballot", "comment")


@dataclass(frozen=True, repr=False)
class Snapshot:
    """Everything there was at one moment."""

    copy: Copy
    output: bytes
    """What gunicorn and the commands have written."""
    mails: Sequence[KeptMail]
    keys: Sequence[bytes]
    """Files of the key folder."""

    @cached_property
    def blobs(self) -> dict[str, bytes]:
        letters = "\n".join(f"{mail.recipient}\n{mail.text}" for mail in self.mails)
        return {
            "log": self.copy.log,
            "files": self.copy.files,
            "stale": self.copy.stale,
            "output": self.output,
            "mails": letters.encode(),
        }


@dataclass(frozen=True, repr=False)
class StagedWave:
    """A wave from opening to publication, and the truth about it."""

    answered: Sequence[Answered]
    """In the order in which they cast their ballots."""
    secret_key: str
    half: Snapshot
    """In mid-wave; a backup."""
    full: Snapshot
    """Everybody has answered; the wave is open."""
    published: Snapshot

    @cached_property
    def people(self) -> dict[str, int]:
        """Group of everybody, in the order of the roster."""
        everybody = [one.respondent for one in self.answered]
        return {p.email: p.invitation.group_id for p in sorted(everybody, key=lambda p: p.email)}

    @cached_property
    def truth(self) -> dict[str, Says]:
        return {one.respondent.email: one.respondent.says for one in self.answered}


def stage(
    place: Place,
    store: Store,
    mails: Sequence[KeptMail],
    random: Random,
    *,
    at_once: int,
    progress: Callable[[int], None],
) -> StagedWave:
    """Open the wave of a founded company, let everybody answer, publish."""
    flask(place, "anonymity", "stage", "open")
    people = respondents(mails, random)
    random.shuffle(people)
    store.start_log()
    first, second = people[: len(people) // 2], people[len(people) // 2 :]
    answered: list[Answered] = []

    def let_answer(some: Sequence[Respondent]) -> None:
        for one in answer_in_turn(some, place.url, random, at_once=at_once):
            answered.append(one)
            progress(1)

    with web(place):
        let_answer(first)
        half = _snapshot(place, store, mails)
        flask(place, "anonymity", "stage", "remind")
        let_answer(second)
        full = _snapshot(place, store, mails)
        flask(place, "anonymity", "stage", "publish")
        published = _snapshot(place, store, mails)
    return StagedWave(answered, place.secret_key, half, full, published)


def _snapshot(place: Place, store: Store, mails: Sequence[KeptMail]) -> Snapshot:
    keys = [path.read_bytes() for path in sorted(place.key_folder.iterdir())]
    return Snapshot(store.copy(TABLES), place.logs.read_bytes(), tuple(mails), keys)
