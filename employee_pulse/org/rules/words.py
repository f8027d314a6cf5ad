"""The words rosters are written with, loaded from ``words.toml``."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_NOT_A_LETTER = re.compile(r"[\W_]+")

with Path(__file__).with_name("words.toml").open("rb") as _file:
    _WORDS: Final[Mapping[str, Mapping[str, list[str]]]] = tomllib.load(_file)


def plain(text: str) -> str:
    """Letters and digits alone, in one case: how headers and duties are compared."""
    return _NOT_A_LETTER.sub("", text).casefold()


HEADERS: Final[Mapping[str, list[str]]] = {
    field: [plain(spelling) for spelling in spellings]
    for field, spellings in _WORDS["headers"].items()
}
NOTHING: Final = frozenset(_WORDS["cells"]["nothing"]) | {""}
YES: Final = frozenset(_WORDS["cells"]["yes"])
NO: Final = frozenset(_WORDS["cells"]["no"])
KOREAN: Final = frozenset(_WORDS["cells"]["korean"])
ENGLISH: Final = frozenset(_WORDS["cells"]["english"])
HEAD_DUTIES: Final = frozenset(map(plain, _WORDS["duties"]["head"]))
MANAGING_DUTIES: Final = HEAD_DUTIES | frozenset(map(plain, _WORDS["duties"]["manager"]))
