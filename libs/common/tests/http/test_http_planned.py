"""A planned route answers what FastAPI's own would, and asks each dependency once."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, Form, Header, Query, Request
from fastapi import Response as Answer
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel, Field

from pq_common.http import handlers
from pq_common.http.direct import Direct
from pq_common.http.planned import PlannedRoute, plan

asked: list[str] = []


class Told(BaseModel):
    """A body."""

    amount: int = Field(ge=0)


class Guard:
    """A dependency that is an object."""

    async def __call__(self, request: Request) -> None:
        asked.append("guard")


async def actor(request: Request) -> str:
    asked.append("actor")
    return request.headers.get("x-actor", "nobody")


async def opened(who: Annotated[str, Depends(actor)]) -> AsyncIterator[str]:
    asked.append("open")
    try:
        yield f"session of {who}"
    except LookupError:
        asked.append("undone")
        raise
    asked.append("closed")


Opened = Annotated[str, Depends(opened, scope="function")]


async def limit(limit: Annotated[int, Header(alias="X-Limit", ge=1)] = 10) -> int:
    return limit


def service(route_class: type[APIRoute], *, direct: bool = False) -> FastAPI:
    """The same routes, planned or not, found by FastAPI or directly."""
    router = APIRouter(route_class=route_class, dependencies=[Depends(Guard())])

    @router.post("/things/{number}")
    async def make(
        number: int,
        told: Told,
        session: Opened,
        who: Annotated[str, Depends(actor)],
        *,
        most: Annotated[int, Depends(limit)],
        note: Annotated[str | None, Query(max_length=3)] = None,
        marks: Annotated[list[int] | None, Query()] = None,
    ) -> Answer:
        asked.append("endpoint")
        if told.amount > most:
            raise LookupError
        return Answer(f"{number} {told.amount} {session} {who} {most} {note} {marks}", 201)

    app = FastAPI(redirect_slashes=False)
    app.include_router(router, prefix="/v1")
    handlers.install(app)
    if direct:
        app.add_middleware(Direct, host=app)
    return app


def client(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://pq.test")


REQUESTS: dict[str, dict[str, Any]] = {
    "good": {"json": {"amount": 5}},
    "good with all": {
        "json": {"amount": 5},
        "params": {"note": "abc", "marks": ["1", "2"]},
        "headers": {"X-Limit": "7", "X-Actor": "me"},
    },
    "no body": {},
    "a body that is no JSON": {"content": b"{", "headers": {"Content-Type": "application/json"}},
    "half a surrogate": {"content": b'"\xff"', "headers": {"Content-Type": "application/json"}},
    "another kind of body": {"content": b"amount=5", "headers": {"Content-Type": "text/plain"}},
    "JSON under a longer name": {
        "content": b'{"amount": 5}',
        "headers": {"Content-Type": "application/merge-patch+json; charset=utf-8"},
    },
    "null": {"json": None},
    "a list": {"json": [1]},
    "a wrong amount": {"json": {"amount": -1}},
    "all wrong": {
        "json": {"amount": "x"},
        "params": {"note": "abcd", "marks": ["1", "x"]},
        "headers": {"X-Limit": "0"},
    },
    "refused inside": {"json": {"amount": 50}},
}


@pytest.mark.parametrize("number", ["7", "x"])
@pytest.mark.parametrize("name", REQUESTS)
async def test_a_planned_route_answers_as_fastapi_does(name: str, number: str) -> None:
    answers = []
    apps = [service(APIRoute), service(PlannedRoute), service(PlannedRoute, direct=True)]
    for app in apps:
        asked.clear()
        async with client(app) as there:
            answer = await there.post(f"/v1/things/{number}", **REQUESTS[name])
        body: Any = answer.text
        if answer.status_code != 201:
            body = {key: said for key, said in answer.json().items() if key != "trace_id"}
        answers.append((answer.status_code, body, sorted(asked)))
    assert answers[1:] == answers[:1] * 2


@pytest.mark.parametrize("direct", [False, True])
async def test_each_dependency_is_asked_once_and_closed_before_the_answer(direct: bool) -> None:
    asked.clear()
    async with client(service(PlannedRoute, direct=direct)) as there:
        await there.post("/v1/things/1", json={"amount": 1})
    assert asked == ["guard", "actor", "open", "endpoint", "closed"]


@pytest.mark.parametrize("direct", [False, True])
async def test_what_tests_replace_is_replaced(direct: bool) -> None:
    app = service(PlannedRoute, direct=direct)
    app.dependency_overrides[actor] = lambda: "a double"
    async with client(app) as there:
        answer = await there.post("/v1/things/1", json={"amount": 1})
    assert "session of a double" in answer.text


def test_what_a_plan_does_not_know_has_none() -> None:
    router = APIRouter()

    @router.post("/rendered")
    async def rendered(told: Told) -> Told:
        return told

    @router.post("/threads")
    async def threads(value: Annotated[str, Depends(lambda: "")]) -> Answer:
        return Answer(value)

    @router.post("/later")
    async def later(tasks: BackgroundTasks) -> Answer:
        return Answer()

    @router.post("/open-to-the-end")
    async def open_to_the_end(value: Annotated[str, Depends(opened)]) -> Answer:
        return Answer(value)

    app = FastAPI()
    app.include_router(router)
    found = [each for each in iter_route_contexts(app.routes) if each.path_format in PATHS]
    assert len(found) == len(PATHS)
    assert [plan(each.dependant) for each in found] == [None] * len(PATHS)


PATHS = {"/rendered", "/threads", "/later", "/open-to-the-end"}


async def test_a_form_goes_fastapis_way() -> None:
    router = APIRouter(route_class=PlannedRoute)

    @router.post("/form")
    async def form(amount: Annotated[int, Form()]) -> Answer:
        return Answer(str(amount + 1))

    app = FastAPI()
    app.include_router(router)
    async with client(app) as there:
        assert (await there.post("/form", data={"amount": "4"})).text == "5"


@pytest.mark.parametrize("headers", [{}, {"X-Needed": "5"}, {"X-Needed": "no"}])
async def test_a_header_that_is_needed_is_read_as_fastapi_reads_it(headers: dict[str, str]) -> None:
    answers = []
    for route_class in (APIRoute, PlannedRoute):
        router = APIRouter(route_class=route_class)

        @router.get("/needed")
        async def needed(number: Annotated[int, Header(alias="X-Needed")]) -> Answer:
            return Answer(str(number))

        app = FastAPI()
        app.include_router(router)
        async with client(app) as there:
            answer = await there.get("/needed", headers=headers)
        answers.append((answer.status_code, answer.text))
    assert answers[0] == answers[1]
