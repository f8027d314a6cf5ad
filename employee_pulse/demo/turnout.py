"""How a share of the invited people answers an open wave, a few at a time."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random  # noqa: TID251 - seeded: believable answers, nothing secret
from threading import local

from employee_pulse.anonymity.blinding import SignatureError
from employee_pulse.demo import opinions, queries
from employee_pulse.demo.letters import Invitation, invitations
from employee_pulse.demo.respondent import (
    AskedQuestion,
    Result,
    Server,
    Sheet,
    Unanswered,
    Untrustworthy,
    make_answers,
    read_sheet,
    respond,
)
from employee_pulse.org import queries as org
from employee_pulse.surveys import queries as surveys
from employee_pulse.surveys.models import Wave
from employee_pulse.surveys.rules.waves import WaveState, state

THREADS = 4


@dataclass
class Turnout:
    """What became of the invitations, and why some failed."""

    results: Counter[Result] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class OpenWave:
    """An open wave with everything that answering it needs; plain values for the threads."""

    wave_id: int
    questions_hash: str | None
    questions: Sequence[AskedQuestion]
    departments: dict[int, str]
    """Code by group."""
    month: date
    invited: Sequence[Invitation]


def open_waves(now: datetime) -> list[OpenWave]:
    """Waves that are open and whose invitations lie in the mailbox."""
    departments = {each.id: each.code for each in org.departments(with_closed=True)}
    found = [
        _open_wave(wave, departments)
        for program in surveys.running_programs()
        for wave in surveys.waves(program.id)
        if state(wave, now) is WaveState.OPEN
    ]
    return [wave for wave in found if wave.invited]


def answering(wave: OpenWave, *, share: float, seed: int) -> list[Invitation]:
    """Whose turn it is: the same people for the same seed."""
    random = Random(seed)  # noqa: S311 - nothing secret
    return random.sample(list(wave.invited), k=round(share * len(wave.invited)))


def answer(
    wave: OpenWave, invited: Sequence[Invitation], *, base_url: str, seed: int, turnout: Turnout
) -> Iterator[Result]:
    """Let these people answer; yields as they finish, and counts in ``turnout``."""
    server = Server(base_url)
    sheet = read_sheet(server, invited[0])
    server.close()
    if sheet.questions_hash != wave.questions_hash:
        raise Untrustworthy("the sheet names other questions")
    one = _Colleague(wave, sheet, base_url, seed)
    with ThreadPoolExecutor(THREADS) as pool:
        for result, reason in pool.map(one.answer, invited):
            turnout.results[result] += 1
            if reason:
                turnout.reasons[reason] += 1
            yield result


class _Colleague:
    """Answers for one invitation after the other; each thread has its own connection."""

    def __init__(self, wave: OpenWave, sheet: Sheet, base_url: str, seed: int) -> None:
        self._wave, self._sheet, self._seed = wave, sheet, seed
        self._local = local()
        self._connect: Callable[[], Server] = lambda: Server(base_url)

    def answer(self, invitation: Invitation) -> tuple[Result, str]:
        random = Random(f"{self._seed}|{invitation.token}")  # noqa: S311 - nothing secret
        code = self._wave.departments[invitation.group_id]
        month = self._wave.month
        levels = {
            question.code: opinions.mood(code, question.code, month=month, latest=month)
            for question in self._wave.questions
        }
        answers, comments = make_answers(self._wave.questions, levels, invitation.language, random)
        try:
            if invitation.sheet_hash != self._wave.invited[0].sheet_hash:
                raise Untrustworthy("invitations name different sheets")
            result = respond(
                self._server(), invitation, self._sheet, answers=answers, comments=comments
            )
        except (Untrustworthy, Unanswered, SignatureError) as problem:
            return Result.FAILED, f"{type(problem).__name__}: {problem}"
        return result, ""

    def _server(self) -> Server:
        if not hasattr(self._local, "server"):
            self._local.server = self._connect()
        server: Server = self._local.server
        return server


def _open_wave(wave: Wave, departments: dict[int, str]) -> OpenWave:
    questions = [
        AskedQuestion(
            question.code,
            question.kind,
            question.reverse_keyed,
            [choice["code"] for choice in question.choices],
        )
        for question in surveys.wave_questions(wave.id)
    ]
    return OpenWave(
        wave_id=wave.id,
        questions_hash=wave.questions_hash,
        questions=questions,
        departments=departments,
        month=wave.opens_at.date(),
        invited=invitations(queries.mail_bodies(wave.id)),
    )
