"""Korean and English are complete: every text has both, and no text stands in two catalogs."""

import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from employee_pulse.foundation.translation import CATALOGS

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "employee_pulse" / "translations" / "ko" / "LC_MESSAGES"
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "_n": (1, 2),
    "N_": None,
}
HANGUL = re.compile("[가-힣]")
PLACE = re.compile(r"%\((\w+)\)")
BOTH_LANGUAGES_IN_ONE = {
    "templates/ballots",
    "employee_pulse/demo",
    "employee_pulse/surveys/question_bank",
}


def extracted() -> set[str]:
    texts: set[str] = set()
    for folder, method in (("employee_pulse", "python"), ("templates", "jinja2")):
        pattern = "**.py" if method == "python" else "**.html"
        mapping = [(pattern, method), ("**.txt", "jinja2")]
        for _, _, message, _, _ in extract_from_dir(
            ROOT / folder, method_map=mapping, keywords=KEYWORDS
        ):
            texts.add(message[0] if isinstance(message, tuple) else message)
    return texts


def catalog(room: str) -> Catalog:
    with (FOLDER / f"{room}.po").open("rb") as file:
        return read_po(file, locale="ko")


def translations() -> dict[str, tuple[str, str]]:
    """Msgid -> (Korean, room)."""
    found = {}
    for room in CATALOGS:
        for message in catalog(room):
            if message.id:
                text = message.id[0] if isinstance(message.id, tuple) else message.id
                said = message.string[0] if isinstance(message.string, tuple) else message.string
                assert not message.fuzzy, f"{room}.po: fuzzy: {text}"
                found[text] = (said, room)
    return found


def test_every_text_has_its_korean() -> None:
    known = translations()

    missing = sorted(text for text in extracted() if not known.get(text, ("", ""))[0])

    assert missing == []


def test_no_translation_is_left_over() -> None:
    unused = sorted((room, text) for text, (_, room) in translations().items())
    texts = extracted()

    assert [(room, text) for room, text in unused if text not in texts] == []


def test_a_text_stands_in_one_catalog_only() -> None:
    counted = Counter(
        message.id[0] if isinstance(message.id, tuple) else message.id
        for room in CATALOGS
        for message in catalog(room)
        if message.id
    )

    assert [text for text, times in counted.items() if times > 1] == []


def test_both_languages_have_the_same_places() -> None:
    wrong = [
        text
        for text, (said, _) in translations().items()
        if not set(PLACE.findall(said)) <= set(PLACE.findall(text)) | {"num"}
        or set(PLACE.findall(text)) - set(PLACE.findall(said)) - {"num"}
    ]

    assert wrong == []


@pytest.mark.parametrize("room", CATALOGS)
def test_the_compiled_catalog_is_the_written_one(room: str) -> None:
    written = {
        (message.id if isinstance(message.id, str) else message.id[0]): (
            message.string if isinstance(message.string, str) else message.string[0]
        )
        for message in catalog(room)
        if message.id
    }
    with (FOLDER / f"{room}.mo").open("rb") as file:
        compiled = {
            (message.id if isinstance(message.id, str) else message.id[0]): (
                message.string if isinstance(message.string, str) else message.string[0]
            )
            for message in read_mo(file)
            if message.id
        }

    assert compiled == written


def test_no_korean_is_written_where_english_would_miss_it() -> None:
    """Texts in code and templates are English; Korean lives in the catalogs and in data."""
    found = []
    for path in [
        *ROOT.glob("employee_pulse/**/*.py"),
        *ROOT.glob("templates/**/*.html"),
        *ROOT.glob("templates/**/*.txt"),
    ]:
        relative = path.relative_to(ROOT).as_posix()
        if any(relative.startswith(prefix) for prefix in BOTH_LANGUAGES_IN_ONE):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if HANGUL.search(line) and "# ko" not in line:
                found.append(f"{relative}:{number}: {line.strip()[:80]}")

    assert found == []
