"""Which column of a roster holds what: the headers that HR systems export, Korean and English."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from employee_pulse.foundation.phrases import N_, Phrase
from employee_pulse.org.rules import words


class Field(StrEnum):
    """Something that a roster can tell."""

    NUMBER = "number"
    NAME = "name"
    NAME_EN = "name_en"
    EMAIL = "email"
    DEPARTMENT_CODE = "department_code"
    DEPARTMENT_NAME = "department_name"
    DEPARTMENT_NAME_EN = "department_name_en"
    PARENT = "parent"
    HEAD = "head"
    DUTY = "duty"
    MANAGER = "manager"
    LANGUAGE = "language"
    ACTIVE_FROM = "active_from"
    ACTIVE_UNTIL = "active_until"


LABELS: Mapping[Field, str] = {
    Field.NUMBER: N_("Employee number"),
    Field.NAME: N_("Name"),
    Field.NAME_EN: N_("Name in English"),
    Field.EMAIL: N_("E-mail"),
    Field.DEPARTMENT_CODE: N_("Department code"),
    Field.DEPARTMENT_NAME: N_("Department name"),
    Field.DEPARTMENT_NAME_EN: N_("Department name in English"),
    Field.PARENT: N_("Parent department"),
    Field.HEAD: N_("Head of the department (yes or no)"),
    Field.DUTY: N_("Duty title (heads are recognized by it)"),
    Field.MANAGER: N_("Manages people (yes or no)"),
    Field.LANGUAGE: N_("Language"),
    Field.ACTIVE_FROM: N_("First day"),
    Field.ACTIVE_UNTIL: N_("Last day"),
}

_SPELLINGS: Mapping[str, tuple[Field, int]] = {
    spelling: (field, rank) for field in Field for rank, spelling in enumerate(words.HEADERS[field])
}


def guess_columns(headers: Iterable[str]) -> dict[Field, str]:
    """For each field the header that names it best; a header nobody knows is left out.

    Spaces, case and signs do not count. Two headers for one field: the better known wins, so a
    parent's code goes before its name.
    """
    best: dict[Field, tuple[int, str]] = {}
    for header in headers:
        known = _SPELLINGS.get(words.plain(header))
        if known is None:
            continue
        field, rank = known
        if field not in best or rank < best[field][0]:
            best[field] = (rank, header)
    return {field: header for field, (_, header) in best.items()}


def missing_columns(columns: Mapping[Field, str]) -> list[Phrase]:
    """What a roster cannot do without and does not have."""
    missing = [field for field in (Field.NUMBER, Field.NAME) if field not in columns]
    if not {Field.DEPARTMENT_CODE, Field.DEPARTMENT_NAME} & columns.keys():
        missing.append(Field.DEPARTMENT_CODE)
    return [Phrase(LABELS[field]) for field in missing]
