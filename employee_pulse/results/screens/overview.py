"""One wave of one department: where it stands, what changed, what moved most."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from employee_pulse.results import queries, wording
from employee_pulse.results.queries import PublishedWave, ScoreRow
from employee_pulse.results.rules import measures, readings, trends
from employee_pulse.results.rules.readings import NO_DATA, Figure, Reading
from employee_pulse.results.rules.trends import Change
from employee_pulse.results.screens import trend
from employee_pulse.results.screens.choice import Choice
from employee_pulse.results.screens.trend import Trend
from employee_pulse.surveys.models import WaveQuestion
from employee_pulse.surveys.rules.questions import QuestionKind

MOVERS = 6


@dataclass(frozen=True)
class Line:
    """A measure with what it is compared with; None where there is nothing to compare."""

    measure: str
    name: str
    unit: str
    reading: Reading
    change: Change | None
    year: Change | None
    company: Reading | None
    histogram: Sequence[int] | None = None


@dataclass(frozen=True)
class ChoiceAnswers:
    """A question with choices: how many chose each, or None where that is not shown."""

    name: str
    n: int | None
    counts: Sequence[tuple[str, int]] | None
    reading: Reading


@dataclass(frozen=True)
class Mover:
    """A department or dimension whose favorable share changed."""

    name: str
    reading: Reading
    change: Change


@dataclass(frozen=True)
class Overview:
    choice: Choice
    index: Line
    favorable: Line
    enps: Line | None
    dimensions: Sequence[Line]
    questions: Sequence[Line]
    choices: Sequence[ChoiceAnswers]
    movers: Sequence[Mover]
    trend: Trend
    comments: int
    sheet_hash: str | None


@dataclass(frozen=True)
class _Figures:
    """Scores of some waves and departments, read with the invited of each."""

    scores: Mapping[tuple[int, int, str], ScoreRow]
    invited: Mapping[tuple[int, int], int | None]

    def reading(self, wave: PublishedWave | None, node_id: int, measure: str, figure: Figure
    ) -> Reading:  # fmt: skip
        if wave is None:
            return NO_DATA
        return readings.reading(
            self.scores.get((wave.id, node_id, measure)),
            figure,
            invited=self.invited.get((wave.id, node_id)),
        )


@dataclass(frozen=True)
class Headlines:
    """What a list of programs says about the newest wave."""

    choice: Choice
    lines: Sequence[tuple[str, Line]]


def headlines(choice: Choice) -> Headlines:
    waves = [wave for wave in (choice.wave, choice.previous) if wave is not None]
    figures = _figures(choice, waves, all_departments=False)
    wanted = [(measures.INDEX, Figure.INDEX), (measures.INDEX, Figure.FAVORABLE)]
    if any(question.kind is QuestionKind.ENPS for question in choice.questions):
        wanted.append((measures.ENPS, Figure.FAVORABLE))
    return Headlines(
        choice,
        [
            (wording.figure_name(measure, figure), _line(choice, figures, None, measure, figure))
            for measure, figure in wanted
        ],
    )


def build(choice: Choice) -> Overview:
    year = _last_year(choice)
    waves = [wave for wave in (choice.wave, choice.previous, year) if wave is not None]
    figures = _figures(choice, waves, all_departments=True)

    def line(measure: str, figure: Figure = Figure.FAVORABLE) -> Line:
        return _line(choice, figures, year, measure, figure)

    enps = [q for q in choice.questions if q.kind is QuestionKind.ENPS]
    return Overview(
        choice=choice,
        index=line(measures.INDEX, Figure.INDEX),
        favorable=line(measures.INDEX),
        enps=line(measures.ENPS) if enps else None,
        dimensions=[line(m) for m, _ in choice.measures if measures.dimension_name(m)],
        questions=[line(m) for m, _ in choice.measures if measures.question_code(m)],
        choices=list(_choices(choice, figures)),
        movers=_movers(choice, figures),
        trend=trend.build(choice),
        comments=queries.count_comments(choice.wave.id, subtree(choice)),
        sheet_hash=queries.sheet_hash(choice.wave.id),
    )


def _last_year(choice: Choice) -> PublishedWave | None:
    period = trends.same_period_last_year(choice.wave.period)
    return next((wave for wave in choice.waves if wave.period == period), None)


def _figures(choice: Choice, waves: Sequence[PublishedWave], *, all_departments: bool) -> _Figures:
    """All measures of the chosen department and the company; of others, if wanted, the index."""
    ids = {choice.node.department_id}
    if choice.company is not None:
        ids.add(choice.company.department_id)
    scores = {
        (wave_id, node_id, measure): score
        for node_id in ids
        for (wave_id, measure), score in queries.scores_of_department(
            [wave.id for wave in waves], node_id
        ).items()
    }
    invited: dict[tuple[int, int], int | None] = {}
    for wave in waves:
        nodes = choice.nodes if wave is choice.wave else queries.nodes(wave.id, None)
        invited.update({(wave.id, node.department_id): node.invited for node in nodes})
    for wave in waves[:2] if all_departments else ():
        found = queries.scores_of_wave(wave.id, [measures.INDEX])
        scores.update({(wave.id, *key): score for key, score in found.items()})
    return _Figures(scores, invited)


def _line(
    choice: Choice, figures: _Figures, year: PublishedWave | None, measure: str, figure: Figure
) -> Line:
    node_id = choice.node.department_id
    now = figures.reading(choice.wave, node_id, measure, figure)
    company = choice.company
    score = figures.scores.get((choice.wave.id, node_id, measure))
    return Line(
        measure=measure,
        name=wording.measure_name(measure, choice.texts),
        unit=wording.unit(measure, figure),
        reading=now,
        change=readings.compared(figures.reading(choice.previous, node_id, measure, figure), now),
        year=readings.compared(figures.reading(year, node_id, measure, figure), now),
        company=figures.reading(choice.wave, company.department_id, measure, figure)
        if company is not None and choice.compares_with_company
        else None,
        histogram=score.histogram if score else None,
    )


def _movers(choice: Choice, figures: _Figures) -> list[Mover]:
    """Departments inside the chosen one and its dimensions, clear changes first."""
    found = []
    inside = set(subtree(choice)) - {choice.node.department_id}
    for node in choice.nodes:
        if node.department_id in inside:
            found.append((wording.place_name(node), node.department_id, measures.INDEX))
    for measure, name in choice.measures:
        if measures.dimension_name(measure):
            found.append((name, choice.node.department_id, measure))
    movers = []
    for name, node_id, measure in found:
        now = figures.reading(choice.wave, node_id, measure, Figure.FAVORABLE)
        before = figures.reading(choice.previous, node_id, measure, Figure.FAVORABLE)
        change = readings.compared(before, now)
        if change is not None and now.value is not None:
            movers.append(Mover(name, now, change))
    movers.sort(key=lambda mover: (not mover.change.clear, -abs(mover.change.difference)))
    return movers[:MOVERS]


def _choices(choice: Choice, figures: _Figures) -> Iterator[ChoiceAnswers]:
    for question in choice.questions:
        if question.choices:
            measure = measures.of_question(question.code)
            score = figures.scores.get((choice.wave.id, choice.node.department_id, measure))
            reading = figures.reading(
                choice.wave, choice.node.department_id, measure, Figure.FAVORABLE
            )
            yield ChoiceAnswers(
                wording.question_text(question),
                score.n if score else None,
                _named_counts(question, score),
                reading,
            )


def _named_counts(question: WaveQuestion, score: ScoreRow | None) -> list[tuple[str, int]] | None:
    if score is None or score.histogram is None:
        return None
    names = [wording.choice_text(choice) for choice in question.choices]
    return list(zip(names, score.histogram, strict=True))


def subtree(choice: Choice) -> list[int]:
    """The chosen department and what is below it."""
    inside = [choice.node.department_id]
    for node in choice.nodes:
        if node.parent_id in inside:
            inside.append(node.department_id)
    return inside
