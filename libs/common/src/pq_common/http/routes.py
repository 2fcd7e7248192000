"""What each operation takes, read once from its signature: query names, repeatable names, kind of body, methods of a path."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from fastapi import FastAPI, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import RouteContext, iter_route_contexts

_MANY = (list, set, frozenset, tuple)


@dataclass(frozen=True, slots=True)
class Operation:
    """What one endpoint takes."""

    path: str
    query: frozenset[str]
    repeatable: frozenset[str]
    takes_json: bool


class RouteBook:
    """The operations of an application by endpoint; read when first asked, when all routers are in."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._operations: dict[Callable[..., Any], Operation] | None = None
        self._fixed: frozenset[str] | None = None

    def of(self, endpoint: Callable[..., Any] | None) -> Operation | None:
        """Return what this endpoint takes; None for what is not an operation (static files, mounts)."""
        if self._operations is None:
            self._operations = dict(_operations(self._app))
        return self._operations.get(endpoint) if endpoint else None

    def methods(self, path: str) -> frozenset[str]:
        """Return every method that some route offers at this path."""
        exact: set[str] = set()
        fitting: set[str] = set()
        for context in iter_route_contexts(self._app.routes):
            pattern = getattr(context, "path_regex", None)
            if pattern is not None and pattern.match(path):
                fitting |= context.methods or set()
                exact |= (context.methods or set()) if context.path_format == path else set()
        found = exact or fitting
        return frozenset(found | {"HEAD"}) if "GET" in found else frozenset(found)

    def is_fixed(self, path: str) -> bool:
        """Tell whether a route has exactly this path, without parameters: it then hides ``/notes/{id}``."""
        if self._fixed is None:
            contexts = iter_route_contexts(self._app.routes)
            paths = {context.path_format or "" for context in contexts}
            self._fixed = frozenset(path for path in paths if "{" not in path)
        return path in self._fixed


def _operations(app: FastAPI) -> Iterable[tuple[Callable[..., Any], Operation]]:
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        if context.endpoint is None or dependant is None:
            continue
        fields = [
            (field.validation_alias or field.alias, field.field_info)
            for field in get_flat_params(dependant)
            if not isinstance(field.field_info, params.Path | params.Header | params.Cookie)
        ]
        yield (
            context.endpoint,
            Operation(
                path=context.path_format or "",
                query=frozenset(name for name, _ in fields),
                repeatable=frozenset(n for n, info in fields if _takes_many(info.annotation)),
                takes_json=takes_json(context),
            ),
        )


def _takes_many(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _takes_many(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return any(_takes_many(part) for part in get_args(annotation))
    return annotation in _MANY or origin in _MANY


def takes_json(context: RouteContext) -> bool:
    """Tell whether the operation reads JSON, by its signature or because its document says so."""
    field = getattr(context, "body_field", None)
    if field is not None:
        return not isinstance(field.field_info, params.Form)
    extra = getattr(context, "openapi_extra", None) or {}
    return "application/json" in extra.get("requestBody", {}).get("content", {})
