"""One measure of one department over time: as a chart, as a table, as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from employee_pulse.charts.specs import Size, TrendChart, TrendPoint, TrendWords
from employee_pulse.results import queries, wording
from employee_pulse.results.queries import AskedVersion, TrendRow
from employee_pulse.results.rules import measures, readings, trends
from employee_pulse.results.rules.readings import NO_DATA, Reading
from employee_pulse.results.rules.suppression import Reason
from employee_pulse.results.rules.trends import Change
from employee_pulse.results.screens.choice import Choice
from employee_pulse.results.wording import gettext as _
from employee_pulse.surveys.rules.periods import parse_period
from employee_pulse.surveys.rules.questions import QuestionKind


@dataclass(frozen=True)
class Step:
    """One period of a trend. Without `held` no wave was held in it."""

    period: str
    held: bool = False
    reading: Reading = NO_DATA
    company: Reading | None = None
    participation: float | None = None
    breaks: bool = False


@dataclass(frozen=True)
class Trend:
    """Everything the trend page and its downloads say; all of them come from here."""

    choice: Choice
    steps: Sequence[Step]
    title: str
    change: Change | None
    year: Change | None
    minimum: int

    @property
    def columns(self) -> list[str]:
        names = [
            _("Period"),
            wording.figure_name(self.choice.measure, self.choice.figure),
            _("Interval from (95%)"),
            _("Interval to (95%)"),
            _("Answers"),
            _("Participation"),
        ]
        return [*names, _("Whole company")] if self.choice.compares_with_company else names

    @property
    def rows(self) -> list[list[str]]:
        """The table below the chart, newest first."""
        return [self._row(step) for step in reversed(self.steps)]

    @property
    def alt(self) -> str:
        shown = sum(step.reading.value is not None for step in self.steps)
        return _(
            "%(finding)s The chart shows %(shown)s of %(all)s periods.",
            finding=self.title,
            shown=shown,
            all=len(self.steps),
        )

    def csv_rows(self) -> list[list[object]]:
        return [
            [
                step.period,
                _rounded(step.reading.value),
                _rounded(step.reading.low),
                _rounded(step.reading.high),
                step.reading.n,
                None if step.participation is None else round(step.participation * 100, 1),
                *(
                    [_rounded(step.company.value) if step.company else None]
                    if self.choice.compares_with_company
                    else []
                ),
                self._note(step),
            ]
            for step in self.steps
        ]

    def _row(self, step: Step) -> list[str]:
        one, unit = step.reading, self.choice.unit
        cells = [
            step.period,
            wording.said(one, unit, minimum=self.minimum) if step.held else _("No survey"),
            "" if one.low is None else wording.number(one.low),
            "" if one.high is None else wording.number(one.high),
            "" if one.n is None else str(one.n),
            "" if step.participation is None else f"{step.participation:.0%}",
        ]
        if self.choice.compares_with_company:
            known = step.company is not None and step.held
            company = step.company or NO_DATA
            cells.append(wording.said(company, unit, minimum=self.minimum) if known else "")
        return cells

    def _note(self, step: Step) -> str:
        if not step.held:
            return _("No survey")
        if step.reading.value is None:
            return wording.said(step.reading, self.choice.unit, minimum=self.minimum)
        return _("Wording changed") if step.breaks else ""


def build(choice: Choice) -> Trend:
    # A head's department may be the whole of one wave, and a part of the one before.
    company_wide = choice.whole and choice.node.parent_id is None
    rows = queries.trend_rows(
        choice.program.id, None if company_wide else choice.node.department_id, choice.measure
    )
    company: Mapping[int, TrendRow] = {}
    if choice.compares_with_company:
        whole = queries.trend_rows(choice.program.id, None, choice.measure)
        company = {row.wave_id: row for row in whole}
    broken = _broken(choice)
    until = [wave.id for wave in choice.waves if wave.opens_at <= choice.wave.opens_at]
    steps = [
        Step(
            period=row.period,
            held=True,
            reading=_reading(row, choice),
            company=_reading(company[row.wave_id], choice) if company else None,
            participation=row.participation,
            breaks=row.wave_id in broken,
        )
        for row in rows
        if row.wave_id in until
    ]
    change, year = _changes(steps)
    return Trend(
        choice=choice,
        steps=_with_gaps(steps),
        title=_title(choice, steps, change),
        change=change,
        year=year,
        minimum=choice.minimum(choice.measure),
    )


def chart(trend: Trend, size: Size = Size.SLIDE) -> TrendChart:
    """The same values, gaps and words as the table."""
    choice = trend.choice
    enps = choice.measure == measures.ENPS
    seen = [step.reading for step in trend.steps] + [
        step.company for step in trend.steps if step.company
    ]
    ends = readings.scale(seen, floor=-100 if enps else 0, ceiling=100)
    return TrendChart(
        title=trend.title,
        subtitle=_subtitle(trend),
        points=tuple(_point(step, trend.minimum) for step in trend.steps),
        floor=ends.low,
        ceiling=ends.high,
        words=TrendWords(
            unit=choice.unit,
            series=wording.place_name(choice.node),
            reference=_("Whole company"),
            interval=_("Interval (95%)"),
            band=_("Shown as a range"),
            hidden=_("Not shown"),
            participation=_("Participation (%)"),
            breaks=_("Wording changed"),
        ),
        footer=_footer(trend),
        size=size,
    )


def _reading(row: TrendRow, choice: Choice) -> Reading:
    if not row.in_tree:
        return NO_DATA
    return readings.reading(row.score, choice.figure, invited=row.invited)


def _point(step: Step, minimum: int) -> TrendPoint:
    one = step.reading
    gap = ""
    if not step.held:
        gap = _("No survey")
    elif one.value is None and one.band is None:
        gap = wording.hidden(one.reason, minimum)
    return TrendPoint(
        label=step.period,
        value=one.value,
        low=one.band.low if one.band else one.low,
        high=one.band.high if one.band else one.high,
        gap=gap,
        hidden=one.reason not in (None, Reason.NO_DATA),
        breaks=step.breaks,
        participation=step.participation,
        reference=step.company.value if step.company else None,
    )


def _changes(steps: Sequence[Step]) -> tuple[Change | None, Change | None]:
    """Of the newest wave to the one before, and to the same period last year."""
    if not steps:
        return None, None
    newest = steps[-1]
    by_period = {step.period: step for step in steps}
    last_year = by_period.get(trends.same_period_last_year(newest.period))
    before = steps[-2] if len(steps) > 1 else None
    return _change(steps, before, newest), _change(steps, last_year, newest)


def _change(steps: Sequence[Step], before: Step | None, after: Step) -> Change | None:
    """None also where the wording changed on the way."""
    if before is None:
        return None
    way = steps[steps.index(before) + 1 : steps.index(after) + 1]
    return None if any(step.breaks for step in way) else readings.compared(
        before.reading, after.reading
    )  # fmt: skip


def _with_gaps(steps: Sequence[Step]) -> list[Step]:
    """With a step for every period in which no wave was held."""
    if len({parse_period(step.period).cadence for step in steps}) != 1:
        return list(steps)
    held = {step.period: step for step in steps}
    return [
        held.get(period) or Step(period=period)
        for period in trends.periods(steps[0].period, steps[-1].period)
    ]


def _broken(choice: Choice) -> set[int]:
    """Waves that asked other questions, or other wordings, than the wave before them."""
    asked: dict[int, set[tuple[str, int]]] = {wave.id: set() for wave in choice.waves}
    for each in queries.versions_asked(choice.program.id):
        if _belongs(each, choice.measure):
            asked[each.wave_id].add((each.code, each.version))
    return {
        wave
        for (before, wave) in pairwise(asked)
        if asked[before] and asked[wave] and asked[before] != asked[wave]
    }


def _belongs(asked: AskedVersion, measure: str) -> bool:
    """Whether the figure of a measure depends on this question."""
    if measure == measures.INDEX:
        return asked.kind is QuestionKind.AGREEMENT
    if measure == measures.ENPS:
        return asked.kind is QuestionKind.ENPS
    if (dimension := measures.dimension_name(measure)) is not None:
        return asked.dimension == dimension and asked.kind is QuestionKind.AGREEMENT
    return asked.code == measures.question_code(measure)


def _title(choice: Choice, steps: Sequence[Step], change: Change | None) -> str:
    place = wording.place_name(choice.node)
    measure = wording.measure_name(choice.measure, choice.texts)
    reading = steps[-1].reading if steps else NO_DATA
    value = wording.said(reading, choice.unit, minimum=choice.minimum(choice.measure))
    return wording.finding(place, measure, value, change, choice.unit)


def _subtitle(trend: Trend) -> str:
    parts = [
        wording.program_name(trend.choice.program),
        wording.figure_name(trend.choice.measure, trend.choice.figure),
    ]
    if trend.steps:
        first, last = trend.steps[0].period, trend.steps[-1].period
        parts.append(first if first == last else f"{first} – {last}")
    return " · ".join(dict.fromkeys(parts))


def _footer(trend: Trend) -> tuple[str, ...]:
    newest = trend.steps[-1] if trend.steps else Step(period="")
    said = []
    if newest.reading.n is not None:
        said.append(_("%(period)s: %(n)s answers", period=newest.period, n=f"{newest.reading.n:,}"))
    if newest.participation is not None:
        said.append(_("participation %(share)s", share=f"{newest.participation:.0%}"))
    said.append(_("Figures of fewer than %(minimum)s people are not shown.", minimum=trend.minimum))
    versions = {
        question.version
        for question in trend.choice.questions
        if measures.of_question(question.code) == trend.choice.measure
    }
    if versions:
        said.append(_("Question version %(version)s", version=max(versions)))
    return (" · ".join(said),)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
