"""Compute a run from stored series, and keep everything that made it: parameters, series, results, their hash."""

import asyncio
import importlib.metadata
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from pq_common import places
from pq_tfp.domain.running.compute import Computed, bundle_of, compute
from pq_tfp.domain.running.specification import Specification
from pq_tfp.domain.store.completeness import parts_of
from pq_tfp.domain.store.stored import Stored
from pq_tfp.storage import series as stored
from pq_tfp.storage.tables import Run


async def compute_run(
    session: AsyncSession, wanted: Specification, *, mode: str, actor: str, now: datetime
) -> Run:
    """Compute and keep the run; nothing is published. Raises SeriesRefused with every fault."""
    series = await read(session, wanted, mode=mode)
    # Beside the loop: the draws of a band take tens of milliseconds in which others are served.
    computed = await asyncio.to_thread(compute, wanted, series)
    run = _row(computed, wanted, series, mode=mode)
    run.computed_by, run.computed_at = actor, now
    session.add(run)
    await session.flush()
    return run


async def read(session: AsyncSession, wanted: Specification, *, mode: str) -> list[Stored]:
    """Return the series that the run may read: of the place, what it was made of, and the nation, as far as the caller sees them."""
    asked = [wanted.place_id]
    if wanted.engine == "CCD":
        asked = list(wanted.places or places.boundary(wanted.boundary).places)
    every_industry = wanted.sti or wanted.share.method == "IO_FIXED"
    return await stored.of_places(
        session,
        sorted({places.NATION, *asked, *(part for one in asked for part in parts_of(one))}),
        mode=mode,
        industry=None if every_industry else wanted.industry,
        vintages=wanted.vintages,
        vintage=wanted.vintage,
    )


def code_version() -> str:
    """Return the version of the code that computes."""
    return importlib.metadata.version("pq-tfp")


def _row(computed: Computed, wanted: Specification, series: Sequence[Stored], *, mode: str) -> Run:
    version = code_version()
    bundle = bundle_of(computed, code_version=version)
    return Run(
        id=str(uuid7()), version=1, mode=mode, place_id=wanted.place_id, industry=wanted.industry,
        boundary=wanted.boundary, engine=computed.engine, method_version=computed.method_version,
        code_version=version, vintage=wanted.vintage, inputs=computed.inputs,
        parameters={**computed.parameters, "parts": list(parts_of(wanted.place_id)), "mode": mode},
        results=computed.results, warnings=list(computed.warnings),
        bundle_sha256=bundle["bundle_sha256"],
        is_synthetic=any(one.is_synthetic for one in series),
        published_by=None, published_at=None, supersedes=None,
    )  # fmt: skip
