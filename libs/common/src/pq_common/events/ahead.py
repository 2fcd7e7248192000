"""Fetch and read the next batch while this one is applied: the bus's time, ours and the database's pass together."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

from pq_common.db.transient import MAY_PASS
from pq_common.errors import PqError
from pq_common.events.bus import BusReader, Place, Received
from pq_common.events.incoming import Heard, read_all

Found = Mapping[Place, Sequence[Heard]]
AT_ONCE: Final = 250
"""How many messages are read before others get their turn: about as long as the database takes for a statement."""


class Ahead:
    """At most one fetch on its way, which is never cancelled: what it took from the bus would be lost."""

    def __init__(self, reader: BusReader, *, batch: int, fetch_s: float) -> None:
        self._reader = reader
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
        return {
            place: await self._read(messages)
            for place, messages in (await self._reader.fetch(self._batch, self._fetch_s)).items()
        }

    async def _read(self, messages: Sequence[Received]) -> Sequence[Heard]:
        heard: list[Heard] = []
        for first in range(0, len(messages), AT_ONCE):
            heard += read_all(messages[first : first + AT_ONCE])
            await asyncio.sleep(0)
        return heard


@asynccontextmanager
async def ahead_of(reader: BusReader, *, batch: int, fetch_s: float) -> AsyncIterator[Ahead]:
    """Lend fetches ahead; at the end the one on its way ends before the reader is closed under it."""
    ahead = Ahead(reader, batch=batch, fetch_s=fetch_s)
    try:
        yield ahead
    finally:
        # Its error is no longer anybody's: the reader goes, and what led here goes up.
        with suppress(PqError, *MAY_PASS):
            await ahead.drop()
