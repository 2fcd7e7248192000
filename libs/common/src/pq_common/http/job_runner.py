"""Run queued jobs beside the requests of a process; another process takes over where one dies."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Final
from uuid import uuid4

import structlog
from sqlalchemy.exc import SQLAlchemyError

from pq_common import context
from pq_common.db import signals
from pq_common.db.session import Database, shown
from pq_common.db.transient import FAILURES, is_transient
from pq_common.errors import PqError
from pq_common.http import job_store
from pq_common.http.database_errors import refusal_of
from pq_common.http.job_store import Claim
from pq_common.http.problems import document, status_of

HEARTBEAT_S: Final = 10.0
MOST_TRIES: Final = 5
"""A job that was taken this often and never ended is what ends its runners; it is not given to another."""
Work = Callable[[Database, Claim, "Progress"], Awaitable[None]]
log = structlog.get_logger("pq.jobs")


class JobBroken(PqError):
    """A fault of ours ended the job; its transaction was rolled back: 500 in the job's error."""

    code = "job_broken"
    title_vi, title_en = "Công việc gặp lỗi", "Job broken"


class JobGivenUp(PqError):
    """The job's runner fell silent again and again, so nobody takes the job any more: 500 in the job's error."""

    code = "job_given_up"
    title_vi, title_en = "Công việc bị bỏ dở", "Job given up"


class Lost(Exception):
    """The job was given to another runner while this one was silent; nothing of it may be committed."""


class Progress:
    """How far one job is; written in transactions of its own, so that others see it while the work goes on."""

    def __init__(self, database: Database, claim: Claim) -> None:
        self._database = database
        self._claim = claim
        self.total: int | None = None
        self.done = 0
        self.refused = 0

    async def tell(self) -> None:
        """Write the counts. Raises Lost when the job is no longer ours."""
        async with job_store.runners_session(self._database) as session:
            ours = await job_store.progress(
                session, self._claim, total=self.total, done=self.done, refused=self.refused
            )
        if not ours:
            raise Lost(str(self._claim.id))

    @asynccontextmanager
    async def heartbeat(self) -> AsyncIterator[None]:
        """Tell now and then while entered, also when the work has nothing to tell."""

        async def beat() -> None:
            while not _is_ending():
                await asyncio.sleep(HEARTBEAT_S)
                with suppress(SQLAlchemyError, *FAILURES, Lost):
                    await self.tell()

        task = asyncio.create_task(beat())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


class JobRunner:
    """Takes jobs of its kinds one by one. Enter ``running`` with the application's lifespan.

    A job of this process begins at once; those of other processes within ``poll_s``, or when theirs fell silent.
    """

    def __init__(self, works: Mapping[str, Work], *, poll_s: float) -> None:
        self._works = works
        self._poll_s = poll_s

    @asynccontextmanager
    async def running(self, app: Any) -> AsyncIterator[None]:
        """Be a part of the application's lifespan (``app.build(parts=[runner.running])``)."""
        task = asyncio.create_task(self._loop(app.state.database))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _loop(self, database: Database) -> None:
        bell = signals.wake_on_commit(shown(database.url), "jobs")
        while not _is_ending():
            bell.clear()
            try:
                worked = await self.once(database)
            except (SQLAlchemyError, *FAILURES) as reason:
                log.warning("jobs_wait_for_database", reason=type(reason).__name__)
                worked = False
            except Exception as reason:
                # A loop that ended would leave every later job waiting, and nobody would be told.
                log.error("jobs_failed", exc_info=reason)
                worked = False
            if not worked:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._poll_s):
                        await bell.wait()

    async def once(self, database: Database) -> bool:
        """Do one job, if one waits."""
        async with job_store.runners_session(database) as session:
            claim = await job_store.claim(session, list(self._works), str(uuid4()))
        if claim is None:
            return False
        caused = context.Context(actor=claim.actor, correlation_id=str(claim.id))
        token = context.current.set(caused)
        try:
            await self._do(database, claim)
        finally:
            context.current.reset(token)
        return True

    async def _do(self, database: Database, claim: Claim) -> None:
        progress = Progress(database, claim)
        try:
            if claim.tries > MOST_TRIES:
                raise _given_up()
            async with progress.heartbeat():
                await self._works[claim.kind](database, claim, progress)
        except Lost:
            log.warning("job_lost", job=str(claim.id))
        except PqError as refusal:
            await _failed(database, claim, refusal)
        except SQLAlchemyError as reason:
            if refusal_of(reason) is not None:
                raise  # the database is busy or away: the job waits out its silence and is taken again
            await _broken(database, claim, reason)
        except Exception as reason:
            if is_transient(reason):
                raise  # as above
            # A fault of ours in one job; it must not stop the jobs behind it.
            await _broken(database, claim, reason)


def _given_up() -> JobGivenUp:
    return JobGivenUp(
        f"Công việc đã bắt đầu {MOST_TRIES} lần, lần nào tiến trình cũng dừng giữa chừng; chưa có gì được ghi. Hãy báo mã công việc.",
        f"The job was begun {MOST_TRIES} times and its process ended each time before it did; nothing was written. Report the job's id.",
    )


async def _broken(database: Database, claim: Claim, reason: Exception) -> None:
    log.error("job_failed", job=str(claim.id), exc_info=reason)
    said = JobBroken(
        "Công việc gặp lỗi hệ thống; chưa có gì được ghi.",
        "The job met a fault of the system; nothing was written.",
    )
    await _failed(database, claim, said)


async def _failed(database: Database, claim: Claim, refusal: PqError) -> None:
    status = status_of(refusal)
    said = document(refusal, status=status, english=False, trace=claim.id.hex)
    async with job_store.runners_session(database) as session:
        await job_store.fail(session, claim, said)


def _is_ending() -> bool:
    """Say whether this task was asked to end: a driver may tell a cancellation as an error of the database."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
