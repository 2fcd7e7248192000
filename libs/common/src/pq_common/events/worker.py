"""What a service does in the background: relay, sequencer, one reader per projection, orders, and a watch over them."""

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from types import TracebackType
from typing import Any, Self

import structlog
from sqlalchemy import text

from pq_common.db import parked
from pq_common.db.session import Database
from pq_common.db.transient import MAY_PASS, is_transient
from pq_common.db.work import sweep_answers
from pq_common.events import metrics
from pq_common.events.bus import Bus
from pq_common.events.hosting import Host
from pq_common.events.orders import Orders
from pq_common.events.projection import Projection
from pq_common.events.reader import ReaderOptions
from pq_common.events.relay import Relay, RelayOptions
from pq_common.events.sequencer import Sequencer
from pq_common.events.watchdog import Progress, backlog

_log = structlog.get_logger(__name__)
_PARTITIONS = text("SELECT pq_make_event_log_partitions(:day)")
_TODAY = text("SELECT current_date")
WATCH_EVERY_S = 5.0


@dataclass(slots=True)
class _Loop:
    name: str
    runner: Relay | Sequencer | Host | Orders
    progress: Progress
    task: "asyncio.Task[None] | None" = field(default=None)

    @property
    def failure(self) -> str | None:
        if self.task is None or not self.task.done():
            return None
        if self.task.cancelled():  # not by us: nobody asks after the worker was left
            return "cancelled"
        error = self.task.exception()
        return "ended" if error is None else repr(error)


class Worker:
    """Runs until it is left. ``database`` is the worker's role; the bus is started by whoever made it."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        projections: Sequence[Projection] = (),
        *,
        relay: bool = True,
        sequencer: bool = True,
        relay_options: RelayOptions | None = None,
        reader_options: ReaderOptions | None = None,
        stuck_after_s: float = 60.0,
    ) -> None:
        self._database = database
        self._label = str(database.url.database)
        self._stopping = asyncio.Event()
        runners: dict[str, Relay | Sequencer | Host | Orders] = {}
        if relay:
            runners["relay"] = Relay(database, bus, options=relay_options)
        if sequencer:
            pause_s = (relay_options or RelayOptions()).poll_s
            runners["sequencer"] = Sequencer(database, poll_s=pause_s)
        for one in projections:
            runners[one.name] = Host(database, bus, one, options=reader_options)
        runners["orders"] = Orders(database, projections)
        self._loops = [_Loop(n, runner, Progress(stuck_after_s)) for n, runner in runners.items()]
        self._watch: asyncio.Task[None] | None = None
        self._tidied_on: date | None = None

    async def __aenter__(self) -> Self:
        for loop in self._loops:
            loop.task = asyncio.create_task(self._told(loop), name=loop.name)
        self._watch = asyncio.create_task(self._watching(), name="watchdog")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        for loop in self._loops:
            loop.runner.stop()
        tasks = [task for task in (*(one.task for one in self._loops), self._watch) if task]
        _, late = await asyncio.wait(tasks, timeout=20)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def health(self) -> dict[str, Any]:
        """Return what each loop has reached; ``well`` is false when one failed or makes no progress."""
        parts = {
            loop.name: {
                "well": loop.failure is None and loop.progress.is_well,
                "position": loop.progress.position,
                "lag": loop.progress.lag,
                "failure": loop.failure,
            }
            for loop in self._loops
        }
        return {"well": all(part["well"] for part in parts.values()), "loops": parts}

    async def wait(self) -> None:
        """Return when a loop has failed or is stuck: a process should then end and be started again."""
        while self.health()["well"] and not self._stopping.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await self._stopping.wait()

    async def _told(self, loop: _Loop) -> None:
        work: Coroutine[Any, Any, None] = loop.runner.run()
        try:
            await work
        except Exception:
            _log.exception("worker_loop_failed", loop=loop.name, database=self._label)
            raise

    async def _watching(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._look()
            except MAY_PASS as reason:
                if not is_transient(reason):
                    raise
                _log.warning("watchdog_waits", reason=repr(reason))
            with suppress(TimeoutError):
                async with asyncio.timeout(WATCH_EVERY_S):
                    await self._stopping.wait()

    async def _look(self) -> None:
        async with self._database.engine.begin() as connection:
            today = await connection.scalar(_TODAY)
            if today != self._tidied_on:
                await connection.execute(_PARTITIONS, {"day": today})
                await sweep_answers(connection)
                self._tidied_on = today
            left = await backlog(connection, self._label)
            for loop in self._loops:
                match loop.runner:
                    case Relay() as relay:
                        loop.progress.seen(relay.sent, left.pending)
                    case Sequencer() as sequencer:
                        loop.progress.seen(sequencer.numbered, left.unnumbered)
                    case Orders() as orders:
                        loop.progress.seen(orders.done, 0)
                    case Host() as host:
                        if host.lag is not None:
                            loop.progress.seen(host.position, host.lag)
                            metrics.lag.labels(self._label, host.active_id).set(host.lag)
                            host.lag = None
                        count = await parked.count(connection, host.active_id)
                        metrics.parked.labels(self._label, host.active_id).set(count)
