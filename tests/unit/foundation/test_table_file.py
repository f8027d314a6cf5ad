"""Tables in files: what is read, with which line numbers, and what is refused with words."""

import csv
import io
import struct
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from employee_pulse.foundation import table_refusals as refusals
from employee_pulse.foundation.table_file import TableRefused, read_table, write_csv
from tests.data.rosters.generator import as_xlsx

NAME = "roster.csv"


def lines(data: bytes, **limits: int) -> list[tuple[int, list[str]]]:
    table = read_table(data, filename=NAME, **limits)
    return [(row.line, list(row.cells.values())) for row in table.rows]


class TestEncodings:
    @pytest.mark.parametrize(
        ("codec", "told"),
        [
            ("utf-8", "UTF-8"),
            ("utf-8-sig", "UTF-8"),
            ("cp949", "CP949"),
            ("utf-16", "UTF-16"),
        ],
    )
    def test_reads_korean(self, codec: str, told: str) -> None:
        table = read_table("사번,성명\n1,뷁똠\n".encode(codec), filename=NAME)

        assert table.columns == ["사번", "성명"]
        assert table.rows[0].cells == {"사번": "1", "성명": "뷁똠"}
        assert table.encoding == told

    def test_reads_big_endian_utf_16_by_its_mark(self) -> None:
        data = b"\xfe\xff" + "사번,성명\n1,가\n".encode("utf-16-be")

        assert lines(data) == [(2, ["1", "가"])]

    def test_names_the_line_that_no_encoding_can_read(self) -> None:
        data = "사번,성명\n1,가\n".encode("cp949") + b"2,\xff\xfe\xfa\n"

        with pytest.raises(refusals.EncodingUnknown) as refused:
            read_table(data, filename=NAME)
        assert refused.value.params == {"line": 3}

    @pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_names_the_damaged_line_whatever_the_file_was_meant_to_be(
        self, codec: str, end: str
    ) -> None:
        whole = end.join(["사번,성명", "1,갊\uac0a", "2,\uac0d나", "3,다", "4,라"])
        begins = len(whole[: whole.index("다")].encode(codec))
        damage = b"\x00\xdc" if codec == "utf-16" else b"\xff"
        data = whole.encode(codec)

        with pytest.raises(refusals.EncodingUnknown) as refused:
            read_table(data[:begins] + damage + data[begins + len(damage) :], filename=NAME)
        assert refused.value.params == {"line": 4}

    def test_does_not_take_damaged_utf_8_with_a_mark_for_korean_windows(self) -> None:
        data = "사번,성명\n1,".encode("utf-8-sig") + "가".encode("cp949")

        with pytest.raises(refusals.EncodingUnknown):
            read_table(data, filename=NAME)

    def test_composes_hangul_that_a_mac_has_taken_apart(self) -> None:
        assert lines("a,b\n\u1100\u1161,x\n".encode()) == [(2, ["\uac00", "x"])]


class TestLines:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_finds_the_delimiter(self, delimiter: str) -> None:
        data = f'a{delimiter}"b, c; d"{delimiter}c\n1{delimiter}2{delimiter}3\n'.encode()

        assert lines(data) == [(2, ["1", "2", "3"])]

    def test_counts_lines_inside_quotes(self) -> None:
        data = b'a,b\r\n1,"x\r\ny, ""z"""\r\n2,y\r\n'

        assert lines(data) == [(2, ["1", 'x\r\ny, "z"']), (4, ["2", "y"])]

    @pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
    def test_knows_every_line_ending(self, ending: str) -> None:
        assert lines(ending.join(["a,b", "1,2", "3,4", ""]).encode()) == [
            (2, ["1", "2"]),
            (3, ["3", "4"]),
        ]

    def test_leaves_out_blank_lines_and_keeps_the_numbers(self) -> None:
        data = b"\n\na,b\n1,2\n,\n\n3,4\n ,\t\n\n,,,,\n"

        assert lines(data) == [(4, ["1", "2"]), (7, ["3", "4"])]

    def test_trims_cells_and_fills_short_rows(self) -> None:
        assert lines("a,b,c\n\u3000x\u00a0, y \n".encode()) == [(2, ["x", "y", ""])]

    def test_drops_unnamed_columns_at_the_end_that_are_empty(self) -> None:
        assert lines(b"a,b,,\n1,2,,\n") == [(2, ["1", "2"])]


