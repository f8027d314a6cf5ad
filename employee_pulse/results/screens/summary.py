"""The public page of a wave: company level only, the same for everybody."""

from collections.abc import Sequence
from dataclasses import dataclass

from employee_pulse.results import queries, wording
from employee_pulse.results.models import Publication
from employee_pulse.results.queries import NodeRow
from employee_pulse.results.rules import measures, readings
from employee_pulse.results.rules.readings import Figure, Reading
from employee_pulse.results.screens.choice import NothingToShow
from employee_pulse.surveys import queries as surveys
from employee_pulse.surveys.models import Program, Wave, WaveQuestion
from employee_pulse.surveys.rules.questions import QuestionKind

POINTS = 3


@dataclass(frozen=True)
class Point:
    """A question and the share of favorable answers to it."""

    text: str
    reading: Reading


@dataclass(frozen=True)
class Summary:
    """Without `company` the wave is not published yet."""

    program: Program
    wave: Wave
    sheet_hash: str
    questions: Sequence[str]
    company: NodeRow | None
    strengths: Sequence[Point]
    weak_points: Sequence[Point]
    publication: Publication | None


def build(sheet_hash: str) -> Summary:
    wave = queries.wave_by_sheet(sheet_hash)
    if wave is None:
        raise NothingToShow
    questions = surveys.wave_questions(wave.id)
    publication = queries.publication(wave.id)
    published = publication is not None and publication.published_at is not None
    company = queries.nodes(wave.id, None)[0] if published else None
    points = _points(company, wave, questions) if company else []
    return Summary(
        program=queries.program_of(wave.id),
        wave=wave,
        sheet_hash=sheet_hash,
        questions=[wording.question_text(question) for question in questions],
        company=company,
        strengths=points[:POINTS],
        weak_points=points[max(POINTS, len(points) - POINTS) :][::-1],
        publication=publication,
    )


def _points(company: NodeRow, wave: Wave, questions: Sequence[WaveQuestion]) -> list[Point]:
    """Agreement questions with a figure, the most favorable first."""
    scores = queries.scores_of_department([wave.id], company.department_id)
    points = [
        Point(
            wording.question_text(question),
            readings.reading(
                scores.get((wave.id, measures.of_question(question.code))),
                Figure.FAVORABLE,
                invited=company.invited,
            ),
        )
        for question in questions
        if question.kind is QuestionKind.AGREEMENT
    ]
    shown = [point for point in points if point.reading.value is not None]
    return sorted(shown, key=lambda point: -(point.reading.value or 0))
