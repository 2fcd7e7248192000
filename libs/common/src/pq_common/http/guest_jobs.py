"""Jobs of operations that are open to everybody: a stranger's job belongs to whoever knows its id (ADR 0009)."""

from functools import cache
from uuid import UUID, uuid4

from fastapi import APIRouter, Request

from pq_common.http.auth import Actor, CurrentActor
from pq_common.http.jobs import POLL, JobOut, seen_by, with_state
from pq_common.http.session import reading


def new_job(actor: Actor) -> tuple[UUID, Actor]:
    """Return an id nobody can guess, and who will own the job: the caller, or for a stranger the id itself."""
    job_id = uuid4()
    return job_id, owner_of(job_id, actor)


def owner_of(job_id: UUID, actor: Actor) -> Actor:
    """Return in whose name the job is looked for.

    All strangers share one name; under it row-level security would show each the jobs of all. So a stranger's transaction
    carries a name that the id alone gives, and sees that one job.
    """
    if not actor.is_public:
        return actor
    return Actor(id=f"public:{job_id}", roles=actor.roles)


async def visible_job(job_id: UUID, request: Request, actor: CurrentActor) -> JobOut:
    """Return the job, if ``seen_by`` shows it to the caller, or to a stranger who knows its id."""
    owner = owner_of(job_id, actor)
    async with reading(request.app.state.database, owner) as session:
        return await seen_by(session, job_id, owner)


@cache
def guest_jobs_router() -> APIRouter:
    """Return the routes ``/jobs/{job_id}`` and ``/jobs/{job_id}/events``, for callers with a token and without."""
    return with_state(
        APIRouter(prefix="/jobs", tags=["jobs"]),
        visible_job,
        summary="State of a job, and its answer when it is done",
        told=f"{POLL} Without a token the id is the key: keep it to yourself.",
        seen_as=owner_of,
    )
