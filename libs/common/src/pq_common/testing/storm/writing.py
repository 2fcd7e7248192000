"""The writers of a storm: lock, change, announce, commit; what is acknowledged is noted, what is unknown is asked."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import TextIO

import httpx
import uvicorn
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pq_common.db.session import Database
from pq_common.db.transient import MAY_PASS, is_transient
from pq_common.testing.ledger import receive
from pq_common.testing.storm.plan import Storm

LANES = 4
AGAIN_S = 0.05
_DONE = text("INSERT INTO storm_done (number) VALUES (:number)")
_IS_DONE = text("SELECT EXISTS (SELECT 1 FROM storm_done WHERE number = :number)")

Write = Callable[[int], Awaitable[int | None]]
"""Write one event: its version, 0 when an earlier try had succeeded after all, None when the outcome is unknown."""


async def write_directly(storm: Storm, writer: int) -> None:
    """Write this writer's events to the database."""
    database = Database(storm.api_url, pool_size=LANES)
    await _write_all(storm, writer, lambda number: _attempt(database, storm, number))
    await database.close()


async def write_by_http(storm: Storm, writer: int) -> None:
    """Write this writer's events through the API processes, taking the other one when one does not answer."""
    async with httpx.AsyncClient(timeout=30) as client:

        async def ask(number: int) -> int | None:
            for port in storm.api_ports:
                try:
                    answer = await client.post(f"http://127.0.0.1:{port}/events/{number}")
                except httpx.TransportError:
                    continue
                if answer.status_code == 200:
                    return int(answer.json()["version"])
            return None

        await _write_all(storm, writer, ask)


async def serve(storm: Storm, index: int) -> None:
    """Be an API process: POST /events/{number} answers 200 only after the commit, 503 when it cannot say."""
    database = Database(storm.api_url, pool_size=8)

    async def post(request: Request) -> Response:
        version = await _attempt(database, storm, request.path_params["number"])
        return JSONResponse({"version": version}, status_code=503 if version is None else 200)

    app = Starlette(routes=[Route("/events/{number:int}", post, methods=["POST"])])
    port = storm.api_ports[index]
    await uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning")).serve()
    await database.close()


async def _write_all(storm: Storm, writer: int, write: Write) -> None:
    """Write in several lanes, which meet at the same accounts' locks."""
    numbers = storm.numbers_of(writer)
    with storm.history(writer).open("a", encoding="utf-8", buffering=1) as history:
        async with asyncio.TaskGroup() as group:
            for lane in range(LANES):
                group.create_task(_write_lane(storm, numbers[lane::LANES], history, write))


async def _write_lane(storm: Storm, numbers: Sequence[int], history: TextIO, write: Write) -> None:
    for number in numbers:
        while (version := await write(number)) is None:  # noqa: ASYNC110 - the database is asked again
            await asyncio.sleep(AGAIN_S)
        if version > 0:
            history.write(json.dumps([number, storm.event(number)[0], version]) + "\n")


async def _attempt(database: Database, storm: Storm, number: int) -> int | None:
    account, amount = storm.event(number)
    try:
        async with database.sessions.begin() as session:
            if await session.scalar(_IS_DONE, {"number": number}):
                return 0
            version = await receive(session, account, amount, number=number)
            await session.execute(_DONE, {"number": number})
    except MAY_PASS as reason:
        if not is_transient(reason):
            raise
        return None
    return version
