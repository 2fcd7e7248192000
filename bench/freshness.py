"""From the commit of a command to the commit of its row on the dashboard, at 30 % load: the 99th percentile.

The yardstick is what cannot be helped: one poll of the relay and one batch of the projection. Both commits are
taken from PostgreSQL itself (``track_commit_timestamp``), so that nothing has to poll for the row.
"""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bench import journal, registry
from bench.command import per_second
from bench.http_client import Connection, connected
from bench.measure import RUNS, Compared, Goal, Result, settled, verdict
from bench.reading import LIVE
from bench.scene import Scene
from pq_common.db.provision import Urls
from pq_common.db.session import Database
from pq_common.events.reader import Reader, ReaderOptions
from pq_common.events.relay import Relay, RelayOptions
from pq_common.http.issuer import DevelopmentIssuer

NAME = "freshness"
GOAL = Goal(aim=2.0, floor=3.0, better="less")
LOAD = 0.30
COUNT = 150
WITHIN_S = 45.0
POLL_S = RelayOptions().poll_s

_SAID = """
SELECT aggregate_id, pg_xact_commit_timestamp(xmin) AS at FROM event_log
WHERE topic = $1 AND recorded_at >= $2::timestamptz - interval '1 second'
"""
_SEEN = f'SELECT enterprise_id, pg_xact_commit_timestamp(xmin) AS at FROM "{LIVE.id}".enterprise'  # noqa: S608 - our own schema


@dataclass(slots=True)
class Batches:
    """How long the projection's batches take, from the records in hand to the commit."""

    taken_s: list[float] = field(default_factory=list)
    _fetched: float = 0.0

    def fail_point(self, name: str) -> None:
        """Be told by the reader where it is."""
        if name == "fetched":
            self._fetched = time.perf_counter()
        elif name == "committed":
            self.taken_s.append(time.perf_counter() - self._fetched)


@dataclass(slots=True)
class Line:
    """Service, relay and reader, all at work."""

    scene: Scene
    registry: Urls
    reporting: Urls
    port: int
    token: str
    reader: Reader
    batches: Batches

    async def capacity(self) -> float:
        """Return commands a second when the callers never rest, with everything else running."""
        work = registry.requests(self.token, COUNT)
        async with connected(self.port, registry.CALLERS) as asking:
            rate = await per_second([each.ask_all for each in asking], work)
        await self.caught_up(COUNT)
        return rate

    async def caught_up(self, more: int) -> None:
        """Wait until the projection has applied that many events since the last time."""
        wanted = self._applied + more
        while self.reader.applied < wanted:  # noqa: ASYNC110 - the reader has no bell
            await asyncio.sleep(0.02)
        self._applied = wanted

    _applied: int = 0

    async def run(self, rate: float) -> tuple[float, float]:
        """Send commands evenly at this rate; return the 99th percentile and the yardstick, in milliseconds."""
        self.batches.taken_s.clear()
        async with self.scene.administrator(self.registry) as administrator:
            began = await administrator.fetchval("SELECT clock_timestamp()")
            work = registry.requests(self.token, COUNT)
            async with connected(self.port, registry.CALLERS) as asking:
                await _evenly(asking, work, rate)
            await self.caught_up(COUNT)
            said = await administrator.fetch(_SAID, journal.EVENTS, began)
        async with self.scene.administrator(self.reporting) as administrator:
            seen = {row["enterprise_id"]: row["at"] for row in await administrator.fetch(_SEEN)}
        late = sorted(
            (seen[row["aggregate_id"]] - row["at"]).total_seconds() * 1000
            for row in said
            if row["at"] >= began
        )
        if len(late) != COUNT:
            raise RuntimeError(f"{len(late)} commands of {COUNT} were found in the journal")
        batch_s = statistics.median(self.batches.taken_s)
        return late[int(len(late) * 0.99) - 1], (POLL_S + batch_s) * 1000


async def _evenly(asking: Sequence[Connection], requests: Sequence[bytes], rate: float) -> None:
    """Ask at a steady pace, whether or not earlier answers are there, as long as a caller is free."""
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for each in asking:
        free.put_nowait(each)

    async def ask(connection: Connection, request: bytes) -> None:
        await connection.ask(request)
        free.put_nowait(connection)

    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.TaskGroup() as group:
        for number, request in enumerate(requests):
            await asyncio.sleep(began + number / rate - loop.time())
            group.create_task(ask(await free.get(), request))


@asynccontextmanager
async def laid(scene: Scene) -> AsyncIterator[Line]:
    """Start what lies between a command and the dashboard."""
    await scene.fresh_topics([journal.EVENTS, journal.STATES])
    urls = await scene.database("pq_registry"), await scene.database("pq_reporting")
    issuer = DevelopmentIssuer(scene.folder / "issuer")
    sending, keeping = Database(urls[0].worker), Database(urls[1].worker)
    batches = Batches()
    async with scene.bus() as bus, registry.served(urls[0], issuer, scene.folder) as port:
        relay = Relay(sending, bus)
        reader = Reader(keeping, bus, LIVE, options=ReaderOptions(fail_point=batches.fail_point))
        async with asyncio.TaskGroup() as group:
            group.create_task(relay.run())
            group.create_task(reader.run())
            yield Line(scene, *urls, port, registry.officer(issuer), reader, batches)
            for each in (relay, reader):
                each.stop()
    await sending.close()
    await keeping.close()


async def measure(scene: Scene) -> Result:
    """Measure five runs at 30 % of what the service takes while relay and reader share the machine."""
    async with laid(scene) as line:
        await line.capacity()
        full = await line.capacity()

        async def attempt() -> Compared:
            runs = [await line.run(full * LOAD) for _ in range(RUNS)]
            late = statistics.median(p99 for p99, _ in runs)
            return Compared(runs[0][1], late, runs[-1][1])

        attempts = await settled(attempt, within_s=WITHIN_S)
    about = f"one relay poll ({POLL_S * 1000:.0f} ms) and one projection batch"
    return verdict(
        NAME, GOAL, attempts, unit="ms", raw_path=about, commands=COUNT,
        commands_per_second=round(full * LOAD, 1),
    )  # fmt: skip
