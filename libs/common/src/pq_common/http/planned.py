"""Routes whose dependencies are laid out once, as a list, instead of being walked as a tree at every request.

FastAPI visits every dependency anew wherever it is named, works out which of them it has met already, and wraps
each generator twice. A command names five, so that cost more than what they do. A plan has each once, in
FastAPI's order. What a plan does not know (forms, threads, streams, answers that FastAPI renders, replaced
dependencies) and every body that is not plain JSON go FastAPI's own way. ``direct`` answers by plans alone.
"""

import inspect
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request, Response, params
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_body_to_args
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute, _effective_route_context_var

from pq_common.http.parameters import Read, reader

Handler = Callable[[Request], Awaitable[Response]]
_FAILED: Final = object()  # in place of a value: a parameter was refused


@dataclass(frozen=True, slots=True)
class Step:
    """One dependency, or the endpoint itself: what it is called with, and from which earlier steps."""

    call: Callable[..., Any]
    inner: tuple[tuple[str | None, int], ...]
    """Name of the argument (None for a guard) and number of the step that it comes from."""
    sources: tuple[tuple[str, Read], ...]
    """Attributes of the request, and what reads parameters from them."""
    request_name: str | None
    opens: bool
    """Whether it is a generator, closed when the endpoint has answered."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How one operation is answered: its steps, the endpoint last, and the fields of its body."""

    steps: Sequence[Step]
    fields: list[Any]
    embeds: bool

    async def answer(self, request: Request) -> Response | None:
        """Return the endpoint's answer, every dependency closed; None for what is FastAPI's to see to.

        Raises RequestValidationError, and whatever a dependency or the endpoint raises.
        """
        body: Any = None
        if request.app.dependency_overrides:
            return None
        if self.fields:
            try:
                body = _plain_json(request, await request.body())
            except ValueError:
                return None  # it knows how to say what is wrong
        async with AsyncExitStack() as opened:
            values, errors = await _follow(self.steps, request, opened)
            if self.fields:
                told, faults = await request_body_to_args(self.fields, body, self.embeds)
                values.update(told)
                errors += faults
            if errors:
                raise RequestValidationError(errors, body=body)
            answer: Response = await self.steps[-1].call(**values)
        return answer


class PlannedRoute(APIRoute):
    """A route that follows its plan when it can have one. For ``APIRouter(route_class=PlannedRoute)``."""

    def get_route_handler(self) -> Any:
        """Return the handler that FastAPI calls for each request."""
        usual = super().get_route_handler()
        # As it is included: with the dependencies of every router around it.
        route: Any = _effective_route_context_var.get() or self
        fields, steps = route.dependant.body_params, plan(route.dependant)
        if steps is None or any(isinstance(field.field_info, params.Form) for field in fields):
            return usual
        route.pq_plan = Plan(steps, fields, route._embed_body_fields)
        return _handler(usual, route.pq_plan)


def plan(dependant: Dependant) -> list[Step] | None:
    """Return the steps, the endpoint last; None when something in it has to go FastAPI's way."""
    if inspect.signature(dependant.call or plan).return_annotation is not Response:
        return None  # FastAPI renders and checks the answer
    steps: list[Step] = []
    return steps if _add(dependant, steps, {}) is not None else None


def _add(node: Dependant, steps: list[Step], known: dict[Any, int]) -> int | None:
    inner = []
    for each in node.dependencies:
        number = known.get((each.call, each.scope)) if each.use_cache else None
        number = _add(each, steps, known) if number is None else number
        if number is None or each.body_params:
            return None
        inner.append((each.name, number))
    opens = inspect.isasyncgenfunction(node.call)
    if not _plannable(node, opens):
        return None
    sources = (
        ("path_params", node.path_params),
        ("query_params", node.query_params),
        ("headers", node.header_params),
    )
    assert node.call is not None  # noqa: S101 - for the type; asked in _plannable
    read = tuple((where, reader(fields)) for where, fields in sources if fields)
    steps.append(Step(node.call, tuple(inner), read, node.request_param_name, opens))
    known[node.call, node.scope] = len(steps) - 1
    return len(steps) - 1


def _plannable(node: Dependant, opens: bool) -> bool:
    call = node.call if inspect.isroutine(node.call) else getattr(node.call, "__call__", None)  # noqa: B004 - its own, not whether
    unknown = (
        node.cookie_params,
        node.websocket_param_name,
        node.http_connection_param_name,
        node.response_param_name,
        node.background_tasks_param_name,
        node.security_scopes_param_name,
        node.concurrency,
        opens and node.scope != "function",
    )
    return not any(unknown) and (opens or inspect.iscoroutinefunction(call))


def _handler(usual: Handler, planned: Plan) -> Handler:
    async def handle(request: Request) -> Response:
        answer = await planned.answer(request)
        return await usual(request) if answer is None else answer

    return handle


def _plain_json(request: Request, body: bytes) -> Any:
    if not body or request.headers.get("content-type") != "application/json":
        raise ValueError
    return json.loads(body)


async def _follow(
    steps: Sequence[Step], request: Request, stack: AsyncExitStack
) -> tuple[dict[str, Any], list[Any]]:
    """Take every step but the last; return what the endpoint is called with, and what was refused."""
    made: list[Any] = []
    errors: list[Any] = []
    for step in steps[:-1]:
        values, faults = _arguments(step, request, made)
        errors += faults
        if faults or any(made[number] is _FAILED for _, number in step.inner):
            made.append(_FAILED)
        elif step.opens:
            opened = asynccontextmanager(step.call)(**values)
            made.append(await stack.enter_async_context(opened))
        else:
            made.append(await step.call(**values))
    values, faults = _arguments(steps[-1], request, made)
    return values, errors + faults


def _arguments(
    step: Step, request: Request, made: list[Any]
) -> tuple[dict[str, Any], list[Mapping[str, Any]]]:
    values = {name: made[number] for name, number in step.inner if name is not None}
    errors: list[Mapping[str, Any]] = []
    for where, reads in step.sources:
        read, faults = reads(getattr(request, where))
        values.update(read)
        errors += faults
    if step.request_name is not None:
        values[step.request_name] = request
    return values, errors
