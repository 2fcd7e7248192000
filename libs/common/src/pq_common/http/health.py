"""Alive, ready, measures: three addresses for whoever keeps the service running."""

from collections.abc import Mapping
from typing import Any, Protocol

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from pq_common.db import migrate
from pq_common.db.session import Database
from pq_common.http.metrics import metrics


class Working(Protocol):
    """What we need of a worker that runs in this process."""

    def health(self) -> dict[str, Any]:
        """Return ``well`` and the loops."""
        ...


def health_router(service: str, package: str) -> APIRouter:
    """Return the routes ``/{service}/healthz``, ``/readyz`` and ``/metrics``; no document lists them."""
    router = APIRouter(prefix=f"/{service}", include_in_schema=False)

    @router.get("/healthz")
    async def alive() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz")
    async def ready(request: Request) -> Response:
        """Ready means: the database answers and has every migration. The bus is no condition: the outbox waits for it.

        Where the worker runs in this process, nobody else tells how it is.
        """
        state = await readiness(request.app.state.database, package)
        return told(state, request.app.state.worker)

    router.get("/metrics")(metrics)
    return router


async def readiness(database: Database, package: str) -> dict[str, str]:
    """Ask the database whether it is there, and whether it is as new as this code."""
    try:
        async with database.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
            current = await connection.run_sync(lambda c: migrate.is_current(package, c))
    except (SQLAlchemyError, OSError, TimeoutError) as reason:
        return {"status": "unready", "database": type(reason).__name__, "migrations": "unknown"}
    migrations = "current" if current else "missing: run the command migrate"
    status = "ready" if current else "unready"
    return {"status": status, "database": "answers", "migrations": migrations}


def told(state: Mapping[str, str], worker: Working | None) -> Response:
    """Return the answer of ``/readyz``: beside the state every loop of the worker, if there is one, must make progress."""
    answer: dict[str, Any] = dict(state)
    if worker is not None:
        health = worker.health()
        well = state["status"] == "ready" and bool(health["well"])
        answer |= {"status": "ready" if well else "unready", "loops": health["loops"]}
    return JSONResponse(answer, status_code=200 if answer["status"] == "ready" else 503)
