"""Put the TFP service together: the one place where its parts meet."""

from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI

import pq_tfp
from pq_common.background import background
from pq_common.http.admin import admin_router
from pq_common.http.app import build
from pq_common.http.changes import changes_router
from pq_common.service import Service
from pq_tfp.api import compute, runs, series
from pq_tfp.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """Return the application; nothing is opened before its lifespan."""
    return build(
        "tfp",
        settings,
        routers=[compute.router, series.router, runs.router, changes_router("tfp")],
        pages=[admin_router("tfp")],
        description=str(pq_tfp.__doc__),
    )


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
