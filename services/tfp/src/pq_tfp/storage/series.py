"""Every query on stored series, by name. Row-level security limits each to the caller's scope."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, cast, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from pq_common.db.scoping import may_see
from pq_common.keyset import Slice
from pq_tfp.domain.errors import SeriesNotFound
from pq_tfp.domain.store.declaring import Description
from pq_tfp.domain.store.stored import Stored
from pq_tfp.storage.tables import Series, SeriesValue

IDENTITY = ("place_id", "industry", "measure", "item", "price_basis", "definition")
"""What makes two series vintages of one another, beside the mode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesFilter:
    """Which series to list. ``valid_at``: of each, the vintage in force that day; ``known_at``: recorded by then."""

    mode: str
    places: frozenset[str] | None = None
    industry: str | None = None
    measure: str | None = None
    item: str | None = None
    vintage: str | None = None
    valid_at: date | None = None
    known_at: datetime | None = None
    withdrawn: bool | None = None


async def get(session: AsyncSession, series_id: str) -> Series:
    """Return the series. Raises SeriesNotFound, also outside scope."""
    found = await session.get(Series, series_id)
    if found is None:
        raise SeriesNotFound.of(series_id)
    return found


async def lock(session: AsyncSession, series_id: str) -> Series:
    """Return the series with its row locked, for whoever may change it. Raises SeriesNotFound, also for one that is only read."""
    found = await session.get(Series, series_id, with_for_update=True)
    if found is None or not may_see(session, found.place_id):
        raise SeriesNotFound.of(series_id)
    return found


async def withdrawn_among(session: AsyncSession, series_ids: Iterable[str]) -> frozenset[str]:
    """Return those of the series that were withdrawn."""
    query = select(Series.id).where(
        Series.id.in_(list(series_ids)), Series.withdrawn_at.is_not(None)
    )
    return frozenset((await session.execute(query)).scalars())


async def page(session: AsyncSession, part: Slice, wanted: SeriesFilter) -> Sequence[Series]:
    """Return a page of series by id."""
    query = part.of(_filtered(wanted), Series.id)
    rows: Sequence[Series] = (await session.execute(query)).scalars().all()
    return rows


async def vintages(session: AsyncSession, one: Series) -> Sequence[Series]:
    """Return every vintage of the series, itself among them, the first recorded first."""
    same = [
        getattr(Series, name).is_not_distinct_from(getattr(one, name))
        for name in ("mode", *IDENTITY)
    ]
    query = select(Series).where(*same).order_by(Series.recorded_at, Series.id)
    return (await session.execute(query)).scalars().all()


async def values(session: AsyncSession, series_ids: Iterable[str]) -> dict[str, dict[int, Decimal]]:
    """Return the values of each series by year."""
    query = select(SeriesValue).where(SeriesValue.series_id.in_(list(series_ids)))
    found: dict[str, dict[int, Decimal]] = {}
    for row in (await session.execute(query.order_by(SeriesValue.year))).scalars():
        found.setdefault(row.series_id, {})[row.year] = row.value
    return found


async def twin_of(session: AsyncSession, told: Description, *, mode: str) -> Series | None:
    """Return the series of the very same measure, place, basis and vintage, unless it was withdrawn."""
    same = [
        getattr(Series, name).is_not_distinct_from(getattr(told, name))
        for name in (*IDENTITY, "vintage")
    ]
    query = select(Series).where(Series.mode == mode, Series.withdrawn_at.is_(None), *same)
    return (await session.execute(query)).scalar_one_or_none()


async def of_places(
    session: AsyncSession,
    places: Sequence[str],
    *,
    mode: str,
    industry: str | None,
    vintages: Mapping[str, str],
    vintage: str,
) -> list[Stored]:
    """Return the series of these places: of ``vintage``, but for the measures that ``vintages`` names. In a stable order.

    Without an industry those of every industry; never one that was withdrawn.
    """
    chosen = or_(
        and_(Series.vintage == vintage, Series.measure.not_in(list(vintages))),
        *(and_(Series.measure == name, Series.vintage == one) for name, one in vintages.items()),
    )
    query = select(Series).where(
        Series.mode == mode, Series.place_id.in_(places), Series.withdrawn_at.is_(None), chosen
    )
    if industry is not None:
        query = query.where(Series.industry == industry)
    rows = (await session.execute(query.order_by(Series.id))).scalars().all()
    told = await values(session, [row.id for row in rows])
    return [_stored(row, told.get(row.id, {})) for row in rows]


def _stored(row: Series, told: Mapping[int, Decimal]) -> Stored:
    return Stored(
        id=row.id, place_id=row.place_id, industry=row.industry, measure=row.measure, item=row.item,
        kind=row.kind, price_basis=row.price_basis, unit=row.unit, vintage=row.vintage,
        definition=row.definition, breaks=tuple(row.breaks), is_synthetic=row.is_synthetic,
        texts={year: format(value, "f") for year, value in told.items()},
    )  # fmt: skip


def _filtered(wanted: SeriesFilter) -> Select[Any]:
    query = select(Series).where(Series.mode == wanted.mode)
    if wanted.places is not None:
        query = query.where(Series.place_id.in_(wanted.places))
    for name in ("industry", "measure", "item", "vintage"):
        if (value := getattr(wanted, name)) is not None:
            query = query.where(getattr(Series, name) == value)
    if wanted.withdrawn is not None:
        gone = Series.withdrawn_at.is_not(None)
        query = query.where(gone if wanted.withdrawn else ~gone)
    if wanted.known_at is not None:
        query = query.where(Series.recorded_at <= wanted.known_at)
    return query if wanted.valid_at is None else query.where(*_in_force(wanted))


def _released(row: Any) -> ColumnElement[date]:
    """Return the day of release; a series that does not tell it was released when it was recorded, on a day in Hanoi."""
    recorded = cast(func.timezone("Asia/Ho_Chi_Minh", row.recorded_at), Date)
    return func.coalesce(row.released_on, recorded)


def _in_force(wanted: SeriesFilter) -> list[ColumnElement[bool]]:
    later = aliased(Series)
    day = wanted.valid_at
    same = [
        getattr(later, name).is_not_distinct_from(getattr(Series, name))
        for name in ("mode", *IDENTITY)
    ]
    newer = or_(
        _released(later) > _released(Series),
        and_(_released(later) == _released(Series), later.id > Series.id),
    )
    known = [] if wanted.known_at is None else [later.recorded_at <= wanted.known_at]
    overtaken = exists().where(
        *same, *known, _stands(later, wanted), _released(later) <= day, newer
    )
    return [_released(Series) <= day, _stands(Series, wanted), ~overtaken]


def _stands(row: Any, wanted: SeriesFilter) -> ColumnElement[bool]:
    """Say whether the series was not withdrawn, as far as was known then: an error found later was in force before."""
    never = row.withdrawn_at.is_(None)
    return never if wanted.known_at is None else or_(never, row.withdrawn_at > wanted.known_at)
