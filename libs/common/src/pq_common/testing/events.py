"""A small ledger that speaks events: accounts that receive amounts, and the projection that adds them up.

Small enough to fold by hand, and sums show at once what was lost or applied twice.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Protocol

import pytest
from sqlalchemy import BigInteger, Column, MetaData, Table, Text, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from pq_common.contracts.event import Event, EventData, topic_of
from pq_common.db.outbox import emit
from pq_common.db.provision import Urls
from pq_common.db.session import Database
from pq_common.events.bus import Bus, Topic
from pq_common.events.incoming import Incoming
from pq_common.events.projection import PLACEHOLDER, Apply, Projection
from pq_common.events.reader import Reader, ReaderOptions
from pq_common.events.relay import Relay, RelayOptions
from pq_common.testing.buses import BusAddress
from pq_common.testing.fixtures import DatabaseFor, administer, run_apart


class AmountReceived(EventData):
    """An account received an amount."""

    TYPE: ClassVar[str] = "pq.ledger.account.received.v1"
    amount_dong: int
    number: int


EVENTS = topic_of(AmountReceived.TYPE)
LEDGER = (
    "CREATE TABLE account (id text PRIMARY KEY, version int NOT NULL, total_dong bigint NOT NULL)",
    "GRANT SELECT, INSERT, UPDATE ON account TO common_api, common_worker",
)
TABLES = MetaData()
totals = Table(
    "totals",
    TABLES,
    Column("id", Text, primary_key=True),
    Column("total_dong", BigInteger, nullable=False),
    Column("events", BigInteger, nullable=False),
    schema=PLACEHOLDER,
)
_OPEN = text("INSERT INTO account VALUES (:id, 0, 0) ON CONFLICT DO NOTHING")
_LOCK = text("SELECT version FROM account WHERE id = :id FOR UPDATE")
_CHANGE = text("""
UPDATE account SET version = :version, total_dong = total_dong + :amount WHERE id = :id
""")
_ADD = """
INSERT INTO totals (id, total_dong, events)
SELECT id, sum(amount), count(*) FROM unnest($1::text[], $2::bigint[]) AS u (id, amount)
GROUP BY id ORDER BY id
ON CONFLICT (id) DO UPDATE SET total_dong = totals.total_dong + excluded.total_dong,
                               events = totals.events + excluded.events
"""


async def receive(session: AsyncSession, account: str, amount: int, *, number: int = 0) -> int:
    """Lock the account, change it, announce it; return its new version."""
    await session.execute(_OPEN, {"id": account})
    version = 1 + int(await session.scalar(_LOCK, {"id": account}) or 0)
    await session.execute(_CHANGE, {"id": account, "version": version, "amount": amount})
    told = AmountReceived(amount_dong=amount, number=number)
    now = datetime.now(UTC)
    await emit(
        session,
        Event(data=told, subject=account, version=version, occurred_at=now, place_id=None),
    )
    return version


async def add_up(connection: AsyncConnection, events: Sequence[Incoming]) -> None:
    """Add each amount to its account's total: applied twice, it shows."""
    amounts = [event.parse(AmountReceived).amount_dong for event in events]
    await connection.exec_driver_sql(_ADD, ([event.subject for event in events], amounts))


def totals_projection(*, version: int = 1, apply: Apply = add_up) -> Projection:
    """Return the projection that adds amounts up."""
    return Projection("totals", version, (EVENTS,), apply, TABLES)


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
