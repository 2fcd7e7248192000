"""The relay (read the outbox, send, wait for every acknowledgement, delete) beside raw aiokafka ``send``."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer

from bench import journal
from bench.measure import Compared, Goal, Result, compare, settled, verdict
from bench.scene import Scene
from pq_common.db.provision import Urls
from pq_common.db.session import Database
from pq_common.events.bus import Bus, Message
from pq_common.events.kafka_publisher import BATCH_BYTES
from pq_common.events.relay import Relay

NAME = "relay"
GOAL = Goal(aim=0.5, floor=0.30)
COUNT = 10_000
WITHIN_S = 50.0
SAMPLE_S = 60.0
"""No sample takes so long, on any machine: one that does will never end."""
_AGAIN = """
INSERT INTO outbox_pending (shard, seq, recorded_at, event_id, topic, aggregate_id, aggregate_version)
SELECT shard, seq, recorded_at, event_id, topic, aggregate_id, aggregate_version FROM event_log
WHERE seq BETWEEN $1::bigint AND $2::bigint ORDER BY seq
"""


@dataclass(frozen=True, slots=True)
class Outbox:
    """An outbox that can be filled again and again with the same rows."""

    scene: Scene
    urls: Urls
    database: Database
    seqs: range

    async def refill(self) -> None:
        """Queue all rows again, states that were followed by newer ones as well, and sweep what the last sample deleted."""
        async with self.scene.administrator(self.urls) as administrator:
            await administrator.execute("VACUUM ANALYZE outbox_pending")
            await administrator.execute(_AGAIN, self.seqs[0], self.seqs[-1])

    async def left(self) -> int:
        """Count what still waits."""
        async with self.scene.administrator(self.urls) as administrator:
            return int(await administrator.fetchval("SELECT count(*) FROM outbox_pending"))


async def raw_send(bootstrap: str, messages: Sequence[Message]) -> float:
    """Send by ``send`` with the settings our publisher has; return messages a second, all acknowledged."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        enable_idempotence=True,
        acks="all",
        compression_type="zstd",
        linger_ms=0,
        max_batch_size=BATCH_BYTES,
    )
    await producer.start()
    try:
        began = time.perf_counter()
        acks = [
            await producer.send(m.topic, m.value, key=m.key, headers=list(m.headers))
            for m in messages
        ]
        await asyncio.gather(*acks)
        return len(messages) / (time.perf_counter() - began)
    finally:
        await producer.stop()


async def relayed(outbox: Outbox, bus: Bus, count: int) -> float:
    """Let a new relay empty the outbox; return rows a second from its first connection to its last deletion."""
    await outbox.refill()
    relay = Relay(outbox.database, bus)
    began = time.perf_counter()
    running = asyncio.create_task(relay.run())
    async with asyncio.timeout(SAMPLE_S):
        while relay.sent < count and not running.done():  # noqa: ASYNC110 - the relay has no bell
            await asyncio.sleep(0.005)
    took = time.perf_counter() - began
    relay.stop()
    await running
    if left := await outbox.left():
        raise RuntimeError(f"{left} rows are left in the outbox of {count}")
    return count / took


async def measure(scene: Scene) -> Result:
    """Measure events with their states, as a command leaves them."""
    bootstrap = await scene.fresh_topics([journal.EVENTS, journal.STATES])
    urls = await scene.database("pq_registry")
    async with scene.administrator(urls) as administrator:
        messages, seqs = await journal.fill(administrator, COUNT)
        await administrator.execute("VACUUM ANALYZE event_log")
    database = Database(urls.worker)
    outbox = Outbox(scene, urls, database, seqs)
    async with scene.bus() as bus:

        async def attempt() -> Compared:
            return await compare(
                lambda: raw_send(bootstrap, messages), lambda: relayed(outbox, bus, COUNT)
            )

        attempts = await settled(attempt, within_s=WITHIN_S)
    await database.close()
    about = "aiokafka send of the same messages, idempotent, acks=all, zstd"
    return verdict(NAME, GOAL, attempts, raw_path=about, messages=COUNT)
