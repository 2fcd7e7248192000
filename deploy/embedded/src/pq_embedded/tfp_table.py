"""A table of an office becomes a request of the engines: three forms, Vietnamese or English headings, several places."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pq_common.errors import FieldError, Invalid
from pq_common.tables_io.numbers import Sign, decimal_of, is_missing, number
from pq_common.tables_io.reading import read
from pq_common.tables_io.rows import Column, ColumnMissing, Records, Row
from pq_common.text import fold

MOST_ROWS: Final = 200_000
YEARS: Final = range(1900, 2100)
UNIT = Column(
    "unit",
    (
        "Đơn vị",
        "Địa phương",
        "Tỉnh",
        "Tỉnh, thành phố",
        "Nơi",
        "Ngành",
        "Place",
        "Province",
        "Industry",
    ),
    required=False,
)
YEAR = Column("year", ("Năm",))
SERIES = Column("series", ("Chỉ tiêu", "Chuỗi", "Biến", "Indicator", "Variable", "Measure"))
VALUE = Column("value", ("Giá trị", "Số liệu"))
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "Y": ("GRDP", "GDP", "Sản lượng", "Tổng sản phẩm trên địa bàn", "Output"),
    "K": ("Vốn", "Vốn cố định", "Vốn tích lũy", "Tài sản cố định", "Capital", "Capital stock"),
    "L": ("Lao động", "Lao động có việc làm", "Số lao động", "Labour", "Labor", "Employment"),
    "H": ("Giờ làm việc", "Số giờ", "Hours"),
    "II": ("Chi phí trung gian", "Intermediate inputs"),
    "E": ("Năng lượng", "Energy"), "M": ("Nguyên vật liệu", "Materials"), "S": ("Dịch vụ", "Services"),
    "alpha": ("Tỷ trọng vốn", "Capital share"),
    "beta": ("Tỷ trọng lao động", "Labour share", "Labor share"),
    "VA": ("Giá trị tăng thêm", "Value added"),
    "CE": ("Thu nhập của người lao động", "Compensation of employees"),
    "MI": ("Thu nhập hỗn hợp", "Mixed income"),
    "T": ("Thuế sản xuất khác", "Other taxes on production"),
    "N_employees": ("Lao động làm công", "Employees"), "N_total": ("Tổng số lao động", "Persons employed"),
    **{f"{kind}_{name}": () for kind in ("share", "cost") for name in ("K", "L", "II", "E", "M", "S")},
}  # fmt: skip
FORMS: Final[tuple[tuple[Column, ...], ...]] = (
    (UNIT, YEAR, SERIES, VALUE),
    (UNIT, SERIES, *(Column(str(year), required=False) for year in YEARS)),
    (UNIT, YEAR, *(Column(name, headings, required=False) for name, headings in NAMES.items())),
)


class TableRefused(Invalid):
    """Cells of the table cannot be read; ``errors`` name sheet, cell, value and rule."""

    code = "table_cells_refused"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a number stands in the file."""

    sheet: str | None
    cell: str
    value: str

    def pointer(self) -> str:
        """Return sheet and cell as a person names them."""
        return f"{self.sheet}!{self.cell}" if self.sheet else self.cell


Key = tuple[str, str, int]
"""Unit, series, year."""


@dataclass(slots=True)
class Table:
    """What was read: numbers and where each stands, and headings that nobody knows."""

    numbers: dict[Key, float] = field(default_factory=dict)
    places: dict[Key, Place] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)

    def keep(self, names: Collection[str]) -> None:
        """Leave out the series that are not among ``names``, as headings that nobody knows are left out: named in ``ignored``."""
        self.ignored += sorted({name for _, name, _ in self.numbers if name not in names})
        self.numbers = {key: value for key, value in self.numbers.items() if key[1] in names}

    def panel(self) -> dict[str, object]:
        """Return the panel of a request: a row per unit, a value or null per year from the first to the last."""
        units = list(dict.fromkeys(unit for unit, _, _ in self.numbers))
        names = dict.fromkeys(name for _, name, _ in self.numbers)
        told = {year for _, _, year in self.numbers}
        years = list(range(min(told), max(told) + 1))
        tables = {n: [[self.numbers.get((u, n, y)) for y in years] for u in units] for n in names}
        y, x = {"Y"} & names.keys(), {"K", "L", "II", "E", "M", "S"} & names.keys()
        return {
            "units": units, "years": years, "y": {n: tables[n] for n in names if n in y},
            "x": {n: tables[n] for n in names if n in x},
            "z": {n: tables[n] for n in names if n not in y | x},
        }  # fmt: skip


