"""A blue/green rebuild (new schema, every event, switch) beside raw replay: read all, decode JSON."""

import itertools
import time
from dataclasses import replace

from bench.measure import Compared, Goal, Result, compare, settled, verdict
from bench.reading import BATCH, COUNT, JSON, LIVE, Shelf, prepared, raw_read
from bench.scene import Scene
from pq_common.events import rebuild
from pq_common.events.bus import Bus

NAME = "rebuild"
GOAL = Goal(aim=0.6, floor=0.5)
WITHIN_S = 200.0


async def rebuilt(shelf: Shelf, bus: Bus, version: int) -> float:
    """Build the next version beside the live one and switch; return events a second until readers see it."""
    green = replace(LIVE, version=version)
    began = time.perf_counter()
    await rebuild.build(shelf.database, bus, green, until=shelf.ends)
    async with shelf.database.engine.begin() as connection:
        await rebuild.switch(connection, green.name, green.number)
    took = time.perf_counter() - began
    async with shelf.database.engine.connect() as connection:
        counted = f'SELECT sum(events) FROM "{green.id}".heard'  # noqa: S608 - our own schema
        kept = (await connection.exec_driver_sql(counted)).scalar_one()
    if kept != COUNT:
        raise RuntimeError(f"{kept} events are in the new version of {COUNT}")
    await rebuild.drop(shelf.database, replace(LIVE, version=version - 1))
    return COUNT / took


async def measure(scene: Scene) -> Result:
    """Measure on Kafka, from the oldest event; neither side joins a group."""
    shelf = await prepared(scene)
    async with scene.bus() as bus:
        await rebuild.build(shelf.database, bus, LIVE, until=shelf.ends)
        async with shelf.database.engine.begin() as connection:
            await rebuild.first_version(connection, LIVE)
        versions = itertools.count(LIVE.version + 1)

        async def attempt() -> Compared:
            return await compare(
                lambda: raw_read(shelf, group=None), lambda: rebuilt(shelf, bus, next(versions))
            )

        attempts = await settled(attempt, within_s=WITHIN_S)
    await shelf.database.close()
    about = f"aiokafka getmany({BATCH}) of everything and {JSON}"
    return verdict(NAME, GOAL, attempts, raw_path=about, events=COUNT, bus="Kafka")
