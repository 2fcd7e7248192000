"""Every query on runs, by name. Row-level security limits each to the caller's scope."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.keyset import Slice
from pq_tfp.domain.errors import RunNotFound
from pq_tfp.storage.tables import Run


async def get(session: AsyncSession, run_id: str) -> Run:
    """Return the run. Raises RunNotFound, also outside scope."""
    found = await session.get(Run, run_id)
    if found is None:
        raise RunNotFound.of(run_id)
    return found


async def lock(session: AsyncSession, run_id: str) -> Run:
    """Return the run with its row locked to the end of the transaction, alone among the runs of its place. Raises RunNotFound.

    Each publication supersedes the one before it: of two at the same time the second waits, or both would supersede the same.
    """
    found = await session.get(Run, run_id, with_for_update=True)
    if found is None:
        raise RunNotFound.of(run_id)
    line = func.hashtextextended(f"publication {found.mode} {found.place_id}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(line)))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """Which runs to list."""

    mode: str
    places: frozenset[str] | None = None
    engine: str | None = None
    vintage: str | None = None
    industry: str | None = None
    published: bool | None = None


async def page(session: AsyncSession, part: Slice, wanted: RunFilter) -> Sequence[Run]:
    """Return a page of runs by id."""
    query = select(Run).where(Run.mode == wanted.mode)
    if wanted.places is not None:
        query = query.where(Run.place_id.in_(wanted.places))
    for name in ("engine", "vintage", "industry"):
        if (value := getattr(wanted, name)) is not None:
            query = query.where(getattr(Run, name) == value)
    if wanted.published is not None:
        there = Run.published_at.is_not(None)
        query = query.where(there if wanted.published else ~there)
    return (await session.execute(part.of(query, Run.id))).scalars().all()


async def successors(session: AsyncSession, run_ids: Sequence[str]) -> dict[str, str]:
    """Return, for each of these runs that a later publication superseded, the id of that later run."""
    query = select(Run.supersedes, Run.id).where(
        Run.supersedes.in_(run_ids), Run.published_at.is_not(None)
    )
    return {str(old): new for old, new in (await session.execute(query)).all()}


def series_of(run: Run) -> list[str]:
    """Return the ids of the series that the run read; a run older than bundles did not keep them."""
    return [one["id"] for one in run.inputs.get("series", ())]


async def last_published(session: AsyncSession, like: Run) -> Run | None:
    """Return the newest published run of the same place, industry, boundary, engine, mode and period.

    Another period is another figure: an account of 2021-2023 takes nothing away from that of 2021-2025.
    """
    period = Run.results["period"]
    query = select(Run).where(
        Run.mode == like.mode,
        Run.place_id == like.place_id,
        Run.boundary == like.boundary,
        Run.engine == like.engine,
        Run.industry == like.industry,
        Run.published_at.is_not(None),
        *(
            period[end].as_integer() == like.results["period"][end]
            for end in ("first_year", "last_year")
        ),
    )
    newest = query.order_by(Run.published_at.desc(), Run.id.desc()).limit(1)
    return (await session.execute(newest)).scalar_one_or_none()
