"""Queries on jobs. A job's state lives here and never in a process."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.db import signals
from pq_common.db.feed import feed_counter
from pq_common.db.session import EVERY_JOB, Database, set_jobs, set_scope
from pq_common.db.work import job, job_row, upload
from pq_common.keyset import Slice

QUEUED, RUNNING, DONE, FAILED = "queued", "running", "done", "failed"
# A runner that says nothing for this long is taken for dead, and its job given to another.
SILENCE = text("interval '60 seconds'")

IMPORT = "import:"
FORGET_FILE = "forget_file"
"""In a job's request: the file it came with is not kept beyond its end."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that this runner has, until it is silent too long."""

    id: UUID
    kind: str
    actor: str
    request: Mapping[str, Any]
    token: str
    tries: int = 1
    """How often it was taken, this time included."""


@asynccontextmanager
async def runners_session(database: Database) -> AsyncIterator[AsyncSession]:
    """Open a transaction that sees every caller's jobs, and no row of any place; never for a request."""
    async with database.sessions.begin() as session:
        await set_scope(session, frozenset(), jobs=EVERY_JOB)
        yield session


async def enqueue(
    session: AsyncSession, *, job_id: UUID, kind: str, actor: str, request: Mapping[str, Any]
) -> None:
    """Leave a job for whichever runner is free; one of this process is woken."""
    values = {"id": job_id, "kind": kind, "state": QUEUED, "actor": actor}
    await session.execute(insert(job).values(**values, result={"request": request}))
    signals.after_commit(session, "jobs")


async def keep_file(
    session: AsyncSession, job_id: UUID, *, filename: str, sha256: str, content: bytes
) -> None:
    """Keep the file of a job beside it."""
    values = {"job_id": job_id, "filename": filename, "sha256": sha256, "content": content}
    await session.execute(insert(upload).values(**values))


async def file_of(session: AsyncSession, job_id: UUID) -> Row[Any, Any, Any] | None:
    """Return filename, sha256 and content of the job's file."""
    found = select(upload.c.filename, upload.c.sha256, upload.c.content)
    return (await session.execute(found.where(upload.c.job_id == job_id))).one_or_none()


async def find(session: AsyncSession, job_id: UUID, *, actor: str | None) -> Row[Any] | None:
    """Return the job, if it is this actor's; with None, anybody's."""
    statement = select(job).where(job.c.id == job_id)
    if actor is not None:
        statement = statement.where(job.c.actor == actor)
    return (await session.execute(statement)).one_or_none()


async def shared(session: AsyncSession, job_id: UUID, *, reach: str) -> Row[Any] | None:
    """Return the import that a caller of this reach left; its rows are seen from here on, as in ``first_receipt``."""
    await set_jobs(session, reach)
    statement = select(job).where(
        job.c.id == job_id, job.c.result["request"]["reach"].astext == reach
    )
    return (await session.execute(statement)).one_or_none()


async def first_receipt(
    session: AsyncSession, *, kind: str, sha256: str, reach: str, mode: str
) -> Row[Any] | None:
    """Return the job that first brought in this very file for callers of the same reach.

    From here on the transaction sees, of other callers' jobs, those of this reach.
    """
    await set_jobs(session, reach)
    request = job.c.result["request"]
    statement = (
        select(job)
        .join(upload, upload.c.job_id == job.c.id)
        .where(job.c.kind == kind, upload.c.sha256 == sha256, job.c.state == DONE)
        .where(request["reach"].astext == reach, request["mode"].astext == mode)
        .where(job.c.result["answer"]["applied"].astext == "true")
        .order_by(job.c.created_at)
        .limit(1)
    )
    return (await session.execute(statement)).one_or_none()


async def rows(
    session: AsyncSession, job_id: UUID, page: Slice, *, status: str | None
) -> Sequence[Row[Any]]:
    """Return what became of each row of a job, in the order of the file."""
    statement = select(job_row).where(job_row.c.job_id == job_id)
    if status is not None:
        statement = statement.where(job_row.c.status == status)
    return (await session.execute(page.of(statement, job_row.c.row_no))).all()


async def claim(session: AsyncSession, kinds: Sequence[str], token: str) -> Claim | None:
    """Take the oldest job that waits, or whose runner fell silent."""
    free = or_(
        job.c.state == QUEUED, and_(job.c.state == RUNNING, job.c.updated_at < func.now() - SILENCE)
    )
    oldest = (
        select(job.c.id)
        .where(job.c.kind.in_(kinds), free)
        .order_by(job.c.created_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    tries = func.coalesce(job.c.result["tries"].as_integer(), 0) + 1
    taken = (
        update(job)
        .where(job.c.id == oldest)
        .values(
            state=RUNNING,
            updated_at=func.now(),
            done=0,
            refused=0,
            result=job.c.result.op("||")(func.jsonb_build_object("claim", token, "tries", tries)),
        )
        .returning(job.c.id, job.c.kind, job.c.actor, job.c.result)
    )
    row = (await session.execute(taken)).one_or_none()
    if row is None:
        return None
    told = row.result
    return Claim(row.id, row.kind, row.actor, told["request"], token, told["tries"])


async def progress(
    session: AsyncSession, mine: Claim, *, total: int | None = None, done: int, refused: int
) -> bool:
    """Say how far it is. Returns False when the job was given to another runner."""
    values: dict[str, Any] = {"done": done, "refused": refused, "updated_at": func.now()}
    if total is not None:
        values["total"] = total
    return await _change(session, mine, values)


async def finish(
    session: AsyncSession, mine: Claim, answer: Mapping[str, Any], *, counts: Mapping[str, int]
) -> bool:
    """Close the job with its answer, in the transaction of its work. False: it was given to another, roll back."""
    result = {"request": mine.request, "answer": answer}
    values = {"state": DONE, "result": result, "updated_at": func.now(), **counts}
    return await _end(session, mine, values)


async def fail(session: AsyncSession, mine: Claim, problem: Mapping[str, Any]) -> bool:
    """Close the job with the problem that ended it."""
    return await _end(session, mine, {"state": FAILED, "error": problem, "updated_at": func.now()})


async def keep_rows(session: AsyncSession, found: Sequence[Mapping[str, Any]]) -> None:
    """Keep what became of each row."""
    for start in range(0, len(found), 1000):
        await session.execute(insert(job_row), [dict(row) for row in found[start : start + 1000]])


async def feed_position(session: AsyncSession) -> int:
    """Return the last position of the changes feed that this transaction sees."""
    return int((await session.execute(select(feed_counter.c.position))).scalar_one_or_none() or 0)


async def _end(session: AsyncSession, mine: Claim, values: Mapping[str, Any]) -> bool:
    ended = await _change(session, mine, values)
    if ended and (mine.kind.startswith(IMPORT) or mine.request.get(FORGET_FILE)):
        # A sent file may hold personal codes, sent figures are not ours: what stays is a name and a hash.
        await session.execute(update(upload).where(upload.c.job_id == mine.id).values(content=b""))
    return ended


async def _change(session: AsyncSession, mine: Claim, values: Mapping[str, Any]) -> bool:
    changed = (
        update(job)
        .where(job.c.id == mine.id, job.c.state == RUNNING)
        .where(job.c.result["claim"].astext == mine.token)
        .values(**values)
        .returning(job.c.id)
    )
    return (await session.execute(changed)).first() is not None
