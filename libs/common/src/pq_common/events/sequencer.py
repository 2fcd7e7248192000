"""The sequencer: it numbers what is committed, without gaps, in an order that keeps every key's order.

One row holds the last number; whoever has it locked is the sequencer, and a dead one's lock is freed by the
server. Readers of ``feed`` may use a plain cursor.
"""

import asyncio
import random
from contextlib import suppress

import structlog

from pq_common.db import feed, signals
from pq_common.db.session import Database, shown
from pq_common.db.transient import MAY_PASS, is_transient

_log = structlog.get_logger(__name__)


class Sequencer:
    """Moves ``feed_pending`` to ``feed`` until stopped."""

    def __init__(self, database: Database, *, batch: int = 1000, poll_s: float = 0.1) -> None:
        self.numbered = 0
        self._database = database
        self._batch = batch
        self._poll_s = poll_s
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Ask ``run`` to return after the batch in hand."""
        self._stopping.set()

    async def run(self) -> None:
        """Number until stopped; a database that fails is tried again."""
        bell = signals.wake_on_commit(shown(self._database.url))
        while not self._stopping.is_set():
            bell.clear()
            try:
                numbered = await self.step()
            except MAY_PASS as reason:
                if not is_transient(reason):
                    raise
                _log.warning("sequencer_waits", reason=repr(reason))
                await self._rest(bell, 1.0)
                continue
            if numbered < self._batch:
                await self._rest(bell, self._poll_s)

    async def step(self) -> int:
        """Number one batch; 0 when there is nothing or another sequencer is at work."""
        async with self._database.engine.begin() as connection:
            numbered = await feed.number(connection, self._batch)
        self.numbered += numbered
        return numbered

    async def _rest(self, bell: asyncio.Event, seconds: float) -> None:
        waits = [asyncio.ensure_future(event.wait()) for event in (bell, self._stopping)]
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds * random.uniform(0.8, 1.2)):  # noqa: S311 - jitter
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
