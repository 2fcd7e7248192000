"""Entity tags and preconditions: a change says which version it changes, a reader is told when nothing changed."""

import hashlib
import re
from typing import Annotated

from fastapi import Depends, Header, Request, Response

from pq_common.errors import FieldError
from pq_common.http.refusals import PreconditionFailed, PreconditionRequired

_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')


def etag(version: int, *parts: object) -> str:
    """Return the strong tag of an entity: its version, and whatever else the representation depends on."""
    if not parts:
        return f'"v{version}"'
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:16]
    return f'"v{version}-{digest}"'


def tags_of(header: str) -> list[str]:
    """Return the strong tags of a list; a weak tag never proves that bytes are the same (RFC 9110 §8.8.3.2)."""
    return [tag for weak, tag in _TAG.findall(header) if not weak]


class Precondition:
    """The caller's If-Match; ``check`` it against the current tag under the row's lock."""

    def __init__(self, header: str) -> None:
        self.header = header.strip()

    def check(self, current: str) -> None:
        """Raise PreconditionFailed unless the caller has seen the current version."""
        if self.header == "*" or current in tags_of(self.header):
            return
        raise PreconditionFailed(
            f"Dữ liệu đã được sửa sau lần đọc của bạn: bạn gửi If-Match {self.header}, bản hiện tại là {current}. "
            "Hãy đọc lại rồi sửa trên bản mới.",
            f"This was changed after you read it: you sent If-Match {self.header}, the current version is {current}. "
            "Read it again and change the new version.",
            current_etag=current,
        )


async def required_precondition(
    if_match: Annotated[
        str | None,
        Header(
            alias="If-Match", description="ETag of the version that you change", examples=['"v3"']
        ),
    ] = None,
) -> Precondition:
    """Refuse a change that does not say which version it changes."""
    if if_match is None or not if_match.strip():
        vi = "Thiếu đầu mục If-Match: gửi ETag của bản mà bạn sửa, lấy từ lần đọc gần nhất."
        en = "If-Match is missing: send the ETag of the version that you change, from your latest read."
        fault = FieldError("#header/If-Match", "precondition_required", vi, en)
        raise PreconditionRequired(vi, en, errors=[fault])
    return Precondition(if_match)


IfMatch = Annotated[Precondition, Depends(required_precondition)]


def not_modified(request: Request, tag: str) -> Response | None:
    """Return a 304 when the caller already holds this version (If-None-Match), else None."""
    header = request.headers.get("if-none-match", "").strip()
    # Weak comparison here: RFC 9110 §13.1.2.
    if header == "*" or tag in [found for _, found in _TAG.findall(header)]:
        return Response(status_code=304, headers={"ETag": tag})
    return None
