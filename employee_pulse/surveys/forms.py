"""Forms of questions, programs and waves; what they hold after validation is typed."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are of 3.2
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from employee_pulse.foundation.forms import language_field, text_field, trimmed
from employee_pulse.surveys.rules.programs import CADENCE_LABELS, Cadence, OpeningRule
from employee_pulse.surveys.rules.questions import (
    CHOICE_KINDS,
    DIMENSION_LABELS,
    KIND_LABELS,
    Dimension,
    QuestionKind,
    Wording,
    numbered_choices,
)
from employee_pulse.surveys.rules.schedule import LONGEST, SHORTEST, Schedule

_LONGEST_MESSAGE = 2000


def filled(field: Field) -> Any:
    """What a field holds once its form is in order; the stubs only know that it may be empty."""
    return field.data


class Checkboxes(SelectMultipleField):
    """Several choices as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class AudienceForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    name_ko = text_field(_l("Name in Korean"), longest=200)
    name_en = text_field(_l("Name in English"), longest=200)
    audience = Checkboxes(_l("Departments"), coerce=int)


class QuestionsForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """``questions`` are the ticked codes, ``order`` those chosen before, as they were arranged."""

    questions = SelectMultipleField(_l("Questions"))
    order = SelectMultipleField(validate_choice=False)

    def arranged(self, moved: str | None, by: int) -> list[str]:
        """The ticked codes: known ones as they stood, new ones after them, one of them moved."""
        ticked = self.questions.data or []
        kept = [code for code in dict.fromkeys(self.order.data or []) if code in ticked]
        codes = kept + [code for code in ticked if code not in kept]
        if moved in codes:
            place = codes.index(moved)
            codes.remove(moved)
            codes.insert(max(0, place + by), moved)
        return codes


class ScheduleForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    cadence = RadioField(
        _l("How often"),
        choices=[SelectChoice(each.value, _l(CADENCE_LABELS[each])) for each in Cadence],
    )
    opening_rule = RadioField(
        _l("Opens in the first month of each period"),
        choices=[
            SelectChoice(OpeningRule.NTH_WORKING_DAY.value, _l("on the n-th working day")),
            SelectChoice(
                OpeningRule.DAY_OF_MONTH.value, _l("on a day of the month, or the next working day")
            ),
        ],
    )
    opening_number = IntegerField(
        _l("Working day or day of the month"), validators=[InputRequired()]
    )
    opens_at_time = TimeField(_l("Time of day"), validators=[InputRequired()])
    length_working_days = IntegerField(
        _l("Length in working days"),
        description=_l(
            "%(shortest)s to %(longest)s. A wave closes at the time of day at which it opened.",
            shortest=SHORTEST,
            longest=LONGEST,
        ),
        validators=[InputRequired()],
    )
    timezone = SelectField(
        _l("Time zone"), choices=[SelectChoice(name) for name in sorted(available_timezones())]
    )
    reminder_days = Checkboxes(
        _l("Reminders to people who have not answered"),
        choices=[
            SelectChoice("2", _l("on the 2nd working day")),
            SelectChoice("3", _l("on the 3rd working day")),
            SelectChoice("5", _l("on the 5th working day")),
            SelectChoice("7", _l("on the 7th working day")),
            SelectChoice("-1", _l("one working day before closing")),
        ],
        coerce=int,
    )
    burden_override = BooleanField(_l("Ask these people more often all the same"))

    def schedule(self) -> Schedule:
        return Schedule(
            cadence=Cadence(filled(self.cadence)),
            opening_rule=OpeningRule(filled(self.opening_rule)),
            opening_number=filled(self.opening_number),
            opens_at_time=filled(self.opens_at_time),
            timezone=filled(self.timezone),
            length_working_days=filled(self.length_working_days),
        )


class InvitationForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    message_ko = TextAreaField(
        _l("Message from the CEO in Korean"),
        filters=[trimmed],
        validators=[Optional(), Length(max=_LONGEST_MESSAGE)],
    )
    message_en = TextAreaField(
        _l("Message from the CEO in English"),
        filters=[trimmed],
        validators=[Optional(), Length(max=_LONGEST_MESSAGE)],
    )
    language = language_field()
    min_scores = IntegerField(
        _l("Show scores from this many answers on"),
        description=_l("People are promised this number; it can be raised later, never lowered."),
    )

    def promise_at_least(self, minimum: int) -> None:
        """The installation's own minimum; a program may only promise more."""
        self.min_scores.validators = [InputRequired(), NumberRange(min=minimum, max=50)]


class LaunchForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    burden_override = BooleanField(_l("Ask these people more often all the same"))


class ClosingForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    closes_at = DateTimeLocalField(_l("New closing"), validators=[InputRequired()])

    def validate_closes_at(self, field: Any) -> None:
        """At the ends of the calendar a zone may lead out of it."""
        if field.data is not None and not 2000 <= field.data.year <= 2099:
            raise ValidationError(_("Please choose a day between 2000 and 2099."))

    def moment(self, timezone: str) -> datetime:
        """The wall time entered, as a moment in UTC."""
        local: datetime = filled(self.closes_at)
        return local.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)


class WordingForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """A new wording of a question whose kind and dimension stay."""

    text_ko = TextAreaField(
        _l("Wording in Korean"),
        filters=[trimmed],
        validators=[DataRequired(), Length(max=500)],
    )
    text_en = TextAreaField(
        _l("Wording in English"),
        filters=[trimmed],
        validators=[DataRequired(), Length(max=500)],
    )
    choices = TextAreaField(
        _l("Choices"),
        description=_l("Only for questions with choices. One on each line: Korean | English"),
        validators=[Optional()],
    )

    def wording(self, *, dimension: Dimension, kind: QuestionKind, reverse_keyed: bool) -> Wording:
        chosen = _pairs(self.choices.data or "") if kind in CHOICE_KINDS else []
        return Wording(
            dimension=dimension,
            kind=kind,
            text_ko=filled(self.text_ko),
            text_en=filled(self.text_en),
            reverse_keyed=reverse_keyed and kind is QuestionKind.AGREEMENT,
            choices=numbered_choices(chosen),
        )

    def validate_choices(self, field: Any) -> None:
        if any(not ko or not en for ko, en in _pairs(field.data or "")):
            raise ValidationError(
                _("Write every choice in both languages with a vertical line between them.")
            )


class QuestionForm(WordingForm):
    """A question of HR's own."""

    code = StringField(
        _l("Code"),
        description=_l("Capital letters, digits and hyphens, such as SITE-01; it never changes."),
        filters=[trimmed],
        validators=[
            DataRequired(),
            Length(max=40),
            Regexp(
                r"[A-Z0-9]+(-[A-Z0-9]+)*\Z", message=_l("Use capital letters, digits and hyphens.")
            ),
        ],
    )
    dimension = SelectField(
        _l("Dimension"),
        choices=[SelectChoice(each.value, _l(DIMENSION_LABELS[each])) for each in Dimension],
    )
    kind = SelectField(
        _l("Kind of answer"),
        choices=[SelectChoice(each.value, _l(label)) for each, label in KIND_LABELS.items()],
    )
    reverse_keyed = BooleanField(_l("Agreement is unfavorable (reverse keyed)"))


def _pairs(text: str) -> list[tuple[str, str]]:
    """``Korean | English`` a line; a part that is missing is empty."""
    pairs = []
    for line in text.splitlines():
        if line.strip():
            ko, _bar, en = line.partition("|")
            pairs.append((ko.strip(), en.strip()))
    return pairs
