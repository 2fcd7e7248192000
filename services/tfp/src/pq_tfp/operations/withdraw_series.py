"""Withdraw a series that was declared in error: it stays on record with the reason, and nothing is computed from it any more."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.event import Mode
from pq_common.contracts.tfp import TfpSeriesWithdrawn
from pq_tfp.domain.errors import SeriesAlreadyWithdrawn, SeriesRefused
from pq_tfp.domain.store.declaring import reason_faults
from pq_tfp.operations.announcing import series_changed, told_series
from pq_tfp.storage import series as stored
from pq_tfp.storage.tables import Series


async def withdraw_series(
    session: AsyncSession, series_id: str, *, reason: str, actor: str, now: datetime
) -> tuple[Series, dict[int, Decimal]]:
    """Withdraw and announce. Return the series with its values. Raises SeriesNotFound, SeriesAlreadyWithdrawn, SeriesRefused."""
    row = await stored.lock(session, series_id)
    if row.withdrawn_at is not None:
        raise SeriesAlreadyWithdrawn.of(series_id, row.withdrawn_at)
    if found := reason_faults(reason):
        raise SeriesRefused.because(found)
    row.withdrawn_at, row.withdrawn_by, row.withdrawal_reason = now, actor, reason
    values = (await stored.values(session, [series_id])).get(series_id, {})
    said = told_series(row, values)
    mode: Mode = "demo" if row.mode == "demo" else "official"
    withdrawn = TfpSeriesWithdrawn(series=said, reason=reason)
    await series_changed(session, row, withdrawn, said, mode=mode, now=now)
    return row, values
