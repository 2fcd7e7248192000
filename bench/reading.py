"""What ``projection`` and ``rebuild`` share: a full topic, and the raw path that reads it."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from aiokafka import AIOKafkaConsumer, TopicPartition

from bench import journal
from bench.scene import Scene
from pq_common.db.session import Database
from pq_common.events.bus import Place
from pq_reporting.consumers import PROJECTION

try:
    import orjson
except ModuleNotFoundError:
    loads, JSON = json.loads, "json of the standard library"
else:
    loads, JSON = orjson.loads, "orjson"

COUNT = 200_000  # so that joining a group, making tables and writing the last batch weigh little: what is meant is the steady state
BATCH = 2000  # of the raw path: what suits it best
LIVE = replace(PROJECTION, topics=(journal.EVENTS,))
"""The projection of the dashboard, on the one topic that is full."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A topic with all its events, and the database of the service that reads them."""

    scene: Scene
    bootstrap: str
    database: Database
    ends: Mapping[Place, int]


async def prepared(scene: Scene) -> Shelf:
    """Fill the topic of enterprise events and make reporting's database."""
    bootstrap = await scene.fresh_topics([journal.EVENTS])
    messages = journal.messages(COUNT, states=False)
    urls = await scene.database("pq_reporting")
    async with scene.bus() as bus:
        for first in range(0, len(messages), 5000):
            await bus.publish(messages[first : first + 5000], deadline_s=30)
        async with bus.reader([journal.EVENTS], start=_oldest, group=None) as reader:
            ends = await reader.end_positions()
    return Shelf(scene, bootstrap, Database(urls.worker), ends)


async def raw_read(shelf: Shelf, *, group: str | None) -> float:
    """Read everything by ``getmany`` and decode its JSON; return events a second, from joining to having left, as ours."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=shelf.bootstrap,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=1024 * 1024,
    )
    began = time.perf_counter()
    await consumer.start()
    try:
        if group is None:
            consumer.assign([TopicPartition(*place) for place in shelf.ends])
        else:
            consumer.subscribe([journal.EVENTS])
        left = COUNT
        while left:
            found = await consumer.getmany(timeout_ms=500, max_records=BATCH)
            for records in found.values():
                for record in records:
                    loads(record.value)
                left -= len(records)
    finally:
        await consumer.stop()
    return COUNT / (time.perf_counter() - began)


async def _oldest(topic: str, partition: int) -> int:
    return 0
