"""Bring in a table: ``POST /{name}/imports`` with the file as the body; a job reads, checks and applies it."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from pq_common.contracts.event import Mode
from pq_common.errors import Invalid
from pq_common.http import job_store
from pq_common.http.auth import Actor, Role, require
from pq_common.http.idempotency import Answer, Once
from pq_common.http.jobs import JobOut
from pq_common.http.refusals import MediaTypeUnsupported
from pq_common.http.session import Session
from pq_common.tables_io.rows import Column

C = TypeVar("C")
Outcome = Literal["new", "changed", "unchanged"]
Policy = Literal["all-or-nothing", "best-effort"]

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ACCEPTED: Final = ("text/csv", XLSX, "application/x-ndjson", "application/jsonl")
BINARY: Final = {
    media: {"schema": {"type": "string", "format": "binary", "minLength": 1}} for media in ACCEPTED
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportKind(Generic[C]):
    """What a service supplies: the form's columns, a row made into a command, the command applied."""

    name: str
    """In the address and in the job's kind: ``certificates``."""
    columns: tuple[Column, ...]
    parse: Callable[[Mapping[str, str | None]], C]
    """Raises PqError or pydantic's ValidationError; a fault's pointer ``/column`` leads to the cell."""
    apply: Callable[[AsyncSession, Actor, C, Mode], Awaitable[Outcome]]
    """The command's operation; raises PqError. Runs in the actor's scope, inside a savepoint."""
    roles: tuple[Role, ...]
    scope: str | None = None
    """What an agency's token needs."""

    @property
    def job_kind(self) -> str:
        """Return the kind of the jobs of this import."""
        return f"{job_store.IMPORT}{self.name}"


class FileEmpty(Invalid):
    """The import came without a file: 422."""

    code = "file_empty"
    title_vi, title_en = "Không có tệp", "No file"


class ImportAccepted(BaseModel):
    """The receipt of an import that was taken in."""

    job: JobOut
    already_imported: bool = Field(
        description="True: this very file was imported before; `job` is the first receipt, nothing was done again",
        examples=[False],
    )
    follow: str = Field(examples=["/certification/v1/jobs/0190f5a2-6f0e-7c3e-9d61-1f6f7a2b9c10"])


@cache
def imports_router(kind: ImportKind[Any], *, tag: str) -> APIRouter:
    """Return the route ``POST /{name}/imports``; add ``import_work(kind)`` to the JobRunner's works."""
    router = APIRouter(tags=[tag])

    async def accept(
        request: Request,
        *,
        once: Once,
        session: Session,
        actor: Annotated[Actor, require(*kind.roles, scope=kind.scope)],
        dry_run: Annotated[bool, Query(description="Check everything, write nothing")] = False,
        policy: Annotated[
            Policy, Query(description="best-effort keeps the good rows")
        ] = "all-or-nothing",
        mode: Annotated[Mode | None, Query(description="By default that of this instance")] = None,
        filename: Annotated[str, Query(max_length=200)] = "",
    ) -> Response:
        settings = request.app.state.settings
        order = {"dry_run": dry_run, "policy": policy, "mode": mode or settings.mode}
        content = await _file(request)
        jobs_path = f"{request.url.path.partition('/v1/')[0]}/v1/jobs"

        async def make() -> Answer:
            receipt, repeated = await _receive(session, kind, actor, order, (filename, content))
            follow = f"{jobs_path}/{receipt.id}"
            accepted = ImportAccepted(job=receipt, already_imported=repeated, follow=follow)
            return Answer(200 if repeated else 202, accepted, {"Location": follow})

        return await once.do(make)

    router.post(
        f"/{kind.name}/imports",
        name=f"import_{kind.name.replace('-', '_').replace('/', '_')}",
        summary=f"Import {kind.name} from CSV, XLSX or JSON lines",
        status_code=202,
        response_model=ImportAccepted,
        responses={200: {"model": ImportAccepted, "description": "The same file, imported before"}},
        openapi_extra={"requestBody": {"required": True, "content": BINARY}},
    )(accept)
    return router


async def _file(request: Request) -> bytes:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    content = await request.body()
    if not content:
        raise FileEmpty(
            "Không có tệp: hãy gửi nội dung tệp làm thân yêu cầu.",
            "There is no file: send the file itself as the body of the request.",
        )
    if media_type not in ACCEPTED:
        accepted = ", ".join(ACCEPTED)
        raise MediaTypeUnsupported(
            f"Nội dung có kiểu {media_type or '∅'}; nhận: {accepted}.",
            f"The body is {media_type or '∅'}; accepted: {accepted}.",
        )
    return content


async def _receive(
    session: AsyncSession,
    kind: ImportKind[Any],
    actor: Actor,
    order: Mapping[str, Any],
    file: tuple[str, bytes],
) -> tuple[JobOut, bool]:
    filename, content = file
    sha256, reach = hashlib.sha256(content).hexdigest(), actor.reach
    if not order["dry_run"]:
        first = await job_store.first_receipt(
            session, kind=kind.job_kind, sha256=sha256, reach=reach, mode=order["mode"]
        )
        if first is not None:
            return JobOut.of(first), True
    job_id = uuid7()
    request = {**order, "reach": reach, "actor": kept_actor(actor), "sha256": sha256}
    await job_store.enqueue(
        session, job_id=job_id, kind=kind.job_kind, actor=actor.id, request=request
    )
    await job_store.keep_file(session, job_id, filename=filename, sha256=sha256, content=content)
    row = await job_store.find(session, job_id, actor=actor.id)
    return JobOut.of(row), False


def kept_actor(actor: Actor) -> dict[str, Any]:
    """Return the actor as a job keeps it; ``actor_from`` reads it."""
    return {
        "id": actor.id,
        "roles": sorted(actor.roles),
        "places": sorted(actor.places),
        "scopes": sorted(actor.scopes),
        "body_id": actor.body_id,
        "enterprise_code": actor.enterprise_code,
        "scope": "*" if actor.scope == "*" else sorted(actor.scope),
    }


def actor_from(kept: Mapping[str, Any]) -> Actor:
    """Return the actor who left a job, with the reach of that moment."""
    return Actor(
        id=kept["id"],
        roles=frozenset(kept["roles"]),
        places=frozenset(kept["places"]),
        scopes=frozenset(kept["scopes"]),
        body_id=kept["body_id"],
        enterprise_code=kept["enterprise_code"],
        scope="*" if kept["scope"] == "*" else frozenset(kept["scope"]),
    )
