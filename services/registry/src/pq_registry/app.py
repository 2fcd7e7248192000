"""Put the registry together: the one place where its parts meet."""

from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI

import pq_registry
from pq_common.background import background
from pq_common.http.admin import admin_router
from pq_common.http.app import build
from pq_common.http.changes import changes_router
from pq_common.http.import_work import import_work
from pq_common.http.imports import imports_router
from pq_common.http.job_runner import JobRunner
from pq_common.http.jobs import jobs_router
from pq_common.service import Service
from pq_registry.api import enterprises, places
from pq_registry.api.imports import enterprise_imports
from pq_registry.settings import Settings
from pq_registry.storage.sealing import sealer_of


def create_app(settings: Settings) -> FastAPI:
    """Return the application; nothing is opened before its lifespan."""
    sealer = sealer_of(settings.sealing_secret.get_secret_value())
    imports = enterprise_imports(sealer)
    runner = JobRunner(
        {imports.job_kind: import_work(imports, max_rows=settings.max_import_rows)},
        poll_s=settings.poll_interval_s,
    )
    app = build(
        "registry",
        settings,
        routers=[
            imports_router(imports, tag="enterprises"),
            enterprises.router,
            places.router,
            jobs_router(),
            changes_router("registry"),
        ],
        pages=[admin_router("registry")],
        parts=[runner.running],
        description=str(pq_registry.__doc__),
    )
    app.state.sealer = sealer
    return app


def create_worker(
    settings: Settings, *, relay: bool = True, consume: bool = True
) -> AbstractAsyncContextManager[Any]:
    """Return what relays and numbers the registry's events; it hears nobody."""
    return background(settings, relay=relay, consume=consume)


service = Service(
    name="registry",
    settings=Settings,
    create_app=create_app,
    create_worker=create_worker,
    migrations="pq_registry",
)
