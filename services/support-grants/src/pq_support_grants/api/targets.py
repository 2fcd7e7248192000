"""Target clauses of a plan over HTTP: public."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import ConfigDict, Field

from pq_common.contracts.plans import TargetClause
from pq_common.http.etag import etag, not_modified
from pq_common.http.pages import Page, Paging
from pq_common.http.session import PublicSession
from pq_support_grants.api.clocks import AskedTimes
from pq_support_grants.api.examples import CLAUSE, shown
from pq_support_grants.storage import plan_lists, plans
from pq_support_grants.storage.tables import PlanTarget

router = APIRouter(prefix="/plans/{code}/targets", tags=["plans"])


class TargetBody(TargetClause):
    """A clause with the plan and the text that it stands in."""

    model_config = ConfigDict(
        json_schema_extra=shown(CLAUSE, plan_code="hung-yen-2021-2030", text_version=1, position=3)
    )

    plan_code: str
    text_version: int
    position: int = Field(description="place in the text, from 0")


def body_of(row: PlanTarget) -> TargetBody:
    """Return a clause as everybody may read it."""
    return TargetBody(
        **row.document, plan_code=row.plan_code, text_version=row.version, position=row.position
    )


@router.get("", operation_id="listTargets", summary="Target clauses of a plan")
async def list_targets(
    code: str,
    session: PublicSession,
    paging: Paging,
    times: AskedTimes,
    *,
    indicator: Annotated[str | None, Query(max_length=40, examples=["HR-CLASS"])] = None,
    period: Annotated[
        int | None, Query(ge=1990, le=2100, description="A year that the clause speaks of")
    ] = None,
) -> Page[TargetBody]:
    """List clauses in the order of the text, each with its own sentence."""
    text = await plans.text_at(session, code, valid_at=times.valid_at, known_at=times.known_at)
    rows = await plan_lists.target_page(
        session, text, paging.slice, indicator=indicator, year=period
    )
    return paging.page(rows, body_of, key=lambda row: (row.position,))


@router.get(
    "/{clause}", operation_id="readTarget", summary="One target clause", response_model=TargetBody
)
async def read_target(
    code: str,
    clause: str,
    request: Request,
    response: Response,
    session: PublicSession,
    *,
    times: AskedTimes,
) -> object:
    """Return one clause of the text that held on the day, as known then."""
    text = await plans.text_at(session, code, valid_at=times.valid_at, known_at=times.known_at)
    row = await plan_lists.target(session, text, clause)
    tag = response.headers["ETag"] = etag(text.version)
    return not_modified(request, tag) or body_of(row)
