"""Every query on stored series, by name. Row-level security limits each to the caller's scope."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.keyset import Slice
from pq_tfp.storage.tables import Series, SeriesValue


async def page(
    session: AsyncSession, part: Slice, *, mode: str, places: frozenset[str] | None
) -> Sequence[Series]:
    """Return a page of series by id."""
    query = select(Series).where(Series.mode == mode)
    if places is not None:
        query = query.where(Series.place_id.in_(places))
    return (await session.execute(part.of(query, Series.id))).scalars().all()


async def values(session: AsyncSession, series_ids: Iterable[str]) -> dict[str, dict[int, Decimal]]:
    """Return the values of each series by year."""
    query = select(SeriesValue).where(SeriesValue.series_id.in_(list(series_ids)))
    found: dict[str, dict[int, Decimal]] = {}
    for row in (await session.execute(query.order_by(SeriesValue.year))).scalars():
        found.setdefault(row.series_id, {})[row.year] = row.value
    return found


async def of_places(
    session: AsyncSession, places: Sequence[str], *, mode: str, industry: str, vintage: str
) -> Mapping[tuple[str, str], Series]:
    """Return the series of these places in one vintage, by place and measure."""
    query = select(Series).where(
        Series.mode == mode,
        Series.place_id.in_(places),
        Series.industry == industry,
        Series.vintage == vintage,
    )
    rows = (await session.execute(query)).scalars()
    return {(row.place_id, row.measure): row for row in rows}
