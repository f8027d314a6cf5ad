"""The newest published wave of each program as an account may see it, against the one before."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from employee_pulse.foundation.phrases import Phrase
from employee_pulse.home.rules import Move, biggest_moves
from employee_pulse.results import queries as results
from employee_pulse.results.queries import NodeRow, PublishedWave, ScoreRow, Standing
from employee_pulse.results.rules import measures, readings
from employee_pulse.results.rules.readings import Figure, Reading
from employee_pulse.results.rules.trends import Change
from employee_pulse.surveys.models import Program
from employee_pulse.surveys.rules.questions import DIMENSION_LABELS, Dimension

MOVES = 6
HEADLINES = (measures.INDEX, measures.ENPS)
WANTED = (*HEADLINES, *(measures.of_dimension(dimension.value) for dimension in Dimension))


@dataclass(frozen=True)
class Headline:
    """A figure of the uppermost department; without a wave to compare with there is no change."""

    measure: str
    reading: Reading
    change: Change | None


@dataclass(frozen=True)
class LatestResults:
    """What the first screen says about a wave."""

    program: Program
    wave: PublishedWave
    root: NodeRow
    """The uppermost department that is shown."""
    headlines: Sequence[Headline]
    compared: bool
    """Whether there is an earlier wave."""
    moves: Sequence[Move]


@dataclass(frozen=True)
class _Wave:
    root: NodeRow
    nodes: Mapping[int, NodeRow]
    scores: Mapping[tuple[int, str], ScoreRow]

    def reading(self, key: tuple[int, str]) -> Reading:
        node = self.nodes.get(key[0])
        invited = node.invited if node else None
        return readings.reading(self.scores.get(key), Figure.INDEX, invited=invited)


def latest_results(
    standings: Sequence[Standing], *, scope: Collection[int] | None, language: str
) -> list[LatestResults]:
    """Of programs that go on, in their order; departments are named in the language.

    `scope` limits the departments, None is all of them; a wave that asked none of them is left out.
    """
    found = [
        _latest(standing.program, scope, language)
        for standing in standings
        if standing.latest and standing.program.ended_at is None
    ]
    return [latest for latest in found if latest is not None]


def _latest(program: Program, scope: Collection[int] | None, language: str) -> LatestResults | None:
    *earlier, newest = results.published_waves(program.id)
    now = _wave(newest.id, scope)
    if now is None:
        return None
    before = _wave(earlier[-1].id, scope) if earlier else None
    return LatestResults(
        program=program,
        wave=newest,
        root=now.root,
        headlines=[_headline(measure, now, before) for measure in HEADLINES],
        compared=before is not None,
        moves=biggest_moves(_moves(now, before, language), limit=MOVES) if before else [],
    )


def _wave(wave_id: int, scope: Collection[int] | None) -> _Wave | None:
    nodes = {node.department_id: node for node in results.nodes(wave_id, scope)}
    if not nodes:
        return None
    scores = results.scores_of_wave(wave_id, WANTED)
    return _Wave(
        root=next(iter(nodes.values())),
        nodes=nodes,
        scores={key: score for key, score in scores.items() if key[0] in nodes},
    )


def _headline(measure: str, now: _Wave, before: _Wave | None) -> Headline:
    reading = now.reading((now.root.department_id, measure))
    earlier = before.reading((before.root.department_id, measure)) if before else readings.NO_DATA
    return Headline(measure, reading, readings.compared(earlier, reading))


def _moves(now: _Wave, before: _Wave, language: str) -> Iterator[Move]:
    for key in now.scores:
        name = _name(key, now, language)
        reading = now.reading(key)
        change = readings.compared(before.reading(key), reading)
        if name and change and reading.value is not None:
            yield Move(name, reading.value, change.difference, change.low, change.high)


def _name(key: tuple[int, str], now: _Wave, language: str) -> Phrase | None:
    """Of a dimension of the whole company, or of a department's index; None for the rest."""
    department_id, measure = key
    of_company = department_id == now.root.department_id
    dimension = measures.dimension_name(measure)
    if dimension is not None and of_company:
        return Phrase(DIMENSION_LABELS[Dimension(dimension)])
    if measure == measures.INDEX and not of_company:
        node = now.nodes[department_id]
        return Phrase("%(name)s", {"name": node.name_en if language == "en" else node.name_ko})
    return None