def read_table(content: bytes, *, whole: str, decimal: Sign | None = None) -> Table:
    """Return the table in whichever form it has; a table without units is one unit called ``whole``.

    Raises TableUnreadable, ColumnMissing, EncodingUnknown, TableRefused with every bad cell.
    """
    found = _in_some_form(content)
    cells = [cell for row in found.rows for cell in _cells(row, whole)]
    sign = decimal or decimal_of(text for _, _, text in cells)
    table, refused = Table(ignored=found.ignored_columns), []
    for key, place, text in cells:
        if is_missing(text):
            continue
        fault = _fault(table, key, place, sign)
        if fault is not None:
            refused.append(fault)
    if refused or not table.numbers:
        raise _refusal(refused)
    return table


def _in_some_form(content: bytes) -> Records:
    refusal: ColumnMissing | None = None
    for form in FORMS:
        try:
            found = read(content, form, max_rows=MOST_ROWS)
        except ColumnMissing as reason:
            refusal = reason
            continue
        if form is not FORMS[1] or any(name.isdigit() for row in found.rows for name in row.values):
            return found
    raise ColumnMissing(
        "Không nhận ra bảng. Ba dạng đọc được: (1) cột Năm và các cột Y, K, L, beta…; (2) cột Chỉ tiêu và mỗi năm một cột; (3) cột Năm, Chỉ tiêu, Giá trị. Thêm cột Đơn vị nếu có nhiều nơi.",
        "The table is not recognised. Three forms are read: (1) a column year and columns Y, K, L, beta…; (2) a column indicator and a column per year; (3) columns year, indicator, value. Add a column place for several places.",
        errors=refusal.errors if refusal else (),
    )


def _cells(row: Row, whole: str) -> list[tuple[tuple[str, str, str], Place, str]]:
    """Return unit, series and year as written, the place, and the text of each number of a row."""
    unit = row.values.get("unit") or whole
    if "value" in row.values:
        pairs = [(row.values["series"] or "", row.values["year"] or "", "value")]
    elif "series" in row.values:
        pairs = [(row.values["series"] or "", name, name) for name in row.values if name.isdigit()]
    else:
        pairs = [
            (name, row.values["year"] or "", name)
            for name in row.values
            if name not in ("unit", "year")
        ]
    return [
        ((unit, series, year), Place(row.sheet, row.cells.get(column, str(row.number)), row.values.get(column) or ""), row.values.get(column) or "")
        for series, year, column in pairs
    ]  # fmt: skip


def _fault(
    table: Table, key: tuple[str, str, str], place: Place, sign: Sign | None
) -> FieldError | None:
    """Keep the number in ``table``, or return why it cannot be."""
    unit, said, written = key
    name = _series(said)
    if name is None:
        return _at(
            place, "series_unknown", f"không có chỉ tiêu “{said}”.", f"there is no series “{said}”."
        )
    if not (written.isdigit() and int(written) in YEARS):
        return _at(
            place,
            "year_unreadable",
            f"năm “{written}” không đọc được.",
            f"the year “{written}” is none.",
        )
    try:
        value = number(place.value, pointer="", decimal=sign, percent=True)
    except Invalid as refusal:
        return _unread(place, refusal.errors[0])
    if value is None:
        return None
    where = (unit, name, int(written))
    if where in table.numbers:
        first = table.places[where].pointer()
        return _at(place, "duplicated", f"{name} năm {written} của {unit} đã có ở ô {first}.", f"{name} of {unit} in {written} stands in {first} already.")  # fmt: skip
    table.numbers[where], table.places[where] = float(value), place
    return None


def _unread(place: Place, fault: FieldError) -> FieldError:
    vi, en = fault.message_vi, fault.message_en
    if fault.code == "number_ambiguous":
        vi, en = f"{vi} Hoặc thêm --decimal comma | dot.", f"{en} Or add --decimal comma | dot."
    return FieldError(place.pointer(), fault.code, vi, en)


def _series(said: str) -> str | None:
    folded = fold(said)
    known = (
        name for name, headings in NAMES.items() if folded in {fold(name), *map(fold, headings)}
    )
    return next(known, None)


def _at(place: Place, code: str, vi: str, en: str) -> FieldError:
    return FieldError(place.pointer(), code, f"“{place.value}”: {vi}", f"“{place.value}”: {en}")


def _refusal(refused: Sequence[FieldError]) -> TableRefused:
    if not refused:
        return TableRefused("Bảng không có số nào.", "The table has no number.")
    return TableRefused(
        f"Bảng có {len(refused)} ô không đọc được; chưa gửi gì.",
        f"{len(refused)} cells of the table cannot be read; nothing was sent.",
        errors=refused,
    )
