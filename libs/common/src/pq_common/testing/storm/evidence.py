"""Collect what a storm left behind: the writers' histories, the journal, the bus, the feed, the projection."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import chain
from typing import Any

import asyncpg

from pq_common.db.session import connect_args
from pq_common.testing.buses import BusAddress
from pq_common.testing.ledger import EVENTS
from pq_common.testing.storm.checker import History, Logged, Seen
from pq_common.testing.storm.part import STORM_PROJECTION
from pq_common.testing.storm.plan import WRITERS, Storm

_LOG = f"""
SELECT (convert_from(payload, 'UTF8')::json ->> 'number')::int, aggregate_id, aggregate_version,
       (convert_from(payload, 'UTF8')::json ->> 'amount_dong')::bigint
FROM event_log WHERE topic = '{EVENTS}' ORDER BY seq
"""  # noqa: S608 - a constant of ours
_FEED = """
SELECT f.position, e.aggregate_id, e.aggregate_version
FROM feed f JOIN event_log e ON e.seq = f.seq ORDER BY f.position
"""
_APPLIED = f"SELECT account, version FROM {STORM_PROJECTION.id}.applied ORDER BY id"  # noqa: S608 - a name of ours
_TOTALS = f"SELECT id, total_dong, events FROM {STORM_PROJECTION.id}.totals"  # noqa: S608 - a name of ours
_ACCOUNTS = "SELECT id, total_dong, version FROM account"
_PARKED = "SELECT count(*) FROM parked_event"
_GAPS = "SELECT count(*) FROM projection_gap"


async def collect(storm: Storm) -> History:
    """Read everything once the storm is over."""
    async with _connection(storm.worker_url) as connection:
        feed = [(p, Seen(a, v)) for p, a, v in await connection.fetch(_FEED)]
        return History(
            wanted=storm.events,
            acknowledged=list(chain.from_iterable(acknowledged(storm, n) for n in range(WRITERS))),
            log=[Logged(*row) for row in await connection.fetch(_LOG)],
            on_bus=await on_bus(storm),
            feed=feed,
            applied=[Seen(*row) for row in await connection.fetch(_APPLIED)],
            totals={row[0]: (row[1], row[2]) for row in await connection.fetch(_TOTALS)},
            accounts={row[0]: (row[1], row[2]) for row in await connection.fetch(_ACCOUNTS)},
            parked=await connection.fetchval(_PARKED),
            gaps=await connection.fetchval(_GAPS),
        )


def acknowledged(storm: Storm, writer: int) -> list[tuple[int, str, int]]:
    """Return what a writer was told is committed; a line cut by a kill says nothing."""
    found: list[tuple[int, str, int]] = []
    with storm.history(writer).open(encoding="utf-8") as lines:
        for line in lines:
            if line.endswith("]\n") and line.startswith("["):
                number, account, version = json.loads(line)
                found.append((number, account, version))
    return found


async def on_bus(storm: Storm) -> list[Seen]:
    """Return every message of the topic, partition after partition: a key lives in one of them."""

    async def oldest(topic: str, partition: int) -> int:
        return 0

    seen: dict[Any, list[Seen]] = {}
    async with (
        BusAddress(storm.bus, storm.bus_url).open() as bus,
        bus.reader([EVENTS], start=oldest, group=None) as reader,
    ):
        ends = {place: end for place, end in (await reader.end_positions()).items() if end}
        reached = dict.fromkeys(ends, 0)
        while reached != ends:
            for place, records in (await reader.fetch(2000, 0.5)).items():
                reached[place] = records[-1].position + 1
                for one in records:
                    headers = dict(one.message.headers)
                    account, version = headers["ce_subject"].decode(), int(headers["ce_sequence"])
                    seen.setdefault(place, []).append(Seen(account, version))
    return list(chain.from_iterable(seen.values()))


@asynccontextmanager
async def _connection(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(**connect_args(url))
    try:
        yield connection
    finally:
        await connection.close()
