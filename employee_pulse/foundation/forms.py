"""Fields that forms of several rooms share."""

import unicodedata
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are of 3.2
from wtforms.validators import DataRequired, Length, Optional

_LANGUAGE_NAMES = (("ko", "\ud55c\uad6d\uc5b4"), ("en", "English"))
"""Each in itself, whatever language the page is in."""


def trimmed(value: str | None) -> str | None:
    """Without blanks around it and in Unicode form NFC, as rosters are read too."""
    return unicodedata.normalize("NFC", value).strip() if value else value


def in_one_line(value: str | None) -> str | None:
    """Trimmed, and every run of blanks and line ends one blank: names stand in headers of mails."""
    return " ".join(unicodedata.normalize("NFC", value).split()) if value else value


def text_field(
    label: Any, *, longest: int, required: bool = True, description: Any = "", **attributes: Any
) -> StringField:
    """One line of text; ``attributes`` go to the input element."""
    return StringField(
        label,
        description=description,
        filters=[in_one_line],
        validators=[DataRequired() if required else Optional(), Length(max=longest)],
        render_kw={key.replace("_", "-"): value for key, value in attributes.items()},
    )


def language_field() -> RadioField:
    """Korean or English."""
    return RadioField(
        _l("Language"), choices=[SelectChoice(*each) for each in _LANGUAGE_NAMES], default="ko"
    )
