"""The relay: it takes what is committed off the outbox and puts it on the bus, in order per key, at least once.

Shards are leased with an epoch. A relay that stalls loses its leases; what it still sends is a repetition,
which readers know by the version. Nothing is deleted that the bus has not acknowledged.
"""

import asyncio
import random
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import asyncpg
import structlog

from pq_common.db import signals
from pq_common.db.outbox import SHARDS
from pq_common.db.session import Database, connect_args, shown
from pq_common.db.transient import FAILURES
from pq_common.errors import PqError
from pq_common.events import metrics
from pq_common.events.bus import Bus
from pq_common.events.cloudevents import message_of
from pq_common.events.relay_queries import Epoch, Queue, Shard

_log = structlog.get_logger(__name__)
SUSPICIOUS_AFTER: Final = 3  # failed batches in a row, before the rows are tried one key at a time


def no_fail_point(name: str) -> None:
    """Do nothing: only fault tests stop a relay at named points."""


@dataclass(frozen=True, slots=True)
class RelayOptions:
    """How a relay behaves. ``fail_point`` is called at named points; fault tests die there."""

    lease_s: float = 10.0
    batch: int = 500
    poll_s: float = 0.1
    hold_s: float = 30.0
    claim_every_s: float = 1.0
    fail_point: Callable[[str], None] = field(default=no_fail_point)


