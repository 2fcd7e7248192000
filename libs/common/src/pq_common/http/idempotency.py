"""Do a command once, however often it is sent: the answer is kept in the command's own transaction."""

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy import select

from pq_common.db.fixed_sql import say
from pq_common.db.work import idempotency_key
from pq_common.errors import FieldError, Invalid, NotAuthenticated
from pq_common.http.auth import current_actor
from pq_common.http.refusals import BadRequest
from pq_common.http.session import Session

REPLAYED = "Idempotency-Replayed"
_KEY = re.compile(r"[\x21-\x7e]{8,128}")
_ID = (idempotency_key.c.actor, idempotency_key.c.key)
_CLAIM = """INSERT INTO idempotency_key (actor, key, fingerprint) VALUES ($1, $2, $3)
 ON CONFLICT DO NOTHING RETURNING key"""
_KEEP = """UPDATE idempotency_key SET status = $3, headers = $4, body = $5
 WHERE actor = $1 AND key = $2"""


class IdempotencyKeyMissing(BadRequest):
    """A command came without the key that makes it safe to repeat: 400."""

    code = "idempotency_key_missing"
    title_vi, title_en = "Thiếu khóa chống lặp", "Idempotency-Key missing"


class IdempotencyKeyReused(Invalid):
    """The key was used before, for another request: 422."""

    code = "idempotency_key_reused"
    title_vi, title_en = "Khóa chống lặp đã dùng", "Idempotency-Key reused"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answers: status, body, headers."""

    status: int
    body: BaseModel
    headers: Mapping[str, str] = field(default_factory=dict)


class OnceOnly:
    """One command under one key. ``do`` makes the answer, or replays the one kept."""

    def __init__(self, session: Session, actor: str, key: str, fingerprint: str) -> None:
        self._session = session
        self._actor = actor
        self._key = key
        self._fingerprint = fingerprint

    async def do(self, make: Callable[[], Awaitable[Answer]]) -> Response:
        """Run ``make`` unless this very request was answered before.

        A refusal rolls the key back with everything else: corrected, the command may come again
        under the same key. Raises IdempotencyKeyReused.
        """
        if not await self._claimed():
            return self._replayed(await self._kept())
        answer = await make()
        body = answer.body.model_dump_json().encode()
        headers = {"Content-Type": "application/json", **answer.headers}
        kept = (self._actor, self._key, answer.status, json.dumps(headers), body)
        await say(self._session, _KEEP, kept)
        return Response(body, status_code=answer.status, headers=headers)

    async def _claimed(self) -> bool:
        # A second request with the same key waits here for the first one's commit or rollback.
        claimed = await say(self._session, _CLAIM, (self._actor, self._key, self._fingerprint))
        return bool(claimed)

    async def answered(self) -> Response | None:
        """Return the answer if this very request was answered before: for a command that is long before it writes.

        Raises IdempotencyKeyReused.
        """
        row = await self._kept()
        return None if row is None else self._replayed(row)

    async def _kept(self) -> Any:
        asked = select(idempotency_key).where(_ID[0] == self._actor, _ID[1] == self._key)
        return (await self._session.execute(asked)).one_or_none()

    def _replayed(self, row: Any) -> Response:
        if row.fingerprint != self._fingerprint:
            vi = "Khóa Idempotency-Key này đã dùng cho một yêu cầu khác: hãy dùng khóa mới cho yêu cầu mới."
            en = "This Idempotency-Key was used for another request: use a new key for a new request."
            fault = FieldError("#header/Idempotency-Key", IdempotencyKeyReused.code, vi, en)
            raise IdempotencyKeyReused(vi, en, errors=[fault])
        headers = {**row.headers, REPLAYED: "true"}
        return Response(row.body, status_code=row.status, headers=headers)


async def once_only(
    request: Request,
    session: Session,
    given: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="8 to 128 visible characters chosen by the client, new for each command",
            examples=["0190f5a2-6f0e-7c3e-9d61-1f6f7a2b9c10"],
        ),
    ] = None,
) -> OnceOnly:
    """Refuse a command without a usable key."""
    actor = await current_actor(request)
    if actor.is_public:
        # Strangers would share one name space of keys, and read each other's answers.
        raise NotAuthenticated(
            "Cần thẻ truy cập để ghi dữ liệu.", "A token is needed to write anything."
        )
    if given is None or not _KEY.fullmatch(given):
        vi = "Thiếu đầu mục Idempotency-Key, hoặc không phải 8-128 ký tự ASCII nhìn thấy được: hãy gửi một UUID mới cho mỗi lệnh."
        en = "The header Idempotency-Key is missing or not 8-128 visible ASCII characters: send a new UUID with each command."
        fault = FieldError("#header/Idempotency-Key", IdempotencyKeyMissing.code, vi, en)
        raise IdempotencyKeyMissing(vi, en, errors=[fault])
    return OnceOnly(session, actor.id, given, fingerprint(request, await request.body()))


Once = Annotated[OnceOnly, Depends(once_only)]


def fingerprint(request: Request, body: bytes) -> str:
    """Return what makes two requests the same one: method, path, query and body."""
    query = request.scope.get("query_string", b"")
    target = f"{request.method}\n{request.scope['path']}\n".encode()
    return hashlib.sha256(target + query + b"\n" + hashlib.sha256(body).digest()).hexdigest()
