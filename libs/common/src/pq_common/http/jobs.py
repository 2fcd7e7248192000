"""Long work, seen from outside: its state, its progress as it happens, and what became of each row."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.db.session import Database
from pq_common.errors import NotFound
from pq_common.http import job_store
from pq_common.http.auth import Actor, CurrentActor, require
from pq_common.http.pages import Page, Paging
from pq_common.http.session import Session, reading
from pq_common.tables_io.writing import MEDIA_TYPES

LONGEST_STREAM_S: Final = 600.0
RETRY_MS: Final = 2000
AnyCaller = Annotated[
    Actor,
    require(
        "ministry-admin",
        "ministry-analyst",
        "province-officer",
        "certification-body",
        "enterprise",
        "agency",
    ),
]


class JobNotFound(NotFound):
    """No such job, or another caller's and no import of the same reach: 404."""

    code = "job_not_found"
    title_vi, title_en = "Không có công việc này", "Job not found"


class JobHasNoFile(NotFound):
    """The job has made no file, or not yet: 404."""

    code = "job_file_not_found"
    title_vi, title_en = "Công việc chưa có tệp", "Job has no file"


class JobOut(BaseModel):
    """A job and how far it is."""

    id: UUID = Field(examples=["0190f5a2-6f0e-7c3e-9d61-1f6f7a2b9c10"])
    kind: str = Field(examples=["import:certificates"])
    state: Literal["queued", "running", "done", "failed"] = Field(examples=["done"])
    total: int | None = Field(examples=[212])
    done: int = Field(examples=[212])
    refused: int = Field(examples=[3])
    created_at: datetime = Field(examples=["2026-03-01T02:00:00Z"])
    updated_at: datetime = Field(examples=["2026-03-01T02:00:04Z"])
    result: dict[str, Any] | None = Field(
        description="The receipt of an import, the manifest of an export; null until done",
        examples=[{"applied": True, "rows": 212, "refused": 3}],
    )
    error: dict[str, Any] | None = Field(
        description="The problem that ended it; null otherwise", examples=[None]
    )

    @classmethod
    def of(cls, row: Any) -> "JobOut":
        """Return the public side of a job's row."""
        answer = (row.result or {}).get("answer")
        values = {name: getattr(row, name) for name in cls.model_fields if name != "result"}
        return cls(**values, result=answer)


class JobRowError(BaseModel):
    """One fault in one cell."""

    column: str | None = Field(examples=["issued_on"])
    cell: str | None = Field(examples=["C17"])
    value: str | None = Field(description="As sent; personal codes masked", examples=["31/02/2026"])
    code: str = Field(examples=["date_from_datetime_parsing"])
    message_vi: str = Field(examples=["Cần ngày dạng năm-tháng-ngày như 2026-01-31."])
    message_en: str = Field(examples=["Expected a day like 2026-01-31."])


class JobRowOut(BaseModel):
    """What became of one row."""

    row: int = Field(description="Running number of the row in the file", examples=[16])
    sheet: str | None = Field(examples=["Danh sách"])
    cell: str | None = Field(description="First cell of the row", examples=["A17"])
    status: str = Field(description="new, changed, unchanged or refused", examples=["refused"])
    errors: list[JobRowError]


async def visible_job(job_id: UUID, session: Session, actor: AnyCaller) -> JobOut:
    """Return the job, if ``seen_by`` shows it to the caller."""
    return await seen_by(session, job_id, actor)


async def seen_by(session: AsyncSession, job_id: UUID, actor: Actor) -> JobOut:
    """Return the job if the actor sent it, runs the system, or might have sent this import as well. Raises JobNotFound.

    Who sends a file that a colleague of the same reach sent before is referred to that colleague's job.
    """
    owner = None if actor.has("ministry-admin") else actor.id
    row = await job_store.find(session, job_id, actor=owner)
    if row is None and owner is not None:
        row = await job_store.shared(session, job_id, reach=actor.reach)
    if row is None:
        raise JobNotFound(f"Không có công việc {job_id}.", f"There is no job {job_id}.")
    return JobOut.of(row)


VisibleJob = Annotated[JobOut, Depends(visible_job)]
POLL: Final = "Poll this every two seconds or so, or follow ``/events``."


