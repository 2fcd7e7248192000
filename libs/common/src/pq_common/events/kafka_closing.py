"""Close what aiokafka has opened, within seconds, and without being ended by it.

``AIOKafkaConsumer.stop()`` cancels its own tasks and awaits them: one that rests before another attempt, as all do
while a broker is down, is then cancelled, and its CancelledError runs up through ``stop()`` into the caller, who ends
as if somebody had cancelled him: silently, with the connections left open. So every part is closed in a task apart.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

LEAVE_S = 3.0
CLOSE_S = 1.0


async def end(work: Coroutine[Any, Any, object], *, within_s: float) -> None:
    """Run to the end or to the deadline; how it ended is nobody's business."""
    apart = asyncio.create_task(work)
    _, late = await asyncio.wait([apart], timeout=within_s)
    if late:
        apart.cancel()
        await asyncio.wait([apart], timeout=CLOSE_S)
    if apart.done() and not apart.cancelled():
        apart.exception()  # looked at, so that it is not reported as forgotten


async def close_consumer(consumer: AIOKafkaConsumer) -> None:
    """Leave the group if there is one, stop fetching, disconnect: each even when the one before failed."""
    consumer._closed = True
    coordinator, fetcher = consumer._coordinator, consumer._fetcher
    if coordinator is not None:
        await end(coordinator.close(), within_s=LEAVE_S)
        # A heartbeat that outlived its coordinator would hold the partitions for a reader that is no more.
        for name in ("_coordination_task", "_heartbeat_task", "_commit_refresh_task"):
            if (task := getattr(coordinator, name, None)) is not None:
                task.cancel()
    if fetcher is not None:
        await end(fetcher.close(), within_s=CLOSE_S)
    await end(consumer._client.close(), within_s=CLOSE_S)


async def close_producer(producer: AIOKafkaProducer) -> None:
    """Disconnect. What was not acknowledged is left: its sender still waits, or has given up."""
    # Not the public stop(): it flushes first, and without a limit.
    producer._closed = True
    await end(producer._sender.close(), within_s=CLOSE_S)
    await end(producer.client.close(), within_s=LEAVE_S)
