"""Put the TFP service together: the one place where its parts meet."""

from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI

import pq_tfp
from pq_common.background import background
from pq_common.http.admin import admin_router
from pq_common.http.app import build
from pq_common.http.changes import changes_router
from pq_common.http.exports import export_work, exports_router
from pq_common.http.guest_jobs import guest_jobs_router
from pq_common.http.import_work import import_work
from pq_common.http.imports import imports_router
from pq_common.http.job_runner import JobRunner, Work
from pq_common.http.jobs import job_tables_router
from pq_common.service import Service
from pq_tfp.api import run_orders, runs, series
from pq_tfp.api.compute import answering, engines, routes
from pq_tfp.api.compute.desk import Desk, Limits
from pq_tfp.api.compute.pool import Pool
from pq_tfp.api.series_exports import SERIES_OUT
from pq_tfp.api.series_imports import SERIES
from pq_tfp.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """Return the application; nothing is opened before its lifespan."""
    pool = Pool(
        engines.__name__,
        size=settings.compute_processes,
        memory_bytes=settings.compute_memory_bytes,
        queue=settings.compute_queue,
    )
    desk = _desk(pool, settings)
    tables = JobRunner(_table_works(settings), poll_s=settings.poll_interval_s)
    # As many as compute at once, beside the tables: an import does not wait for a computation of minutes.
    computing = [
        JobRunner(desk.works(), poll_s=settings.poll_interval_s)
        for _ in range(settings.compute_processes)
    ]
    app = build(
        "tfp",
        settings,
        routers=[
            routes.compute_router(
                per_minute=settings.compute_requests_per_minute, is_open=settings.compute_open
            ),
            guest_jobs_router(),
            job_tables_router(),
            series.measures_router,
            imports_router(SERIES, tag="series"),
            exports_router(SERIES_OUT, tag="series"),
            series.router,
            runs.router,
            changes_router("tfp"),
        ],
        pages=[admin_router("tfp")],
        parts=[pool.running, *(runner.running for runner in (tables, *computing))],
        description=str(pq_tfp.__doc__),
        body_limits={routes.PATH: settings.max_compute_bytes},
    )
    app.state.desk = desk
    app.state.examples = routes.examples()
    return app


def _desk(pool: Pool, settings: Settings) -> Desk:
    limits = Limits(
        sync_bytes=settings.compute_sync_bytes,
        sync_seconds=settings.compute_sync_seconds,
        job_seconds=settings.compute_job_seconds,
    )
    return Desk(pool, limits, {**answering.kinds(settings.compute_repeats), **run_orders.kinds()})


def _table_works(settings: Settings) -> dict[str, Work]:
    return {
        SERIES.job_kind: import_work(SERIES, max_rows=settings.max_import_rows),
        SERIES_OUT.job_kind: export_work(SERIES_OUT, max_bytes=settings.max_export_bytes),
    }


def create_worker(
    settings: Settings, *, relay: bool = True, consume: bool = True
) -> AbstractAsyncContextManager[Any]:
    """Return what relays and numbers the service's events; it hears nobody."""
    return background(settings, relay=relay, consume=consume)


service = Service(
    name="tfp",
    settings=Settings,
    create_app=create_app,
    create_worker=create_worker,
    migrations="pq_tfp",
)
