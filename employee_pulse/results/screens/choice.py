"""Which program, wave, department and measure a reader looks at, within what they may see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

from flask import url_for

from employee_pulse.auth import queries as auth
from employee_pulse.auth.models import Account
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_
from employee_pulse.results import queries, wording
from employee_pulse.results.queries import NodeRow, PublishedWave
from employee_pulse.results.rules import measures
from employee_pulse.results.rules.readings import Figure
from employee_pulse.surveys import queries as surveys
from employee_pulse.surveys.models import Program, WaveQuestion
from employee_pulse.surveys.rules.questions import QuestionKind

T = TypeVar("T")


class NothingToShow(Refused):
    """No such program, wave, department or measure, or not for this account."""

    message = N_("There are no such results, or you may not see them.")
    status = 404


class NotPublishedYet(Refused):
    message = N_("No wave of this program has been published yet.")
    status = 404


@dataclass(frozen=True)
class Choice:
    """What is looked at. `whole` says that the reader may see the whole company."""

    program: Program
    waves: Sequence[PublishedWave]
    wave: PublishedWave
    nodes: Sequence[NodeRow]
    node: NodeRow
    questions: Sequence[WaveQuestion]
    measure: str
    figure: Figure
    whole: bool

    @property
    def previous(self) -> PublishedWave | None:
        earlier = [wave for wave in self.waves if wave.opens_at < self.wave.opens_at]
        return earlier[-1] if earlier else None

    @property
    def company(self) -> NodeRow | None:
        """The root of the tree, for readers who may see it."""
        return self.nodes[0] if self.whole else None

    @property
    def compares_with_company(self) -> bool:
        return self.whole and self.node.parent_id is not None

    @cached_property
    def texts(self) -> Mapping[str, str]:
        return wording.question_texts(self.questions)

    def minimum(self, measure: str) -> int:
        """From how many people on a measure is shown in this wave."""
        enps = measure == measures.ENPS
        return self.wave.min_distributions if enps else self.wave.min_scores

    @property
    def unit(self) -> str:
        return wording.unit(self.measure, self.figure)

    @cached_property
    def measures(self) -> list[tuple[str, str]]:
        """What can be looked at, with its name: everything with a figure."""
        found = [measures.INDEX]
        if any(question.kind is QuestionKind.ENPS for question in self.questions):
            found.append(measures.ENPS)
        found += dict.fromkeys(
            measures.of_dimension(question.dimension)
            for question in self.questions
            if question.kind is QuestionKind.AGREEMENT
        )
        found += [
            measures.of_question(question.code)
            for question in self.questions
            if question.kind is QuestionKind.AGREEMENT
        ]
        return [(measure, wording.measure_name(measure, self.texts)) for measure in found]

    def url(self, endpoint: str, **changes: Any) -> str:
        """A page about the same thing, apart from what is changed."""
        values: dict[str, Any] = {
            "wave": self.wave.period,
            "department": self.node.department_id,
            "measure": self.measure,
            "figure": self.figure.value,
        }
        return url_for(endpoint, program_id=self.program.id, **{**values, **changes})


def choose(
    program_id: int, account: Account, asked: Mapping[str, str], *, default: Figure | None = None
) -> Choice:
    """Read a choice from a query string; what is left out is the newest and the uppermost.

    The figure, if nothing else is the `default`, is the index for all questions together and
    favorable answers for everything else.
    """
    program = surveys.program(program_id)
    if program is None:
        raise NothingToShow
    waves = queries.published_waves(program_id)
    if not waves:
        raise NotPublishedYet
    wave = _one(waves, asked.get("wave"), lambda each: each.period, default=waves[-1])
    scope = auth.scope(account)
    nodes = queries.nodes(wave.id, scope)
    if not nodes:
        raise NothingToShow
    choice = Choice(
        program=program,
        waves=waves,
        wave=wave,
        nodes=nodes,
        node=_one(
            nodes, asked.get("department"), lambda each: str(each.department_id), default=nodes[0]
        ),
        questions=surveys.wave_questions(wave.id),
        measure=measures.INDEX,
        figure=Figure.FAVORABLE,
        whole=scope is None,
    )
    measure, _ = _one(
        choice.measures, asked.get("measure"), lambda each: each[0], default=choice.measures[0]
    )
    figures = [Figure.FAVORABLE, Figure.INDEX]
    usual = Figure.INDEX if measure == measures.INDEX else Figure.FAVORABLE
    figure = _one(figures, asked.get("figure"), lambda each: each.value, default=default or usual)
    return replace(choice, measure=measure, figure=figure)


def _one(found: Sequence[T], wanted: str | None, key: Callable[[T], str], *, default: T) -> T:
    if not wanted:
        return default
    for each in found:
        if key(each) == wanted:
            return each
    raise NothingToShow
