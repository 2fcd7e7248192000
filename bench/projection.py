"""Reader and reporting's own projection, from Kafka to committed rows, beside raw ``getmany`` with JSON."""

import itertools
import time
from dataclasses import replace

from bench.measure import Compared, Goal, Result, compare, settled, verdict
from bench.reading import BATCH, COUNT, JSON, LIVE, Shelf, prepared, raw_read
from bench.scene import Scene
from pq_common.events import rebuild
from pq_common.events.bus import Bus
from pq_common.events.reader import Reader, ReaderOptions

NAME = "projection"
GOAL = Goal(aim=0.75, floor=0.6)
WITHIN_S = 200.0


async def projected(shelf: Shelf, bus: Bus, number: int) -> float:
    """Join a group, read all, write the rows; return events a second from the start to the last commit."""
    projection = replace(LIVE, name=f"bench_{number}")
    reader = Reader(shelf.database, bus, projection, options=ReaderOptions(until=shelf.ends))
    began = time.perf_counter()
    await reader.run()
    took = time.perf_counter() - began
    if reader.applied != COUNT:
        raise RuntimeError(f"{reader.applied} events were applied of {COUNT}")
    await rebuild.drop(shelf.database, projection)
    return COUNT / took


async def measure(scene: Scene) -> Result:
    """Measure from the oldest event to the last; both sides join a group of their own."""
    shelf = await prepared(scene)
    numbers = itertools.count()
    async with scene.bus() as bus:

        async def attempt() -> Compared:
            return await compare(
                lambda: raw_read(shelf, group=f"raw-{next(numbers)}"),
                lambda: projected(shelf, bus, next(numbers)),
            )

        attempts = await settled(attempt, within_s=WITHIN_S)
    await shelf.database.close()
    about = f"aiokafka getmany({BATCH}) and {JSON}"
    return verdict(NAME, GOAL, attempts, raw_path=about, events=COUNT)
