"""XLSX bytes to lines of text; the package is weighed before anything in it is parsed."""

import io
import re
import warnings
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zipfile import BadZipFile, ZipFile

from employee_pulse.foundation.table_refusals import (
    CellBroken,
    TableRefused,
    TooManyColumns,
    TooManyRows,
    WorkbookBroken,
    WorkbookTooLarge,
)

WORKBOOK_SIGNATURE = b"PK\x03\x04"
OLD_WORKBOOK_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_MAX_UNPACKED = 64 * 1024 * 1024
_MAX_RATIO = 100
_SMALL = 1024 * 1024
"""Packages that unpack to less are harmless at any ratio."""
_MAX_PARTS = 1_000
_MAX_PLACES = 20_000_000
"""Cells that are gone through, blank ones between others among them: about six seconds."""
_ENCRYPTED = 0x1
_LEADING_ZEROS = re.compile(r"0+")


def read_workbook(data: bytes, *, max_rows: int, max_columns: int) -> list[tuple[int, list[str]]]:
    """Row number and cells of every row of the first visible sheet that is not blank."""
    import openpyxl  # Here, because it brings numpy: 25 MB and a third of a second at every start.

    _weigh(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl mentions extensions that it leaves out
            book = openpyxl.load_workbook(
                io.BytesIO(data), read_only=True, data_only=True, keep_links=False
            )
            return _lines(_first_sheet(book), max_rows=max_rows, max_columns=max_columns)
    except TableRefused:
        raise
    except Exception as error:  # a damaged package fails in openpyxl in a dozen ways
        raise WorkbookBroken from error


def _weigh(data: bytes) -> None:
    """Refuse a package that unpacks to far more than it is: read from its directory alone.

    ``zipfile`` never unpacks more of a part than its directory says, so the sum is a bound.
    """
    try:
        with ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
    except (BadZipFile, ValueError, EOFError, OSError) as error:
        raise WorkbookBroken from error
    unpacked = sum(part.file_size for part in parts)
    too_dense = unpacked > _SMALL and unpacked > _MAX_RATIO * len(data)
    if unpacked > _MAX_UNPACKED or too_dense or len(parts) > _MAX_PARTS:
        raise WorkbookTooLarge
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise WorkbookBroken
    if "[Content_Types].xml" not in {part.filename for part in parts}:
        raise WorkbookBroken


def _first_sheet(book: Any) -> Any:
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not visible:
        raise WorkbookBroken
    return visible[0]


def _lines(sheet: Any, *, max_rows: int, max_columns: int) -> list[tuple[int, list[str]]]:
    # The size that a sheet states is not to be trusted: a wrong one pads every row.
    sheet.reset_dimensions()
    lines: list[tuple[int, list[str]]] = []
    places = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        places += len(row)
        if places > _MAX_PLACES:
            raise WorkbookTooLarge
        cells = _texts(row, line=number)
        if not any(cells):
            continue
        if len(cells) > max_columns:
            raise TooManyColumns(line=number, limit=max_columns)
        if len(lines) > max_rows:
            raise TooManyRows(limit=max_rows)
        lines.append((number, cells))
    return lines


def _texts(row: Iterable[Any], *, line: int) -> list[str]:
    texts = [_text(cell, line=line) for cell in row]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _text(cell: Any, *, line: int) -> str:
    value = cell.value
    if value is None or isinstance(value, str):
        if value and cell.data_type == "e":
            raise CellBroken(line=line, value=value)
        return value or ""
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, datetime):
        return value.date().isoformat() if _is_midnight(value) else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return _number(value, cell.number_format)


def _is_midnight(moment: datetime) -> bool:
    return (moment.hour, moment.minute, moment.second) == (0, 0, 0)


def _number(value: Any, number_format: str) -> str:
    """As it is shown: 7 in the format ``0000`` is the employee number 0007."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    zeros = _LEADING_ZEROS.fullmatch(number_format or "")
    return text.zfill(len(number_format)) if zeros else text
