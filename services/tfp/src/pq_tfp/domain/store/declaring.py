"""What is wrong with a series as it is declared, every fault at once: place, measure, prices, unit, and slips in the values."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from pq_common import places
from pq_common.codes import PERSONAL_NUMBER
from pq_common.errors import FieldError
from pq_tfp.domain.errors import fault
from pq_tfp.domain.guards import ShareUnit, unit_faults
from pq_tfp.domain.store.measures import MEASURES, NAMES, Measure
from pq_tfp.domain.store.units import Unit, names_of, unit_of

TWENTYFOLD: Final = 20
_BASIS: Final = re.compile(r"(constant|chained)-(19|20)[0-9]{2}|current")

# A personal number of today, which is also the code of a household business.


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A series as declared; ``values`` by year, in ``unit``.

    ``item`` names the asset or the group of workers; ``breaks`` are the first years under a new definition.
    """

    place_id: str
    industry: str
    measure: str
    kind: str
    price_basis: str | None
    unit: str
    vintage: str
    source: str
    values: Mapping[int, Decimal]
    item: str = ""
    definition: str | None = None
    breaks: tuple[int, ...] = field(default=())
    is_synthetic: bool = False


def faults(told: Description) -> list[FieldError]:
    """List every reason why the series cannot be stored; an empty list means that it can."""
    found = list(_place(told))
    measure = MEASURES.get(told.measure)
    if measure is None:
        listed = ", ".join(NAMES)
        vi = f"Không có chỉ tiêu {told.measure!r}; các chỉ tiêu: {listed}."
        en = f"There is no measure {told.measure!r}; known: {listed}."
        return [*found, fault("measure", None, "measure_unknown", vi, en)]
    found += [*_prices(told, measure), *_kind(told, measure), *_item(told, measure)]
    unit = unit_of(told.unit)
    if unit is None or unit.dimension not in measure.dimensions:
        allowed = names_of(*measure.dimensions)
        vi = f"Đơn vị {told.unit!r} không dùng cho {told.measure} ({measure.vi}); các đơn vị: {allowed}."
        en = (
            f"The unit {told.unit!r} is not one of {told.measure} ({measure.en}); known: {allowed}."
        )
        return [*found, fault("unit", None, "unit_unknown", vi, en)]
    return [*found, *_breaks(told), *_signs(told, measure), *_slips(told, measure, unit)]


def reason_faults(reason: str) -> list[FieldError]:
    """Refuse a reason with a personal number in it: it goes to everybody who reads the events."""
    if not PERSONAL_NUMBER.search(reason):
        return []
    vi = "Lý do không được chứa số giấy tờ cá nhân: mọi nơi nhận sự kiện đều đọc được."
    en = "The reason may not hold a personal number: everybody who reads the events sees it."
    return [fault("reason", None, "text_personal", vi, en)]


def _place(told: Description) -> Iterator[FieldError]:
    if not places.exists(told.place_id):
        yield fault(
            "place_id", None, "place_unknown",
            f"Không có đơn vị hành chính {told.place_id!r}; mã có dạng vn-31-1997.",
            f"There is no place {told.place_id!r}; an id reads like vn-31-1997.",
        )  # fmt: skip


def _prices(told: Description, measure: Measure) -> Iterator[FieldError]:
    basis = told.price_basis
    said = "không khai" if basis is None else basis
    who = f"{told.measure} ({measure.vi})"
    if basis is not None and not _BASIS.fullmatch(basis):
        vi = f"Giá {basis!r} không rõ; cần constant-2010, chained-2020 hoặc current."
        en = (
            f"The prices {basis!r} are not clear; constant-2010, chained-2020 or current is needed."
        )
        yield fault("price_basis", None, "price_basis_unknown", vi, en)
    elif measure.prices == "constant" and (basis is None or basis == "current"):
        vi = f"{told.measure} phải theo giá so sánh (constant-2010); nhận được {basis}."
        en = f"{told.measure} must be in constant prices (constant-2010); got {basis}."
        yield fault("price_basis", None, "price_basis_not_constant", vi, en)
    elif measure.prices == "current" and basis != "current":
        vi = f"{who} phải theo giá hiện hành (current); nhận được: {said}."
        en = f"{told.measure} ({measure.en}) must be in current prices; got {basis}."
        yield fault("price_basis", None, "price_basis_not_current", vi, en)
    elif measure.prices == "either" and basis is None:
        vi = f"{who}: cần khai giá, current hoặc constant-2010."
        en = f"{told.measure} ({measure.en}): tell the prices, current or constant-2010."
        yield fault("price_basis", None, "price_basis_missing", vi, en)
    elif measure.prices == "none" and basis is not None:
        vi = f"{who} không theo giá nào; hãy bỏ {basis}."
        en = f"{told.measure} ({measure.en}) has no prices; leave out {basis}."
        yield fault("price_basis", None, "price_basis_superfluous", vi, en)


