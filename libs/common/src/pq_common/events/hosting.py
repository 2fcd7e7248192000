"""Keep one projection read: the active version, and beside it the wanted one until it has caught up.

What a newer release made is left to its own processes: in a rolling deployment our ``apply`` would write into its tables
what it takes to be all. What an older one made is read and fed until ours has caught up.
"""

import asyncio
from contextlib import suppress

import structlog

from pq_common.db.session import Database
from pq_common.db.transient import MAY_PASS, is_transient
from pq_common.events import rebuild
from pq_common.events.bus import Bus
from pq_common.events.projection import Projection
from pq_common.events.reader import Reader, ReaderOptions

_log = structlog.get_logger(__name__)
LOOK_EVERY_S = 1.0
NEARLY = 50
"""How many messages a new version may be behind when it takes over: what a batch is made of."""


class Host:
    """Runs the reader of the active version; several processes may host the same projection."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        projection: Projection,
        *,
        options: ReaderOptions | None = None,
    ) -> None:
        self.position = 0
        self.lag: int | None = None
        self.active_id = projection.id
        self._database = database
        self._bus = bus
        self._projection = projection
        self._options = options
        self._stopping = asyncio.Event()
        self._running: dict[int, tuple[Reader, asyncio.Task[None]]] = {}

    def stop(self) -> None:
        """Ask ``run`` to end its readers and return."""
        self._stopping.set()

    async def run(self) -> None:
        """Host until stopped. Raises what stopped a reader."""
        try:
            while not self._stopping.is_set():
                try:
                    await self._look()
                except MAY_PASS as reason:
                    if not is_transient(reason):
                        raise
                    _log.warning("projection_host_waits", reason=repr(reason))
                await self._rest()
        finally:
            await self._end(set(self._running))

    async def _look(self) -> None:
        """Start and end readers so that they are what ``active_projection`` says; switch when it is time."""
        own = self._projection
        async with self._database.engine.begin() as connection:
            await rebuild.first_version(connection, own)
            now = await rebuild.versions(connection, own.name)
        coming = now.wanted
        if own.number > max(now.active, now.previous or 0):
            coming = own.number  # the code is newer than what is read
        wanted = {one for one in (now.active, coming) if one is not None and own.may_feed(one)}
        await self._end(self._running.keys() - wanted)
        for version in wanted - self._running.keys():
            self._begin(version)
        self._tell(min(wanted, default=None))
        if coming in wanted and coming != now.active and self._caught_up(coming):
            async with self._database.engine.begin() as connection:
                await rebuild.switch(connection, own.name, coming)
            _log.info("projection_switched", projection=own.name, version=coming)

    def _tell(self, version: int | None) -> None:
        """Tell of this version how far it is; without one there is nothing to do here, and that is no fault."""
        if version is None:
            self.active_id, self.position, self.lag = self._projection.id, 0, 0
            return
        live, _ = self._running[version]
        self.active_id = live.projection.id
        self.position, self.lag = live.position, live.take_lag() if self.lag is None else self.lag

    def _caught_up(self, version: int) -> bool:
        lag = self._running[version][0].lag
        return lag is not None and lag <= NEARLY

    def _begin(self, version: int) -> None:
        projection = self._projection.at(version)
        reader = Reader(self._database, self._bus, projection, options=self._options)
        self._running[version] = (reader, asyncio.create_task(reader.run(), name=projection.id))

    async def _end(self, versions: set[int]) -> None:
        for version in versions:
            self._running[version][0].stop()
        for version in versions:
            _, task = self._running.pop(version)
            await task

    async def _rest(self) -> None:
        """Wait a little; a reader that failed ends the wait, and its error goes up."""
        stop = asyncio.ensure_future(self._stopping.wait())
        tasks = [task for _, task in self._running.values()]
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_EVERY_S):
                await asyncio.wait([stop, *tasks], return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        for task in tasks:
            if task.done():
                task.result()
