"""How tests read a bus: from where, how many, in which order; and workers that keep results and positions together."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence

from pq_common.events.bus import Bus, BusReader, Place, Received

PATIENCE_S = 30.0


async def from_the_start(topic: str, partition: int) -> int:
    """Begin with the oldest."""
    return 0


def at(position: int) -> Callable[[str, int], Awaitable[int]]:
    """Begin every partition at ``position``."""

    async def start(topic: str, partition: int) -> int:
        return position

    return start


async def read(reader: BusReader, count: int) -> list[Received]:
    """Fetch until ``count`` messages came, no longer than PATIENCE_S."""
    found: list[Received] = []
    async with asyncio.timeout(PATIENCE_S):
        while len(found) < count:
            for batch in (await reader.fetch(1000, 0.5)).values():
                found += batch
    return found


async def everything(bus: Bus, topic: str) -> list[Received]:
    """Read a topic from the start to its present end."""
    async with bus.reader([topic], start=from_the_start, group=None) as reader:
        return await read(reader, sum((await reader.end_positions()).values()))


def by_key(found: Sequence[Received]) -> dict[bytes, list[bytes | None]]:
    """Return each key's values in the order found."""
    values: dict[bytes, list[bytes | None]] = defaultdict(list)
    for received in found:
        values[received.message.key].append(received.message.value)
    return dict(values)


class Ledger:
    """Results and positions kept together, moved by compare-and-set, as a projection keeps them."""

    def __init__(self, expected: int) -> None:
        self.applied: list[int] = []
        self.full = asyncio.Event()
        self._expected = expected
        self._positions: dict[Place, int] = defaultdict(int)

    async def start(self, topic: str, partition: int) -> int:
        """Return the position kept, after a while: a database takes its time."""
        await asyncio.sleep(0.01)
        return self._positions[topic, partition]

    async def take(self, reader: BusReader, batches: Mapping[Place, list[Received]]) -> None:
        """Apply each batch whose beginning is where we stand; send the reader back otherwise."""
        for place, batch in batches.items():
            await asyncio.sleep(0)
            # Positions have no gaps in these topics, so "where we stand" is the first of the batch.
            if batch[0].position != self._positions[place]:
                reader.seek(*place, self._positions[place])
                continue
            self._positions[place] = batch[-1].position + 1
            self.applied += [int(received.message.value or b"") for received in batch]
        if len(self.applied) >= self._expected:
            self.full.set()
