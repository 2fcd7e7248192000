"""Files as people make them: encodings, separators, headings, cells."""

import codecs
import io
import unicodedata
import zipfile

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from pq_common.errors import PqError
from pq_common.tables_io.reading import cell_text, read
from pq_common.tables_io.rows import Column, ColumnMissing, TableUnreadable, cell_name, cell_order
from pq_common.tables_io.text_encoding import EncodingUnknown, decode

SAID = "Tên;Mã\nCông ty Cổ phần Đường sắt Việt Nam;01\nHợp tác xã Nghĩa Hưng ở Hưng Yên;02\n"
COLUMNS = (Column("name", ("Tên", "Tên doanh nghiệp")), Column("code", ("Mã",)))


@pytest.mark.parametrize("name", ["TCVN3", "VNI"])
def test_old_fonts_are_refused_by_name(name: str) -> None:
    # "Công ty Cổ phần Việt Nam" as the two old font encodings write it.
    said = {
        "TCVN3": b"C\xabng ty \xae\xad\xeang s\xb8t Vi\xd6t Nam",
        "VNI": b"C\xf4ng ty \xf1\xf6\xf4\xf8ng sa\xe9t Vie\xe4t Nam",
    }[name]
    with pytest.raises(EncodingUnknown, match=name):
        decode(said)


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
    ],
)
def test_unicode_is_read_with_and_without_a_mark(encoding: str, mark: bytes) -> None:
    ascii_too = SAID + "plain;text\n" * 20
    assert decode(mark + ascii_too.encode(encoding))[0] == ascii_too


def test_windows_1258_is_put_together_again() -> None:
    marks = "\u0300\u0301\u0303\u0309\u0323"
    apart = "".join(base + tones for base, tones in (split(char, marks) for char in SAID))
    assert decode(apart.encode("cp1258")) == (SAID, "cp1258")


def split(char: str, marks: str) -> tuple[str, str]:
    parts = unicodedata.normalize("NFD", char)
    base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in marks))
    return base, "".join(c for c in parts if c in marks)


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_the_separator_is_seen_from_the_headings(separator: str) -> None:
    table = f"sep={separator}\n" if separator == "," else ""
    table += f"ten{separator}MA\n\n“A”{separator}\n"
    [row] = read(table.encode(), COLUMNS, max_rows=9).rows
    assert row.values == {"name": "“A”", "code": None}
    assert row.cells["name"] == ("A4" if separator == "," else "A3")


def test_a_heading_row_below_a_title_is_found() -> None:
    table = "DANH SÁCH;\n;\nTên doanh nghiệp;Mã;Ghi chú\nA;1;x\n"
    found = read(table.encode(), COLUMNS, max_rows=9)
    assert found.ignored_columns == ["Ghi chú"]
    assert found.rows[0].cells == {"name": "A4", "code": "B4"}


def test_a_missing_column_is_named_as_the_form_names_it() -> None:
    with pytest.raises(ColumnMissing) as refusal:
        read("Tên;Số\nA;1\n".encode(), COLUMNS, max_rows=9)
    assert "“Mã”" in refusal.value.message_vi


def two_sheets(name: str, *headings: str) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        good, other = book.add_worksheet("Tháng 1"), book.add_worksheet(name)
        for at, line in enumerate((["Tên", "Mã"], ["A", "1"])):
            good.write_row(at, 0, line)
        other.write_row(2, 0, headings)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("headings", "kind", "seen"),
    [
        (("Tên", "Số hiệu"), ColumnMissing, "“Mã”"),
        (("Tên", "Mã", "Tên doanh nghiệp"), TableUnreadable, "hai lần"),
    ],
)
def test_a_sheet_that_is_not_understood_is_refused_by_name_and_not_left_out(
    headings: tuple[str, ...], kind: type[PqError], seen: str
) -> None:
    with pytest.raises(kind) as refusal:
        read(two_sheets("Tháng 2", *headings), COLUMNS, max_rows=9)
    said = refusal.value
    assert said.message_vi.startswith("Trang tính “Tháng 2”: ")
    assert said.message_en.startswith("Sheet “Tháng 2”: ")
    assert seen in said.message_vi
    assert all("“Tháng 2”" in fault.message_vi for fault in said.errors)


@pytest.mark.parametrize("headings", [(), ("Đọc kỹ trước khi điền", "Ghi chú")])
def test_a_sheet_without_any_heading_of_ours_is_guidance(headings: tuple[str, ...]) -> None:
    [row] = read(two_sheets("Hướng dẫn", *headings), COLUMNS, max_rows=9).rows
    assert (row.sheet, row.values) == ("Tháng 1", {"name": "A", "code": "1"})


def test_a_sheet_that_reaches_too_far_is_refused() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row("A1", ["Tên", "Mã"])
        sheet.write(1_048_575, 16_383, "lost")
    with pytest.raises(TableUnreadable, match="cell too far out"):
        read(buffer.getvalue(), COLUMNS, max_rows=9)