@cache
def jobs_router() -> APIRouter:
    """Return the routes ``/jobs/{job_id}`` with ``/events``, ``/rows`` and ``/file``."""
    router = APIRouter(prefix="/jobs", tags=["jobs"])
    return _with_tables(with_state(router, visible_job, summary="State of a job", told=POLL))


def with_state(
    router: APIRouter,
    visible: Callable[..., Awaitable[JobOut]],
    *,
    summary: str,
    told: str,
    seen_as: Callable[[UUID, Actor], Actor] = lambda _, actor: actor,
) -> APIRouter:
    """Add ``/{job_id}`` and ``/{job_id}/events`` for whom ``visible`` shows the job; ``seen_as`` says in whose name it is followed."""
    seen = Annotated[JobOut, Depends(visible)]

    async def get_job(job: seen) -> JobOut:
        return job

    async def follow_job(
        job: seen, request: Request, actor: CurrentActor
    ) -> AsyncIterator[ServerSentEvent]:
        """Send an event whenever the job moves, the last one named ``done`` or ``failed``. Reconnect to go on."""
        async for event in follow(job, request, seen_as(job.id, actor)):
            yield event

    router.get("/{job_id}", summary=summary, description=told)(get_job)
    router.get(
        "/{job_id}/events",
        summary="Progress of a job as it happens",
        response_class=EventSourceResponse,
    )(follow_job)
    return router


@cache
def job_tables_router() -> APIRouter:
    """Return the routes ``/jobs/{job_id}/rows`` and ``/file`` alone, for a service that shows jobs to callers without a token."""
    return _with_tables(APIRouter(prefix="/jobs", tags=["jobs"]))


def _with_tables(router: APIRouter) -> APIRouter:
    router.get("/{job_id}/rows", summary="What became of each row")(list_job_rows)
    router.get(
        "/{job_id}/file",
        summary="The file that an export made",
        response_class=Response,
        responses={
            200: {"content": {m: {"example": ""} for m in ("text/csv", "application/x-ndjson")}}
        },
    )(get_job_file)
    return router


async def follow(job: JobOut, request: Request, actor: Actor) -> AsyncIterator[ServerSentEvent]:
    """Yield what becomes of a job that ``actor`` sees, until it has ended or the stream has lasted long enough."""
    database: Database = request.app.state.database
    poll_s: float = request.app.state.settings.poll_interval_s
    until, told = time.monotonic() + LONGEST_STREAM_S, None
    while time.monotonic() < until:
        if told != job.updated_at:
            told = job.updated_at
            ended = job.state in (job_store.DONE, job_store.FAILED)
            name = job.state if ended else "progress"
            step = f"{job.state}-{job.done}"
            yield ServerSentEvent(data=job, event=name, id=step, retry=RETRY_MS)
            if ended:
                return
        await asyncio.sleep(poll_s)
        async with reading(database, actor) as session:
            try:
                job = await seen_by(session, job.id, actor)
            except JobNotFound:
                return


async def list_job_rows(
    job: VisibleJob,
    session: Session,
    paging: Paging,
    status: Literal["new", "changed", "unchanged", "refused"] | None = None,
) -> Page[JobRowOut]:
    """List the rows of an import in the order of the file, all or those of one status."""
    found = await job_store.rows(session, job.id, paging.slice, status=status)
    return paging.page(found, _row_out, key=lambda row: (row.row_no,))


async def get_job_file(job: VisibleJob, session: Session) -> Response:
    """Download the file; its hash and count of rows stand in the job's result."""
    kept = await job_store.file_of(session, job.id) if job.state == job_store.DONE else None
    if kept is None or not job.kind.startswith("export:"):
        raise JobHasNoFile("Công việc này chưa có tệp.", "This job has no file yet.")
    name = kept.filename
    media_type = MEDIA_TYPES["csv" if name.endswith(".csv") else "ndjson"]
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "ETag": f'"{kept.sha256}"'}
    return Response(kept.content, media_type=media_type, headers=headers)


def _row_out(row: Any) -> JobRowOut:
    errors = [JobRowError(**error) for error in row.errors or []]
    return JobRowOut(
        row=row.row_no, sheet=row.sheet, cell=row.cell, status=row.status, errors=errors
    )
