"""Publish a run: a separate act by a person, which puts the result on the bus."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.event import Event, Mode
from pq_common.contracts.tfp import TfpResultPublished, TfpResultState
from pq_common.db.outbox import emit
from pq_tfp.domain.errors import (
    AlreadyPublished,
    EngineNotPublished,
    IndustryNotPublished,
    RunOfWithdrawnSeries,
)
from pq_tfp.domain.running.specification import FRONTIERS
from pq_tfp.operations.telling import result_of
from pq_tfp.storage import runs, series
from pq_tfp.storage.tables import Run

WHOLE = "total"


async def publish_run(session: AsyncSession, run: Run, *, actor: str, now: datetime) -> Run:
    """Publish the locked ``run`` and announce it. Raises AlreadyPublished, EngineNotPublished, IndustryNotPublished, RunOfWithdrawnSeries."""
    await _refuse_unpublishable(session, run)
    before = await runs.last_published(session, run)
    run.supersedes = before.id if before else None
    run.published_by = actor
    run.published_at = now
    result = result_of(run, now)
    mode: Mode = "demo" if run.mode == "demo" else "official"
    await emit(
        session,
        Event(
            data=TfpResultPublished(result=result),
            subject=run.id,
            version=run.version,
            occurred_at=now,
            place_id=run.place_id,
            mode=mode,
            state=TfpResultState(result=result),
        ),
    )
    return run


async def _refuse_unpublishable(session: AsyncSession, run: Run) -> None:
    if run.published_at is not None:
        raise AlreadyPublished(
            f"Lần tính {run.id} đã công bố; số liệu sửa đổi cần một lần tính mới.",
            f"Run {run.id} is published already; a revision needs a new run.",
        )
    if run.engine in FRONTIERS:
        raise EngineNotPublished(
            f"Lần tính {run.id} theo đường biên ({run.engine}) chỉ dùng để phân tích, không công bố.",
            f"Run {run.id} by a frontier ({run.engine}) serves analysis and is not published.",
        )
    if run.industry != WHOLE:
        raise IndustryNotPublished(
            f"Lần tính {run.id} là của ngành {run.industry}; chỉ công bố kết quả toàn nền kinh tế của địa bàn.",
            f"Run {run.id} is of industry {run.industry}; only the whole economy of a place is published.",
        )
    if gone := sorted(await series.withdrawn_among(session, runs.series_of(run))):
        listed = ", ".join(gone)
        raise RunOfWithdrawnSeries(
            f"Lần tính {run.id} dùng chuỗi đã rút ({listed}); hãy tính lại.",
            f"Run {run.id} used series that were withdrawn since ({listed}); compute it anew.",
        )
