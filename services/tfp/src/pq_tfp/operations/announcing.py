"""Say what became of a series: its event, and its state after it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.event import Event, EventData, Mode
from pq_common.contracts.tfp import TfpSeries, TfpSeriesState, YearValue
from pq_common.db.outbox import emit
from pq_tfp.storage.tables import Series


def told_series(row: Series, values: Mapping[int, Decimal]) -> TfpSeries:
    """Return the series as events carry it; who withdrew it is nobody's business there."""
    return TfpSeries(
        series_id=row.id, place_id=row.place_id, industry=row.industry, measure=row.measure,
        item=row.item, kind=row.kind, price_basis=row.price_basis, unit=row.unit,
        definition=row.definition, breaks=tuple(row.breaks), vintage=row.vintage,
        released_on=row.released_on, source=row.source, is_synthetic=row.is_synthetic,
        recorded_at=row.recorded_at,
        values=tuple(YearValue(year=int(y), value=text) for y, text in plain(values).items()),
        withdrawn_at=row.withdrawn_at, withdrawal_reason=row.withdrawal_reason,
    )  # fmt: skip


async def series_changed(
    session: AsyncSession,
    row: Series,
    said: EventData,
    now_is: TfpSeries,
    *,
    mode: Mode,
    now: datetime,
) -> None:
    """Announce a change of the series, which its row already shows."""
    await emit(
        session,
        Event(
            data=said,
            subject=row.id,
            version=row.version,
            occurred_at=now,
            place_id=row.place_id,
            mode=mode,
            state=TfpSeriesState(series=now_is),
        ),
    )


def plain(values: Mapping[int, Decimal]) -> dict[str, str]:
    """Return values by year as decimal strings, never 1E+3."""
    return {str(year): format(value, "f") for year, value in sorted(values.items())}
