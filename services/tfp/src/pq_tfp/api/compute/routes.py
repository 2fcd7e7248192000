"""The routes of the engines, made from their descriptions."""

import json
from collections.abc import Callable, Coroutine
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter

from pq_common.http.admission import limited
from pq_common.http.auth import Actor, require
from pq_common.http.openapi import OwnExamples
from pq_tfp.api.compute.answering import answer
from pq_tfp.api.compute.catalogue import ROUTES
from pq_tfp.api.compute.desk import ComputeAccepted, Desk
from pq_tfp.api.compute.engine import Route, perform
from pq_tfp.domain.bundle import canonical, canonical_json

PATH = "/tfp/v1/compute/"
WITH_A_TOKEN = ("ministry-admin", "ministry-analyst", "province-officer", "agency")
REF = "#/components/schemas/{model}"


@cache
def compute_router(*, per_minute: int, is_open: bool) -> APIRouter:
    """Return ``POST /compute/{name}`` for every route; each computation counts against a limit of its own.

    ``is_open`` lets strangers use the engines that are not closed-form as well.
    """
    limit = limited("compute", per_minute=per_minute)
    router = APIRouter(prefix="/compute", tags=["compute"], dependencies=[limit])
    for route in ROUTES.values():
        router.post(
            f"/{route.name}",
            operation_id=_operation_id(route),
            summary=route.summary,
            description=route.description,
            response_model=route.answer,
            responses={202: {"model": ComputeAccepted, "description": "Large or slow: a job"}},
            openapi_extra={"requestBody": _body(route.name)},
        )(_endpoint(route, is_open=is_open or route.closed_form))
    return router


def examples() -> dict[str, OwnExamples]:
    """Return what makes the examples of each operation's answer: the engines themselves, on the examples of the requests.

    Rounded to as many significant digits as the engine says, unlike answers, so that the document is the same on every machine.
    """
    return {_operation_id(route): _examples_of(route) for route in ROUTES.values()}


def _endpoint(route: Route, *, is_open: bool) -> Callable[..., Coroutine[Any, Any, Response]]:
    roles = (*WITH_A_TOKEN, "certification-body", "enterprise", *(["public"] if is_open else []))

    async def compute(request: Request, actor: Annotated[Actor, require(*roles)]) -> Response:
        desk: Desk = request.app.state.desk
        return await answer(desk, request, route.name, actor)

    return compute


def _body(name: str) -> dict[str, Any]:
    route = ROUTES[name]
    models = [engine.asked for engine in route.engines.values()]
    schema = TypeAdapter(reduce(or_, models)).json_schema(ref_template=REF)
    if (
        "$ref" not in schema and "anyOf" not in schema
    ):  # one model: pydantic gives it without a name
        defs = schema.pop("$defs", {})
        schema = {"$ref": REF.format(model=models[0].__name__), "$defs": {**defs, models[0].__name__: schema}}  # fmt: skip
    shown = {name: {"value": _example(engine.asked)} for name, engine in route.engines.items()}
    content = {"schema": schema, "examples": shown}
    return {"required": True, "content": {"application/json": content}}


def _examples_of(route: Route) -> OwnExamples:
    def make() -> dict[str, Any]:
        return {
            name: canonical(
                json.loads(perform(route, canonical_json(_example(engine.asked)), _quiet)),
                digits=engine.digits,
            )
            for name, engine in route.engines.items()
        }

    return make


def _example(asked: Any) -> Any:
    return asked.model_config["json_schema_extra"]["examples"][0]


def _quiet(done: int, total: int) -> None:
    """Hear how far an example is, and tell nobody."""


def _operation_id(route: Route) -> str:
    return "compute" + "".join(part.capitalize() for part in route.name.split("-"))
