"""A reader of the log on PostgreSQL: a plain cursor per partition."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from asyncpg.pool import PoolConnectionProxy

from pq_common.events import postgres_log
from pq_common.events.bus import (
    Lost,
    One,
    Place,
    PositionLost,
    Received,
    Start,
    as_it_is,
    unknown_topic,
)
from pq_common.events.news import bell_of

Heads = Mapping[Place, tuple[int, int]]
"""Of each partition the oldest position kept and the one after the last."""


class Source(Protocol):
    """What a reader needs of its bus."""

    poll_s: float
    log: str

    def connection(self) -> AbstractAsyncContextManager[PoolConnectionProxy]:
        """Lend a connection."""
        ...


class PostgresReader:
    """Holds the next position of every partition of its topics."""

    bite = 2000  # a fetch is a transaction

    def __init__(self, source: Source, topics: tuple[str, ...], *, lost: Lost) -> None:
        self._source = source
        self._topics = topics
        self._lost = lost
        self._positions: dict[Place, int] = {}
        self._bell = bell_of(source.log)

    async def open(self, start: Start) -> None:
        """Ask where to begin in each partition. Raises UnknownTopic."""
        places = sorted(await self.end_positions())
        for topic in self._topics:
            if not any(name == topic for name, _ in places):
                raise unknown_topic(topic)
        for place in places:
            self._positions[place] = await start(*place)

    async def fetch(self, max_records: int, timeout_s: float) -> Mapping[Place, list[Received]]:
        return await self.fetch_as(as_it_is, max_records, timeout_s)

    async def fetch_as(
        self, make: Callable[[Received], One], max_records: int, timeout_s: float
    ) -> Mapping[Place, list[One]]:
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout_s
        while True:
            self._bell.clear()  # before the look, so that what comes after it is not missed
            if found := await self._next(make, max_records):
                return found
            left = until - loop.time()
            if left <= 0:
                return {}
            await _wait(self._bell, min(left, self._source.poll_s))

    def seek(self, topic: str, partition: int, position: int) -> None:
        if (topic, partition) in self._positions:
            self._positions[topic, partition] = position

    async def end_positions(self) -> Mapping[Place, int]:
        async with self._source.connection() as connection:
            heads = await self._heads(connection)
        return {place: following for place, (_, following) in heads.items()}

    async def _next(
        self, make: Callable[[Received], One], max_records: int
    ) -> dict[Place, list[One]]:
        async with (
            self._source.connection() as connection,
            # One snapshot for heads and rows: else a sweep between them could pass for an empty stretch.
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            wanted = self._wanted(await self._heads(connection), max_records)
            rows = (
                await connection.fetch(postgres_log.READ, *zip(*wanted, strict=True))
                if wanted
                else ()
            )
        found: dict[Place, list[One]] = defaultdict(list)
        for topic, partition, position, key, headers, value, recorded_at in rows:
            said = postgres_log.unpack(headers)
            one = Received(topic, key, value, said, partition, position, recorded_at)
            found[topic, partition].append(make(one))
        for place, batch in found.items():
            # Those read now go to the end of the line, so a busy partition cannot starve another.
            del self._positions[place]
            self._positions[place] = batch[-1].position + 1
        return dict(found)

    def _wanted(self, heads: Heads, max_records: int) -> list[tuple[str, int, int, int]]:
        wanted = []
        room = max_records
        for place, position in self._positions.items():
            position = self._checked(place, position, heads[place])
            waiting = min(room, heads[place][1] - position)
            if waiting:
                wanted.append((*place, position, waiting))
                room -= waiting
        return wanted

    def _checked(self, place: Place, position: int, head: tuple[int, int]) -> int:
        first, following = head
        if first <= position <= following:
            return position
        if position == 0 or self._lost == "earliest":
            self._positions[place] = first
            return first
        raise PositionLost(place, position)

    async def _heads(self, connection: PoolConnectionProxy) -> Heads:
        rows = await connection.fetch(postgres_log.HEADS, self._topics)
        return {(topic, partition): (first, after) for topic, partition, first, after in rows}


async def _wait(bell: asyncio.Event, timeout_s: float) -> None:
    try:
        async with asyncio.timeout(timeout_s):
            await bell.wait()
    except TimeoutError:
        return
