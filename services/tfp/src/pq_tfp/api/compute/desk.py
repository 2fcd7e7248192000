"""Where computations are handed in: answered at once, or kept as a job when large or slow; who leaves ends the computation."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.db.session import Database
from pq_common.http import job_store
from pq_common.http.auth import Actor
from pq_common.http.job_runner import Lost, Progress, Work
from pq_common.http.job_store import Claim
from pq_common.http.jobs import JobOut
from pq_tfp.api.compute.errors import ComputationTooLong
from pq_tfp.api.compute.pool import Pool

TELL_S = 1.0
NOBODY_LISTENS = 499
"""For the log alone; no connection is left to answer on."""


class ComputeAccepted(BaseModel):
    """The receipt of a computation that is large or slow; its answer will be the job's ``result``."""

    job: JobOut
    follow: str = Field(examples=["/tfp/v1/jobs/0b5e7a0c-7a53-4a3d-9d61-1f6f7a2b9c10"])


class CallerLeft(Exception):
    """The caller closed the connection; the computation was ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one computation may take: at once up to so many bytes and seconds, beyond that as a job of so many seconds."""

    sync_bytes: int
    sync_seconds: float
    job_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of computation: what another process calls with the body, and what is kept of the answer when a job made it."""

    call: Callable[..., Any]
    leading: tuple[Any, ...] = ()
    """Arguments before the body."""
    keep: Callable[[AsyncSession, Claim, Any], Awaitable[Mapping[str, Any]]]
    """Returns the job's ``result``, in the transaction that closes the job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A computation as it is handed in and, should it become a job, as the job keeps it: whoever has it can make the same again."""

    kind: str
    body: bytes
    remembered: Mapping[str, Any]
    """What the job's request holds beside the hash of the body."""


class Handed:
    """An order on the desk: answered, or still to be accepted as a job."""

    def __init__(self, order: Order, running: "_Running | None") -> None:
        self.order = order
        self.running = running

    @property
    def is_answered(self) -> bool:
        return self.running is not None and self.running.task.done()

    @property
    def answer(self) -> Any:
        """Return what the computation answered. Raises what it refuses."""
        if self.running is None:
            raise LookupError("the order was not computed")
        return self.running.task.result()


class Desk:
    """The pool, the kinds of computations by the kind of their job, and those still running when their caller was given a job."""

    def __init__(self, pool: Pool, limits: Limits, kinds: Mapping[str, Kind]) -> None:
        self._pool = pool
        self._limits = limits
        self._kinds = kinds
        self._handed_on: dict[UUID, _Running] = {}

    @asynccontextmanager
    async def hand_in(self, request: Request, order: Order) -> AsyncIterator[Handed]:
        """Compute for as long as a caller may wait; what is neither answered nor accepted inside ends with the block.

        Raises CallerLeft, and what the computation refuses.
        """
        small = len(order.body) <= self._limits.sync_bytes
        running = self._begin(order.kind, order.body) if small else None
        try:
            if running is not None:
                if await _left_before(running.task, request, self._limits.sync_seconds):
                    raise CallerLeft
                if running.task.done():
                    running.task.result()
            yield Handed(order, running)
        finally:
            if running is not None and running not in self._handed_on.values():
                await running.cancel()

    async def accept(
        self, session: AsyncSession, handed: Handed, job_id: UUID, owner: Actor
    ) -> ComputeAccepted:
        """Leave the order as a job in the owner's transaction; what runs already is not begun again."""
        order = handed.order
        digest = hashlib.sha256(order.body).hexdigest()
        await job_store.enqueue(
            session, job_id=job_id, kind=order.kind, actor=owner.id,
            request={**order.remembered, "sha256": digest, job_store.FORGET_FILE: True},
        )  # fmt: skip
        await job_store.keep_file(
            session, job_id, filename="asked.json", sha256=digest, content=order.body
        )
        row = await job_store.find(session, job_id, actor=owner.id)
        if handed.running is not None:
            self._hand_on(job_id, handed.running)
        return ComputeAccepted(job=JobOut.of(row), follow=f"/tfp/v1/jobs/{job_id}")

    def works(self) -> dict[str, Work]:
        """Return the works of ``JobRunner``, one for each kind."""
        return {kind: self._work(one) for kind, one in self._kinds.items()}

    def _begin(self, kind: str, body: bytes) -> "_Running":
        one = self._kinds[kind]
        return _Running(self._pool, one.call, *one.leading, body)

    def _hand_on(self, job_id: UUID, running: "_Running") -> None:
        # Another process may take the job first and compute it anew; then nobody asks for this one.
        self._handed_on[job_id] = running
        later = asyncio.get_running_loop().call_later
        later(self._limits.job_seconds, self._handed_on.pop, job_id, None)

    def _work(self, kind: Kind) -> Work:
        async def work(database: Database, claim: Claim, progress: Progress) -> None:
            running = self._handed_on.pop(claim.id, None)
            if running is None:
                running = self._begin(claim.kind, await _body_of(database, claim))
            answer = await _told(running, progress, self._limits.job_seconds)
            counts = {"done": progress.done, "total": progress.total or progress.done}
            async with job_store.runners_session(database) as session:
                kept = await kind.keep(session, claim, answer)
                if not await job_store.finish(session, claim, kept, counts=counts):
                    raise Lost(str(claim.id))

        return work


class _Running:
    """A computation on its way, and how far it is."""

    def __init__(self, pool: Pool, call: Callable[..., Any], *args: Any) -> None:
        self.done, self.total = 0, 1
        self.task: asyncio.Task[Any] = asyncio.create_task(pool.run(call, *args, tell=self._tell))

    def _tell(self, done: int, total: int) -> None:
        self.done, self.total = done, total

    async def cancel(self) -> None:
        """End the computation and its process."""
        self.task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await self.task


async def _body_of(database: Database, claim: Claim) -> bytes:
    async with job_store.runners_session(database) as session:
        file = await job_store.file_of(session, claim.id)
    if file is None:
        raise LookupError("the job has no body")
    body: bytes = file.content
    return body


async def _told(running: _Running, progress: Progress, seconds: float) -> Any:
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


async def _left_before(task: "asyncio.Task[Any]", request: Request, seconds: float) -> bool:
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
