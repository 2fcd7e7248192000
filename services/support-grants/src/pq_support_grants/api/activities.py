"""Reported activities over HTTP: those of the caller's places."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from uuid_utils.compat import uuid7

from pq_common.contracts.event import Mode
from pq_common.errors import Invalid
from pq_common.http.auth import Actor, CurrentActor
from pq_common.http.etag import IfMatch, etag, not_modified
from pq_common.http.idempotency import Answer, Once
from pq_common.http.modes import AskedMode
from pq_common.http.pages import Page, Paging
from pq_common.http.placing import AskedPlaces, refuse_foreign
from pq_common.http.planned import PlannedRoute
from pq_common.http.session import Session
from pq_common.http.times import KnownAt
from pq_common.http.wire import Day
from pq_support_grants.api.activity_bodies import (
    ActivityBody,
    ActivityIn,
    CorrectionIn,
    SubjectBody,
    WithdrawalIn,
    body_of,
)
from pq_support_grants.api.callers import READERS, Writer
from pq_support_grants.domain import personal
from pq_support_grants.operations.correct_activity import correct_activity
from pq_support_grants.operations.refusing import refuse
from pq_support_grants.operations.report_activity import report_activity
from pq_support_grants.operations.withdraw_activity import withdraw_activity
from pq_support_grants.storage import activities, enterprises
from pq_support_grants.storage.activities import ActivityFilter
from pq_support_grants.storage.tables import ActivityRevision

router = APIRouter(route_class=PlannedRoute, prefix="/activities", tags=["activities"])
CodeQuery = Annotated[str | None, Query(max_length=80)]


@dataclass(frozen=True, slots=True)
class Aim:
    """What an activity was for."""

    indicator: CodeQuery = None
    plan: CodeQuery = None
    clause: CodeQuery = None
    task: CodeQuery = None
    programme: CodeQuery = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What it was, and when. Raises Invalid for a personal number: an address is written into logs."""

    status: Literal["reported", "withdrawn"] | None = None
    period_from: Annotated[Day | None, Query(description="Touching this day or a later one")] = None
    period_to: Annotated[Day | None, Query(description="Touching this day or an earlier one")] = (
        None
    )
    subject: Annotated[str | None, Query(max_length=80, description="Counting this body")] = None
    evidence: Annotated[
        str | None, Query(max_length=1000, description="Proved by this paper, in any spelling")
    ] = None

    def __post_init__(self) -> None:
        faults = [
            *personal.in_key(self.subject or "", "#query/subject"),
            *personal.in_text(self.evidence, "#query/evidence"),
        ]
        refuse(Invalid, faults)


def answer(row: ActivityRevision, status: int = 200) -> Answer:
    """Return the activity as a command answers it, with its tag."""
    location = f"/support-grants/v1/activities/{row.activity_id}"
    return Answer(status, body_of(row), {"ETag": etag(row.version), "Location": location})


@router.get(
    "", operation_id="listActivities", summary="Activities in scope", dependencies=[READERS]
)
async def list_activities(
    session: Session,
    paging: Paging,
    mode: AskedMode,
    asked: AskedPlaces,
    *,
    aim: Annotated[Aim, Depends()],
    facts: Annotated[Facts, Depends()],
    known_at: KnownAt = None,
) -> Page[ActivityBody]:
    """List activities, those that began last first; what is outside the caller's places is not there."""
    wanted = ActivityFilter(
        mode=mode,
        known_at=known_at,
        places=asked,
        indicator=aim.indicator,
        plan_code=aim.plan,
        clause_code=aim.clause,
        task_code=aim.task,
        programme=aim.programme,
        status=facts.status,
        first_day=facts.period_from,
        last_day=facts.period_to,
        subject=facts.subject,
        evidence=facts.evidence,
    )
    rows = await activities.page(session, wanted, paging.slice)
    return paging.page(rows, body_of, key=lambda row: (row.starts_on, row.activity_id))


