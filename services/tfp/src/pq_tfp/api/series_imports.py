"""Series in as a table, the way yearbooks print them: a row for each series, a column for each year."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from pq_common import places
from pq_common.contracts.event import Mode
from pq_common.errors import FieldError, Invalid, PqError
from pq_common.http.auth import Actor
from pq_common.http.imports import ImportKind, Outcome
from pq_common.http.placing import refuse_foreign
from pq_common.tables_io.numbers import Sign, decimal_of, is_percent, number
from pq_common.tables_io.rows import Column
from pq_tfp.api.series_bodies import NewSeries
from pq_tfp.domain.errors import SeriesAlreadyDeclared, SeriesRefused
from pq_tfp.domain.store.units import Unit, unit_of
from pq_tfp.operations.declare_series import Declaration, declare_series
from pq_tfp.storage import series as stored
from pq_tfp.storage.tables import Series

FIRST_YEAR, LAST_YEAR = 1985, 2060
YEARS: Final = tuple(str(year) for year in range(FIRST_YEAR, LAST_YEAR + 1))
COLUMNS: Final = (
    Column("place_id", ("Địa bàn", "Tỉnh, thành phố", "Mã địa bàn")),
    Column("boundary", ("Bộ địa giới",), required=False),
    Column("industry", ("Ngành",), required=False),
    Column("measure", ("Chỉ tiêu", "Mã chỉ tiêu")),
    Column("item", ("Loại", "Loại tài sản", "Nhóm lao động"), required=False),
    Column("kind", ("Tính chất",), required=False),
    Column("price_basis", ("Giá", "Giá so sánh"), required=False),
    Column("unit", ("Đơn vị tính", "Đơn vị")),
    Column("definition", ("Định nghĩa",), required=False),
    Column("breaks", ("Năm đổi định nghĩa",), required=False),
    Column("vintage", ("Kỳ công bố",)),
    Column("released_on", ("Ngày công bố",), required=False),
    Column("source", ("Nguồn",)),
    Column("is_synthetic", ("Minh họa",), required=False),
    *(Column(year, (f"Năm {year}",), required=False) for year in YEARS),
)
_VN_DAY: Final = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_YES: Final = frozenset({"true", "1", "x", "có", "yes"})
_NO: Final = frozenset({"", "false", "0", "không", "no"})
USUAL_KIND: Final = {"K": "stock", "L": "stock", "population": "stock", "N_employees": "stock", "K0": "stock"}  # fmt: skip
TWIN_FACTS: Final = ("unit", "kind", "breaks", "released_on", "source", "is_synthetic")
"""What a series on record must have in common with one sent again, beside its identity and its figures."""
SHARES: Final = frozenset({"beta", "investment_ratio"})
INDICES: Final = frozenset({"P_I", "P_Y", "SCOLI"})


class SeriesLine(BaseModel):
    """One row of the form, made into the series that it describes."""

    model_config = ConfigDict(frozen=True)

    declaration: Declaration


def parse(values: Mapping[str, str | None]) -> SeriesLine:
    """Return the series of one row. Raises ValidationError, Invalid; a fault of a year points at the year's column."""
    said: dict[str, object] = {
        name: value
        for name, value in values.items()
        if value is not None and name not in YEARS and name != "boundary"
    }
    said["place_id"] = place_of(values.get("place_id") or "", values.get("boundary"))
    said["kind"] = said.get("kind") or _usual_kind(str(said.get("measure")))
    said["values"] = _values(values)
    said["breaks"] = [part for part in re.split(r"[;,\s]+", str(said.pop("breaks", ""))) if part]
    said["is_synthetic"] = _flag(values.get("is_synthetic") or "")
    if (found := _VN_DAY.fullmatch(str(said.get("released_on", "")))) is not None:
        said["released_on"] = f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}"
    return SeriesLine(declaration=NewSeries.model_validate(said).told())


def place_of(text: str, boundary: str | None) -> str:
    """Return the place meant by an id, or by the official code or the name on a boundary. Raises Invalid."""
    if places.exists(text):
        return str(text)
    if not text:
        raise _no_place(
            "Thiếu địa bàn: ô gộp chỉ có giá trị ở dòng đầu, hãy ghi địa bàn ở mỗi dòng.",
            "The place is missing: a merged cell has its value in its first row alone; name the place in each row.",
        )
    try:
        found = {one.id for day in _days(boundary) for one in _named(text, day)}
    except PqError as reason:
        raise _no_place(reason.message_vi, reason.message_en) from None
    if len(found) != 1:
        raise _no_place(
            f"Không rõ địa bàn {text!r}: ghi mã như vn-31-1997, hoặc cột “Bộ địa giới” là 2021 hay 2025-07-01.",
            f"It is not clear which place {text!r} is: give an id such as vn-31-1997, or 2021 or 2025-07-01 as boundary.",
        )
    return found.pop()


async def apply(session: AsyncSession, actor: Actor, line: SeriesLine, mode: Mode) -> Outcome:
    """Declare the series, unless the very same is on record; anything else is refused, for a revision is another vintage."""
    told = line.declaration
    refuse_foreign(actor, told.described.place_id)
    try:
        await declare_series(session, told, mode=mode, now=datetime.now(UTC))
    except SeriesRefused as refusal:
        raise SeriesRefused.because([_at_column(one) for one in refusal.errors]) from None
    except SeriesAlreadyDeclared as refusal:
        twin = str(refusal.extra["duplicate_of"])
        known = (await stored.values(session, [twin])).get(twin, {})
        _refuse_another(told, await stored.get(session, twin), known)
        return "unchanged"
    return "new"


