"""Write rows for others: CSV that spreadsheets open safely, JSON lines that machines read as they are."""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from typing import Literal

Format = Literal["ndjson", "csv"]
MEDIA_TYPES: Mapping[Format, str] = {
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
}


class Writer:
    """Collects rows as bytes, and counts and hashes them on the way."""

    def __init__(self, format: Format, columns: Sequence[str]) -> None:
        self.format = format
        self.columns = columns
        self.rows = 0
        self.size = 0
        self._digest = hashlib.sha256()
        self._chunks: list[bytes] = []
        if format == "csv":
            # The mark makes Excel read Vietnamese as UTF-8.
            self._put(b"\xef\xbb\xbf" + _line(columns))

    def add(self, row: Mapping[str, object]) -> None:
        """Append one row; only the columns named, in their order."""
        self.rows += 1
        values = {name: row.get(name) for name in self.columns}
        if self.format == "csv":
            self._put(_line([_cell(value) for value in values.values()]))
        else:
            self._put(json.dumps(values, ensure_ascii=False, default=str).encode() + b"\n")

    def content(self) -> bytes:
        """Return everything written."""
        return b"".join(self._chunks)

    def sha256(self) -> str:
        """Return the hash of ``content`` in hexadecimal digits."""
        return self._digest.hexdigest()

    def _put(self, chunk: bytes) -> None:
        self._chunks.append(chunk)
        self._digest.update(chunk)
        self.size += len(chunk)


def _line(values: Sequence[object]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(values)
    return buffer.getvalue().encode()


def _cell(value: object) -> object:
    # A text that begins like a formula would be run by the spreadsheet that opens it.
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + value
    return value
