"""Every way a request can fail ends here, as a problem document."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError, ResponseValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from pq_common.db.transient import DRIVER_ERRORS, is_transient
from pq_common.errors import Invalid, PqError
from pq_common.http import refusals
from pq_common.http.database_errors import away, refusal_of
from pq_common.http.pages import refuse_cursor
from pq_common.http.problems import problem, status_of, with_faults
from pq_common.http.trace import REQUEST_ID, trace_id
from pq_common.http.validation import faults_of
from pq_common.keyset import KeyMismatch

E = TypeVar("E", bound=Exception)
log = structlog.get_logger("pq.http")


class InternalError(PqError):
    """We failed, not the caller: 500. The trace id leads to the log."""

    code = "internal_error"
    title_vi, title_en = "Lỗi hệ thống", "Internal error"


def install(app: FastAPI) -> None:
    """Register the handlers; FastAPI's own error shapes are never sent."""
    _register(app, PqError, refused)
    _register(app, RequestValidationError, invalid)
    _register(app, HTTPException, by_status)
    _register(app, SQLAlchemyError, database_refused)
    _register(app, KeyMismatch, cursor_refused)
    for kind in DRIVER_ERRORS:
        _register(app, kind, driver_failed)
    _register(app, ConnectionError, database_away)
    _register(app, TimeoutError, database_away)
    _register(app, Exception, failed)


def _register(
    app: FastAPI, kind: type[E], handler: Callable[[Request, E], Awaitable[Response]]
) -> None:
    app.add_exception_handler(
        kind, cast(Any, handler)
    )  # Starlette's type forgets which error it is


async def refused(request: Request, error: PqError) -> Response:
    """Answer a refusal of ours; one with no status of its own is a fault of ours."""
    if status_of(error) == 500:
        return await failed(request, error)
    return problem(request, error)


async def invalid(request: Request, error: RequestValidationError) -> Response:
    """Answer what pydantic refused, in sentences."""
    faults = faults_of(error.errors())
    if [fault.code for fault in faults] == ["json_invalid"]:
        return problem(request, with_faults(refusals.BadRequest, faults))
    return problem(request, with_faults(Invalid, faults))


async def by_status(request: Request, error: HTTPException) -> Response:
    """Answer what the framework raises: unknown paths, wrong methods, bodies it cannot read."""
    headers = dict(error.headers or {})
    if error.status_code == 405:
        allowed = request.app.state.routes.methods(request.url.path)
        headers["Allow"] = ", ".join(sorted(allowed))
    return problem(request, _refusal(error.status_code, headers), headers=headers)


async def database_refused(request: Request, error: SQLAlchemyError) -> Response:
    """Answer what PostgreSQL refused, as far as the caller can do something about it."""
    refusal = refusal_of(error)
    if refusal is None:
        return await failed(request, error)
    log.warning("database_refused", code=refusal.code, reason=type(error).__name__)
    return problem(request, refusal)


async def cursor_refused(request: Request, error: KeyMismatch) -> Response:
    """Answer a cursor that was forged well enough to be read."""
    return problem(request, refuse_cursor())


async def database_away(request: Request, error: Exception) -> Response:
    """Answer when the database cannot be reached at all."""
    log.warning("database_away", reason=type(error).__name__)
    return problem(request, away())


async def driver_failed(request: Request, error: Exception) -> Response:
    """Answer what the driver says itself, where a connection is made or breaks outside of SQLAlchemy's hands."""
    return await (database_away if is_transient(error) else failed)(request, error)


async def failed(request: Request, error: Exception) -> Response:
    """Answer a fault of ours without showing its inside; the log has it under the same trace id."""
    # Outside of everything the edge has bound: the ids are given by hand.
    ids = {"trace_id": trace_id(request.scope), "request_id": request.scope.get(REQUEST_ID, "")}
    log.error("request_failed", exc_info=error, **ids)
    vi = "Hệ thống gặp lỗi khi xử lý yêu cầu. Hãy báo người quản trị kèm mã trace_id."
    en = "The system failed on this request. Give the trace_id to whoever runs it."
    if isinstance(error, ResponseValidationError):
        places = [str(fault.get("loc")) for fault in error.errors()]
        log.error("answer_breaks_contract", places=places, **ids)
    headers = {"X-Request-Id": ids["request_id"]} if ids["request_id"] else {}
    return problem(request, InternalError(vi, en), headers=headers)


def _refusal(status: int, headers: dict[str, str]) -> PqError:
    if status == 404:
        return refusals.NoSuchPath("Không có địa chỉ này.", "There is nothing at this address.")
    if status == 405:
        allowed = headers.get("Allow", "")
        return refusals.MethodNotAllowed(
            f"Địa chỉ này chỉ nhận {allowed}.", f"This address takes {allowed} only."
        )
    if status == 413:
        return refusals.BodyTooLarge("Nội dung quá lớn.", "The body is too large.")
    if status == 415:
        return refusals.MediaTypeUnsupported(
            "Kiểu nội dung không hỗ trợ.", "Unsupported media type."
        )
    if 400 <= status < 500:
        return refusals.BadRequest(
            "Không đọc được nội dung yêu cầu.", "The request cannot be read."
        )
    return InternalError("Hệ thống gặp lỗi.", "The system failed.")
