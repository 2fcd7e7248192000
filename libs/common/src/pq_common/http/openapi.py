"""The OpenAPI document as we mean it: our error model on every operation, required headers said to be required."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from copy import deepcopy
from typing import Any, Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import RouteContext, iter_route_contexts

from pq_common.http.auth import Require, current_actor
from pq_common.http.etag import required_precondition
from pq_common.http.examples import NoExample, example_of
from pq_common.http.idempotency import once_only
from pq_common.http.problems import MEDIA_TYPE, Problem
from pq_common.http.routes import takes_json
from pq_common.http.session import open_session

_REF: Final = "#/components/schemas/Problem"
_REQUIRED_HEADERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "If-Match": {"type": "string", "pattern": "^[!-~]+$", "example": '"v3"'},
    "Idempotency-Key": {
        "type": "string",
        "pattern": "^[!-~]{8,128}$",
        "example": "0190f5a2-6f0e-7c3e-9d61-1f6f7a2b9c10",
    },
}
_TITLES: Final[Mapping[int, tuple[str, str, str]]] = {
    400: ("bad_request", "Yêu cầu không đọc được", "The request cannot be read"),
    401: ("not_authenticated", "Thẻ truy cập thiếu hoặc không dùng được", "No usable token"),
    403: ("not_permitted", "Vai trò không được làm việc này", "The role may not do this"),
    404: ("not_found", "Không có, hoặc ngoài phạm vi của bạn", "Not there, or outside your scope"),
    405: ("method_not_allowed", "Phương thức không dùng được", "Method not allowed"),
    409: ("rule_violated", "Trái quy định hoặc đã tồn tại", "Against a rule, or there already"),
    410: ("gone", "Đã sáp nhập hoặc chấm dứt", "Merged or closed"),
    412: ("precondition_failed", "Dữ liệu đã thay đổi", "Changed since you read it"),
    413: ("body_too_large", "Nội dung quá lớn", "The body is too large"),
    415: ("media_type_unsupported", "Kiểu nội dung không hỗ trợ", "Unsupported media type"),
    422: ("invalid", "Dữ liệu không hợp lệ", "The data are not valid"),
    428: ("precondition_required", "Thiếu If-Match", "If-Match is missing"),
    429: ("too_many_requests", "Quá nhiều yêu cầu", "Too many requests"),
    503: ("unavailable", "Tạm thời chưa phục vụ được", "Temporarily unavailable"),
}
_SCHEMES: Final[Mapping[str, Any]] = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
}
_ALWAYS: Final = (400, 401, 422, 429, 503)


OwnExamples = Callable[[], Mapping[str, Any]]
"""Makes the examples of an operation's good answer, by name; asked once, when the document is."""


class OpenApi:
    """Make the document once, when first asked."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._made: dict[str, Any] | None = None

    def __call__(self) -> dict[str, Any]:
        """Return the document."""
        if self._made is None:
            self._made = self._make()
        return self._made

    def _make(self) -> dict[str, Any]:
        app = self._app
        told = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        made = deepcopy(told)  # parts of it are the routes' own, which other applications share
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        for framework in ("HTTPValidationError", "ValidationError"):
            schemas.pop(framework, None)
        schemas["Problem"] = _problem_schema(schemas)
        made["components"]["securitySchemes"] = _SCHEMES
        for context in iter_route_contexts(app.routes):
            dependant = getattr(context, "dependant", None)
            operations = made.get("paths", {}).get(context.path_format or "", {})
            for method in context.methods or ():
                operation = operations.get(method.lower())
                if operation is not None and dependant is not None:
                    _hoist(operation, schemas)
                    _complete(operation, method, context, list(_calls(dependant)))
                    self._give_own_examples(operation)
                    _give_examples(operation, schemas)
        return made

    def _give_own_examples(self, operation: dict[str, Any]) -> None:
        """Put in what the application computes for its document: answers that no schema could guess."""
        own: Mapping[str, OwnExamples] = getattr(self._app.state, "examples", {})
        if make := own.get(operation["operationId"]):
            said = operation["responses"]["200"]["content"]["application/json"]
            said["examples"] = {name: {"value": value} for name, value in make().items()}


def _hoist(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Move the definitions of a body that the endpoint itself reads to where all schemas are."""
    for said in operation.get("requestBody", {}).get("content", {}).values():
        for name, schema in said.get("schema", {}).pop("$defs", {}).items():
            if schemas.setdefault(name, schema) != schema:
                raise ValueError(f"two schemas are called {name}")


