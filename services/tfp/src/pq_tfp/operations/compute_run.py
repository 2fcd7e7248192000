"""Compute a run from stored series: read what it may read, and keep all that made it. Between the two another process computes."""

import importlib.metadata
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from pq_common import places
from pq_tfp.domain.running.compute import Computed, bundle_of
from pq_tfp.domain.running.specification import COMPARING, Specification
from pq_tfp.domain.store.completeness import parts_of
from pq_tfp.domain.store.stored import Stored
from pq_tfp.storage import series as stored
from pq_tfp.storage.tables import Run


async def read_series(session: AsyncSession, wanted: Specification, *, mode: str) -> list[Stored]:
    """Return the series that the run may read: of the place, what it was made of, and the nation, as far as the caller sees them."""
    asked = [wanted.place_id]
    if wanted.engine in COMPARING:
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


async def keep_run(
    session: AsyncSession, computed: Computed, *, mode: str, actor: str, now: datetime
) -> Run:
    """Keep what was computed, with the hash of parameters, series and results; nothing is published."""
    run = _row(computed, mode=mode)
    run.computed_by, run.computed_at = actor, now
    session.add(run)
    await session.flush()
    return run


def code_version() -> str:
    """Return the version of the code that computes."""
    return importlib.metadata.version("pq-tfp")


def _row(computed: Computed, *, mode: str) -> Run:
    version = code_version()
    bundle = bundle_of(computed, code_version=version)
    asked = computed.parameters
    return Run(
        id=str(uuid7()), version=1, mode=mode, place_id=asked["place_id"], industry=asked["industry"],
        boundary=asked["boundary"], engine=computed.engine, method_version=computed.method_version,
        code_version=version, vintage=asked["vintage"], inputs=computed.inputs,
        parameters={**asked, "parts": list(parts_of(asked["place_id"])), "mode": mode},
        results=computed.results, warnings=list(computed.warnings),
        bundle_sha256=bundle["bundle_sha256"],
        is_synthetic=any(one["is_synthetic"] for one in computed.inputs["series"]),
        published_by=None, published_at=None, supersedes=None,
    )  # fmt: skip