class TestRefusals:
    @pytest.mark.parametrize(
        ("data", "refusal", "params"),
        [
            (b"", refusals.FileEmpty, {}),
            (b"\r\n \n", refusals.FileEmpty, {}),
            (b",,\n,,\n", refusals.FileEmpty, {}),
            (b"a,b\n\n", refusals.NoRows, {}),
            (b"a,,b\n1,2,3\n", refusals.HeaderEmpty, {"column": 2, "line": 1}),
            (b"a,B,b\n1,2,3\n", refusals.HeaderDouble, {"name": "b", "line": 1}),
            (b"a,b\n1,2,3\n", refusals.RowTooLong, {"line": 2, "cells": 3, "columns": 2}),
            (b'a,b\n1,"2\n3,4\n', refusals.QuoteNotClosed, {"line": 2}),
            (b'a,b\n1,2\n1,"2"3\n', refusals.QuoteNotClosed, {"line": 3}),
            (
                b"a,b\n1,2\n1,x\x00y\n",
                refusals.ControlCharacter,
                {"line": 3, "column": "b", "code": "U+0000"},
            ),
            (
                "a,b\n1,x\u202ey\n".encode(),
                refusals.ControlCharacter,
                {"line": 2, "column": "b", "code": "U+202E"},
            ),
            (
                b"a\x07,b\n1,2\n",
                refusals.ControlCharacter,
                {"line": 1, "column": "1", "code": "U+0007"},
            ),
            (b"\xef\xbb\xbf <html><table>", refusals.WebPage, {}),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, refusals.OldWorkbook, {}),
            (b"PK\x03\x04 but no package", refusals.WorkbookBroken, {}),
        ],
    )  # fmt: skip
    def test_say_where_and_why(
        self, data: bytes, refusal: type[TableRefused], params: dict[str, object]
    ) -> None:
        with pytest.raises(refusal) as refused:
            read_table(data, filename=NAME)

        assert refused.value.params == params
        assert issubclass(refusal, TableRefused)

    def test_a_large_file_is_refused_before_it_is_read(self) -> None:
        with pytest.raises(refusals.FileTooLarge) as refused:
            read_table(b"\xff" * 3_000_000, filename=NAME, max_bytes=2 * 1024**2)
        assert refused.value.params == {"megabytes": 2}

    def test_one_row_too_many(self) -> None:
        data = b"a,b\n" + b"1,2\n" * 4

        assert len(lines(data, max_rows=4)) == 4
        with pytest.raises(refusals.TooManyRows):
            lines(data, max_rows=3)

    def test_too_many_columns(self) -> None:
        with pytest.raises(refusals.TooManyColumns):
            read_table(b"," * 200 + b"x\n1\n", filename=NAME)

    def test_more_cells_than_fit_into_memory(self) -> None:
        header = b",".join(b"c%d" % number for number in range(200))

        assert len(lines(header + b"\n" + b"1\n" * 10_000)) == 10_000
        with pytest.raises(refusals.TooManyCells):
            lines(header + b"\n" + b"1\n" * 10_001)

    def test_a_text_that_is_named_like_a_workbook(self) -> None:
        with pytest.raises(refusals.WorkbookBroken):
            read_table(b"a,b\n1,2\n", filename="Roster.XLSX")


def workbook(fill: object) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        fill(book)  # type: ignore[operator]
    return file.getvalue()


