"""The loop that reads the bus for one projection: exactly one effect of each event, in order per key.

The fence is the compare-and-set of the offset that was loaded; the filter is the version (``docs/events.md``).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from pq_common.db import offsets
from pq_common.db.offsets import Place
from pq_common.db.session import Database
from pq_common.db.transient import MAY_PASS, is_transient
from pq_common.events import metrics
from pq_common.events.ahead import Ahead, Found, ahead_of
from pq_common.events.applying import Applier, Fenced, Moves, NotKept, Outcome
from pq_common.events.bus import Bus, BusReader, BusUnavailable
from pq_common.events.incoming import Incoming, Unreadable
from pq_common.events.projection import Projection, active_schema, make_tables, transaction
from pq_common.events.relay import no_fail_point

__all__ = ["Incoming", "Projection", "Reader", "ReaderOptions", "Unreadable", "active_schema"]

_log = structlog.get_logger(__name__)
PLENTY = 0.1
"""From which share of a full batch on the next is fetched at once; a smaller one says that the end is near,
where waiting until this one is applied makes fewer and fuller batches.
"""


@dataclass(frozen=True, slots=True)
class ReaderOptions:
    """How a reader behaves. ``until`` stops it at these positions; ``shared`` lets a group divide the partitions.

    ``batch`` is the most in one transaction: of a key that changed often in so many events, one row is written.
    """

    batch: int = 50_000
    fetch_s: float = 0.5
    patience: int = 20
    shared: bool = True
    until: Mapping[Place, int] | None = None
    longest_pause_s: float = 5.0
    measure_every_s: float = 1.0
    fail_point: Callable[[str], None] = field(default=no_fail_point)


class Reader:
    """Reads for one projection until ``stop``, or until the positions of ``options.until`` are reached."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        projection: Projection,
        *,
        options: ReaderOptions | None = None,
    ) -> None:
        self.options = options or ReaderOptions()
        self.projection = projection
        self.applied = 0
        self.position = 0
        self.lag: int | None = None
        self._database = database
        self._bus = bus
        self._applier = Applier(projection, patience=self.options.patience)
        self._expected: dict[Place, int] = {}
        self._suspect: Mapping[Place, int] = {}
        self._refused_in_a_row = 0
        self._pause_s = 0.0
        self._next_measure = 0.0
        self._fresh_lag: int | None = None
        self._stopping = asyncio.Event()
        self._labels = (str(database.url.database), projection.id)

    def stop(self) -> None:
        """Ask ``run`` to finish its batch and return; a fetch is never cancelled."""
        self._stopping.set()

    async def run(self) -> None:
        """Read and apply. Raises Impatient, PositionLost, and what is a fault of ``apply`` itself."""
        await self._prepare()
        while not self._done():
            async with self._pausing():
                await self._read()

    async def _prepare(self) -> None:
        while not self._stopping.is_set():
            async with self._pausing():
                async with self._database.engine.begin() as connection:
                    await make_tables(connection, self.projection)
                return

    async def _read(self) -> None:
        group = self.projection.id if self.options.shared else None
        topics = self.projection.topics
        size, fetch_s = self.options.batch, self.options.fetch_s
        async with (
            self._bus.reader(topics, start=self._start, group=group) as reader,
            ahead_of(reader, self.projection, batch=size, fetch_s=fetch_s) as ahead,
        ):
            self._pause_s = 0.0
            while not self._done():
                found = await ahead.next()
                self.options.fail_point("fetched")
                if found:
                    await self._apply(reader, ahead, found)
                await self._measure(reader, ahead)

    async def _start(self, topic: str, partition: int) -> int:
        """Load where to go on; only partitions loaded here are read (the gate)."""
        async with self._database.engine.begin() as connection:
            position = await offsets.open_at(connection, self.projection.id, (topic, partition))
        self._expected[topic, partition] = position
        return position

    async def _apply(self, reader: BusReader, ahead: Ahead, found: Found) -> None:
        """Apply what was fetched. After a fence or a failing database go back to where the database says we are."""
        if not (batch := found.within(self._expected, self.options.until)):
            return
        moves = {p: (self._expected[p], batch.events[p][-1].position + 1) for p in batch.events}
        if self._goes_on(batch, moves):
            ahead.begin()
        try:
            outcome = await self._applier.apply(self._begin, batch, moves, self._refused_in_a_row)
        except Fenced:
            metrics.fenced.labels(*self._labels).inc()
            await self._reload(reader, ahead)
            return
        except NotKept:
            self._suspect = {place: following for place, (_, following) in moves.items()}
            await self._reload(reader, ahead)
            return
        except MAY_PASS as reason:
            if not is_transient(reason):
                raise
            await self._pause(reason)
            await self._reload(reader, ahead)
            return
        self.options.fail_point("committed")
        self._expected |= {place: following for place, (_, following) in moves.items()}
        ahead.keeping = bool(outcome.parked) or self._in_doubt()
        self._note(outcome)

    @asynccontextmanager
    async def _begin(self) -> AsyncIterator[AsyncConnection]:
        async with transaction(self._database, self.projection, wait=False) as connection:
            yield connection
            self.options.fail_point("applied")

    def _goes_on(self, batch: Found, moves: Moves) -> bool:
        """Say whether there is plenty to read, and something left to read after this batch."""
        if len(batch) < PLENTY * self.options.batch:
            return False
        reached = self._expected | {place: following for place, (_, following) in moves.items()}
        return not self._ends_at(reached)

    async def _reload(self, reader: BusReader, ahead: Ahead) -> None:
        """Ask the database where we are, and go there: after a fence, or after an unknown outcome."""
        await ahead.drop()
        async with self._database.engine.connect() as connection:
            now = await offsets.loaded(connection, self.projection.id)
        for place in self._expected.keys() & now.keys():
            self._expected[place] = now[place]
            reader.seek(*place, now[place])
        ahead.keeping = self._in_doubt()

    def _in_doubt(self) -> bool:
        """Say whether a batch in which something was refused is not wholly behind us."""
        return any(self._expected.get(place, end) < end for place, end in self._suspect.items())

    def take_lag(self) -> int | None:
        """Return the lag measured since the last call; None says that this loop has not come round since."""
        taken, self._fresh_lag = self._fresh_lag, None
        return taken

    async def _measure(self, reader: BusReader, ahead: Ahead) -> None:
        """Now and then compare the projection's offsets with the ends of its topics."""
        now = asyncio.get_running_loop().time()
        if now < self._next_measure:
            return
        self._next_measure = now + self.options.measure_every_s
        await ahead.settled()
        ends = await reader.end_positions()
        async with self._database.engine.connect() as connection:
            reached = await offsets.loaded(connection, self.projection.id)
        self.position = sum(reached.values())
        self.lag = sum(max(0, end - reached.get(place, 0)) for place, end in ends.items())
        self._fresh_lag = self.lag

    def _done(self) -> bool:
        """Say whether to end: asked to, or every partition is where it should be."""
        return self._ends_at(self._expected)

    def _ends_at(self, reached: Mapping[Place, int]) -> bool:
        if self._stopping.is_set():
            return True
        until = self.options.until
        return until is not None and all(
            reached.get(place, -1) >= end for place, end in until.items() if end > 0
        )

    @asynccontextmanager
    async def _pausing(self) -> AsyncIterator[None]:
        """Let what may pass pass: wait, longer each time, and let the caller's loop come round again."""
        try:
            yield
        except BusUnavailable as reason:
            await self._pause(reason)
        except MAY_PASS as reason:
            if not is_transient(reason):
                raise
            await self._pause(reason)

    async def _pause(self, reason: Exception) -> None:
        self._pause_s = min(self.options.longest_pause_s, max(0.05, self._pause_s * 2))
        _log.warning("reader_waits", projection=self.projection.id, reason=repr(reason))
        try:
            async with asyncio.timeout(self._pause_s):
                await self._stopping.wait()
        except TimeoutError:
            return

    def _note(self, outcome: Outcome) -> None:
        self._pause_s = 0.0
        self._refused_in_a_row = outcome.refused_in_a_row
        self.applied += outcome.applied
        metrics.applied.labels(*self._labels).inc(outcome.applied)
        metrics.repeated.labels(*self._labels).inc(outcome.repeated)
        metrics.gaps.labels(*self._labels).inc(len(outcome.gaps))
        for gap in outcome.gaps:
            _log.error(
                "projection_gap",
                projection=self.projection.id,
                key=gap.key,
                expected=gap.expected,
                seen=gap.seen,
            )
        for one in outcome.parked:
            _log.error(
                "event_parked",
                projection=self.projection.id,
                aggregate_id=one.aggregate_id,
                reason=one.reason,
            )
