"""How results are said: names of measures, numbers with units, sentences about a finding."""

from collections.abc import Mapping, Sequence

import flask_babel

from employee_pulse.results.queries import NodeRow
from employee_pulse.results.rules import measures
from employee_pulse.results.rules.readings import Figure, Reading
from employee_pulse.results.rules.suppression import Reason
from employee_pulse.results.rules.trends import Change
from employee_pulse.surveys.models import Program, WaveQuestion
from employee_pulse.surveys.rules.questions import DIMENSION_LABELS, Dimension


def gettext(msgid: str, **params: object) -> str:
    """Flask-Babel's, which has no types."""
    return str(flask_babel.gettext(msgid, **params))


_ = gettext


def in_english() -> bool:
    """Flask-Babel finds it out once a request; pages ask for every department."""
    locale = flask_babel.get_locale()
    return locale is not None and locale.language == "en"


def place_name(node: NodeRow) -> str:
    return node.name_en if in_english() else node.name_ko


def program_name(program: Program) -> str:
    return program.name_en if in_english() else program.name_ko


def question_text(question: WaveQuestion) -> str:
    return question.text_en if in_english() else question.text_ko


def choice_text(choice: Mapping[str, str]) -> str:
    return choice["en"] if in_english() else choice["ko"]


def measure_name(measure: str, texts: Mapping[str, str]) -> str:
    """`texts` holds the wording of questions by code; an unknown one is named by its code."""
    if measure == measures.INDEX:
        return _("All questions together")
    if measure == measures.ENPS:
        return _("eNPS")
    dimension = measures.dimension_name(measure)
    if dimension is not None:
        return _(DIMENSION_LABELS[Dimension(dimension)])
    code = measures.question_code(measure) or measure
    return texts.get(code, code)


def figure_name(measure: str, figure: Figure) -> str:
    if measure == measures.ENPS:
        return _("eNPS")
    return _("Favorable answers") if figure is Figure.FAVORABLE else _("Index")


def unit(measure: str, figure: Figure) -> str:
    """Shares are percent; the index and eNPS are points, said without a unit."""
    return "%" if figure is Figure.FAVORABLE and measure != measures.ENPS else ""


def number(value: float, sign: str = "") -> str:
    """With a true minus; `sign` is written before a positive one."""
    rounded = round(value)
    if rounded < 0:
        return f"−{-rounded}"
    return f"{sign}{rounded}" if rounded else "0"


def said(reading: Reading, unit_: str, *, minimum: int) -> str:
    """A figure as a cell shows it: a number, a band, or why there is none."""
    if reading.value is not None:
        return f"{number(reading.value)}{unit_}"
    if reading.band is not None:
        return f"{number(reading.band.low)}–{number(reading.band.high)}{unit_}"
    return hidden(reading.reason, minimum)


def hidden(reason: Reason | None, minimum: int) -> str:
    if reason is Reason.COMPLEMENTARY:
        return _("Not shown (protects a neighbor)")
    if reason is Reason.BELOW_MINIMUM:
        return _("Not shown (fewer than %(minimum)s)", minimum=minimum)
    return _("No data")


def difference(change: Change, unit_: str) -> str:
    """Such as +4 points."""
    count = number(change.difference, "+")
    return _("%(count)s pp", count=count) if unit_ else _("%(count)s points", count=count)


def interval(change: Change) -> str:
    return f"{number(change.low, '+')} … {number(change.high, '+')}"


def finding(place: str, measure: str, value: str, change: Change | None, unit_: str) -> str:
    """The sentence over a chart: where it stands, and whether it has moved."""
    if change is None:
        return _("%(place)s, %(measure)s: %(value)s.", place=place, measure=measure, value=value)
    words = {
        "place": place,
        "measure": measure,
        "value": value,
        "difference": difference(change, unit_).lstrip("+−"),
        "low": number(change.low, "+"),
        "high": number(change.high, "+"),
    }
    if not change.clear or round(change.difference) == 0:
        return _(
            "%(place)s, %(measure)s: %(value)s, about as in the wave before "
            "(95%% interval %(low)s to %(high)s).",
            **words,
        )
    if change.difference > 0:
        return _(
            "%(place)s, %(measure)s: %(value)s, up %(difference)s on the wave before "
            "(95%% interval %(low)s to %(high)s).",
            **words,
        )
    return _(
        "%(place)s, %(measure)s: %(value)s, down %(difference)s on the wave before "
        "(95%% interval %(low)s to %(high)s).",
        **words,
    )


def question_texts(questions: Sequence[WaveQuestion]) -> dict[str, str]:
    return {question.code: question_text(question) for question in questions}
