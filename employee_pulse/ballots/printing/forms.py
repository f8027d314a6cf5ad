"""What is to be printed."""

from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange, Optional

_LARGEST = 2**31 - 1


class DepartmentForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    department = IntegerField(validators=[Optional(), NumberRange(1, _LARGEST)])

    def chosen(self) -> tuple[int, ...]:
        """Nothing chosen is every department."""
        return () if self.department.data is None else (self.department.data,)


class GroupForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    group = IntegerField(validators=[InputRequired(), NumberRange(1, _LARGEST)])
