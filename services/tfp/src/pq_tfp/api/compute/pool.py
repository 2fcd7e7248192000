"""Processes that compute beside the server: one call each at a time, ended when nobody waits for its answer any more.

A process that dies takes only its own call with it, and a pure call is simply made again. Not the standard library's executor: it
cannot end a call that runs, and the death of one process fails the calls of all.
"""

import asyncio
import os
import pickle
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

import structlog

from pq_common.http.refusals import Unavailable
from pq_tfp.api.compute import child
from pq_tfp.api.compute.errors import ComputationBroken, ComputationTooLarge

TRIES = 2
# One process is one core; a library that starts threads of its own would take those of the others.
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "POLARS_MAX")}
log = structlog.get_logger("pq.compute")


class _Died(Exception):
    """The process ended before it answered."""


class Pool:
    """At most ``size`` processes, started when they are needed; ``module`` is what each loads before its first call."""

    def __init__(self, module: str, *, size: int, memory_bytes: int, queue: int) -> None:
        self._start = (module, str(memory_bytes))
        self._slots = asyncio.Semaphore(size)
        self._queue = queue
        self._waiting = 0
        self._idle: list[Process] = []
        self._all: set[Process] = set()

    @asynccontextmanager
    async def running(self, _app: object = None) -> AsyncIterator["Pool"]:
        """Be a part of the application's lifespan; every process has ended when this is left."""
        try:
            yield self
        finally:
            for process in list(self._all):
                await self._end(process)

    @property
    def pids(self) -> list[int]:
        """Return the processes that live, busy or idle."""
        return sorted(process.pid for process in self._all)

    async def run(
        self, call: Callable[..., Any], *args: Any, tell: child.Tell | None = None
    ) -> Any:
        """Return ``call(*args, tell=…)`` from another process; cancelling this ends the process.

        ``call`` is a function of a module. Raises what the call refuses with, ComputationBroken for a fault of it, and
        Unavailable when too many calls wait already or processes keep dying.
        """
        if self._waiting >= self._queue:
            raise _busy("Quá nhiều phép tính đang chờ.", "Too many computations are waiting.")
        self._waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self._waiting -= 1
        try:
            return await self._tried(pickle.dumps((call, args)), tell)
        finally:
            self._slots.release()

    async def _tried(self, frame: bytes, tell: child.Tell | None) -> Any:
        for attempt in range(TRIES):
            try:
                return await self._asked(frame, tell)
            except _Died:
                log.warning("compute_process_died", attempt=attempt + 1)
        raise _busy("Phép tính bị ngắt giữa chừng.", "The computation was cut off.")

    async def _asked(self, frame: bytes, tell: child.Tell | None) -> Any:
        process = self._rested() or await self._begin()
        whole = False
        try:
            kind, content = await _exchange(process, frame, tell)
            whole = True
        except (asyncio.IncompleteReadError, ConnectionError):
            raise _Died from None
        finally:
            # Anything else, a cancellation above all, leaves a process that still computes for nobody.
            if whole:
                self._idle.append(process)
            else:
                await asyncio.shield(self._end(process))
        return _outcome(kind, content)

    def _rested(self) -> Process | None:
        while self._idle:
            process = self._idle.pop()
            if process.returncode is None:
                return process
            self._all.discard(process)
        return None

    async def _begin(self) -> Process:
        # Never cancelled half-way: asyncio then waits for ever for a process whose pipes it has not connected.
        starting = asyncio.create_task(self._start_one())
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            await asyncio.wait([starting])
            self._idle.append(starting.result())
            raise

    async def _start_one(self) -> Process:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", child.__name__, *self._start),
            stdin=PIPE, stdout=PIPE, env={**os.environ, **ONE_THREAD},
        )  # fmt: skip
        self._all.add(process)
        return process

    async def _end(self, process: Process) -> None:
        # Not kill() alone: an answer that nobody reads any more would keep its pipe open, and wait() with it.
        process._transport.close()  # type: ignore[attr-defined]  # has no public name
        await process.wait()
        self._all.discard(process)


async def _exchange(process: Process, frame: bytes, tell: child.Tell | None) -> tuple[str, Any]:
    # Both are pipes: the process was begun with them.
    writer, reader = cast(StreamWriter, process.stdin), cast(StreamReader, process.stdout)
    writer.write(child.LENGTH.pack(len(frame)) + frame)
    await writer.drain()
    while True:
        (length,) = child.LENGTH.unpack(await reader.readexactly(child.LENGTH.size))
        kind, content = pickle.loads(await reader.readexactly(length))  # noqa: S301 - our own process wrote it
        if kind == child.PROGRESS and tell is not None:
            tell(*content)
        if kind not in (child.PROGRESS, child.READY):
            return kind, content


def _outcome(kind: str, content: Any) -> Any:
    if kind == child.ANSWER:
        return content
    if kind == child.REFUSED:
        raise content
    if content == "MemoryError":
        raise ComputationTooLarge(
            "Phép tính cần nhiều bộ nhớ hơn mức cho phép: hãy chia nhỏ.",
            "The computation needs more memory than it may have: split it.",
        )
    raise ComputationBroken(content)


def _busy(vi: str, en: str) -> Unavailable:
    return Unavailable(
        f"{vi} Hãy gửi lại sau ít giây.", f"{en} Send it again in a few seconds.", retry_after_s=5
    )