class Relay:
    """One relay of one database. Any number of them may run; ``run`` returns soon after ``stop``."""

    def __init__(
        self, database: Database, bus: Bus, *, options: RelayOptions | None = None
    ) -> None:
        self.options = options or RelayOptions()
        self.owner = str(uuid.uuid4())
        self.sent = 0
        self._database = database
        self._bus = bus
        self._leases: dict[Shard, Epoch] = {}
        self._taken_at: dict[Shard, float] = {}
        self._stopping = asyncio.Event()
        self._failures = 0
        self._next_claim = 0.0
        self._next_fence = 0.0
        self._service = str(database.url.database)

    @property
    def holds(self) -> frozenset[Shard]:
        """The shards this relay takes for its own; the database may know better."""
        return frozenset(self._leases)

    def stop(self) -> None:
        """Ask ``run`` to finish what it is doing and return."""
        self._stopping.set()

    async def run(self) -> None:
        """Relay until stopped. A database that fails is tried again; its leases run out meanwhile."""
        bell = signals.wake_on_commit(shown(self._database.url))
        while not self._stopping.is_set():
            try:
                await self._connected(bell)
            except FAILURES as reason:
                _log.warning("relay_database_fails", reason=repr(reason))
                self._leases.clear()
                await self._rest(bell, 1.0)

    async def _connected(self, bell: asyncio.Event) -> None:
        connection = await asyncpg.connect(
            **connect_args(self._database.url),
            command_timeout=self.options.lease_s,
            # A queue is empty or long, seldom what its statistics say; and what a crash undoes here is only repeated.
            server_settings={"enable_seqscan": "off", "synchronous_commit": "off", "jit": "off"},
        )
        queue = Queue(connection, self.owner, timedelta(seconds=self.options.lease_s))
        try:
            while not self._stopping.is_set():
                bell.clear()
                full = await self.step(queue)
                if not full:
                    await self._rest(bell, self.options.poll_s)
            await queue.release(self._leases)
        finally:
            with suppress(*FAILURES):
                await connection.close(timeout=2)

    async def _rest(self, bell: asyncio.Event, seconds: float) -> None:
        """Wait for a commit of this process, for ``stop``, or for about ``seconds``."""
        waits = [asyncio.ensure_future(event.wait()) for event in (bell, self._stopping)]
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds * random.uniform(0.8, 1.2)):  # noqa: S311 - jitter
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def step(self, queue: Queue) -> bool:
        """Claim, read, fence, send, delete: once. Say whether more is waiting."""
        await self._hold_shards(queue)
        if not self._leases:
            return False
        per_shard = max(16, self.options.batch // len(self._leases))
        rows = await queue.read(self._leases, per_shard)
        self.options.fail_point("read")
        if not await self._fenced(queue, bool(rows)):
            return True
        rows = [row for row in rows if row["shard"] in self._leases]
        if not rows:
            return False
        self.options.fail_point("fenced")
        if not await self._send(rows):
            await self._after_failure(queue, rows)
            return True
        self.options.fail_point("acknowledged")
        await queue.delete(rows, self._leases)
        self.options.fail_point("deleted")
        self._count(len(rows))
        return len(rows) >= per_shard

    async def _hold_shards(self, queue: Queue) -> None:
        """Claim what is free; give back what was held long, so that other relays get their turn."""
        now = asyncio.get_running_loop().time()
        if now < self._next_claim and self._leases:
            return
        self._next_claim = now + self.options.claim_every_s
        old = {
            s: e for s, e in self._leases.items() if now - self._taken_at[s] > self.options.hold_s
        }
        if old:
            await queue.release(old)
            for shard in old:
                del self._leases[shard]
            self._next_claim = now + self.options.poll_s * random.uniform(1, 3)  # noqa: S311 - jitter
            return
        if len(self._leases) == SHARDS:
            return
        claimed = await queue.claim(SHARDS - len(self._leases))
        self._leases |= claimed
        self._taken_at |= dict.fromkeys(claimed, now)
        metrics.lease_changes.labels(self._service).inc(len(claimed))

    async def _fenced(self, queue: Queue, sending: bool) -> bool:
        """Prolong the leases before every send, and now and then; forget shards that others took over."""
        now = asyncio.get_running_loop().time()
        if not sending and now < self._next_fence:
            return True
        self._next_fence = now + self.options.lease_s / 3
        ours = await queue.fence(self._leases)
        lost = self._leases.keys() - ours
        for shard in lost:
            del self._leases[shard]
        return not lost

    async def _send(self, rows: Sequence[asyncpg.Record]) -> bool:
        try:
            await self._bus.publish(
                [message_of(row) for row in rows], deadline_s=self.options.lease_s * 0.45
            )
        except PqError as reason:
            _log.warning("relay_send_failed", rows=len(rows), reason=str(reason))
            await self._renew()
            return False
        self._failures = 0
        return True

    async def _renew(self) -> None:
        try:
            await self._bus.renew()
        except PqError as reason:
            _log.warning("relay_bus_unavailable", reason=str(reason))

    async def _after_failure(self, queue: Queue, rows: Sequence[asyncpg.Record]) -> None:
        """Nothing is deleted. After several failures look for the one key that cannot be sent."""
        self._failures += 1
        await queue.count_failure(rows)
        if self._failures >= SUSPICIOUS_AFTER:
            await self._try_each_key(queue, rows)
            self._failures = 0
        await asyncio.sleep(self.options.poll_s)

    async def _try_each_key(self, queue: Queue, rows: Sequence[asyncpg.Record]) -> None:
        """Send key by key. A key that fails, and fails again right after another succeeded, is held.

        Once is not enough: a bus that comes back between two keys has refused neither.
        """
        by_key: dict[str, list[asyncpg.Record]] = defaultdict(list)
        for row in rows:
            by_key[row["aggregate_id"]].append(row)
        keys = list(by_key)
        random.shuffle(keys)
        suspect: list[asyncpg.Record] = []
        for key in keys:
            if not await self._fenced(queue, True):
                return
            if not await self._deliver(queue, by_key[key]):
                if suspect:
                    return  # two in a row: it is the bus
                suspect = by_key[key]
            elif suspect:
                if not await self._fenced(queue, True):
                    return
                if not await self._deliver(queue, suspect):
                    await self._hold(queue, suspect[0])
                suspect = []

    async def _deliver(self, queue: Queue, rows: Sequence[asyncpg.Record]) -> bool:
        if not await self._send(rows):
            return False
        await queue.delete(rows, self._leases)
        self._count(len(rows))
        return True

    async def _hold(self, queue: Queue, row: asyncpg.Record) -> None:
        await queue.hold(row, "the bus refuses this event while it takes others")
        _log.error("relay_key_held", aggregate_id=row["aggregate_id"], seq=row["seq"])

    def _count(self, sent: int) -> None:
        self.sent += sent
        metrics.published.labels(self._service).inc(sent)
