"""Spreadsheets that are small on the wire and enormous in memory; refused before the reader opens them.

The reader (calamine) keeps a sheet as a full rectangle. One cell in XFD1048576 asks for more memory than
there is, and the process aborts: no exception tells us.
"""

import io
import re
import zipfile
from typing import Final

from pq_common.tables_io.rows import TableUnreadable

LARGEST_UNPACKED: Final = 100 * 1024 * 1024
MOST_CELLS: Final = 2_000_000
_CELL: Final = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,7})([0-9]{1,10})["']""")
_ROW: Final = re.compile(rb"""\br\s*=\s*["']([0-9]{1,10})["']""")


def refuse_bombs(content: bytes) -> None:
    """Raise TableUnreadable when the file unpacks to too much, or a sheet reaches too far. What zipfile says of a damaged file passes."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if "xl/workbook.xml" not in archive.namelist():
            raise TableUnreadable(
                "Tệp nén này không phải XLSX: hãy lưu lại dạng .xlsx hoặc CSV UTF-8.",
                "This archive is no XLSX file: save it as .xlsx or as CSV UTF-8.",
            )
        if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
            raise _too_far("nén quá nhiều", "unpacks to too much")
        for part in parts:
            # The directory may lie about sizes; reading stops at what it says and fails on the checksum.
            _refuse_far_cells(archive.read(part))


def _refuse_far_cells(part: bytes) -> None:
    width = height = 1
    for letters, digits in set(_CELL.findall(part)):
        width, height = max(width, _column(letters)), max(height, int(digits))
    for digits in set(_ROW.findall(part)):
        height = max(height, int(digits))
    if width * height > MOST_CELLS:
        raise _too_far("có ô ở quá xa", "has a cell too far out")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _too_far(vi: str, en: str) -> TableUnreadable:
    return TableUnreadable(
        f"Tệp XLSX {vi}: hãy xóa các dòng, cột trống có định dạng ở cuối trang rồi lưu lại.",
        f"The XLSX file {en}: delete empty formatted rows and columns at the end and save it again.",
    )