@router.post(
    "", operation_id="reportActivity", summary="Report an activity", status_code=201,
    response_model=ActivityBody,
)  # fmt: skip
async def report(
    said: ActivityIn, request: Request, session: Session, once: Once, actor: Writer
) -> Response:
    """Record what was done, with what proves it; every reason to refuse is said at once."""
    refuse_foreign(actor, said.place_id)
    mode: Mode = said.mode or request.app.state.settings.mode

    async def make() -> Answer:
        activity = said.told(str(uuid7()), mode)
        row = await report_activity(session, activity, mode=mode, now=datetime.now(UTC))
        return answer(row, 201)

    return await once.do(make)


@router.get(
    "/{activity_id}", operation_id="readActivity", summary="One activity",
    response_model=ActivityBody, dependencies=[READERS],
)  # fmt: skip
async def read(
    activity_id: UUID,
    request: Request,
    response: Response,
    session: Session,
    known_at: KnownAt = None,
) -> object:
    """Return the activity as it is known, or as it was known then."""
    row = await activities.revision(session, activity_id, known_at=known_at)
    tag = etag(row.version) if known_at is None else etag(row.version, "then")
    response.headers["ETag"] = tag
    return not_modified(request, tag) or body_of(row)


@router.get(
    "/{activity_id}/subjects", operation_id="listActivitySubjects",
    summary="Whom an activity counts", dependencies=[READERS],
)  # fmt: skip
async def list_subjects(
    activity_id: UUID, session: Session, paging: Paging, actor: CurrentActor
) -> Page[SubjectBody]:
    """List the distinct bodies by key, and tell which of them are enterprises of the registry.

    Anybody can name any enterprise in a report: of one outside the caller's places no more is told than that it is known.
    """
    row = await activities.revision(session, activity_id)
    after = str(paging.slice.after[0]) if paging.slice.after else ""
    keys = sorted(key for key in row.subjects if key > after)[: paging.slice.limit + 1]
    heard = await enterprises.known(session, row.mode, keys)
    return paging.page(keys, lambda key: _subject(key, heard, actor), key=lambda key: (key,))


@router.put(
    "/{activity_id}", operation_id="correctActivity", summary="Correct an activity",
    response_model=ActivityBody,
)  # fmt: skip
async def correct(
    activity_id: UUID, said: CorrectionIn, session: Session, if_match: IfMatch, actor: Writer
) -> Response:
    """Replace the facts, with a reason; the same facts again change nothing. What was said before stays readable."""
    current = await activities.revision(session, activity_id)
    mode: Mode = "demo" if current.mode == "demo" else "official"
    row = await correct_activity(
        session,
        said.told(str(activity_id), mode),
        reason=said.reason,
        now=datetime.now(UTC),
        check=lambda version: if_match.check(etag(version)),
    )
    made = answer(row)
    return Response(
        made.body.model_dump_json(), media_type="application/json", headers=dict(made.headers)
    )


@router.post(
    "/{activity_id}/withdrawal", operation_id="withdrawActivity", summary="Withdraw an activity",
    response_model=ActivityBody,
)  # fmt: skip
async def withdraw(
    activity_id: UUID, said: WithdrawalIn, session: Session, once: Once, actor: Writer
) -> Response:
    """Let it count no more; it stays on record with the reason."""

    async def make() -> Answer:
        row = await withdraw_activity(
            session, activity_id, reason=said.reason, now=datetime.now(UTC)
        )
        return answer(row)

    return await once.do(make)


def _subject(key: str, heard: Mapping[str, enterprises.Known] | None, actor: Actor) -> SubjectBody:
    if heard is None:
        return SubjectBody(subject=key, is_known=None, place_id=None, status=None)
    found = heard.get(key)
    told = found if found and actor.allows(found.place_id) else None
    return SubjectBody(
        subject=key,
        is_known=found is not None,
        place_id=told.place_id if told else None,
        status=told.status if told else None,
    )