SERIES: Final = ImportKind(
    name="series",
    columns=COLUMNS,
    parse=parse,
    apply=apply,
    roles=("ministry-admin", "ministry-analyst", "province-officer"),
)


def _usual_kind(measure: str) -> str:
    if measure in SHARES:
        return "share"
    return "index" if measure in INDICES else USUAL_KIND.get(measure, "flow")


def _values(values: Mapping[str, str | None]) -> dict[str, Decimal]:
    """Return the figures by year; a row shows by its own cells what stands before decimals."""
    told = {year: text for year in YEARS if (text := values.get(year)) is not None}
    unit = unit_of(values.get("unit") or "")
    sign = decimal_of(told.values())
    found: dict[str, Decimal] = {}
    faults: list[FieldError] = []
    for year, text in told.items():
        try:
            read = _number(text, year, unit, sign)
        except Invalid as refusal:
            faults += refusal.errors
            continue
        if read is not None:
            found[year] = read
    if not found and not faults:
        vi = "Dòng này không có số liệu: mỗi năm một cột, tiêu đề 2021 hoặc “Năm 2021”."
        en = "This row has no figure: each year is a column, headed 2021 or “Năm 2021”."
        faults.append(FieldError("", "series_empty", vi, en))
    if faults:
        raise Invalid(faults[0].message_vi, faults[0].message_en, errors=faults)
    return found


def _number(text: str, year: str, unit: Unit | None, sign: Sign | None) -> Decimal | None:
    """Return the figure in the row's unit: 60 % is 60 where the unit is percent, 0.6 where it is a fraction."""
    share = unit is not None and unit.dimension == "fraction"
    read = number(text, pointer=f"/{year}", decimal=sign, percent=share)
    if read is None or unit is None or not (share and is_percent(text)):
        return read
    return read / unit.factor


def _flag(text: str) -> bool:
    said = text.casefold()
    if said in _YES or said in _NO:
        return said in _YES
    vi = f"{text!r} không rõ: đánh dấu x nếu là dữ liệu minh họa, bỏ trống nếu là dữ liệu thật."
    en = f"{text!r} is not clear: write x for synthetic figures, leave it blank for real ones."
    raise Invalid(vi, en, errors=[FieldError("/is_synthetic", "bool_parsing", vi, en)])


def _at_column(fault: FieldError) -> FieldError:
    """Point at the year's column: ``/values/2021`` is ``/2021`` in a table."""
    pointer = fault.pointer.replace("/values/", "/", 1)
    return FieldError(pointer, fault.code, fault.message_vi, fault.message_en)


def _refuse_another(told: Declaration, row: Series, known: Mapping[int, Decimal]) -> None:
    """Refuse what is on record under this vintage with other figures, or with the same figures said to be another thing."""
    values = told.described.values
    pairs: list[tuple[str, object, object]] = [
        (str(year), known.get(year), values.get(year)) for year in sorted({*values, *known})
    ]
    for name in TWIN_FACTS:
        before, now = getattr(row, name), _fact(told, name)
        if name != "unit" or unit_of(before) != unit_of(str(now)):
            pairs.append((name, before, now))
    found = [_other(told, *pair) for pair in pairs if pair[1] != pair[2]]
    if found:
        raise SeriesAlreadyDeclared(found[0].message_vi, found[0].message_en, errors=found)


def _fact(told: Declaration, name: str) -> object:
    if name == "released_on":
        return told.released_on
    return sorted(told.described.breaks) if name == "breaks" else getattr(told.described, name)


def _other(told: Declaration, column: str, before: object, now: object) -> FieldError:
    vintage = told.described.vintage
    (was_vi, is_vi), (was_en, is_en) = (
        tuple(_said(value, blank) for value in (before, now)) for blank in ("trống", "nothing")
    )
    vi = f"Kỳ công bố {vintage} đã có {column} là {was_vi}; nhận được {is_vi}. Số liệu sửa đổi là một kỳ công bố khác."
    en = f"The vintage {vintage} has {was_en} as {column}; got {is_en}. A revision is another vintage."
    return FieldError(f"/{column}", SeriesAlreadyDeclared.code, vi, en)


def _said(value: object, blank: str) -> str:
    if isinstance(value, list):
        return "; ".join(map(str, value)) or blank
    return blank if value is None else str(value)


def _days(boundary: str | None) -> list[date]:
    if boundary is not None:
        return [places.boundary(boundary.strip()).since]
    return [places.boundary(name).since for name in ("2021", "2025-07-01")]


def _named(text: str, day: date) -> list[places.Place]:
    try:
        if re.fullmatch("[0-9]{2}", text):
            return [places.resolve(text, day)]
        return list(places.find(text, day))
    except places.PlaceEnded:
        return []


def _no_place(vi: str, en: str) -> Invalid:
    return Invalid(vi, en, errors=[FieldError("/place_id", "place_unknown", vi, en)])
