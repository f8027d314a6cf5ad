"""The form that the page of all components shows; it is sent nowhere."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are of 3.2
from wtforms.validators import InputRequired, Optional


class SampleForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """One field of each kind."""

    class Meta:
        csrf = False

    name = StringField(
        _l("Name"),
        validators=[InputRequired(_l("Please give a name."))],
        description=_l("As people know it."),
    )
    department = SelectField(
        _l("Department"),
        choices=[SelectChoice("1", _l("Logistics")), SelectChoice("2", _l("Research"))],
    )
    rhythm = RadioField(
        _l("Rhythm"),
        choices=[
            SelectChoice("m", _l("Monthly")),
            SelectChoice("q", _l("Quarterly")),
            SelectChoice("h", _l("Half-yearly")),
        ],
        validators=[InputRequired(_l("Please choose one."))],
    )
    message = TextAreaField(_l("Message"), validators=[Optional()])
    file = FileField(_l("File"), validators=[Optional()])
    remind = BooleanField(_l("Remind those who have not answered"))
