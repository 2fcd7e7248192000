"""Put one service's application together: the contract of ``docs/http.md`` around the service's own routes."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from types import MappingProxyType

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from pq_common.db.session import Database
from pq_common.http import handlers
from pq_common.http.admission import admit
from pq_common.http.direct import Direct
from pq_common.http.documents import documents_router
from pq_common.http.edge import PROBES, Edge
from pq_common.http.health import health_router
from pq_common.http.keys import Keys
from pq_common.http.openapi import OpenApi
from pq_common.http.ratelimit import RateLimiter
from pq_common.http.routes import RouteBook
from pq_common.http.tokens import Verifier
from pq_common.settings import CommonSettings

Part = Callable[[FastAPI], AbstractAsyncContextManager[object]]
VERSION = "1.0.0"
# FastAPI would read every signature anew for each application that includes a router. A book keeps its routers alive.
_BOOKS: dict[tuple[str, tuple[int, ...], tuple[int, ...]], FastAPI] = {}


def build(
    service: str,
    settings: CommonSettings,
    *,
    routers: Sequence[APIRouter],
    pages: Sequence[APIRouter] = (),
    parts: Sequence[Part] = (),
    database: Database | None = None,
    description: str = "",
    body_limits: Mapping[str, int] = MappingProxyType({}),
) -> FastAPI:
    """Return the application of ``service``; nothing is opened before its lifespan.

    ``routers`` are served under ``/{service}/v1``, ``pages`` as they are. ``parts`` are entered with the
    lifespan in this order and left in reverse; the database (by default that of the settings) is
    closed last. ``body_limits`` are bytes by the start of a path, where it takes more than the settings' limit.
    The same routers make the same routes, whatever the settings.
    """
    app = _bare(service, parts, description)
    book = RouteBook(app)
    app.state.service = service
    app.state.settings = settings
    app.state.database = database or Database(
        settings.database_url.get_secret_value(), pool_size=settings.database_pool_size
    )
    app.state.verifier = Verifier(settings, Keys(settings))
    app.state.limiter = RateLimiter()
    app.state.routes = book
    app.state.worker = None  # a host that runs it in this process puts it here
    app.router.routes.extend(_included(service, routers, pages))
    handlers.install(app)
    app.openapi = OpenApi(app)  # type: ignore[method-assign]  # FastAPI documents this way of extending
    app.add_middleware(Direct, host=app)
    app.add_middleware(
        Edge, service=service, settings=settings, routes=book, body_limits=body_limits
    )
    return app


def _included(
    service: str, routers: Sequence[APIRouter], pages: Sequence[APIRouter]
) -> Sequence[BaseRoute]:
    """Return the routes of every application of this process that is made of these routers."""
    key = service, tuple(map(id, routers)), tuple(map(id, pages))
    if key not in _BOOKS:
        book = _BOOKS[key] = _bare(service, (), "")
        book.include_router(health_router(service, f"pq_{service.replace('-', '_')}"))
        book.include_router(documents_router(service))
        for router in routers:
            book.include_router(router, prefix=f"/{service}/v1", dependencies=[Depends(admit)])
        for router in pages:
            book.include_router(router, dependencies=[Depends(admit)])
    return _BOOKS[key].router.routes


def _bare(service: str, parts: Sequence[Part], description: str) -> FastAPI:
    """Return an application without routes: documents, ids and telemetry are ours, not the framework's."""
    return FastAPI(
        title=f"PQ {service}",
        version=VERSION,
        description=description,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan(parts),
        generate_unique_id_function=_operation_id,
        telemetry={
            "operation_spans": False,
            "auto_configure": False,
            "metrics": False,  # Prometheus counts
            # The log of validation failures would carry what the caller sent.
            "logs": False,
            "exclude": lambda scope: str(scope.get("path", "")).endswith(PROBES),
        },
    )


def _operation_id(route: APIRoute) -> str:
    return route.name


def _lifespan(
    parts: Sequence[Part],
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(app.state.database.close)
            for part in parts:
                await stack.enter_async_context(part(app))
            yield

    return lifespan
