"""Read a sent file into rows, whichever of CSV, XLSX and JSON lines it turns out to be."""

import csv
import io
import json
import lzma
import math
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from pq_common.tables_io.bombs import refuse_bombs
from pq_common.tables_io.numbers import Typed
from pq_common.tables_io.rows import (
    Column,
    ColumnMissing,
    Records,
    Row,
    TableUnreadable,
    TooManyRows,
    knows_a_heading,
    records,
)
from pq_common.tables_io.text_encoding import decode
from pq_common.text import nfc

_SEPARATORS: Final = (";", "\t", ",")  # Excel in Vietnamese writes ; since , divides decimals
_DAMAGED: Final = (
    CalamineError,
    PasswordError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,  # a part said to be encrypted, or packed in a way that zipfile does not know
    ValueError,  # a directory that begins before the file does, a name that is no text
)
"""What the readers say of a file with one byte changed; they have no common kind for it."""


def read(content: bytes, columns: Sequence[Column], *, max_rows: int) -> Records:
    """Return the rows of the file. Raises TableUnreadable, ColumnMissing, EncodingUnknown, TooManyRows."""
    if not content.strip():
        raise TableUnreadable("Tệp trống.", "The file is empty.")
    if content.startswith(b"PK\x03\x04"):
        found = _xlsx(content, columns)
    else:
        text, encoding = decode(content)
        found = (
            _lines(text, columns, encoding)
            if text.lstrip().startswith("{")
            else _csv(text, columns, encoding)
        )
    if len(found.rows) > max_rows:
        raise TooManyRows(
            f"Bảng có {len(found.rows)} dòng; mỗi lần nhập tối đa {max_rows} dòng: hãy chia tệp.",
            f"The table has {len(found.rows)} rows; one import takes at most {max_rows}: split the file.",
        )
    return found


def _xlsx(content: bytes, columns: Sequence[Column]) -> Records:
    try:
        refuse_bombs(content)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        # Empty rows and columns at the start are kept: the officer looks for C17 where C17 is.
        sheets = [
            (name, book.get_sheet_by_name(name).to_python(skip_empty_area=False))
            for name in book.sheet_names
        ]
    except _DAMAGED as reason:
        raise TableUnreadable(
            "Không mở được tệp XLSX (hỏng, hoặc có mật khẩu).",
            f"The XLSX file cannot be opened ({type(reason).__name__}).",
        ) from None
    return _of_sheets(sheets, columns)


def _of_sheets(sheets: Iterable[tuple[str, list[list[Any]]]], columns: Sequence[Column]) -> Records:
    rows: list[Row] = []
    ignored: list[str] = []
    refusal: ColumnMissing | TableUnreadable | None = None
    read_any = False
    for name, grid in sheets:
        texts = [[cell_text(value) for value in line] for line in grid]
        try:
            found, unknown = records(texts, columns, sheet=name)
        except (ColumnMissing, TableUnreadable) as reason:
            if knows_a_heading(texts, columns):
                raise _in_sheet(name, reason) from None
            refusal = refusal or reason  # no heading of ours: a sheet of guidance
            continue
        read_any = True
        rows += found
        ignored += unknown
    if not read_any:
        raise refusal or TableUnreadable("Tệp không có trang nào.", "The file has no sheet.")
    return Records(rows, "xlsx", ignored)


def _in_sheet(
    name: str, reason: ColumnMissing | TableUnreadable
) -> ColumnMissing | TableUnreadable:
    vi, en = f"Trang tính “{name}”: ", f"Sheet “{name}”: "
    faults = [
        replace(fault, message_vi=vi + fault.message_vi, message_en=en + fault.message_en)
        for fault in reason.errors
    ]
    return type(reason)(vi + reason.message_vi, en + reason.message_en, errors=faults)


def cell_text(value: object) -> str | None:
    """Return a spreadsheet's value as the text a person would type, ``Typed`` where it is a number; blank is None."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value):
        whole = value.is_integer() and abs(value) < 1e15
        return Typed(int(value) if whole else repr(value))
    if isinstance(value, int):
        return Typed(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return nfc(str(value)).strip() or None


def _csv(text: str, columns: Sequence[Column], encoding: str) -> Records:
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=first.count)
    if text.startswith("sep="):
        separator, text = text[4], "\n" + text.partition("\n")[2]
    try:
        grid = [
            [cell.strip() or None for cell in line]
            for line in csv.reader(io.StringIO(text), delimiter=separator, strict=True)
        ]
    except csv.Error as reason:
        raise TableUnreadable(
            "Tệp CSV hỏng: dấu nháy kép mở mà không đóng.", f"The CSV file is broken: {reason}."
        ) from None
    rows, ignored = records(grid, columns, sheet=None, closed=True)
    return Records(rows, encoding, ignored)


def _lines(text: str, columns: Sequence[Column], encoding: str) -> Records:
    rows: list[Row] = []
    ignored: dict[str, None] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        values, unknown = _of_line(line, number, columns)
        ignored |= dict.fromkeys(unknown)
        rows.append(Row(None, number, values, {name: f"{number}/{name}" for name in values}))
    return Records(rows, encoding, list(ignored))


def _of_line(
    line: str, number: int, columns: Sequence[Column]
) -> tuple[dict[str, str | None], list[str]]:
    try:
        said = json.loads(line, object_pairs_hook=list)
    except (ValueError, RecursionError) as reason:
        raise TableUnreadable(
            f"Dòng {number} không phải JSON.", f"Line {number} is not JSON: {reason}."
        ) from None
    # Pairs, not a dict: of a name that comes twice it would keep the last in silence.
    if not line.lstrip().startswith("{") or any(isinstance(v, list) for _, v in said):
        raise TableUnreadable(
            f"Dòng {number} phải là một đối tượng JSON phẳng.",
            f"Line {number} must be a flat JSON object.",
        )
    values: dict[str, str | None] = {column.name: None for column in columns}
    unknown, known = [], set()
    for key, value in said:
        column = next((c for c in columns if c.answers_to(key)), None)
        if column is None:
            unknown.append(key)
            continue
        if column.name in known:
            raise TableUnreadable(
                f"Dòng {number}: “{key}” xuất hiện hai lần.",
                f"Line {number}: “{key}” stands there twice.",
            )
        known.add(column.name)
        values[column.name] = cell_text(value)
    return values, unknown
