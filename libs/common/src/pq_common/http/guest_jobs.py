"""Jobs of operations that are open to everybody: a stranger's job belongs to whoever knows its id (ADR 0009)."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from pq_common.http import job_store
from pq_common.http.auth import Actor, CurrentActor
from pq_common.http.jobs import JobNotFound, JobOut, follow
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
    """Return the job, if the caller sent it, runs the system, or is a stranger who knows its id."""
    owner = owner_of(job_id, actor)
    async with reading(request.app.state.database, owner) as session:
        row = await job_store.find(
            session, job_id, actor=None if actor.has("ministry-admin") else owner.id
        )
    if row is None:
        raise JobNotFound(f"Không có công việc {job_id}.", f"There is no job {job_id}.")
    return JobOut.of(row)


VisibleJob = Annotated[JobOut, Depends(visible_job)]


def guest_jobs_router() -> APIRouter:
    """Return the routes ``/jobs/{job_id}`` and ``/jobs/{job_id}/events``, for callers with a token and without."""
    router = APIRouter(prefix="/jobs", tags=["jobs"])
    router.get("/{job_id}", summary="State of a job, and its answer when it is done")(get_job)
    router.get(
        "/{job_id}/events",
        summary="Progress of a job as it happens",
        response_class=EventSourceResponse,
    )(follow_job)
    return router


async def get_job(job: VisibleJob) -> JobOut:
    """Poll this every two seconds or so, or follow ``/events``. Without a token the id is the key: keep it to yourself."""
    return job


async def follow_job(
    job: VisibleJob, request: Request, actor: CurrentActor
) -> AsyncIterator[ServerSentEvent]:
    """Send an event whenever the job moves, the last one named ``done`` or ``failed``. Reconnect to go on."""
    async for event in follow(job, request, owner_of(job.id, actor)):
        yield event
