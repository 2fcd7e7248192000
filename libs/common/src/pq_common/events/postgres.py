"""The bus of the embedded mode: an append-only log on PostgreSQL, behind the same port as Kafka.

It opens no network port of its own. Positions are given under the partition's row lock (``postgres_log``).
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from itertools import count

import asyncpg
import structlog
from asyncpg.pool import Pool, PoolConnectionProxy

from pq_common.db.session import connect_args, shown
from pq_common.db.transient import FAILURES
from pq_common.events import postgres_log
from pq_common.events.bus import (
    BusUnavailable,
    DeliveryUnknown,
    Lost,
    Message,
    Place,
    Start,
    Topic,
    unknown_topic,
)
from pq_common.events.news import ring
from pq_common.events.partitioner import partition_of
from pq_common.events.postgres_reader import PostgresReader

POLL_S = 0.1
SWEEP_EVERY_S = 3600.0
STOP_S = 5.0
_log = structlog.get_logger(__name__)


@contextmanager
def answering() -> Iterator[None]:
    """Turn the many ways a database fails to answer into BusUnavailable."""
    try:
        yield
    except FAILURES as reason:
        raise BusUnavailable(
            f"Cơ sở dữ liệu của bus không trả lời: {reason}", f"The bus database fails: {reason!r}"
        ) from reason


class PostgresBus:
    """A log in a database of its own. One object serves all tasks of one event loop.

    ``url`` is a SQLAlchemy address. Readers hear at once of what this process publishes,
    and of what others publish within ``poll_s``.
    """

    def __init__(self, url: str, *, poll_s: float = POLL_S, pool_size: int = 4) -> None:
        self._connect_args = connect_args(url)
        self.poll_s = poll_s
        self.sweep_every_s = SWEEP_EVERY_S
        self.log = shown(url)
        self._pool_size = pool_size
        self._pool: Pool | None = None
        self._sweeper: asyncio.Task[None] | None = None
        self._partitions: dict[str, int] = {}

    async def start(self) -> None:
        with answering():
            self._pool = await asyncpg.create_pool(
                **self._connect_args,
                min_size=1,
                max_size=self._pool_size,
                command_timeout=60,
                reset=_as_it_is,
            )
        self._sweeper = asyncio.create_task(self._sweep_now_and_then())

    async def stop(self) -> None:
        pool, self._pool = self._pool, None
        if pool is None:
            return
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.wait([self._sweeper])
        try:
            async with asyncio.timeout(STOP_S):
                await pool.close()
        except FAILURES:
            pool.terminate()

    async def install(self) -> None:
        """Create the log's own tables where they are missing."""
        async with self.connection() as connection, connection.transaction():
            await connection.execute(postgres_log.INSTALL)

    async def declare(self, topics: Sequence[Topic]) -> None:
        async with self.connection() as connection, connection.transaction():
            for topic in sorted(topics, key=lambda topic: topic.name):
                await connection.execute(
                    postgres_log.DECLARE_TOPIC,
                    topic.name,
                    topic.partitions,
                    topic.compact,
                    topic.retention,
                )
                await connection.execute(postgres_log.DECLARE_PARTITIONS, topic.name)

    async def publish(self, messages: Sequence[Message], *, deadline_s: float) -> None:
        if not messages:
            return
        try:
            async with asyncio.timeout(deadline_s), self._acquired() as connection:
                places = await self._places(connection, messages)
                async with connection.transaction():
                    await _append(connection, messages, places)
        except FAILURES as reason:
            raise DeliveryUnknown(
                f"Không rõ sự kiện đã được ghi hay chưa: {reason!r}; hãy gửi lại",
                f"Not known whether the events were written: {reason!r}; send them again",
            ) from reason
        ring(self.log)

    async def renew(self) -> None:
        if self._pool is None:
            await self.start()
            return
        with answering():
            await self._pool.expire_connections()

    @asynccontextmanager
    async def reader(
        self, topics: Sequence[str], *, start: Start, group: str | None, lost: Lost = "refuse"
    ) -> AsyncIterator[PostgresReader]:
        """Read as the port says. Members of a group are not told apart here: each takes every partition,
        and the compare-and-set of their offsets lets one of them win each batch."""
        reader = PostgresReader(self, tuple(topics), lost=lost)
        await reader.open(start)
        yield reader

    async def sweep(self, now: datetime, *, compact_after: timedelta = timedelta(hours=1)) -> None:
        """Forget what is older than its topic's retention, and in compact topics what a later message replaced."""
        async with self.connection() as connection, connection.transaction():
            if await connection.fetchval(postgres_log.SWEEP_ALONE):
                await connection.execute(postgres_log.FORGET_OLD, now)
                await connection.execute(postgres_log.COMPACT, now - compact_after)

    async def _sweep_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(self.sweep_every_s)
            try:
                async with self.connection() as connection:
                    now = await connection.fetchval("SELECT now()")
                await self.sweep(now)
            except BusUnavailable as reason:
                _log.warning("bus_sweep_failed", reason=str(reason))

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[PoolConnectionProxy]:
        """Lend a connection of the bus's own pool; what fails inside is BusUnavailable."""
        with answering():
            async with self._acquired() as connection:
                yield connection

    @asynccontextmanager
    async def _acquired(self) -> AsyncIterator[PoolConnectionProxy]:
        if self._pool is None:
            raise BusUnavailable("Bus chưa khởi động", "The bus is not started")
        async with self._pool.acquire() as connection:
            yield connection

    async def _places(
        self, connection: PoolConnectionProxy, messages: Sequence[Message]
    ) -> list[Place]:
        if not {message.topic for message in messages} <= self._partitions.keys():
            self._partitions = dict(await connection.fetch(postgres_log.TOPICS))
        try:
            return [(m.topic, partition_of(m.key, self._partitions[m.topic])) for m in messages]
        except KeyError as missing:
            raise unknown_topic(missing.args[0]) from None


async def _as_it_is(connection: PoolConnectionProxy) -> None:
    """Leave a connection that comes back: we set nothing on it, and the usual reset is one more round trip."""


async def _append(
    connection: PoolConnectionProxy, messages: Sequence[Message], places: list[Place]
) -> None:
    added = Counter(places)
    topics, partitions = zip(*added, strict=True)
    heads = await connection.fetch(postgres_log.LOCK, topics, partitions)
    positions = {(topic, partition): count(following) for topic, partition, following in heads}
    await connection.execute(
        postgres_log.APPEND,
        topics,
        partitions,
        tuple(added.values()),
        [topic for topic, _ in places],
        [partition for _, partition in places],
        [next(positions[place]) for place in places],
        [message.key for message in messages],
        [postgres_log.pack(message.headers) for message in messages],
        [message.value for message in messages],
    )
