"""Rows of a sent table, each value with the place where a person finds it again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Final

from pq_common.errors import FieldError, Invalid
from pq_common.text import fold

_TOP: Final = 20
"""Rows among which the headings are looked for."""


class TableUnreadable(Invalid):
    """The file is no table of the kind expected: 422."""

    code = "table_unreadable"
    title_vi, title_en = "Không đọc được bảng", "Table unreadable"


class ColumnMissing(Invalid):
    """A required column is not in the table: 422."""

    code = "column_missing"
    title_vi, title_en = "Thiếu cột", "Column missing"


class TooManyRows(Invalid):
    """The table has more rows than one import takes: 422."""

    code = "table_too_long"
    title_vi, title_en = "Bảng quá dài", "Table too long"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a form: our name for it, and the headings under which people send it."""

    name: str
    headings: tuple[str, ...] = ()
    required: bool = True

    @property
    def title(self) -> str:
        """Return the heading that a template has."""
        return self.headings[0] if self.headings else self.name

    def answers_to(self, heading: str) -> bool:
        """Tell whether this heading means this column, whatever its accents and capitals."""
        folded = fold(heading)
        return any(folded == fold(known) for known in (self.name, *self.headings))


@dataclass(frozen=True, slots=True)
class Row:
    """One record: ``values`` by column name (None where blank), ``cells`` say where each stands ("C17")."""

    sheet: str | None
    number: int
    values: dict[str, str | None]
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Records:
    """All rows of a file, and what was noticed while reading."""

    rows: list[Row]
    encoding: str
    ignored_columns: list[str] = field(default_factory=list)


def cell_name(column: int, row: int) -> str:
    """Return the spreadsheet name of a cell; both count from 0: (2, 16) is C17."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def cell_order(name: str) -> tuple[int, int, str]:
    """Return the key that sorts cells as people read them: row by row, Z before AA."""
    letters = name.rstrip("0123456789")
    number = name[len(letters) :]
    return (int(number) if number else 0, len(letters), letters)


def place_columns(headings: Sequence[str | None], columns: Sequence[Column]) -> dict[str, int]:
    """Return where each known column stands in a heading row. Raises TableUnreadable when two claim to be one."""
    places: dict[str, int] = {}
    for index, heading in enumerate(headings):
        found = next((c for c in columns if heading and c.answers_to(heading)), None)
        if found is None:
            continue
        if found.name in places:
            first, second = cell_name(places[found.name], 0)[:-1], cell_name(index, 0)[:-1]
            raise TableUnreadable(
                f"Cột “{found.title}” xuất hiện hai lần (cột {first} và {second}): hãy bỏ một cột.",
                f"The column “{found.title}” stands there twice (columns {first} and {second}): remove one.",
            )
        places[found.name] = index
    return places


def missing_columns(places: dict[str, int], columns: Sequence[Column]) -> ColumnMissing | None:
    """Return the refusal that names every required column not found, or None."""
    absent = [column for column in columns if column.required and column.name not in places]
    if not absent:
        return None
    titles = ", ".join(f"“{column.title}”" for column in absent)
    return ColumnMissing(
        f"Không tìm thấy cột {titles}: hãy dùng mẫu, hoặc đặt lại tên cột.",
        f"Columns not found: {titles}. Use the template, or rename the columns.",
        errors=[
            FieldError(
                f"#column/{c.name}",
                "column_missing",
                f"Thiếu cột “{c.title}”.",
                f"The column “{c.title}” is missing.",
            )
            for c in absent
        ],
    )


def knows_a_heading(grid: Sequence[Sequence[str | None]], columns: Sequence[Column]) -> bool:
    """Tell whether any cell where headings may stand names a column: guidance for readers has none."""
    return any(c.answers_to(h) for line in grid[:_TOP] for h in line if h for c in columns)


def records(
    grid: Sequence[Sequence[str | None]],
    columns: Sequence[Column],
    *,
    sheet: str | None,
    closed: bool = False,
) -> tuple[list[Row], list[str]]:
    """Return the rows below the heading row, and the headings nobody knows.

    The heading row is the first of the top twenty that has every required column: forms carry a title above it. What merged cells
    head may stand in a second line below. A table is ``closed`` when no row may reach beyond its headings: one that does was cut
    into cells where it should not have been.
    """
    refusal: ColumnMissing | None = None
    for index, first_line in enumerate(grid[:_TOP]):
        absent = missing_columns(place_columns(first_line, columns), columns)
        if absent is None:
            second = _second_line(first_line, grid[index + 1 : index + 2], columns)
            headings, top = (first_line, index + 1) if second is None else (second, index + 2)
            places = place_columns(headings, columns)
            ignored = [h for i, h in enumerate(headings) if h and i not in places.values()]
            body = [(at, cells) for at, cells in enumerate(grid[top:], start=top) if any(cells)]
            if closed:
                _refuse_longer(body, len(headings))
            return [_row(cells, places, number, sheet) for number, cells in body], ignored
        if refusal is None or len(absent.errors) < len(refusal.errors):
            refusal = absent
    raise refusal or TableUnreadable("Bảng trống.", "The table is empty.")


def _second_line(
    first: Sequence[str | None],
    below: Sequence[Sequence[str | None]],
    columns: Sequence[Column],
) -> list[str | None] | None:
    """Return the headings of both lines together, where the next row is blank under known headings and names further columns."""
    places = place_columns(first, columns)
    for cells in below:
        if not any(cells[i] for i in places.values() if i < len(cells)):
            both = [under or over for over, under in zip_longest(first, cells)]
            return both if len(place_columns(both, columns)) > len(places) else None
    return None


def _refuse_longer(body: Sequence[tuple[int, Sequence[str | None]]], width: int) -> None:
    for number, cells in body:
        if any(cells[width:]):
            raise TableUnreadable(
                f"Dòng {number + 1} có {len(cells)} ô nhưng tiêu đề có {width}: số có dấu phẩy thập phân phải nằm trong dấu "
                "nháy kép, hoặc lưu tệp với dấu chấm phẩy giữa các ô.",
                f"Line {number + 1} has {len(cells)} cells but there are {width} headings: a number with a decimal comma needs "
                "quotation marks, or save the file with semicolons between cells.",
            )


def _row(
    cells: Sequence[str | None], places: dict[str, int], number: int, sheet: str | None
) -> Row:
    values = {name: cells[i] if i < len(cells) else None for name, i in places.items()}
    return Row(sheet, number + 1, values, {n: cell_name(i, number) for n, i in places.items()})
