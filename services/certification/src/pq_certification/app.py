"""Put certification together: the one place where its parts meet."""

from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI

import pq_certification
from pq_certification.api import certificates, verification
from pq_certification.api.imports import CERTIFICATES
from pq_certification.consumers import ENTERPRISES
from pq_certification.settings import Settings
from pq_common.background import background
from pq_common.http.admin import admin_router
from pq_common.http.app import build
from pq_common.http.changes import changes_router
from pq_common.http.import_work import import_work
from pq_common.http.imports import imports_router
from pq_common.http.job_runner import JobRunner
from pq_common.http.jobs import jobs_router
from pq_common.service import Service


def create_app(settings: Settings) -> FastAPI:
    """Return the application; nothing is opened before its lifespan."""
    runner = JobRunner(
        {CERTIFICATES.job_kind: import_work(CERTIFICATES, max_rows=settings.max_import_rows)},
        poll_s=settings.poll_interval_s,
    )
    return build(
        "certification",
        settings,
        routers=[
            imports_router(CERTIFICATES, tag="certificates"),
            certificates.router,
            verification.router,
            jobs_router(),
            changes_router("certification"),
        ],
        pages=[admin_router("certification")],
        parts=[runner.running],
        description=str(pq_certification.__doc__),
    )


def create_worker(
    settings: Settings, *, relay: bool = True, consume: bool = True
) -> AbstractAsyncContextManager[Any]:
    """Return what relays and numbers certification's events, and hears the registry."""
    return background(settings, [ENTERPRISES], relay=relay, consume=consume)


service = Service(
    name="certification",
    settings=Settings,
    create_app=create_app,
    create_worker=create_worker,
    migrations="pq_certification",
)
