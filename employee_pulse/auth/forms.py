"""Forms of accounts: signing in, the own password, accounts for others."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are of 3.2
from wtforms.validators import EqualTo, InputRequired, Length

from employee_pulse.auth.rules import (
    LONGEST_PASSWORD,
    ROLE_LABELS,
    SHORTEST_PASSWORD,
    Role,
    password_problem,
)
from employee_pulse.foundation.forms import language_field, text_field
from employee_pulse.foundation.translation import say
from employee_pulse.org.rules.cells import is_email


def _role_field() -> SelectField:
    return SelectField(
        _l("Role"), choices=[], coerce=Role, validators=[InputRequired()], default=Role.HR
    )


def _role_choices() -> list[SelectChoice]:
    return [SelectChoice(role, _(label)) for role, label in ROLE_LABELS.items()]


class SignInForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    email = text_field(
        _l("E-mail"), longest=254, type="email", autocomplete="username", inputmode="email"
    )
    password = PasswordField(
        _l("Password"),
        validators=[InputRequired(), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


class PasswordForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    present = PasswordField(
        _l("Present password"),
        validators=[InputRequired(), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        _l("New password"),
        description=_l(
            "At least %(length)s characters. A short sentence is easier to remember than signs.",
            length=SHORTEST_PASSWORD,
        ),
        validators=[InputRequired()],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("New password again"),
        validators=[InputRequired(), EqualTo("new", _l("The two passwords differ."))],
        render_kw={"autocomplete": "new-password"},
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._email = email

    def validate_new(self, field: PasswordField) -> None:
        problem = password_problem(field.data or "", email=self._email)
        if problem is not None:
            raise ValidationError(say(problem))


class NewPasswordForm(PasswordForm):
    """Without the present password, which was given and has just been used."""

    present = None  # type: ignore[assignment]  # WTForms' way to leave an inherited field out


class LanguageForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    language = language_field()


class AccountForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    name = text_field(_l("Name"), longest=200, autocomplete="off")
    email = text_field(_l("E-mail"), longest=254, type="email", autocomplete="off")
    role = _role_field()
    employee_number = text_field(
        _l("Employee number"),
        longest=50,
        required=False,
        description=_l("Department heads see the results of their department by it."),
        autocomplete="off",
    )
    language = language_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = _role_choices()

    def validate_email(self, field: Any) -> None:
        if not is_email(field.data or ""):
            raise ValidationError(_("This is not an e-mail address."))


class RoleForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    role = _role_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = _role_choices()
