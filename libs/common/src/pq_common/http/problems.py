"""Error documents (RFC 9457): the table from error class to status, and the one way to write a problem."""

import json
import re
from collections.abc import Mapping, Sequence

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field

from pq_common import errors
from pq_common.codes import PERSONAL_NUMBER
from pq_common.errors import FieldError, PqError
from pq_common.http import refusals
from pq_common.http.trace import trace_id

MEDIA_TYPE = "application/problem+json"

STATUS: Mapping[type[PqError], int] = {
    refusals.BadRequest: 400,
    errors.NotAuthenticated: 401,
    errors.NotPermitted: 403,
    errors.NotFound: 404,
    refusals.NoSuchPath: 404,
    refusals.MethodNotAllowed: 405,
    errors.RuleViolated: 409,
    errors.Gone: 410,
    refusals.PreconditionFailed: 412,
    refusals.BodyTooLarge: 413,
    refusals.MediaTypeUnsupported: 415,
    errors.Invalid: 422,
    refusals.PreconditionRequired: 428,
    refusals.TooManyRequests: 429,
    refusals.Unavailable: 503,
}


class ProblemField(BaseModel):
    """One fault in one place of the request."""

    pointer: str = Field(
        description="JSON pointer into the body, or #query/name, #header/name, #path/name, #row/7/C17"
    )
    code: str
    message_vi: str
    message_en: str


class Problem(BaseModel):
    """The answer to every refusal (RFC 9457). Switch on `code`; the sentences are for people."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["urn:pq:problem:not_found"])
    title: str
    status: int
    code: str = Field(description="Stable; listed in docs/errors.md")
    detail: str = Field(
        description="In the language asked for by Accept-Language; Vietnamese if none"
    )
    detail_vi: str
    detail_en: str
    errors: list[ProblemField] = []
    trace_id: str = Field(description="Give this to whoever runs the system")


def status_of(error: PqError | type[PqError]) -> int:
    """Return the HTTP status of an error: that of its nearest listed ancestor, 500 when none is."""
    kind = error if isinstance(error, type) else type(error)
    for ancestor in kind.__mro__:
        if ancestor in STATUS:
            return STATUS[ancestor]
    return 500


def mask(text: str) -> str:
    """Hide what may name a person: twelve digits in a row keep the first and the last three."""
    return PERSONAL_NUMBER.sub(lambda found: f"{found[0][:3]}******{found[0][-3:]}", text)


def prefers_english(accept_language: str | None) -> bool:
    """Tell whether English is asked for more strongly than Vietnamese (RFC 9110 §12.5.4)."""
    weights = {"vi": 0.0, "en": 0.0}
    for part in (accept_language or "").lower().split(","):
        tag, _, parameter = part.strip().partition(";")
        language = tag.split("-")[0]
        weight = re.fullmatch(r"\s*q=([01](?:\.[0-9]{0,3})?)\s*", parameter)
        if language in weights:
            weights[language] = max(weights[language], float(weight[1]) if weight else 1.0)
    return weights["en"] > weights["vi"]


def document(error: PqError, *, status: int, english: bool, trace: str) -> dict[str, object]:
    """Return the problem as JSON values, personal codes masked. ``error.extra`` adds members, never replaces any."""
    vi, en = mask(error.message_vi), mask(error.message_en)
    return {
        **error.extra,
        "type": f"urn:pq:problem:{error.code}",
        "title": error.title_en if english else error.title_vi,
        "status": status,
        "code": error.code,
        "detail": en if english else vi,
        "detail_vi": vi,
        "detail_en": en,
        "errors": [_field(fault) for fault in error.errors],
        "trace_id": trace,
    }


def problem(
    request: Request, error: PqError, *, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with the problem document of this error."""
    status, english = status_of(error), prefers_english(request.headers.get("accept-language"))
    body = document(error, status=status, english=english, trace=trace_id(request.scope))
    return Response(
        json.dumps(body, ensure_ascii=False, default=str).encode(),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={
            "Content-Language": "en" if english else "vi",
            "Vary": "Accept-Language",
            **_headers_of(error, status),
            **(headers or {}),
        },
    )


def with_faults(kind: type[PqError], faults: Sequence[FieldError]) -> PqError:
    """Return one error that carries every fault and says the first of them."""
    more_vi = f" (và {len(faults) - 1} lỗi khác)" if len(faults) > 1 else ""
    more_en = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    first = faults[0]
    return kind(first.message_vi + more_vi, first.message_en + more_en, errors=faults)


def _headers_of(error: PqError, status: int) -> dict[str, str]:
    if status == 401:
        return {"WWW-Authenticate": 'Bearer realm="pq"'}
    if status in (429, 503):
        return {"Retry-After": str(error.extra.get("retry_after_s", 1))}
    return {}


def _field(fault: FieldError) -> dict[str, str]:
    return {
        "pointer": mask(fault.pointer),
        "code": fault.code,
        "message_vi": mask(fault.message_vi),
        "message_en": mask(fault.message_en),
    }
