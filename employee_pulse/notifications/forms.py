"""What an administrator enters about webhooks."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import URLField
from wtforms.validators import InputRequired, Length


class EndpointForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """An address to call."""

    url = URLField(
        _l("Address"),
        validators=[InputRequired(_l("Enter the address to call.")), Length(max=2000)],
        description=_l("For example https://chat.example.com/hooks/pulse"),
        filters=[lambda text: text and text.strip()],
    )
