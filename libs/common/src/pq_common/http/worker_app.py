"""The small application of ``work``: the worker runs while it lives, and it tells how the worker is."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Protocol

import structlog
from fastapi import FastAPI, Request, Response

from pq_common.db.session import Database
from pq_common.http.health import Working, readiness, told
from pq_common.http.metrics import metrics
from pq_common.settings import CommonSettings

log = structlog.get_logger("pq.worker")


class Awaited(Working, Protocol):
    """What we need of ``pq_common.events.worker.Worker``."""

    def wait(self) -> Awaitable[None]:
        """Return when a loop has failed or is stuck."""
        ...


def worker_app(
    service: str,
    settings: CommonSettings,
    package: str,
    worker: AbstractAsyncContextManager[Awaited],
) -> FastAPI:
    """Return an application with ``/{service}/healthz``, ``/readyz`` and ``/metrics``.

    When a loop of the worker fails, the process is told to end, and ``app.state.failed`` is true.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        url = settings.worker_database_url or settings.database_url
        app.state.database = Database(url.get_secret_value(), pool_size=1)
        app.state.failed = False
        try:
            async with worker as running:
                app.state.worker = running
                watch = asyncio.create_task(_end_when_failed(app, running))
                yield
                watch.cancel()
                with suppress(asyncio.CancelledError):
                    await watch
        finally:
            await app.state.database.close()

    app = FastAPI(lifespan=lifespan, openapi_url=None, telemetry={"tracing": False})

    @app.get(f"/{service}/healthz")
    async def alive() -> dict[str, str]:
        return {"status": "alive"}

    @app.get(f"/{service}/readyz")
    async def ready(request: Request) -> Response:
        """Ready means: database, migrations, and every loop makes progress, which needs the bus."""
        state = await readiness(request.app.state.database, package)
        return told(state, request.app.state.worker)

    app.get(f"/{service}/metrics")(metrics)
    return app


async def _end_when_failed(app: FastAPI, worker: Awaited) -> None:
    await worker.wait()
    log.error("worker_failed", **worker.health())
    app.state.failed = True
    # uvicorn leaves the lifespan on this signal; whoever started the process starts it again.
    os.kill(os.getpid(), signal.SIGTERM)
