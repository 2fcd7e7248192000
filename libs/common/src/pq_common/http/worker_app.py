"""The small application of ``work``: the worker runs while it lives, and it tells how the worker is."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from pq_common.db.session import Database
from pq_common.http.health import readiness
from pq_common.http.metrics import metrics
from pq_common.settings import CommonSettings


def worker_app(
    service: str,
    settings: CommonSettings,
    package: str,
    worker: AbstractAsyncContextManager[Any],
) -> FastAPI:
    """Return an application with ``/{service}/healthz``, ``/readyz`` (database, migrations and bus) and ``/metrics``."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        url = settings.worker_database_url or settings.database_url
        app.state.database = Database(url.get_secret_value(), pool_size=1)
        try:
            async with worker as running:
                app.state.worker = running
                yield
        finally:
            await app.state.database.close()

    app = FastAPI(lifespan=lifespan, openapi_url=None, telemetry={"tracing": False})

    @app.get(f"/{service}/healthz")
    async def alive() -> dict[str, str]:
        return {"status": "alive"}

    @app.get(f"/{service}/readyz")
    async def ready(request: Request) -> Response:
        state = await readiness(request.app.state.database, package)
        return JSONResponse(state, status_code=200 if state["status"] == "ready" else 503)

    app.get(f"/{service}/metrics")(metrics)
    return app
