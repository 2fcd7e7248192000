"""Operations with a plan are answered without FastAPI's search; all else is FastAPI's, and the choice is the same."""

from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request
from fastapi import Response as Answer
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.types import Receive, Scope, Send

from pq_common.errors import NotFound
from pq_common.http import handlers
from pq_common.http.direct import Direct
from pq_common.http.planned import PlannedRoute


class Nowhere(NotFound):
    """What an operation refuses."""

    code = "nowhere"


def operations(app: FastAPI) -> None:
    """Operations whose paths overlap, the first of each path being the one that answers."""
    planned, usual = APIRouter(route_class=PlannedRoute), APIRouter()

    @planned.get("/things/first")
    async def first() -> Answer:
        return Answer("first")

    @usual.get("/things/second")
    async def second() -> str:
        return "second"

    @planned.get("/things/{name}")
    async def thing(name: str, request: Request) -> Answer:
        if name == "nowhere":
            raise Nowhere("Không có.", "Nothing.")
        if name == "fault":
            raise RuntimeError
        return Answer(f"{name} {request.scope['endpoint'] is thing} {request.path_params}")

    @planned.put("/things/{name:path}")
    async def put(name: str) -> Answer:
        return Answer(f"put {name}")

    @planned.get("/things/second")
    async def too_late() -> Answer:
        return Answer("too late")

    for router in (usual, planned):
        app.include_router(router, prefix="/v1")


def service(*, direct: bool, **telemetry: Any) -> FastAPI:
    """Without telemetry of its own unless said: the global provider is whichever test set one first."""
    given: Any = telemetry or {"tracing": False}
    app = FastAPI(redirect_slashes=False, telemetry=given)
    operations(app)
    handlers.install(app)
    if direct:
        app.add_middleware(Direct, host=app)
    return app


async def asked(app: FastAPI, method: str, path: str) -> tuple[int, Any]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://pq.test") as there:
        answer = await there.request(method, path)
    return answer.status_code, answer.text.partition('"trace_id"')[0]


ASKED = [
    ("GET", "/v1/things/nowhere"),
    ("GET", "/v1/things/fault"),
    ("GET", "/v1/nothing"),
    ("DELETE", "/v1/other/nothing"),
    ("GET", "/v1/things/a/b"),
    ("GET", "/v1/things/first"),
    ("GET", "/v1/things/second"),
    ("GET", "/v1/things/third%20one"),
    ("PUT", "/v1/things/first"),
    ("PUT", "/v1/things/a/b"),
]


@pytest.mark.parametrize(("method", "path"), ASKED)
async def test_the_route_that_answers_is_the_one_that_fastapi_takes(method: str, path: str) -> None:
    usual, direct = service(direct=False), service(direct=True)
    expected = await asked(usual, method, path)
    assert await asked(direct, method, path) == expected
    assert await asked(direct, method, path) == expected  # as remembered


async def test_a_planned_operation_never_reaches_fastapis_search() -> None:
    app = service(direct=True)

    async def search(scope: Scope, receive: Receive, send: Send) -> None:
        raise LookupError(scope["path"])

    app.router.middleware_stack = search
    assert await asked(app, "GET", "/v1/things/first") == (200, "first")
    assert (await asked(app, "GET", "/v1/things/third"))[0] == 200
    assert (await asked(app, "GET", "/v1/things/nowhere"))[0] == 404
    assert (await asked(app, "GET", "/v1/things/second"))[
        0
    ] == 500  # FastAPI's, and its search is gone


async def test_an_application_that_exports_spans_of_its_own_goes_fastapis_way() -> None:
    exported = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exported))
    app = service(direct=True, tracer_provider=provider, operation_spans=False)
    assert await asked(app, "GET", "/v1/things/first") == (200, "first")
    assert [span.name for span in exported.get_finished_spans()] == ["GET /v1/things/first"]
