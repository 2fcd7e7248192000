"""Declare a series: what one measure of one place was, year by year, in one vintage from one source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from pq_common import places
from pq_tfp.domain.errors import SeriesAlreadyDeclared, SeriesRefused, fault
from pq_tfp.storage import series as stored
from pq_tfp.storage.tables import Series, SeriesValue

FLOWS_IN_CONSTANT_PRICES = {"Y"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A series as declared; ``values`` by year, in ``unit``."""

    place_id: str
    industry: str
    measure: str
    kind: str
    price_basis: str | None
    unit: str
    vintage: str
    source: str
    values: Mapping[int, Decimal]
    is_synthetic: bool = False


async def declare_series(
    session: AsyncSession, told: Description, *, mode: str, now: datetime
) -> Series:
    """Store the series as it is said. Raises SeriesRefused, SeriesAlreadyDeclared: a revision is another vintage."""
    _refuse_faults(told)
    twins = await stored.of_places(
        session, [told.place_id], mode=mode, industry=told.industry, vintage=told.vintage
    )
    if (twin := twins.get((told.place_id, told.measure))) is not None:
        raise SeriesAlreadyDeclared(
            f"Chuỗi {told.measure} kỳ công bố {told.vintage} đã có ({twin.id}); số liệu sửa đổi là một kỳ công bố khác.",
            f"The series {told.measure} of vintage {told.vintage} exists ({twin.id}); a revision is another vintage.",
            duplicate_of=twin.id,
        )
    row = Series(
        id=str(uuid7()), mode=mode, place_id=told.place_id, industry=told.industry,
        measure=told.measure, kind=told.kind, price_basis=told.price_basis, unit=told.unit,
        vintage=told.vintage, source=told.source, is_synthetic=told.is_synthetic, recorded_at=now,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    session.add_all(
        SeriesValue(series_id=row.id, year=year, place_id=row.place_id, value=value)
        for year, value in sorted(told.values.items())
    )
    return row


def _refuse_faults(told: Description) -> None:
    found = []
    if not places.exists(told.place_id):
        found.append(
            fault(
                "place_id", None, "place_unknown",
                f"Không có đơn vị hành chính {told.place_id!r}; mã có dạng vn-31-1997.",
                f"There is no place {told.place_id!r}; an id reads like vn-31-1997.",
            )
        )  # fmt: skip
    if told.measure in {"Y", "K"} and not str(told.price_basis).startswith("constant-"):
        found.append(
            fault(
                "price_basis", None, "price_basis_not_constant",
                f"{told.measure} phải theo giá so sánh (constant-2010); nhận được {told.price_basis}.",
                f"{told.measure} must be in constant prices (constant-2010); got {told.price_basis}.",
            )
        )  # fmt: skip
    if told.measure == "K" and told.kind != "stock":
        found.append(
            fault(
                "kind", None, "capital_is_a_stock",
                "K là giá trị tài sản cố định (stock), không phải vốn đầu tư trong năm (flow).",
                "K is the stock of fixed assets, not the year's investment (flow).",
            )
        )  # fmt: skip
    if found:
        raise SeriesRefused.because(found)