def test_a_file_that_unpacks_to_too_much_or_is_another_archive_is_refused() -> None:
    for name, size in (("xl/workbook.xml", 101 * 1024 * 1024), ("content.xml", 1)):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, b" " * size)
        with pytest.raises(TableUnreadable, match=r"too much|no XLSX"):
            read(buffer.getvalue(), COLUMNS, max_rows=9)


@pytest.mark.parametrize(
    "packed", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA], ids=["deflated", "lzma"]
)
def test_a_spreadsheet_with_one_byte_changed_is_read_or_refused_and_nothing_else(
    packed: int,
) -> None:
    made, repacked = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        book.add_worksheet().write_row("A1", ["Tên", "Mã"])
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(repacked, "w", packed) as new:
        for part in old.infolist():
            new.writestr(part.filename, old.read(part))
    whole = repacked.getvalue()
    refused = 0
    # Parts here and there; the directory behind them, where sizes, flags and places stand, byte by byte.
    directory = whole.index(b"PK\x01\x02")
    for position in [*range(4, directory, 13), *range(directory, len(whole))]:
        damaged = bytearray(whole)
        damaged[position] ^= 0xFF
        try:
            read(bytes(damaged), COLUMNS, max_rows=9)
        except TableUnreadable:
            refused += 1
    assert refused > 300


def test_a_sheet_that_only_says_it_is_large_is_read() -> None:
    made, changed = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        book.add_worksheet().write_row("A1", ["Tên", "Mã"])
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.infolist():
            new.writestr(
                part.filename, old.read(part).replace(b'ref="A1:B1"', b'ref="A1:XFD1048576"')
            )
    assert changed.getvalue().count(b"XFD1048576") == 1
    assert read(changed.getvalue(), COLUMNS, max_rows=9).rows == []


def test_spreadsheet_values_become_what_a_person_would_type() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row("A1", ["Tên", "Mã"])
        sheet.write_number("A2", 46053, day)
        sheet.write_number("B2", 101234567)
        sheet.write_boolean("A3", True)
        sheet.write_number("B3", 0.5)
    rows = read(buffer.getvalue(), COLUMNS, max_rows=9).rows
    assert [row.values for row in rows] == [
        {"name": "2026-01-31", "code": "101234567"},
        {"name": "true", "code": "0.5"},
    ]


@given(st.integers(0, 20_000), st.integers(0, 1_000_000))
def test_cells_are_named_as_spreadsheets_name_them(column: int, row: int) -> None:
    name = cell_name(column, row)
    letters = name.rstrip("0123456789")
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    assert (number - 1, int(name[len(letters) :]) - 1) == (column, row)


def test_cells_are_ordered_as_people_read() -> None:
    assert sorted(["AA100", "Z100", "B9", "A10"], key=cell_order) == ["B9", "A10", "Z100", "AA100"]


def test_text_is_trimmed_and_composed() -> None:
    assert cell_text(" Hoa\u0300 ") == "Hoà"
    assert cell_text("  ") is None


def test_a_row_cut_at_its_decimal_commas_is_refused_by_line() -> None:
    with pytest.raises(TableUnreadable, match="Line 3 has 3 cells but there are 2 headings"):
        read("Tên,Mã\na,01,\nb,0,5\n".encode(), COLUMNS, max_rows=9)


@pytest.mark.parametrize(
    "twice", ['{"Tên": "a", "Mã": 1, "Mã": 2}', '{"Tên": "a", "Mã": 1, "code": 2}']
)
def test_a_name_that_comes_twice_in_a_line_of_json_is_refused(twice: str) -> None:
    with pytest.raises(TableUnreadable, match=r"Line 1: .* twice"):
        read(twice.encode(), COLUMNS, max_rows=9)


@pytest.mark.parametrize(
    "line", ['{"Tên": {"a": 1}, "Mã": 1}', '{"Tên": [], "Mã": 1}', '{"Tên": {}, "Mã": 1}']
)
def test_a_line_of_json_is_flat(line: str) -> None:
    with pytest.raises(TableUnreadable, match="flat"):
        read(line.encode(), COLUMNS, max_rows=9)


def test_columns_under_a_merged_heading_are_found_in_the_second_line() -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Bảng")
        sheet.merge_range(0, 0, 0, 3, "SỐ LIỆU NĂM 2024")
        sheet.merge_range(2, 0, 3, 0, "Tên")
        sheet.merge_range(2, 1, 3, 1, "Mã")
        sheet.merge_range(2, 2, 2, 3, "Năm")
        sheet.write_row(3, 2, [2020, 2021])
        sheet.write_row(5, 0, ["a", "01", 1.125, 2])
    columns = (*COLUMNS, *(Column(year, required=False) for year in ("2020", "2021")))
    found = read(made.getvalue(), columns, max_rows=9)
    assert [row.values for row in found.rows] == [{"name": "a", "code": "01", "2020": "1.125", "2021": "2"}]  # fmt: skip
    assert (found.rows[0].cells["2020"], found.ignored_columns) == ("C6", [])


def test_a_row_of_the_body_is_no_second_line_of_headings() -> None:
    said = "Tên;Mã;2020\n;;2021\na;01;5\n".encode()
    columns = (*COLUMNS, Column("2020", required=False))
    assert len(read(said, columns, max_rows=9).rows) == 2
