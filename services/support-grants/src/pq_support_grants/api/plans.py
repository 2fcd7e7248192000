"""Plans over HTTP: read by everybody, issued and amended by those in charge of the place."""

from datetime import UTC, date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from pq_common.contracts.plans import Plan
from pq_common.http.etag import IfMatch, etag, not_modified
from pq_common.http.idempotency import Answer, Once
from pq_common.http.pages import Page, Paging
from pq_common.http.placing import AskedPlaces, refuse_foreign
from pq_common.http.planned import PlannedRoute
from pq_common.http.session import PublicSession, Session
from pq_support_grants.api.callers import Writer
from pq_support_grants.api.clocks import AskedTimes
from pq_support_grants.api.examples import PLAN, Example, shown
from pq_support_grants.api.plan_bodies import AmendmentIn, PlanIn
from pq_support_grants.operations.amend_plan import amend_plan
from pq_support_grants.operations.issue_plan import issue_plan
from pq_support_grants.storage import plan_lists, plans
from pq_support_grants.storage.plan_lists import PlanFilter
from pq_support_grants.storage.tables import PlanRow, PlanText

router = APIRouter(route_class=PlannedRoute, prefix="/plans", tags=["plans"])
TIMES: Example = {
    "text_version": 1,
    "valid_from": "2021-12-01",
    "recorded_at": "2026-01-05T02:00:00Z",
}


class PlanHeading(BaseModel):
    """A plan in a list: all but its clauses and tasks, which it counts."""

    model_config = ConfigDict(
        json_schema_extra=shown(
            {key: value for key, value in PLAN.items() if key not in ("targets", "tasks")},
            target_count=27, task_count=31, **TIMES,
        )
    )  # fmt: skip

    code: str
    level: Literal["national", "provincial"]
    title: str
    number_printed: str | None = Field(default=None, description="null: not said")
    number_read: str | None = None
    issued_on: date | None = Field(default=None, description="null: not said")
    issuer: str | None = None
    place_id: str = Field(description="the place as it was then")
    first_year: int
    last_year: int
    programmes: list[str] = []
    source: str
    target_count: int
    task_count: int
    text_version: int = Field(description="version of the plan that brought this text")
    valid_from: date = Field(description="the day from which this text holds")
    recorded_at: datetime = Field(description="when this text entered the record")


class PlanBody(Plan):
    """A plan with everything its text says."""

    model_config = ConfigDict(
        json_schema_extra=shown(PLAN, version=3, reason="Đính chính", **TIMES)
    )

    version: int = Field(description="raised by amendments and by reports on tasks")
    text_version: int
    valid_from: date
    recorded_at: datetime
    reason: str | None = Field(description="why this text replaced the one before; null: the first")


def body_of(text: PlanText, version: int) -> PlanBody:
    """Return a text as everybody may read it."""
    return PlanBody(
        **text.document, version=version, text_version=text.version, valid_from=text.valid_from,
        recorded_at=text.recorded_at, reason=text.reason,
    )  # fmt: skip


async def answer(session: Session, head: PlanRow, status: int) -> Answer:
    """Return the plan as a command answers it, with its tag."""
    await session.flush()
    text = await session.get_one(PlanText, (head.code, head.text_version))
    headers = {"ETag": etag(head.version), "Location": f"/support-grants/v1/plans/{head.code}"}
    return Answer(status, body_of(text, head.version), headers)


@router.get("", operation_id="listPlans", summary="Programmes and plans")
async def list_plans(
    session: PublicSession,
    paging: Paging,
    asked: AskedPlaces,
    *,
    times: AskedTimes,
    programme: Annotated[str | None, Query(max_length=60, examples=["decision-1322"])] = None,
    level: Literal["national", "provincial"] | None = None,
) -> Page[PlanHeading]:
    """List plans by code, each by the text that held on the day, as known then."""
    wanted = PlanFilter(
        valid_at=times.valid_at,
        known_at=times.known_at,
        places=asked,
        programme=programme,
        level=level,
    )
    rows = await plan_lists.plan_page(session, wanted, paging.slice)
    return paging.page(rows, _heading, key=lambda row: (row.plan_code,))


@router.post(
    "", operation_id="issuePlan", summary="Issue a plan", status_code=201, response_model=PlanBody
)
async def issue(told: PlanIn, session: Session, once: Once, actor: Writer) -> Response:
    """Put a plan on record, once per code: by the ministry, or by an officer of its place."""
    refuse_foreign(actor, told.place_id)

    async def make() -> Answer:
        head = await issue_plan(session, told.told(), now=datetime.now(UTC))
        return await answer(session, head, 201)

    return await once.do(make)


@router.get("/{code}", operation_id="readPlan", summary="One plan", response_model=PlanBody)
async def read(
    code: str,
    request: Request,
    response: Response,
    session: PublicSession,
    times: AskedTimes,
) -> object:
    """Return the text that held on the day, as known then; its tag names the version to amend."""
    text = await plans.text_at(session, code, valid_at=times.valid_at, known_at=times.known_at)
    version = await plans.version_of(session, code)
    tag = etag(version, text.version) if times.is_of_then else etag(version)
    response.headers["ETag"] = tag
    return not_modified(request, tag) or body_of(text, version)


@router.put("/{code}", operation_id="amendPlan", summary="Amend a plan", response_model=PlanBody)
async def amend(
    code: str, told: AmendmentIn, session: Session, if_match: IfMatch, actor: Writer
) -> Response:
    """Put a new text on record; the same text again changes nothing. The texts before it stay readable."""
    refuse_foreign(actor, told.plan.place_id, at="/plan/place_id")
    head = await amend_plan(
        session,
        code,
        told.plan.told(),
        reason=told.reason,
        valid_from=told.valid_from,
        now=datetime.now(UTC),
        check=lambda version: if_match.check(etag(version)),
    )
    made = await answer(session, head, 200)
    return Response(
        made.body.model_dump_json(), media_type="application/json", headers=dict(made.headers)
    )


def _heading(row: plan_lists.Heading) -> PlanHeading:
    return PlanHeading(
        **row.heading, target_count=row.target_count, task_count=row.task_count,
        text_version=row.version, valid_from=row.valid_from, recorded_at=row.recorded_at,
    )  # fmt: skip
