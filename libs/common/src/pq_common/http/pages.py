"""Lists in pages: an opaque cursor holds the last key seen and the filters it belongs to."""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Query, Request
from pydantic import BaseModel, Field

from pq_common.errors import FieldError
from pq_common.http.refusals import CursorInvalid
from pq_common.keyset import KeyValue, Slice

T = TypeVar("T")
R = TypeVar("R")

MAX_LIMIT = 500
_READERS: dict[str, Callable[[str], KeyValue]] = {
    "s": str,
    "i": int,
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "u": UUID,
    "n": Decimal,
}
# A datetime is a date as well: the first match decides.
_KINDS: tuple[tuple[type, str], ...] = (
    (str, "s"),
    (int, "i"),
    (datetime, "t"),
    (date, "d"),
    (UUID, "u"),  # asyncpg has a subclass of its own
    (Decimal, "n"),
)


class Page(BaseModel, Generic[T]):
    """Some items and the way to the next ones."""

    items: list[T]
    next: str | None = Field(
        description="Reference to the next page, null on the last one; follow it as it is"
    )


def refuse_cursor() -> CursorInvalid:
    """Return the one refusal for every cursor that we did not make for this very list."""
    vi = "Con trỏ trang không phải do danh sách này (với các bộ lọc này) tạo ra: hãy bỏ tham số cursor để đọc từ đầu, rồi đi theo liên kết next."
    en = "This cursor was not made by this list with these filters: drop the parameter cursor to read from the start, then follow next."
    return CursorInvalid(vi, en, errors=[FieldError("#query/cursor", "cursor_invalid", vi, en)])


@dataclass(frozen=True, slots=True)
class Pages:
    """The page asked for. Give ``slice`` to the query, then its rows to ``page``."""

    slice: Slice
    path: str
    parameters: tuple[tuple[str, str], ...]

    def page(
        self,
        rows: Sequence[R],
        item: Callable[[R], T],
        *,
        key: Callable[[R], tuple[KeyValue, ...]],
    ) -> Page[T]:
        """Return at most ``limit`` items; one row more than that proves that there is a next page."""
        shown = rows[: self.slice.limit]
        following = None
        if len(rows) > self.slice.limit:
            cursor = _write(key(shown[-1]), _digest(self.path, self.parameters))
            limit = ("limit", str(self.slice.limit))
            following = f"{self.path}?{urlencode([*self.parameters, limit, ('cursor', cursor)])}"
        return Page(items=[item(row) for row in shown], next=following)


def pages(
    request: Request,
    limit: Annotated[
        int, Query(ge=1, le=MAX_LIMIT, description="Items on one page", examples=[50])
    ] = 50,
    cursor: Annotated[
        str | None, Query(max_length=2000, description="Comes from `next`; opaque")
    ] = None,
) -> Pages:
    """Read ``limit`` and ``cursor``; the other parameters are the filters that the cursor belongs to."""
    filters = tuple(
        sorted(
            (name, value)
            for name, value in request.query_params.multi_items()
            if name not in ("limit", "cursor")
        )
    )
    path = request.url.path
    after = None if cursor is None else _read(cursor, _digest(path, filters))
    return Pages(Slice(limit, after), path, filters)


Paging = Annotated[Pages, Depends(pages)]


def _digest(path: str, parameters: Sequence[tuple[str, str]]) -> str:
    return hashlib.sha256(json.dumps([path, *parameters]).encode()).hexdigest()[:12]


def _write(values: tuple[KeyValue, ...], digest: str) -> str:
    marked = [f"{_mark(value)}{_text(value)}" for value in values]
    return base64.urlsafe_b64encode(json.dumps([digest, *marked]).encode()).decode().rstrip("=")


def _mark(value: KeyValue) -> str:
    return next(mark for kind, mark in _KINDS if isinstance(value, kind))


def _text(value: KeyValue) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _read(cursor: str, digest: str) -> tuple[KeyValue, ...]:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        said = json.loads(raw)
        if not isinstance(said, list) or not said or said[0] != digest:
            raise refuse_cursor()
        return tuple(_READERS[mark[0]](mark[1:]) for mark in said[1:])
    except (ValueError, KeyError, TypeError, IndexError, InvalidOperation, RecursionError):
        raise refuse_cursor() from None
