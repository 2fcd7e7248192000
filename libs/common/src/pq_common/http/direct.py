"""Operations with a plan, found in one look and answered without the layers that only unplanned ones need.

FastAPI matches a request twice in every router, and lays stacks and handlers of its own around each endpoint. Here
the outermost error handler and the edge stand around a plan, and nothing else. Whatever has no plan, whatever a plan
gives back, and every request of an application that exports spans of its own goes FastAPI's way.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.types import ASGIApp, Receive, Scope, Send

from pq_common.http.edge import replay
from pq_common.http.planned import Plan

_ANY: Final = re.compile("")


@dataclass(frozen=True, slots=True)
class _Route:
    pattern: "re.Pattern[str]"
    methods: frozenset[str] | None
    convertors: Mapping[str, Any]
    scope: Mapping[str, Any]
    plan: Plan | None


class Direct:
    """ASGI middleware inside of the edge; its table is read at the first request, when all routers are in."""

    def __init__(self, app: ASGIApp, *, host: FastAPI) -> None:
        self._app = app
        self._host = host
        self._routes: list[_Route] = []
        self._fixed: dict[tuple[str, str], _Route | None] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by plan, or hand on."""
        route = None
        if (
            scope["type"] == "http"
            and "fastapi.telemetry" not in scope
            and not scope.get("root_path")
        ):
            route = self._find(scope)
        if route is None or route.plan is None:
            await self._app(scope, receive, send)
            return
        scope.update(route.scope)
        request = Request(scope, receive, send)
        response = await self._answer(route.plan, request)
        if response is None:
            await self._app(scope, replay(await request.body(), receive), send)
        else:
            await response(scope, receive, send)

    async def _answer(self, plan: Plan, request: Request) -> Response | None:
        try:
            return await plan.answer(request)
        except Exception as error:
            handlers: Mapping[Any, Callable[..., Any]] = self._host.exception_handlers
            kinds = (kind for kind in type(error).__mro__ if kind is not Exception)
            handler = next((handlers[kind] for kind in kinds if kind in handlers), None)
            if handler is None:
                raise  # to the handler outside of everything
            response: Response = await handler(request, error)
            return response

    def _find(self, scope: Scope) -> _Route | None:
        """Return the route that FastAPI would take: the first that fits path and method."""
        method, path = scope["method"], scope["path"]
        if not self._routes:
            self._routes = [_route(context) for context in iter_route_contexts(self._host.routes)]
        if (method, path) in self._fixed:
            scope["path_params"] = {}
            return self._fixed[method, path]
        for route in self._routes:
            found = route.pattern.match(path)
            if found is not None and (route.methods is None or method in route.methods):
                break
        else:
            return None
        given = found.groupdict()
        if not given and route.methods is not None:  # then there are only so many
            self._fixed[method, path] = route
        scope["path_params"] = {
            name: route.convertors[name].convert(value) for name, value in given.items()
        }
        return route


def _route(context: RouteContext) -> _Route:
    methods = context.methods
    return _Route(
        pattern=getattr(context, "path_regex", None) or _ANY,
        methods=frozenset(methods) if methods else None,
        convertors=getattr(context, "param_convertors", {}),
        scope={"endpoint": context.endpoint, "route": context.original_route},
        plan=getattr(context, "pq_plan", None),
    )
