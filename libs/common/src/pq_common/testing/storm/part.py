"""One process of a storm: a writer, a relay, a reader, or a host that is all three."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from sqlalchemy import BigInteger, Column, Identity, Integer, MetaData, Table, Text
from sqlalchemy.ext.asyncio import AsyncConnection

from pq_common.db.session import Database
from pq_common.events.bus import Bus, BusUnavailable
from pq_common.events.incoming import Incoming
from pq_common.events.kafka import KafkaBus
from pq_common.events.postgres import PostgresBus
from pq_common.events.projection import PLACEHOLDER, Projection
from pq_common.events.reader import ReaderOptions
from pq_common.events.relay import RelayOptions
from pq_common.events.worker import Worker
from pq_common.testing.ledger import EVENTS, TABLES, AmountReceived, add_up
from pq_common.testing.storm.plan import Storm
from pq_common.testing.storm.writing import serve, write_by_http, write_directly

HOST_WRITES_AS = 3
STUCK = 75
"""What a process that makes no progress ends with; whoever runs it starts it again (EX_TEMPFAIL)."""
_RECORD = """
INSERT INTO applied (account, version, number) SELECT * FROM unnest($1::text[], $2::int[], $3::int[])
"""

applied = Table(
    "applied",
    MetaData(),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("account", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    schema=PLACEHOLDER,
)


def storm_tables() -> MetaData:
    """Return the totals and a row for every application, without any constraint that could hide a second one."""
    tables = MetaData()
    for table in (*TABLES.tables.values(), applied):
        table.to_metadata(tables)
    return tables


async def record(connection: AsyncConnection, events: Sequence[Incoming]) -> None:
    """Add up, and note each application in its order."""
    await add_up(connection, events)
    numbers = [event.parse(AmountReceived).number for event in events]
    rows = ([event.subject for event in events], [event.version for event in events], numbers)
    await connection.exec_driver_sql(_RECORD, rows)


STORM_PROJECTION = Projection("storm", 1, (EVENTS,), record, storm_tables())


async def work(storm: Storm, role: str) -> None:
    """Be this part until SIGTERM; a writer ends when it has written everything."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    kind, _, index = role.partition("-")
    number = int(index or 0)
    if kind == "api":
        await serve(storm, number)
    elif kind == "writer":
        await (write_by_http if storm.api_ports else write_directly)(storm, number)
    else:
        await _work(storm, kind, stopping)


async def _work(storm: Storm, kind: str, stopping: asyncio.Event) -> None:
    async with AsyncExitStack() as stack:
        bus = await _started(_bus(storm))
        stack.push_async_callback(bus.stop)
        database = Database(storm.worker_url)
        stack.push_async_callback(database.close)
        worker = Worker(
            database,
            bus,
            [STORM_PROJECTION] if kind in ("reader", "host") else [],
            relay=kind in ("relay", "host"),
            sequencer=kind in ("relay", "host"),
            relay_options=RelayOptions(lease_s=5, hold_s=5),
            reader_options=ReaderOptions(batch=500),
            stuck_after_s=30,
        )
        await stack.enter_async_context(worker)
        async with asyncio.TaskGroup() as group:
            ended = group.create_task(worker.wait())
            if kind == "host":
                group.create_task(write_directly(storm, HOST_WRITES_AS))
            group.create_task(_until_either(stopping, ended, worker))


def _bus(storm: Storm) -> Bus:
    if storm.bus == "kafka":
        # A member that was killed is missed after six seconds, the broker's least.
        return KafkaBus(storm.bus_url, group_options={"session_timeout_ms": 6000})
    return PostgresBus(storm.bus_url)


async def _started(bus: Bus) -> Bus:
    """Start the bus, again while it is down: elsewhere whoever runs the process would start it again."""
    while True:
        try:
            await bus.start()
        except BusUnavailable:
            await asyncio.sleep(0.2)
        else:
            return bus


async def _until_either(
    stopping: asyncio.Event, ended: "asyncio.Task[None]", worker: Worker
) -> None:
    told = asyncio.ensure_future(stopping.wait())
    await asyncio.wait([told, ended], return_when=asyncio.FIRST_COMPLETED)
    if not stopping.is_set():
        health = worker.health()
        if any(loop["failure"] for loop in health["loops"].values()):
            raise RuntimeError(f"a loop of the worker failed: {health}")
        sys.stderr.write(f"stuck, as the watchdog says: {health}\n")
        sys.exit(STUCK)
    ended.cancel()


def enter(storm: Storm, role: str) -> None:
    """Be this part in a process of its own, writing what there is to say to its log."""
    with (Path(storm.folder) / f"{role}.log").open("a") as log:
        for stream in (1, 2):
            os.dup2(log.fileno(), stream)
    asyncio.run(work(storm, role))
