"""Put reporting together: the one place where its parts meet."""

from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI

import pq_reporting
from pq_common.background import background
from pq_common.http.admin import admin_router
from pq_common.http.app import build
from pq_common.http.changes import changes_router
from pq_common.service import Service
from pq_reporting import consumers
from pq_reporting.api import targets
from pq_reporting.operations.judge_targets import Pictures
from pq_reporting.pages import assets, growth_pages, levels_pages, overview, target_pages
from pq_reporting.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """Return the application; it also serves every path that no service owns: the pages."""
    app = build(
        "reporting",
        settings,
        routers=[targets.router, changes_router("reporting")],
        pages=[
            admin_router("reporting"),
            overview.router,
            target_pages.router,
            levels_pages.router,  # before the pages of places: no place is called so-sanh
            growth_pages.router,
            assets.router,
        ],
        description=str(pq_reporting.__doc__),
    )
    app.state.pictures = Pictures()
    return app


def create_worker(
    settings: Settings, *, relay: bool = True, consume: bool = True
) -> AbstractAsyncContextManager[Any]:
    """Return what builds the projection from everything the others say."""
    return background(settings, [consumers.PROJECTION], relay=relay, consume=consume)


service = Service(
    name="reporting",
    settings=Settings,
    create_app=create_app,
    create_worker=create_worker,
    migrations="pq_reporting",
)