def _complete(
    operation: dict[str, Any], method: str, context: RouteContext, calls: list[Any]
) -> None:
    _security(operation, calls)
    for parameter in operation.get("parameters", []):
        if parameter["name"] in _REQUIRED_HEADERS:
            parameter["required"] = True
            parameter["schema"] = dict(_REQUIRED_HEADERS[parameter["name"]])
    responses = operation["responses"]
    declared = {int(status) for status in responses if status >= "400" and status.isdigit()}
    for status in sorted(declared | set(_statuses(method, context, calls))):
        said = responses.get(str(status), {})
        described = said.get("description")
        if said.get("content", {}).get(MEDIA_TYPE) is None:
            responses[str(status)] = _response(status, described)
    if "ETag" in str(responses) or required_precondition in calls:
        responses.get("200", {}).setdefault("headers", {})["ETag"] = _ETAG
    operation["responses"] = dict(sorted(responses.items()))


def _give_examples(operation: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    answers = [answer.get("content", {}) for answer in operation["responses"].values()]
    for content in (*answers, operation.get("requestBody", {}).get("content", {})):
        for media_type, said in content.items():
            if "json" in media_type and "example" not in said and "examples" not in said:
                # What has none is named by ``lint_openapi``; the document itself must not fail a request.
                with suppress(NoExample):
                    said["example"] = example_of(said.get("schema", {}), schemas)


_ETAG: Final = {"description": "Version of what was sent", "schema": {"type": "string"}}


def _statuses(method: str, context: RouteContext, calls: list[Any]) -> Iterable[int]:
    yield from _ALWAYS
    if any(isinstance(call, Require) for call in calls):
        yield 403
    if "{" in (context.path_format or ""):
        yield 404
    if method in ("POST", "PUT", "PATCH", "DELETE"):
        yield from (404, 409)
        if getattr(context, "body_field", None) is not None or takes_json(context):
            yield from (413, 415)
    if required_precondition in calls:
        yield from (412, 428)


def _security(operation: dict[str, Any], calls: list[Any]) -> None:
    guards = [call for call in calls if isinstance(call, Require)]
    needed = once_only in calls or any("public" not in guard.roles for guard in guards)
    if not (needed or guards or current_actor in calls or open_session in calls):
        operation["security"] = [{}]
        return
    described = dict(operation)
    operation.clear()
    for name, said in described.items():
        if name in (
            "parameters",
            "requestBody",
            "responses",
        ):  # where readers look for it: before these
            operation.setdefault("security", [{"bearer": []}] if needed else [{}, {"bearer": []}])
        operation[name] = said


def _calls(dependant: Dependant) -> Iterable[Any]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)


def _response(status: int, described: str | None) -> dict[str, Any]:
    code, vi, en = _TITLES[status]
    example = {
        "type": f"urn:pq:problem:{code}",
        "title": vi,
        "status": status,
        "code": code,
        "detail": vi,
        "detail_vi": vi,
        "detail_en": en,
        "errors": [],
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    }
    # FastAPI describes its own 422 with two words of its own; ours says more.
    own = described if described and described != "Validation Error" else f"{en}. {vi}."
    return {
        "description": own,
        "content": {MEDIA_TYPE: {"schema": {"$ref": _REF}, "example": example}},
    }


def _problem_schema(schemas: dict[str, Any]) -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    return schema
