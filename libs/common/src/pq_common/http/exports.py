"""Take out a list as a file: ``POST /{name}/exports``; a job writes it and leaves a manifest with rows, hash and cursor."""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from pq_common.contracts.event import Mode
from pq_common.db.session import Database
from pq_common.errors import FieldError, Invalid
from pq_common.http import job_store
from pq_common.http.auth import Actor, Role, require
from pq_common.http.idempotency import Answer, Once
from pq_common.http.imports import actor_from, kept_actor
from pq_common.http.job_runner import Lost, Progress, Work
from pq_common.http.job_store import Claim
from pq_common.http.jobs import JobOut
from pq_common.http.session import Session, reading
from pq_common.tables_io.writing import Format, Writer

TELL_EVERY = 1000


class ExportTooLarge(Invalid):
    """The file would be larger than one export makes: the job fails with this."""

    code = "export_too_large"
    title_vi, title_en = "Tệp xuất quá lớn", "Export too large"


class FilterUnknown(Invalid):
    """The export was asked for with a filter it does not know: 422."""

    code = "export_filter_unknown"
    title_vi, title_en = "Bộ lọc không có", "Unknown filter"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportKind:
    """What a service supplies: the columns, and the rows that this actor may see, in a stable order."""

    name: str
    columns: tuple[str, ...]
    rows: Callable[
        [AsyncSession, Actor, Mapping[str, str], Mode], AsyncIterator[Mapping[str, object]]
    ]
    """Session (read-only, one snapshot, the actor's scope), actor, filters, mode."""
    roles: tuple[Role, ...]
    filters: tuple[str, ...] = ()
    scope: str | None = None

    @property
    def job_kind(self) -> str:
        """Return the kind of the jobs of this export."""
        return f"export:{self.name}"


class ExportOrder(BaseModel):
    """What to write, and how."""

    format: Format = Field(default="ndjson", examples=["ndjson"])
    filters: dict[str, str] = Field(default={}, examples=[{}])
    mode: Mode | None = Field(
        default=None, description="By default that of this instance", examples=["official"]
    )


class ExportAccepted(BaseModel):
    """The receipt of an order; the manifest comes as the job's result."""

    job: JobOut
    follow: str = Field(examples=["/certification/v1/jobs/0190f5a2-6f0e-7c3e-9d61-1f6f7a2b9c10"])


@cache
def exports_router(kind: ExportKind, *, tag: str) -> APIRouter:
    """Return the route ``POST /{name}/exports``; add ``export_work(kind)`` to the JobRunner's works."""
    router = APIRouter(tags=[tag])

    async def order_export(
        request: Request,
        order: ExportOrder,
        once: Once,
        session: Session,
        actor: Annotated[Actor, require(*kind.roles, scope=kind.scope)],
    ) -> Response:
        _known(kind, order)
        jobs_path = f"{request.url.path.partition('/v1/')[0]}/v1/jobs"
        asked = order.model_dump() | {"mode": order.mode or request.app.state.settings.mode}

        async def make() -> Answer:
            job_id = uuid7()
            await job_store.enqueue(
                session,
                job_id=job_id,
                kind=kind.job_kind,
                actor=actor.id,
                request={**asked, "actor": kept_actor(actor)},
            )
            row = await job_store.find(session, job_id, actor=actor.id)
            follow = f"{jobs_path}/{job_id}"
            accepted = ExportAccepted(job=JobOut.of(row), follow=follow)
            return Answer(202, accepted, {"Location": follow})

        return await once.do(make)

    router.post(
        f"/{kind.name}/exports",
        name=f"export_{re.sub(r'[^a-z]', '_', kind.name)}",
        summary=f"Export {kind.name} as CSV or JSON lines",
        status_code=202,
        response_model=ExportAccepted,
    )(order_export)
    return router


def export_work(kind: ExportKind, *, max_bytes: int) -> Work:
    """Return the work of ``JobRunner`` for this export."""

    async def work(database: Database, claim: Claim, progress: Progress) -> None:
        order, actor = claim.request, actor_from(claim.request["actor"])
        writer = Writer(order["format"], kind.columns)
        async with reading(database, actor, snapshot=True) as session:
            # Whoever follows the changes from here sees every change that this file lacks.
            cursor = await job_store.feed_position(session)
            async for row in kind.rows(session, actor, order["filters"], order["mode"]):
                writer.add(row)
                if writer.size > max_bytes:
                    raise _too_large(max_bytes)
                if writer.rows % TELL_EVERY == 0:
                    progress.done = writer.rows
                    await progress.tell()
        await _keep(database, claim, writer, cursor, kind)

    return work


async def _keep(
    database: Database, claim: Claim, writer: Writer, cursor: int, kind: ExportKind
) -> None:
    manifest = {
        "rows": writer.rows,
        "bytes": writer.size,
        "sha256": writer.sha256(),
        "cursor": cursor,
        "format": writer.format,
        "columns": list(kind.columns),
        "mode": claim.request["mode"],
        "filters": claim.request["filters"],
    }
    name = f"{kind.name.replace('/', '-')}-{claim.id}.{writer.format}"
    counts = {"total": writer.rows, "done": writer.rows}
    async with job_store.runners_session(database) as session:
        await job_store.keep_file(
            session, claim.id, filename=name, sha256=writer.sha256(), content=writer.content()
        )
        if not await job_store.finish(session, claim, manifest, counts=counts):
            raise Lost(str(claim.id))


def _known(kind: ExportKind, order: ExportOrder) -> None:
    known = ", ".join(kind.filters) or "∅"
    faults = [
        FieldError(
            f"/filters/{name}",
            FilterUnknown.code,
            f"Không có bộ lọc {name!r}; các bộ lọc: {known}.",
            f"There is no filter {name!r}; known filters: {known}.",
        )
        for name in sorted(set(order.filters) - set(kind.filters))
    ]
    if faults:
        raise FilterUnknown(faults[0].message_vi, faults[0].message_en, errors=faults)


def _too_large(max_bytes: int) -> ExportTooLarge:
    return ExportTooLarge(
        f"Tệp sẽ lớn hơn {max_bytes:,} byte: hãy lọc hẹp hơn, hoặc đọc theo trang.",
        f"The file would be larger than {max_bytes:,} bytes: filter more narrowly, or read the pages.",
    )
