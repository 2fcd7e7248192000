"""Alive, ready, measures: three addresses for whoever keeps the service running."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from pq_common.db import migrate
from pq_common.db.session import Database
from pq_common.http.metrics import metrics


def health_router(service: str, package: str) -> APIRouter:
    """Return the routes ``/{service}/healthz``, ``/readyz`` and ``/metrics``; no document lists them."""
    router = APIRouter(prefix=f"/{service}", include_in_schema=False)

    @router.get("/healthz")
    async def alive() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz")
    async def ready(request: Request) -> Response:
        """Ready means: the database answers and has every migration. The bus is no condition: the outbox waits for it."""
        state = await readiness(request.app.state.database, package)
        return JSONResponse(state, status_code=200 if state["status"] == "ready" else 503)

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
