"""Fetch and read the next batch while this one is applied: the bus's time, ours and the database's pass together."""

import asyncio
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from pq_common.db.transient import MAY_PASS
from pq_common.errors import PqError
from pq_common.events.bus import BusReader, Place, Received
from pq_common.events.incoming import Heard, Incoming, hear
from pq_common.events.projection import Collector, Projection

Kept = dict[tuple[Place, int], Received]
CAREFUL: Final = 500
"""The most in a batch whose messages are kept: it may be applied event by event, in one transaction."""
AT_ONCE: Final = 250
"""Of how many events the payload is read before others get their turn."""
TURNS: Final = 6
"""How often others then go first: so many turns of the loop pass before who waits for the database goes on."""


@dataclass(slots=True)
class Found:
    """What was fetched: the events, what the projection's collector has made of all of them, and the messages.

    Messages are kept only where asked for: held for a whole batch they cost as much as reading them does.
    """

    events: dict[Place, list[Heard]] = field(default_factory=lambda: defaultdict(list))
    collected: Collector | None = None
    kept: Kept | None = None

    def __len__(self) -> int:
        return sum(map(len, self.events.values()))

    def within(self, first: Mapping[Place, int], ends: Mapping[Place, int] | None) -> "Found":
        """Leave out partitions that ``first`` does not name, positions before it, and those from ``ends`` on."""
        events: dict[Place, list[Heard]] = {}
        for place in sorted(self.events.keys() & first.keys()):
            begin = first[place]
            end = sys.maxsize if ends is None else ends.get(place, 0)
            mine = self.events[place]
            if mine and (mine[0].position < begin or mine[-1].position >= end):
                mine = [one for one in mine if begin <= one.position < end]
            if mine:
                events[place] = mine
        whole = sum(map(len, events.values())) == len(self)
        return Found(events, self.collected if whole else None, self.kept)


class Ahead:
    """At most one fetch on its way, which is never cancelled: what it took from the bus would be lost."""

    def __init__(
        self, reader: BusReader, projection: Projection, *, batch: int, fetch_s: float
    ) -> None:
        self.keeping = False
        self._reader = reader
        self._projection = projection
        self._batch = batch
        self._fetch_s = fetch_s
        self._coming: asyncio.Task[Found] | None = None

    def begin(self) -> None:
        """Let the next batch come. The reader must be left alone until ``settled`` or ``drop``."""
        if self._coming is None:
            self._coming = asyncio.create_task(self._fetch())

    async def next(self) -> Found:
        """Return the batch on its way, or fetch one."""
        coming, self._coming = self._coming, None
        return await (self._fetch() if coming is None else coming)

    async def settled(self) -> None:
        """Wait until no fetch is under way; what it found, or its error, is there for ``next``."""
        if self._coming is not None:
            await asyncio.wait([self._coming])

    async def drop(self) -> None:
        """Forget the batch on its way, for the caller goes elsewhere. Raises what the fetch met with."""
        coming, self._coming = self._coming, None
        if coming is not None:
            await coming

    async def _fetch(self) -> Found:
        """Take what is there in bites, and read each while it is at hand: memory is what reading waits for."""
        maker = self._projection.collector
        found = Found(
            collected=None if maker is None else maker(), kept={} if self.keeping else None
        )
        make = hear if found.kept is None else partial(_keep, found.kept)
        left, wait_s = min(self._batch, CAREFUL) if self.keeping else self._batch, self._fetch_s
        while left > 0:
            asked = min(left, self._reader.bite)
            taken = await self._reader.fetch_as(make, asked, wait_s)
            for place, heard in taken.items():
                for first in range(0, len(heard), AT_ONCE):
                    _take(found, place, heard[first : first + AT_ONCE])
                    await _let_others()
            count = sum(map(len, taken.values()))
            if count < asked:
                break
            left, wait_s = left - count, 0
        return found


async def _let_others() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)


def _keep(kept: Kept, message: Received) -> Heard:
    kept[(message.topic, message.partition), message.position] = message
    return hear(message)


def _take(found: Found, place: Place, heard: Sequence[Heard]) -> None:
    before = found.events[place]
    if before and heard[0].position <= before[-1].position:
        # The partition came back to us, at the offset that is stored: what it brought until then comes again.
        before.clear()
        found.collected = None
    before += heard
    if found.collected is not None:
        found.collected = _collected(found.collected, heard)


def _collected(collector: Collector, heard: Sequence[Heard]) -> Collector | None:
    """Return None when one of them cannot be read: then it is for the applier to find out which."""
    events = [one for one in heard if isinstance(one, Incoming)]
    if len(events) < len(heard):
        return None
    try:
        collector.hear(events)
    except PqError:
        return None
    return collector


@asynccontextmanager
async def ahead_of(
    reader: BusReader, projection: Projection, *, batch: int, fetch_s: float
) -> AsyncIterator[Ahead]:
    """Lend fetches ahead; at the end the one on its way ends before the reader is closed under it."""
    ahead = Ahead(reader, projection, batch=batch, fetch_s=fetch_s)
    try:
        yield ahead
    finally:
        # Its error is no longer anybody's: the reader goes, and what led here goes up.
        with suppress(PqError, *MAY_PASS):
            await ahead.drop()
