"""Forms of results: the file of an earlier tool."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField
from wtforms.validators import InputRequired

from employee_pulse.foundation.table_file import MAX_BYTES


class HistoryForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """The choices of ``program_id`` are given by the view."""

    program_id = SelectField(_l("Program"), coerce=int, validators=[InputRequired()])
    file = FileField(
        _l("History file"),
        description=_l("CSV or XLSX, up to %(megabytes)s MB.", megabytes=MAX_BYTES // 1024**2),
        validators=[FileRequired(_l("Please choose a file."))],
        render_kw={"accept": ".csv,.txt,.tsv,.xlsx"},
    )
