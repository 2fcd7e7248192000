"""Put support-grants together: the one place where its parts meet."""

from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI

import pq_support_grants
from pq_common.background import background
from pq_common.http.admin import admin_router
from pq_common.http.app import build
from pq_common.http.changes import changes_router
from pq_common.http.exports import export_work, exports_router
from pq_common.http.import_work import import_work
from pq_common.http.imports import imports_router
from pq_common.http.job_runner import JobRunner
from pq_common.http.jobs import jobs_router
from pq_common.service import Service
from pq_support_grants.api import activities, plans, targets, tasks
from pq_support_grants.api.activity_exports import ACTIVITIES_OUT
from pq_support_grants.api.activity_imports import ACTIVITIES
from pq_support_grants.consumers import ENTERPRISES
from pq_support_grants.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """Return the application; nothing is opened before its lifespan."""
    runner = JobRunner(
        {
            ACTIVITIES.job_kind: import_work(ACTIVITIES, max_rows=settings.max_import_rows),
            ACTIVITIES_OUT.job_kind: export_work(
                ACTIVITIES_OUT, max_bytes=settings.max_export_bytes
            ),
        },
        poll_s=settings.poll_interval_s,
    )
    return build(
        "support-grants",
        settings,
        routers=[
            plans.router,
            targets.router,
            tasks.router,
            imports_router(ACTIVITIES, tag="activities"),
            exports_router(ACTIVITIES_OUT, tag="activities"),
            activities.router,
            jobs_router(),
            changes_router("support-grants"),
        ],
        pages=[admin_router("support-grants")],
        parts=[runner.running],
        description=str(pq_support_grants.__doc__),
    )


def create_worker(
    settings: Settings, *, relay: bool = True, consume: bool = True
) -> AbstractAsyncContextManager[Any]:
    """Return what relays and numbers our events, and hears the registry."""
    return background(settings, [ENTERPRISES], relay=relay, consume=consume)


service = Service(
    name="support-grants",
    settings=Settings,
    create_app=create_app,
    create_worker=create_worker,
    migrations="pq_support_grants",
)