def _kind(told: Description, measure: Measure) -> Iterator[FieldError]:
    if told.kind in measure.kinds:
        return
    if told.measure == "K":
        yield fault(
            "kind", None, "capital_is_a_stock",
            "K là giá trị tài sản cố định (stock), không phải vốn đầu tư trong năm (flow).",
            "K is the stock of fixed assets, not the year's investment (flow).",
        )  # fmt: skip
        return
    allowed = ", ".join(measure.kinds)
    vi = f"{told.measure} ({measure.vi}) là {allowed}; nhận được {told.kind}."
    en = f"{told.measure} ({measure.en}) is {allowed}; got {told.kind}."
    yield fault("kind", None, "kind_wrong", vi, en)


def _item(told: Description, measure: Measure) -> Iterator[FieldError]:
    if measure.items == "must" and not told.item:
        vi = f"{told.measure} ({measure.vi}): cần nêu nhóm ở item, ví dụ đại-học."
        en = f"{told.measure} ({measure.en}): name the group in item, e.g. university."
        yield fault("item", None, "item_missing", vi, en)
    if measure.items == "none" and told.item:
        vi = f"{told.measure} ({measure.vi}) không chia theo loại; hãy bỏ item {told.item!r}."
        en = f"{told.measure} ({measure.en}) has no items; leave out {told.item!r}."
        yield fault("item", None, "item_superfluous", vi, en)


def _breaks(told: Description) -> Iterator[FieldError]:
    for year in told.breaks:
        if year not in told.values:
            vi = f"Năm {year} đổi định nghĩa nhưng chuỗi không có năm này."
            en = f"The definition is said to change in {year}, which the series does not have."
            yield fault("breaks", year, "break_outside_series", vi, en)


def _signs(told: Description, measure: Measure) -> Iterator[FieldError]:
    for year, value in sorted(told.values.items()):
        if measure.sign == "positive" and value <= 0:
            vi = f"{told.measure} năm {year} là {value}; cần một số lớn hơn 0 (thiếu số liệu thì bỏ trống)."
            en = f"{told.measure} in {year} is {value}; a number above 0 is needed (leave out what is missing)."
            yield fault("values", year, "level_not_positive", vi, en)
        elif measure.sign == "not negative" and value < 0:
            vi = f"{told.measure} năm {year} là {value}; không được âm."
            en = f"{told.measure} in {year} is {value}; it cannot be negative."
            yield fault("values", year, "level_negative", vi, en)


def _slips(told: Description, measure: Measure, unit: Unit) -> Iterator[FieldError]:
    values = {year: float(value) for year, value in sorted(told.values.items())}
    if unit.dimension == "fraction":
        scale: ShareUnit = "fraction" if unit.factor == 1 else "percent"
        slipped = [
            _slipped_unit(one, told)
            for one in unit_faults(told.measure, values, unit=scale, kind="share")
        ]
        yield from slipped
        if measure.sign == "open unit interval" and not slipped:
            yield from _outside(told, unit)
    if not measure.steady:
        return
    for year, value in values.items():
        before = values.get(year - 1)
        if before is None or before <= 0 or value <= 0:
            continue
        ratio = value / before
        if not 1 / TWENTYFOLD <= ratio <= TWENTYFOLD:
            vi = f"{told.measure} năm {year} gấp {ratio:.4g} lần năm trước ({value:g} so với {before:g}): có lẽ sai đơn vị ({told.unit})."
            en = f"{told.measure} in {year} is {ratio:.4g} times the year before ({value:g} after {before:g}): probably another unit than {told.unit}."
            yield fault("values", year, "unit_slip", vi, en)


def _slipped_unit(found: FieldError, told: Description) -> FieldError:
    """Point at the value, and say that the unit may be the slip: a spreadsheet keeps a cell that shows 60 % as 0.6."""
    where = found.pointer.replace(f"/{told.measure}/", "/values/", 1)
    vi = f"{found.message_vi} Hoặc sửa đơn vị, đang là {told.unit!r} (bảng tính lưu ô hiện 60 % là 0.6)."
    en = f"{found.message_en} Or mend the unit, told as {told.unit!r} (a spreadsheet keeps a cell that shows 60 % as 0.6)."
    return FieldError(where, found.code, vi, en)


def _outside(told: Description, unit: Unit) -> Iterator[FieldError]:
    for year, value in sorted(told.values.items()):
        if not 0 < value * unit.factor < 1:
            vi = f"{told.measure} năm {year} là {value} {unit.name}; tỷ trọng phải lớn hơn 0 và nhỏ hơn 1."
            en = f"{told.measure} in {year} is {value} {unit.name}; a share lies strictly between 0 and 1."
            yield fault("values", year, "share_outside_unit_interval", vi, en)
