"""A command over HTTP (``POST /registry/v1/enterprises``) beside its own SQL statements in raw asyncpg.

The service runs on uvicorn in another process and is asked over loopback. The raw path says the very
statements the service said for such a command, in one transaction each, as the same role.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import asyncpg

from bench import registry, statements
from bench.http_client import connected
from bench.measure import Compared, Goal, Result, compare, settled, verdict
from bench.scene import Scene
from pq_common.db.session import connect_args
from pq_common.http.issuer import DevelopmentIssuer

NAME = "command"
GOAL = Goal(aim=0.35, floor=0.25)
COUNT = 400
WITHIN_S = 45.0
Caller = Callable[[Iterator[Any]], Awaitable[None]]


async def per_second(callers: Sequence[Caller], work: Sequence[Any]) -> float:
    """Let the callers share the work, each waiting for its answers; return how much was done a second."""
    shared = iter(work)
    began = time.perf_counter()
    await asyncio.gather(*(caller(shared) for caller in callers))
    return len(work) / (time.perf_counter() - began)


async def measure(scene: Scene) -> Result:
    """Measure with the same number of callers on both sides."""
    urls = await scene.database("pq_registry")
    issuer = DevelopmentIssuer(scene.folder / "issuer")
    token = registry.officer(issuer)
    recording = await statements.record(urls, issuer)
    raw = [await asyncpg.connect(**connect_args(urls.api)) for _ in range(registry.CALLERS)]
    async with registry.served(urls, issuer, scene.folder) as port:

        async def in_sql() -> float:
            work = [recording.again() for _ in range(COUNT)]
            callers = [lambda shared, c=each: statements.say(c, shared) for each in raw]
            return await per_second(callers, work)

        async def over_http() -> float:
            work = registry.requests(token, COUNT)
            async with connected(port, registry.CALLERS) as asking:
                return await per_second([each.ask_all for each in asking], work)

        async def attempt() -> Compared:
            return await compare(in_sql, over_http)

        attempts = await settled(attempt, within_s=WITHIN_S)
        for each in raw:
            await each.close()
    about = f"the {len(recording.statements)} statements of the command in one transaction, asyncpg"
    return verdict(NAME, GOAL, attempts, raw_path=about, commands=COUNT, callers=registry.CALLERS)
