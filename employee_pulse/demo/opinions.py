"""What people of the demo company think, and how that becomes answers."""

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from random import Random  # noqa: TID251 - seeded: believable answers, nothing secret

from employee_pulse.demo.departments import DEPARTMENTS
from employee_pulse.surveys.rules.questions import QuestionKind

QUESTIONS: Sequence[str] = (
    "LEAD-03",
    "COMM-02",
    "PART-03",
    "GROW-01",
    "COLL-01",
    "PROC-04",
    "WELL-01",
    "MORA-01",
    "ENPS-01",
    "INNO-07",
)
"""What the monthly program of the demo company asks; the last one is free text."""
SCORED = QUESTIONS[:-1]
REORGANIZED_MONTHS_AGO = 13

_LEVELS: Mapping[str, float] = {
    "LEAD": 3.8,
    "COMM": 3.55,
    "PART": 3.6,
    "GROW": 3.65,
    "INNO": 3.5,
    "GOAL": 3.8,
    "COLL": 3.45,
    "PROC": 3.35,
    "WELL": 3.45,
    "MORA": 3.75,
    "ENPS": 3.6,
}
_YEARLY = (-0.1, -0.05, 0.0, 0.05, 0.1, 0.05, -0.05, -0.05, 0.05, 0.05, -0.05, -0.15)
"""By month: budgets and yearly figures weigh on the winter, spring is light."""
_MONTHLY_GAIN: Mapping[str, float] = {"COMM": 0.014, "PART": 0.01, "PROC": -0.004}
_SHOCK, _RECOVERY = 0.45, 0.75
_HIT_HARDEST = ("G3", "G5")
_PERSONAL, _MOMENTARY = 0.6, 0.75
_MOODS = {place.code: place.mood for place in DEPARTMENTS}

COMMENTS: Mapping[str, Sequence[str]] = {
    "ko": (
        "결재 단계를 한 번만 줄여도 고객 응대가 훨씬 빨라질 것 같습니다.",
        "부서 사이에 요청이 오갈 때 누가 언제까지 하는지 분명했으면 합니다.",
        "회의 시간을 줄이고 자료를 미리 공유하면 좋겠습니다.",
        "현장에서 쓰는 공구가 오래되어 작업 시간이 늘어납니다.",
        "신입이 오면 알려 줄 사람을 한 명 정해 두면 좋겠습니다.",
        "성수기에는 상담 인원이 부족합니다. 지원 계획을 미리 알려 주세요.",
        "잘한 일은 그 자리에서 칭찬해 주는 문화가 있었으면 합니다.",
        "같은 내용을 여러 시스템에 입력하지 않게 해 주세요.",
        "조직 개편의 이유를 조금 더 일찍 들을 수 있었으면 좋았겠습니다.",
        "지금처럼 팀 안에서 서로 돕는 분위기를 지켰으면 합니다.",
    ),
    "en": (
        "One approval step less would let us answer customers much faster.",
        "Please agree on who does what by when before handing work to another team.",
        "Shorter meetings, with the papers sent around the day before.",
        "Important announcements should come in English on the same day.",
        "I would like more time for trying out ideas with the Product team.",
    ),
}


def mood(department_code: str, question_code: str, *, month: date, latest: date) -> float:
    """What a department thinks in a month, on the scale from 1 to 5.

    Departments differ, seasons pass, communication slowly improves, and the reorganization
    ``REORGANIZED_MONTHS_AGO`` before the month ``latest`` hurt and healed.
    """
    dimension = question_code.partition("-")[0]
    age = (latest.year - month.year) * 12 + latest.month - month.month
    level = _LEVELS.get(dimension, 3.5) + _department(department_code)
    level += _taste(department_code, dimension) + _YEARLY[month.month - 1]
    level -= _MONTHLY_GAIN.get(dimension, 0.003) * age
    since = REORGANIZED_MONTHS_AGO - age
    if since >= 0:
        hardest = department_code.startswith(_HIT_HARDEST)
        level -= _SHOCK * (1.0 if hardest else 0.4) * _RECOVERY**since
    return level


def kind_of(code: str) -> QuestionKind:
    """Of a scored question of the demo's program."""
    return QuestionKind.ENPS if code.startswith("ENPS") else QuestionKind.AGREEMENT


def answer(
    kind: QuestionKind, level: float, person: float, random: Random, *, reverse: bool, choices: int
) -> int | list[int] | None:
    """One person's answer; ``person`` is how much happier they are than their colleagues.

    An agreement 1-5, a recommendation 0-10, the place of a choice or of several. Somebody declines
    now and then.
    """
    if random.random() < 0.02:
        return None
    felt = level + person * _PERSONAL + random.gauss(0, _MOMENTARY)
    if kind is QuestionKind.ENPS:
        return _within(round(6.9 + 2.1 * (felt - 3.5)), 0, 10)
    if kind is QuestionKind.SINGLE_CHOICE:
        return random.randrange(choices)
    if kind is QuestionKind.MULTIPLE_CHOICE:
        return sorted(random.sample(range(choices), k=random.randint(1, min(3, choices))))
    agreed = _within(round(felt), 1, 5)
    return 6 - agreed if reverse else agreed


def comment(language: str, random: Random) -> str | None:
    """What a quarter of the people write."""
    return random.choice(COMMENTS[language]) if random.random() < 0.25 else None


def _department(code: str) -> float:
    """A part of a team thinks as its team; departments nobody knows differ by their code."""
    known = _MOODS.get(code.partition("-")[0])
    return _spread(code) * 0.4 if known is None else known


def _taste(code: str, dimension: str) -> float:
    return _spread(f"{code.partition('-')[0]}|{dimension}") * 0.25


def _spread(text: str) -> float:
    """A number from -1 to 1 that belongs to the text."""
    return int.from_bytes(sha256(text.encode()).digest()[:4]) / 2**31 - 1


def _within(value: int, lowest: int, highest: int) -> int:
    return max(lowest, min(highest, value))
