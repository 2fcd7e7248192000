"""Declare a series: what one measure of one place was, year by year, in one vintage from one source."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from pq_common.contracts.event import Mode
from pq_common.contracts.tfp import TfpSeriesDeclared
from pq_tfp.domain.errors import SeriesAlreadyDeclared, SeriesRefused
from pq_tfp.domain.store import declaring
from pq_tfp.domain.store.declaring import Description
from pq_tfp.operations.announcing import series_changed, told_series
from pq_tfp.storage import series as stored
from pq_tfp.storage.tables import Series, SeriesValue


@dataclass(frozen=True, slots=True)
class Declaration:
    """A series as it comes in: its description and, where known, the day on which its source published it."""

    described: Description
    released_on: date | None = None


async def declare_series(
    session: AsyncSession, told: Declaration, *, mode: Mode, now: datetime
) -> Series:
    """Store the series as it is said, and announce it. Raises SeriesRefused, SeriesAlreadyDeclared: a revision is another vintage."""
    described = told.described
    if found := declaring.faults(described):
        raise SeriesRefused.because(found)
    if (twin := await stored.twin_of(session, described, mode=mode)) is not None:
        name = f"{described.measure} {described.item}".strip()
        raise SeriesAlreadyDeclared(
            f"Chuỗi {name} kỳ công bố {described.vintage} đã có ({twin.id}); số liệu sửa đổi là một kỳ công bố khác.",
            f"The series {name} of vintage {described.vintage} exists ({twin.id}); a revision is another vintage.",
            duplicate_of=twin.id,
        )
    row = _row(told, mode=mode, now=now)
    session.add(row)
    await session.flush()
    session.add_all(
        SeriesValue(series_id=row.id, year=year, place_id=row.place_id, value=value)
        for year, value in sorted(described.values.items())
    )
    said = told_series(row, described.values)
    await series_changed(session, row, TfpSeriesDeclared(series=said), said, mode=mode, now=now)
    return row


def _row(told: Declaration, *, mode: Mode, now: datetime) -> Series:
    one = told.described
    return Series(
        id=str(uuid7()), mode=mode, place_id=one.place_id, industry=one.industry, measure=one.measure,
        item=one.item, kind=one.kind, price_basis=one.price_basis, unit=one.unit,
        definition=one.definition, breaks=sorted(one.breaks), vintage=one.vintage,
        released_on=told.released_on, source=one.source, is_synthetic=one.is_synthetic, recorded_at=now,
    )  # fmt: skip
