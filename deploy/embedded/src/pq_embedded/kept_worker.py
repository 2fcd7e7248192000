"""A service's worker in this process, entered again whenever a loop of it has failed.

A process of its own would end then and be started again; this one goes on serving the others.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from types import TracebackType
from typing import Any, Self

import structlog

from pq_common.db.transient import MAY_PASS
from pq_common.errors import PqError
from pq_common.http.health import Working

LOOK_EVERY_S = 1.0
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
log = structlog.get_logger(__name__)


class KeptWorker:
    """Runs until it is left. Entering raises what the worker raises: a host that cannot begin says so and ends."""

    def __init__(
        self, service: str, make: Callable[[], AbstractAsyncContextManager[Working]]
    ) -> None:
        self._service = service
        self._make = make
        self._entered = AsyncExitStack()
        self._leaving = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._worker = await self._entered.enter_async_context(self._make())
        self._keeping = asyncio.create_task(self._told(), name=f"keeper of {self._service}")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leaving.set()
        await asyncio.wait([self._keeping])
        await self._entered.aclose()

    def health(self) -> dict[str, Any]:
        """Return how the worker is; until it was entered again, how the one is that failed."""
        health = self._worker.health()
        return {**health, "well": health["well"] and not self._keeping.done()}

    async def _told(self) -> None:
        try:
            await self._keep()
        except Exception:
            log.exception("worker_kept_no_more", service=self._service)
            raise

    async def _keep(self) -> None:
        """Pause longer each time: what fails at once after each beginning would else do nothing but begin."""
        now = asyncio.get_running_loop().time
        pause_s, begun = FIRST_PAUSE_S, now()
        while not await self._leaves_within(LOOK_EVERY_S):
            if (health := self._worker.health())["well"]:
                continue
            if now() - begun > LONGEST_PAUSE_S:
                pause_s = FIRST_PAUSE_S
            log.error("worker_failed", service=self._service, again_in_s=pause_s, **health)
            # What has not failed goes on in the meantime.
            if await self._leaves_within(pause_s):
                return
            pause_s, begun = min(LONGEST_PAUSE_S, pause_s * 2), now()
            await self._begin_again()

    async def _begin_again(self) -> None:
        try:
            await self._entered.aclose()
            self._worker = await self._entered.enter_async_context(self._make())
        except (PqError, *MAY_PASS) as reason:
            log.error("worker_not_begun", service=self._service, reason=repr(reason))

    async def _leaves_within(self, seconds: float) -> bool:
        """Wait, and say whether it is time to leave."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._leaving.wait()
        return self._leaving.is_set()
