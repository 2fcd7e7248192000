"""Before any operation: who is calling, may they ask this often, does the operation take what they send."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request

from pq_common import context
from pq_common.errors import FieldError, NotAuthenticated
from pq_common.http.auth import PUBLIC, Actor
from pq_common.http.problems import with_faults
from pq_common.http.ratelimit import Policy, RateLimiter
from pq_common.http.refusals import MediaTypeUnsupported, RepeatedParameter, UnknownParameter
from pq_common.http.routes import Operation, RouteBook
from pq_common.http.tokens import Verifier
from pq_common.settings import CommonSettings

RATE = "pq.rate"  # in the ASGI scope: the verdict whose headers go on every answer


async def admit(request: Request) -> None:
    """Find the actor, count the request, and refuse parameters and bodies the operation does not know."""
    state = request.app.state
    actor = await _caller(request, state.verifier, state.limiter, state.settings)
    request.state.actor = actor
    context.current.set(replace(context.current.get(), actor=None if actor.is_public else actor.id))
    book: RouteBook = state.routes
    operation = book.of(request.scope.get("endpoint"))
    if operation is not None:
        path = request.scope["path"]
        if operation.path != path and book.is_fixed(path):
            # PATCH /notes/exports is no note called "exports".
            raise HTTPException(405)
        _known_parameters(request, operation)
        _readable_body(request, operation)


def limited(name: str, *, per_minute: int) -> Any:
    """Return a dependency with a limit of its own, for an operation that costs more than others."""
    policy = Policy(name, per_minute)

    async def take(request: Request) -> None:
        _count(request, policy, _key(request, request.state.actor))

    return Depends(take)


async def _caller(
    request: Request, verifier: Verifier, limiter: RateLimiter, settings: CommonSettings
) -> Actor:
    header = request.headers.get("authorization")
    if header is None:
        _count(request, Policy("public", settings.public_requests_per_minute), _address(request))
        return PUBLIC
    scheme, _, token = header.partition(" ")
    try:
        if scheme.lower() != "bearer" or not token.strip():
            raise NotAuthenticated(
                "Đầu mục Authorization phải có dạng: Bearer <thẻ>.",
                "The header Authorization must read: Bearer <token>.",
            )
        actor = await verifier.actor(token.strip())
    except NotAuthenticated:
        # Guessing at tokens is counted apart, so that it cannot use up what honest strangers have.
        _count(
            request, Policy("failed-logins", settings.failed_logins_per_minute), _address(request)
        )
        raise
    _count(request, Policy("actor", settings.actor_requests_per_minute), actor.id)
    return actor


def _count(request: Request, policy: Policy, key: str) -> None:
    limiter: RateLimiter = request.app.state.limiter
    verdict = limiter.take(policy, key)
    request.scope[RATE] = verdict
    if not verdict.allowed:
        raise verdict.refusal()


def _key(request: Request, actor: Actor) -> str:
    return _address(request) if actor.is_public else actor.id


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _known_parameters(request: Request, operation: Operation) -> None:
    if not request.scope["query_string"]:
        return
    names = [name for name, _ in request.query_params.multi_items()]
    known = ", ".join(sorted(operation.query)) or "∅"
    if unknown := sorted(set(names) - operation.query):
        raise with_faults(
            UnknownParameter,
            [
                FieldError(
                    f"#query/{name}",
                    UnknownParameter.code,
                    f"Không có tham số {name!r}; các tham số dùng được: {known}.",
                    f"There is no parameter {name!r}; known parameters: {known}.",
                )
                for name in unknown
            ],
        )
    if twice := sorted({n for n in names if names.count(n) > 1} - operation.repeatable):
        raise with_faults(
            RepeatedParameter,
            [
                FieldError(
                    f"#query/{name}",
                    RepeatedParameter.code,
                    f"Tham số {name!r} chỉ nhận một giá trị nhưng được gửi nhiều lần.",
                    f"The parameter {name!r} takes one value and was sent several times.",
                )
                for name in twice
            ],
        )


def _readable_body(request: Request, operation: Operation) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not operation.takes_json or media_type == "application/json":
        return
    if media_type.startswith("application/") and media_type.endswith("+json"):
        return
    if not media_type and request.headers.get("content-length", "0") == "0":
        return  # no body at all: the operation says whether it needs one
    seen = media_type or "∅"
    raise MediaTypeUnsupported(
        f"Nội dung có kiểu {seen}; thao tác này nhận application/json (UTF-8).",
        f"The body is {seen}; this operation reads application/json (UTF-8).",
    )


Admission = Annotated[None, Depends(admit)]
