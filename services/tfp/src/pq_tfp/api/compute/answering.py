"""A body becomes an answer at once, or a job when it is large or slow (202); a caller who left ends the computation."""

import asyncio
import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request, Response
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from pq_common.db.session import Database, set_scope
from pq_common.db.work import COMPUTE
from pq_common.http import job_store
from pq_common.http.auth import Actor
from pq_common.http.guest_jobs import new_job
from pq_common.http.job_runner import Lost, Progress, Work
from pq_common.http.job_store import Claim
from pq_common.http.jobs import JobOut
from pq_tfp.api.compute.engines import ROUTES, compute
from pq_tfp.api.compute.errors import ComputationTooLong
from pq_tfp.api.compute.pool import Pool

TELL_S = 1.0
NOBODY_LISTENS = 499
"""For the log alone; no connection is left to answer on."""


class ComputeAccepted(BaseModel):
    """The receipt of a computation that is large or slow; its answer will be the job's ``result``."""

    job: JobOut
    follow: str = Field(examples=["/tfp/v1/jobs/0b5e7a0c-7a53-4a3d-9d61-1f6f7a2b9c10"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one computation may take: at once up to so many bytes and seconds, beyond that as a job of so many seconds."""

    sync_bytes: int
    sync_seconds: float
    job_seconds: float


class Desk:
    """Where computations are handed in: the pool, and those that are still running when their caller was given a job."""

    def __init__(self, pool: Pool, limits: Limits) -> None:
        self._pool = pool
        self._limits = limits
        self._handed_on: dict[UUID, _Running] = {}

    async def answer(self, request: Request, name: str, actor: Actor) -> Response:
        """Answer 200 with the route's answer, or 202 with a job. Raises what the computation refuses."""
        body = await request.body()
        database: Database = request.app.state.database
        if len(body) > self._limits.sync_bytes:
            return await self._accept(database, name, body, actor, running=None)
        running = _Running(self._pool, name, body)
        try:
            left = await _left_before(running.task, request, self._limits.sync_seconds)
            if left:
                await running.cancel()
                return Response(status_code=NOBODY_LISTENS)
            if running.task.done():
                return Response(await running.task, media_type="application/json")
            return await self._accept(database, name, body, actor, running=running)
        except BaseException:
            await running.cancel()
            raise

    def works(self) -> dict[str, Work]:
        """Return the works of ``JobRunner``, one for each route."""
        return {f"{COMPUTE}{name}": self._work(name) for name in ROUTES}

    async def _accept(
        self,
        database: Database,
        name: str,
        body: bytes,
        actor: Actor,
        *,
        running: "_Running | None",
    ) -> Response:
        job_id, owner = new_job(actor)
        digest = hashlib.sha256(body).hexdigest()
        async with database.sessions.begin() as session:
            await set_scope(session, frozenset(), actor=owner.id)
            await job_store.enqueue(
                session, job_id=job_id, kind=f"{COMPUTE}{name}", actor=owner.id,
                request={"sha256": digest, job_store.FORGET_FILE: True},
            )  # fmt: skip
            await job_store.keep_file(
                session, job_id, filename=f"{name}.json", sha256=digest, content=body
            )
            row = await job_store.find(session, job_id, actor=owner.id)
        if running is not None:
            self._hand_on(job_id, running)
        follow = f"/tfp/v1/jobs/{job_id}"
        accepted = ComputeAccepted(job=JobOut.of(row), follow=follow)
        return JSONResponse(accepted.model_dump(mode="json"), 202, headers={"Location": follow})

    def _hand_on(self, job_id: UUID, running: "_Running") -> None:
        # Another process may take the job first and compute it anew; then nobody asks for this one.
        self._handed_on[job_id] = running
        later = asyncio.get_running_loop().call_later
        later(self._limits.job_seconds, self._handed_on.pop, job_id, None)

    def _work(self, name: str) -> Work:
        async def work(database: Database, claim: Claim, progress: Progress) -> None:
            running = self._handed_on.pop(claim.id, None)
            if running is None:
                async with job_store.runners_session(database) as session:
                    file = await job_store.file_of(session, claim.id)
                if file is None:
                    raise LookupError("the job has no body")
                running = _Running(self._pool, name, file.content)
            answer = await _told(running, progress, self._limits.job_seconds)
            counts = {"done": progress.done, "total": progress.total or progress.done}
            async with job_store.runners_session(database) as session:
                if not await job_store.finish(session, claim, json.loads(answer), counts=counts):
                    raise Lost(str(claim.id))

        return work


class _Running:
    """A computation on its way, and how far it is."""

    def __init__(self, pool: Pool, name: str, body: bytes) -> None:
        self.done, self.total = 0, 1
        self.task: asyncio.Task[bytes] = asyncio.create_task(
            pool.run(compute, name, body, tell=self._tell)
        )

    def _tell(self, done: int, total: int) -> None:
        self.done, self.total = done, total

    async def cancel(self) -> None:
        """End the computation and its process."""
        self.task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await self.task


async def _told(running: _Running, progress: Progress, seconds: float) -> bytes:
    """Wait for the computation, telling how far it is. Raises ComputationTooLong, and what it refuses."""
    until = asyncio.get_running_loop().time() + seconds
    try:
        while not running.task.done():
            await asyncio.wait({running.task}, timeout=TELL_S)
            progress.done, progress.total = running.done, running.total
            if not running.task.done():
                await progress.tell()
            if asyncio.get_running_loop().time() > until:
                raise ComputationTooLong(
                    f"Phép tính quá {seconds:g} giây nên đã dừng: hãy chia nhỏ.",
                    f"The computation took over {seconds:g} seconds and was ended: split it.",
                )
        progress.done = progress.total = running.total
        return await running.task
    finally:
        await running.cancel()


async def _left_before(task: "asyncio.Task[bytes]", request: Request, seconds: float) -> bool:
    """Wait for the computation, not longer than ``seconds``; tell whether its caller left before it ended."""
    left = asyncio.create_task(_left(request))
    try:
        await asyncio.wait({task, left}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return left.done() and not task.done()
    finally:
        left.cancel()


async def _left(request: Request) -> None:
    """Return when the caller has closed the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