def package(parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


class TestWorkbooks:
    def test_reads_values_as_they_are_shown(self) -> None:
        def fill(book: xlsxwriter.Workbook) -> None:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ["no", "name", "day", "moment", "whole", "part", "yes"])
            sheet.write_number(2, 0, 7, book.add_format({"num_format": "0000"}))
            sheet.write_string(2, 1, " 김 ")
            sheet.write_datetime(
                2, 2, date(2026, 3, 2), book.add_format({"num_format": "yyyy-mm-dd"})
            )
            sheet.write_datetime(
                2,
                3,
                datetime(2026, 3, 2, 9, 30),  # noqa: DTZ001 - Excel knows no zone
                book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            )
            sheet.write_number(2, 4, 20.0)
            sheet.write_number(2, 5, 2.5)
            sheet.write_boolean(2, 6, True)  # noqa: FBT003 - not our signature

        table = read_table(workbook(fill), filename="x.xlsx")

        assert table.encoding == "XLSX"
        assert [(row.line, list(row.cells.values())) for row in table.rows] == [
            (3, ["0007", "김", "2026-03-02", "2026-03-02 09:30:00", "20", "2.5", "Y"])
        ]

    def test_reads_the_first_sheet_that_is_visible(self) -> None:
        def fill(book: xlsxwriter.Workbook) -> None:
            hidden = book.add_worksheet("hidden")
            book.add_worksheet("shown").write_row(0, 0, ["a"])
            book.get_worksheet_by_name("shown").write_row(1, 0, ["1"])
            hidden.write_row(0, 0, ["b"])
            hidden.hide()
            book.get_worksheet_by_name("shown").activate()

        assert read_table(workbook(fill), filename="x.xlsx").columns == ["a"]

    def test_refuses_the_value_of_a_failed_formula(self) -> None:
        def fill(book: xlsxwriter.Workbook) -> None:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ["a"])
            sheet.write_formula(1, 0, "=1/0", value="#DIV/0!")

        with pytest.raises(refusals.CellBroken) as refused:
            read_table(workbook(fill), filename="x.xlsx")
        assert refused.value.params == {"line": 2, "value": "#DIV/0!"}

    @pytest.mark.parametrize("claim", [b"A1:XFD1048576", b"A1"])
    def test_a_sheet_that_claims_another_size_is_read_by_what_it_holds(self, claim: bytes) -> None:
        parts = unpacked(as_xlsx([["a", "b"], ["1", "2"]]))
        sheet = parts["xl/worksheets/sheet1.xml"]
        parts["xl/worksheets/sheet1.xml"] = sheet.replace(b'ref="A1:B2"', b'ref="%s"' % claim)

        table = read_table(package(parts), filename="x.xlsx")

        assert table.rows[0].cells == {"a": "1", "b": "2"}
        assert claim in parts["xl/worksheets/sheet1.xml"]

    def test_does_not_go_through_millions_of_blank_cells(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A cell without a value in the last column makes a row of 16,384."""
        monkeypatch.setattr("employee_pulse.foundation.workbook._MAX_PLACES", 100_000)
        parts = unpacked(as_xlsx([["a"], ["1"]]))
        blank = b"".join(b'<row r="%d"><c r="XFD%d"/></row>' % (row, row) for row in range(3, 10))
        sheet = parts["xl/worksheets/sheet1.xml"]

        parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", blank + b"</sheetData>")
        with pytest.raises(refusals.WorkbookTooLarge):
            read_table(package(parts), filename="x.xlsx")

    def test_limits_rows_and_columns(self) -> None:
        with pytest.raises(refusals.TooManyRows):
            read_table(as_xlsx([["a"], *[["1"]] * 4]), filename="x.xlsx", max_rows=3)
        assert len(read_table(as_xlsx([["a"], *[["1"]] * 3]), filename="x", max_rows=3).rows) == 3
        with pytest.raises(refusals.TooManyColumns):
            read_table(as_xlsx([["a"], [*[""] * 300, "x"]]), filename="x.xlsx")

    @pytest.mark.parametrize("leave", [0.3, 0.6, 0.95])
    def test_refuses_half_a_file(self, leave: float) -> None:
        data = as_xlsx([["a"], ["1"]])

        with pytest.raises(refusals.WorkbookBroken):
            read_table(data[: int(len(data) * leave)], filename="x.xlsx")

    def test_refuses_a_package_that_is_no_workbook(self) -> None:
        with pytest.raises(refusals.WorkbookBroken):
            read_table(package({"readme.txt": b"hello"}), filename="x.xlsx")

    def test_refuses_a_workbook_whose_parts_are_damaged(self) -> None:
        parts = unpacked(as_xlsx([["a"], ["1"]]))
        parts["xl/worksheets/sheet1.xml"] = b"<worksheet><sheetData><row>"

        with pytest.raises(refusals.WorkbookBroken):
            read_table(package(parts), filename="x.xlsx")

    def test_refuses_entities_that_grow(self) -> None:
        laughs = b'<!DOCTYPE x [<!ENTITY a "' + b"ha" * 500 + b'">'
        for before, after in zip("abcdefg", "bcdefgh", strict=True):
            laughs += f'<!ENTITY {after} "{f"&{before};" * 20}">'.encode()
        parts = unpacked(as_xlsx([["a"], ["1"]]))
        parts["xl/sharedStrings.xml"] = laughs + b"]><sst><si><t>&h;</t></si></sst>"

        with pytest.raises(refusals.WorkbookBroken):
            read_table(package(parts), filename="x.xlsx")


class TestZipBombs:
    def test_refuses_a_part_that_unpacks_to_far_more(self, monkeypatch: pytest.MonkeyPatch) -> None:
        parts = unpacked(as_xlsx([["a"], ["1"]]))
        parts["xl/worksheets/sheet1.xml"] = b" " * 30_000_000
        monkeypatch.setattr("openpyxl.load_workbook", lambda *args, **kwargs: pytest.fail("parsed"))

        with pytest.raises(refusals.WorkbookTooLarge):
            read_table(package(parts), filename="x.xlsx")

    def test_refuses_many_parts_that_unpack_to_far_more_together(self) -> None:
        parts = unpacked(as_xlsx([["a"], ["1"]]))
        parts |= {f"xl/media/{i}": b"\0" * 1_000_000 for i in range(70)}

        with pytest.raises(refusals.WorkbookTooLarge):
            read_table(package(parts), filename="x.xlsx")

    def test_refuses_far_too_many_parts(self) -> None:
        parts = unpacked(as_xlsx([["a"], ["1"]])) | {f"p{i}": b"" for i in range(1_001)}

        with pytest.raises(refusals.WorkbookTooLarge):
            read_table(package(parts), filename="x.xlsx")

    def test_unpacks_no_more_than_a_lying_directory_says(self) -> None:
        parts = unpacked(as_xlsx([["a"], ["1"]]))
        parts["xl/worksheets/sheet1.xml"] = b" " * 30_000_000
        data = package(parts).replace(struct.pack("<I", 30_000_000), struct.pack("<I", 300))

        with pytest.raises(refusals.WorkbookBroken):
            read_table(data, filename="x.xlsx")

    def test_lets_an_honest_workbook_of_equal_rows_pass(self) -> None:
        rows = [["a", "b"], *[["the same text in every row", "x"]] * 20_000]

        assert len(read_table(as_xlsx(rows), filename="x.xlsx").rows) == 20_000


class TestWriteCsv:
    def test_opens_in_excel_with_its_hangul(self) -> None:
        assert write_csv(["부서"], [["물류팀"]]).startswith(b"\xef\xbb\xbf\xeb\xb6\x80")

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
    def test_takes_the_power_from_formulas(self, start: str) -> None:
        text = write_csv([f"{start}a"], [[f"{start}1+1"]]).decode("utf-8-sig")

        assert list(csv.reader(io.StringIO(text, newline=""))) == [[f"'{start}a"], [f"'{start}1+1"]]

    def test_leaves_numbers_and_gaps_alone(self) -> None:
        assert write_csv(["a", "b", "c"], [[-1.5, None, 3]]) == b"\xef\xbb\xbfa,b,c\r\n-1.5,,3\r\n"

    @given(
        st.lists(
            st.lists(
                st.text("aZ9가뷁,;\t\"\n 'é", max_size=8).map(str.strip),
                min_size=3,
                max_size=3,
            ).filter(any),
            min_size=1,
            max_size=8,
        )
    )
    def test_is_read_back_as_it_was(self, rows: list[list[str]]) -> None:
        table = read_table(write_csv(["a", "b", "c"], rows), filename=NAME)

        assert [list(row.cells.values()) for row in table.rows] == rows
