"""The ledger on a database and a bus of its own, and how to run its relay and reader to the end of what is there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pytest
from sqlalchemy import text

from pq_common.db.provision import Urls
from pq_common.db.session import Database
from pq_common.events.bus import Bus, Topic
from pq_common.events.projection import Projection
from pq_common.events.reader import Reader, ReaderOptions
from pq_common.events.relay import Relay, RelayOptions
from pq_common.testing.buses import BusAddress
from pq_common.testing.fixtures import DatabaseFor, administer, run_apart
from pq_common.testing.ledger import EVENTS, LEDGER, receive, totals_projection


@dataclass(slots=True)
class Ledger:
    """A ledger's database with its roles, and a bus that knows its topic."""

    urls: Urls
    address: BusAddress
    bus: Bus
    api: Database
    worker: Database

    async def receive(self, account: str, *amounts: int) -> None:
        """Receive amounts, each in a transaction of its own."""
        for amount in amounts:
            async with self.api.sessions.begin() as session:
                await receive(session, account, amount)

    async def relay_all(self, **options: Any) -> Relay:
        """Run a relay until nothing waits that can be sent."""
        relay = Relay(self.worker, self.bus, options=RelayOptions(poll_s=0.01, **options))
        await until(relay, lambda: self._sent())
        return relay

    async def read_all(self, projection: Projection | None = None, **options: Any) -> Reader:
        """Run a reader until it has read all there is."""
        projection = projection or totals_projection()
        ends = await self.ends()
        chosen = ReaderOptions(fetch_s=0.05, shared=False, until=ends, **options)
        reader = Reader(self.worker, self.bus, projection, options=chosen)
        async with asyncio.timeout(30):
            await reader.run()
        return reader

    async def ends(self) -> Mapping[tuple[str, int], int]:
        """Return the end positions of the ledger's topic."""
        async with self.bus.reader([EVENTS], start=_from_the_oldest, group=None) as reader:
            return await reader.end_positions()

    async def totals(self, projection: Projection | None = None) -> dict[str, tuple[int, int]]:
        """Return what the projection holds: total and number of events by account."""
        schema = (projection or totals_projection()).id
        rows = await self.rows(f'SELECT id, total_dong, events FROM "{schema}".totals')  # noqa: S608 - a name of ours
        return {row["id"]: (row["total_dong"], row["events"]) for row in rows}

    async def rows(self, statement: str) -> Sequence[Any]:
        """Run a statement as the worker and return its rows, if any."""
        async with self.worker.engine.begin() as connection:
            found = await connection.execute(text(statement))
            return found.mappings().all() if found.returns_rows else []

    async def _sent(self) -> bool:
        left = "SELECT count(*) AS n FROM outbox_pending WHERE held_reason IS NULL"
        return int((await self.rows(left))[0]["n"]) == 0


async def _from_the_oldest(topic: str, partition: int) -> int:
    return 0


class Runner(Protocol):
    """What runs until it is asked to stop: a relay, a reader, a sequencer."""

    async def run(self) -> None: ...
    def stop(self) -> None: ...


async def eventually(reached: Callable[[], Awaitable[bool]], *, timeout_s: float = 60) -> None:
    """Return when a condition holds that others work towards."""
    async with asyncio.timeout(timeout_s):
        while not await reached():  # noqa: ASYNC110 - the condition is in a database
            await asyncio.sleep(0.05)


async def until(
    runner: Runner, reached: Callable[[], Awaitable[bool]], *, timeout_s: float = 30
) -> None:
    """Run something in the background until a condition holds; its own failure comes first."""
    task = asyncio.create_task(runner.run())
    try:
        async with asyncio.timeout(timeout_s):
            while not task.done() and not await reached():  # noqa: ASYNC110 - the condition is in a database
                await asyncio.sleep(0.02)
    finally:
        runner.stop()
        await task


@pytest.fixture
async def ledger(
    database_for: DatabaseFor, admin_url: str, postgres_bus: BusAddress
) -> AsyncIterator[Ledger]:
    """A ledger in a database of its own with a log on PostgreSQL."""
    urls = database_for("pq_common")
    run_apart(administer(urls.owner, *LEDGER))
    async with postgres_bus.open() as bus:
        await bus.declare([Topic(EVENTS)])
        made = Ledger(urls, postgres_bus, bus, Database(urls.api), Database(urls.worker))
        yield made
        await made.api.close()
        await made.worker.close()
