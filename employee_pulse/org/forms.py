"""Forms of the organization: a roster file, its columns, the confirmation, holidays."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateField, HiddenField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are of 3.2
from wtforms.validators import InputRequired

from employee_pulse.foundation.forms import text_field
from employee_pulse.foundation.table_file import MAX_BYTES
from employee_pulse.org.rules.columns import LABELS, Field

EARLIEST_YEAR, LATEST_YEAR = 2000, 2099


class UploadForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    file = FileField(
        _l("Roster file"),
        description=_l("CSV or XLSX, up to %(megabytes)s MB.", megabytes=MAX_BYTES // 1024**2),
        validators=[FileRequired(_l("Please choose a file."))],
        render_kw={
            "accept": ".csv,.txt,.tsv,.xlsx",
            "data-max-bytes": MAX_BYTES,
            "data-too-large": _l(
                "The file is larger than %(megabytes)s MB. Please split it into smaller files.",
                megabytes=MAX_BYTES // 1024**2,
            ),
        },
    )


class ColumnsForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """One select a field; the choices are the headers of the file."""

    @classmethod
    def over(cls, headers: list[str], **kwargs: Any) -> "ColumnsForm":
        """The form for a file with these headers."""
        choices = [SelectChoice("", _l("Not in the file")), *map(SelectChoice, headers)]
        fields = {
            field.value: SelectField(_(label), choices=choices, default="")
            for field, label in LABELS.items()
        }
        form: ColumnsForm = type("ColumnsOfFile", (cls,), fields)(**kwargs)
        return form

    def chosen(self) -> dict[str, str]:
        """Field to header, without what is not in the file."""
        return {field.value: self[field.value].data for field in Field if self[field.value].data}

    def validate(self, extra_validators: Any = None) -> bool:
        headers = list(self.chosen().values())
        double = sorted({header for header in headers if headers.count(header) > 1})
        if double:
            self.form_errors.append(
                _("The column “%(name)s” was chosen twice.", name=", ".join(double))
            )
        return super().validate(extra_validators) and not double


class ConfirmForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    digest = HiddenField(validators=[InputRequired()])
    allow_deactivation = BooleanField()


class HolidayForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    day = DateField(_l("Day"), validators=[InputRequired()])
    name = text_field(_l("Name"), longest=200)

    def validate_day(self, field: DateField) -> None:
        _check_year(field.data)


class DayForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    day = DateField(validators=[InputRequired()])

    def validate_day(self, field: DateField) -> None:
        _check_year(field.data)


def _check_year(day: date | None) -> None:
    if day is not None and not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise ValidationError(_("Please choose a day between 2000 and 2099."))
