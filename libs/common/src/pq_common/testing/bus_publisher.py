"""A publisher in a process of its own, for tests that kill it: it says which batches the bus acknowledged.

python -m pq_common.testing.bus_publisher KIND URL TOPIC NAME BATCHES
"""

import asyncio
import sys

from pq_common.events.bus import Message
from pq_common.testing.buses import BusAddress

BATCH = 50
KEYS = 7


def batch(topic: str, name: str, number: int) -> list[Message]:
    """Return the messages of one batch: ``name`` counts them, key by key in order."""
    counted = range(number * BATCH, (number + 1) * BATCH)
    return [Message(topic, f"{name}-{n % KEYS}".encode(), str(n).encode()) for n in counted]


async def publish(address: BusAddress, topic: str, name: str, batches: int) -> None:
    """Publish batch after batch and print the number of each when it is acknowledged."""
    async with address.open() as bus:
        for number in range(batches):
            await bus.publish(batch(topic, name, number), deadline_s=20)
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    kind, url, topic, name, batches = sys.argv[1:]
    asyncio.run(
        publish(
            BusAddress("kafka" if kind == "kafka" else "postgres", url), topic, name, int(batches)
        )
    )
