"""Publish a run: a separate act by a person, which puts the result on the bus."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.event import Event, Mode
from pq_common.contracts.tfp import (
    PeriodOfGrowth,
    TfpResult,
    TfpResultPublished,
    TfpResultState,
    YearOfGrowth,
)
from pq_common.db.outbox import emit
from pq_tfp.domain.errors import AlreadyPublished
from pq_tfp.storage import runs
from pq_tfp.storage.tables import Run

YEARLY = (
    "g_Y", "g_K", "g_L", "g_A", "alpha", "beta", "contribution_K", "contribution_L", "contribution_A",
    "growth_share_A",
)  # fmt: skip


async def publish_run(session: AsyncSession, run: Run, *, actor: str, now: datetime) -> Run:
    """Publish the locked ``run`` and announce it. Raises AlreadyPublished."""
    if run.published_at is not None:
        raise AlreadyPublished(
            f"Lần tính {run.id} đã công bố; số liệu sửa đổi cần một lần tính mới.",
            f"Run {run.id} is published already; a revision needs a new run.",
        )
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


def result_of(run: Run, published_at: datetime) -> TfpResult:
    """Return the run as events and readers carry it; numbers as decimal strings."""
    growth, period = run.results["growth"], run.results["period"]
    return TfpResult(
        result_id=run.id,
        place_id=run.place_id,
        boundary=run.boundary,
        engine=run.engine,
        method_version=run.method_version,
        base_year=int(str(run.results["price_basis"]).removeprefix("constant-")),
        price_basis=run.results["price_basis"],
        vintage=run.vintage,
        share_method=run.results["share_method"],
        capital_method="declared stock",
        labour_unit=run.results["labour_unit"],
        years=tuple(_year(growth, index) for index in range(len(growth["years"]))),
        period=PeriodOfGrowth(
            first_year=period["first_year"],
            last_year=period["last_year"],
            reason=period["reason"],
            **{
                name: _decimal(period[name])
                for name in ("g_Y", "g_K", "g_L", "g_A", "g_LP", "growth_share_A")
            },
        ),
        warnings=tuple(run.warnings),
        is_synthetic=run.is_synthetic,
        supersedes=run.supersedes,
        published_at=published_at,
    )


def _decimal(value: float | None) -> Any:
    """Return plain decimal notation, never 1e-05; None stays None."""
    return None if value is None else format(Decimal(str(value)), "f")


def _year(growth: dict[str, Any], index: int) -> YearOfGrowth:
    return YearOfGrowth(
        year=growth["years"][index],
        reason=growth["reasons"][index],
        **{name: _decimal(growth[name][index]) for name in YEARLY},
    )
