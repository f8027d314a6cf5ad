"""Tables in files: CSV or XLSX bytes in, rows with their line numbers out; rows to CSV."""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from employee_pulse.foundation.phrases import Phrase
from employee_pulse.foundation.table_refusals import (
    ControlCharacter,
    EncodingUnknown,
    FileEmpty,
    FileTooLarge,
    HeaderDouble,
    HeaderEmpty,
    NoRows,
    OldWorkbook,
    QuoteNotClosed,
    RowTooLong,
    TableRefused,
    TooManyCells,
    TooManyColumns,
    TooManyRows,
    WebPage,
    WorkbookBroken,
)
from employee_pulse.foundation.workbook import (
    OLD_WORKBOOK_SIGNATURE,
    WORKBOOK_SIGNATURE,
    read_workbook,
)

__all__ = ["MAX_BYTES", "Row", "RowError", "Table", "TableRefused", "read_table", "write_csv"]

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 200
MAX_CELLS = 2_000_000
"""Rows by columns: 20 MB of commas would take a gigabyte of memory."""

_DELIMITERS = (",", ";", "\t")
_UNSHOWABLE = re.compile(
    # Controls but tab and line ends, zero-width and direction marks, lone surrogates.
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\u2066-\u2069\ud800-\udfff"
    "\ufeff\ufffe\uffff]"
)
_LINE_END = re.compile(r"\r\n|\r|\n")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

_Line = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """A row below the header; ``line`` is where it begins in the file, counted from 1."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with one cell; ``column`` as the file's header names it, or empty."""

    line: int
    column: str
    value: str
    problem: Phrase


@dataclass(frozen=True, slots=True)
class Table:
    """A header and its rows, blank ones left out; every row has every column."""

    columns: list[str]
    rows: list[Row]
    encoding: str


def read_table(
    data: bytes, *, filename: str, max_bytes: int = MAX_BYTES, max_rows: int = MAX_ROWS
) -> Table:
    """Read a CSV (UTF-8, CP949 or UTF-16; comma, semicolon or tab) or an XLSX file.

    What the file is follows from its content; the name only helps to say what is wrong.
    Cells come trimmed and in Unicode form NFC. Raises ``TableRefused``.
    """
    if len(data) > max_bytes:
        raise FileTooLarge(megabytes=max_bytes // 1024**2)
    if not data.strip():
        raise FileEmpty
    if data.startswith(WORKBOOK_SIGNATURE):
        lines = read_workbook(data, max_rows=max_rows, max_columns=MAX_COLUMNS)
        return _table(lines, encoding="XLSX")
    _refuse_other_files(data, filename)
    text, encoding = _decode(data)
    return _table(_csv_lines(text, max_rows=max_rows), encoding=encoding)


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file as Excel opens it: UTF-8 with a byte order mark, no text taken for a formula."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([_harmless(column) for column in columns])
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
    return file.getvalue().encode("utf-8-sig")


def _refuse_other_files(data: bytes, filename: str) -> None:
    if data.startswith(OLD_WORKBOOK_SIGNATURE):
        raise OldWorkbook
    if data.lstrip(codecs.BOM_UTF8 + b" \t\r\n").startswith(b"<"):
        raise WebPage
    if filename.lower().endswith((".xlsx", ".xlsm")):
        raise WorkbookBroken


def _decode(data: bytes) -> tuple[str, str]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded(data, {"utf-16": "UTF-16"})
    if data.startswith(codecs.BOM_UTF8):
        return _decoded(data.removeprefix(codecs.BOM_UTF8), {"utf-8": "UTF-8"})
    return _decoded(data, {"utf-8": "UTF-8", "cp949": "CP949"})


def _decoded(data: bytes, names: Mapping[str, str]) -> tuple[str, str]:
    """By the first of these codecs that reads all of it.

    Else the one that came furthest is what the file was meant to be: it stopped at the damage,
    while the others stopped at the first letter that is not theirs.
    """
    stopped = []
    for codec, name in names.items():
        try:
            return data.decode(codec), name
        except UnicodeDecodeError as error:
            stopped.append((error.start, codec))
    end, codec = max(stopped)
    before = data[:end].decode(codec, errors="ignore")
    raise EncodingUnknown(line=len(_LINE_END.findall(before)) + 1)


def _csv_lines(text: str, *, max_rows: int) -> list[_Line]:
    delimiter = max(_DELIMITERS, key=lambda candidate: _header_width(text, candidate))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[_Line] = []
    begins = 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                _check_width(cells, begins)
                lines.append((begins, cells))
            if len(lines) > max_rows + 1:
                raise TooManyRows(limit=max_rows)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise QuoteNotClosed(line=begins) from error
    return lines


def _header_width(text: str, delimiter: str) -> int:
    """Columns of the first line that is more than delimiters."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return next((len(cells) for cells in reader if "".join(cells).strip(",; \t\r\n")), 0)
    except csv.Error:
        return 0


def _check_width(cells: list[str], line: int) -> None:
    if len(cells) > MAX_COLUMNS:
        raise TooManyColumns(line=line, limit=MAX_COLUMNS)


def _table(lines: list[_Line], *, encoding: str) -> Table:
    if not lines:
        raise FileEmpty
    columns = _header(*lines[0])
    if len(lines) == 1:
        raise NoRows
    if (len(lines) - 1) * len(columns) > MAX_CELLS:
        raise TooManyCells(limit=f"{MAX_CELLS:,}")
    rows = [_row(line, cells, columns) for line, cells in lines[1:]]
    return Table(columns=columns, rows=rows, encoding=encoding)


def _header(line: int, cells: list[str]) -> list[str]:
    _check_characters(line, cells, [str(position) for position in range(1, len(cells) + 1)])
    columns = [_clean(cell) for cell in cells]
    while not columns[-1]:
        columns.pop()
    seen: set[str] = set()
    for position, name in enumerate(columns, start=1):
        if not name:
            raise HeaderEmpty(column=position, line=line)
        if name.casefold() in seen:
            raise HeaderDouble(name=name, line=line)
        seen.add(name.casefold())
    return columns


def _row(line: int, cells: list[str], columns: list[str]) -> Row:
    _check_characters(line, cells, columns)
    texts = [_clean(cell) for cell in cells]
    if any(texts[len(columns) :]):
        raise RowTooLong(line=line, cells=len(texts), columns=len(columns))
    texts += [""] * (len(columns) - len(texts))
    return Row(line=line, cells=dict(zip(columns, texts, strict=False)))


def _check_characters(line: int, cells: list[str], columns: list[str]) -> None:
    if not _UNSHOWABLE.search("".join(cells)):
        return
    for position, cell in enumerate(cells):
        if found := _UNSHOWABLE.search(cell):
            column = columns[position] if position < len(columns) else str(position + 1)
            raise ControlCharacter(line=line, column=column, code=f"U+{ord(found.group()):04X}")


def _clean(cell: str) -> str:
    return unicodedata.normalize("NFC", cell).strip()


def _harmless(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return f"'{cell}"
    return "" if cell is None else cell
