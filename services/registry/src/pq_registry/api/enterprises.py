"""Organisations over HTTP: register, look up, change, close."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from pq_common.http.auth import require
from pq_common.http.etag import IfMatch, etag, not_modified
from pq_common.http.idempotency import Answer, Once
from pq_common.http.modes import AskedMode
from pq_common.http.pages import Page, Paging
from pq_common.http.placing import AskedPlaces
from pq_common.http.planned import PlannedRoute
from pq_common.http.session import Session
from pq_common.http.times import KnownAt, ValidAt
from pq_registry.api.schemas import (
    Closure,
    Described,
    NewOrganisation,
    OrganisationBody,
    body_of,
    body_then,
)
from pq_registry.domain.errors import OrganisationClosed
from pq_registry.domain.status import Status
from pq_registry.operations.change_organisation import change_organisation
from pq_registry.operations.close_organisation import close_organisation
from pq_registry.operations.register_organisation import register_organisation
from pq_registry.storage import organisations
from pq_registry.storage.organisations import Filter
from pq_registry.storage.tables import Organisation

READERS = require(
    "ministry-admin", "ministry-analyst", "province-officer", "agency", scope="registry:read"
)
WRITERS = require("ministry-admin", "province-officer")

router = APIRouter(route_class=PlannedRoute, prefix="/enterprises", tags=["enterprises"])


def answer(row: Organisation, status: int = 200) -> Answer:
    """Return the organisation as a command answers it, with its tag."""
    headers = {"ETag": etag(row.version), "Location": f"/registry/v1/enterprises/{row.id}"}
    return Answer(status, body_of(row), headers)


def refuse_gone(row: Organisation) -> None:
    """Answer 410 with the successors for what was closed; the changes feed still tells its story."""
    if row.status == Status.TERMINATED:
        raise OrganisationClosed(
            f"Tổ chức {row.id} đã chấm dứt tồn tại ngày {row.closed_on:%d/%m/%Y}.",
            f"Organisation {row.id} was terminated on {row.closed_on}.",
            closed_on=str(row.closed_on),
            successors=list(row.successors),
        )


@router.get(
    "", operation_id="listEnterprises", summary="Organisations in scope", dependencies=[READERS]
)
async def list_enterprises(
    request: Request,
    session: Session,
    paging: Paging,
    *,
    place: AskedPlaces,
    tax_code: Annotated[str | None, Query(pattern="^[0-9]{10}([0-9]{3})?$")] = None,
    name: Annotated[
        str | None, Query(max_length=100, description="Beginning of the name, any spelling")
    ] = None,
    status: Status | None = None,
    mode: AskedMode,
) -> Page[OrganisationBody]:
    """List organisations by id; rows outside the caller's scope are not there."""
    wanted = Filter(
        mode=mode,
        places=place,
        tax_code=tax_code,
        name=name,
        status=status.value if status else None,
    )
    rows = await organisations.page(session, wanted, paging.slice)
    return paging.page(rows, body_of, key=lambda row: (row.id,))


@router.post(
    "", operation_id="registerEnterprise", summary="Register an organisation", status_code=201,
    response_model=OrganisationBody, dependencies=[WRITERS],
)  # fmt: skip
async def register(
    request: Request, told: NewOrganisation, session: Session, once: Once
) -> Response:
    """Register once per code; the answer to a second registration is 409 with ``duplicate_of``."""
    state = request.app.state

    async def make() -> Answer:
        row = await register_organisation(
            session,
            told.told(),
            mode=told.mode or state.settings.mode,
            sealer=state.sealer,
            now=datetime.now(UTC),
        )
        return answer(row, 201)

    return await once.do(make)


@router.get(
    "/{enterprise_id}", operation_id="readEnterprise", summary="One organisation",
    response_model=OrganisationBody, dependencies=[READERS], responses={410: {"description": "Closed; successors are named"}},
)  # fmt: skip
async def read(
    enterprise_id: str,
    request: Request,
    response: Response,
    session: Session,
    *,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
) -> object:
    """Return the organisation: as it stands (410 once it is closed), or as it was on a day, or as it was known then."""
    row = await organisations.get(session, enterprise_id)
    if valid_at is not None or known_at is not None:
        then = await organisations.revision(
            session, enterprise_id, valid_at=valid_at, known_at=known_at
        )
        return body_then(row, then)
    refuse_gone(row)
    tag = etag(row.version)
    response.headers["ETag"] = tag
    return not_modified(request, tag) or body_of(row)


@router.put(
    "/{enterprise_id}", operation_id="changeEnterprise", summary="Change an organisation",
    response_model=OrganisationBody, dependencies=[WRITERS],
)  # fmt: skip
async def change(
    enterprise_id: str, request: Request, told: Described, session: Session, if_match: IfMatch
) -> Response:
    """Replace the description; a save that changes nothing leaves version and feed as they are."""
    row = await organisations.lock(session, enterprise_id)
    if_match.check(etag(row.version))
    await change_organisation(
        session, row, told.told(), sealer=request.app.state.sealer, now=datetime.now(UTC)
    )
    made = answer(row)
    return Response(
        made.body.model_dump_json(), media_type="application/json", headers=dict(made.headers)
    )


@router.post(
    "/{enterprise_id}/closure", operation_id="closeEnterprise", summary="Close an organisation",
    response_model=OrganisationBody, dependencies=[WRITERS],
)  # fmt: skip
async def close(enterprise_id: str, told: Closure, session: Session, once: Once) -> Response:
    """Close it with reason and successors; reads then answer 410."""

    async def make() -> Answer:
        row = await organisations.lock(session, enterprise_id)
        await close_organisation(
            session,
            row,
            closed_on=told.closed_on,
            reason=told.reason,
            successors=tuple(told.successors),
            now=datetime.now(UTC),
        )
        return answer(row)

    return await once.do(make)
