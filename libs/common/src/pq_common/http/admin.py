"""``/{service}/admin/…`` for the ministry's operators: is the journal whole, is everything read, mend a projection.

Orders are carried out by the worker: the API's role may not write what projections keep.
"""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, Field, JsonValue
from sqlalchemy import RowMapping

from pq_common.db import journal
from pq_common.errors import NotFound
from pq_common.http.auth import Actor, require
from pq_common.http.idempotency import Answer, Once
from pq_common.http.session import Session

OPERATOR = require("ministry-admin")
Name = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_-]{0,60}$", examples=["targets_v1"])]


class Verification(BaseModel):
    """What the journal says of itself."""

    events: int
    aggregates: int
    version_gaps: int = Field(description="Aggregates with a version missing or doubled; always 0")
    unnumbered: int = Field(description="Events not yet in the changes feed; soon 0")
    feed_position: int
    feed_gaps: int = Field(description="Positions that the feed skipped; always 0")
    is_sound: bool


class ProjectionState(BaseModel):
    """How far one projection is. ``read`` adds up its positions on the bus."""

    name: str
    read: int
    keys: int
    gaps: int
    parked: int
    updated_at: datetime


class ProjectionList(BaseModel):
    """The projections of one service."""

    items: list[ProjectionState]


class TopicTotal(BaseModel):
    """One topic's day: how many events, and the hash of their sorted ids, to compare with one's own."""

    topic: str
    events: int
    sha256: str


class DayTotals(BaseModel):
    """One UTC day of the journal."""

    on: date
    items: list[TopicTotal]


class Operation(BaseModel):
    """An order to the worker, and how far it is."""

    id: UUID
    what: Literal["rebuild", "replay"]
    projection: str
    state: Literal["queued", "running", "done", "failed"]
    done: int
    total: int | None
    error: JsonValue = None


def operation_of(row: RowMapping) -> Operation:
    """Return an order as its giver sees it."""
    return Operation.model_validate(
        {
            **row,
            "what": row["kind"].removeprefix(journal.KIND_PREFIX),
            "projection": row["result"]["projection"],
        }
    )


def admin_router(service: str) -> APIRouter:
    """Return the operators' routes of ``service``; no public document lists them."""
    router = APIRouter(prefix=f"/{service}/admin", include_in_schema=False, dependencies=[OPERATOR])
    router.get("/events/verification")(verify)
    router.get("/events/days/{on}")(read_day)
    router.get("/projections")(list_projections)
    router.post("/projections/{projection}/{what}", status_code=202)(operate)
    router.get("/operations/{number}")(read_operation)
    return router


async def verify(session: Session) -> Verification:
    """Check that no version is missing and that every event older than a minute is numbered."""
    found = await journal.journal(session)
    sound = not (found["version_gaps"] or found["feed_gaps"] or found["overdue"])
    return Verification(**{**found, "is_sound": sound})


async def read_day(on: date, session: Session) -> DayTotals:
    """Return the day's totals by topic."""
    rows = await journal.day_totals(session, on)
    return DayTotals(on=on, items=[TopicTotal(**row) for row in rows])


async def list_projections(session: Session) -> ProjectionList:
    """List the service's projections, by name."""
    rows = await journal.projections(session)
    return ProjectionList(items=[ProjectionState(**row) for row in rows])


async def operate(
    projection: Name,
    what: Literal["rebuild", "replay"],
    session: Session,
    once: Once,
    actor: Annotated[Actor, Depends(OPERATOR.dependency)],
) -> Response:
    """Order a rebuild or a replay; follow it at the address in ``Location``."""
    await _require_projection(session, projection)

    async def make() -> Answer:
        number = await journal.order(session, what, projection, actor=actor.id)
        row = await journal.ordered(session, number)
        assert row is not None  # noqa: S101 - just written in this transaction
        return Answer(202, operation_of(row), {"Location": f"../../operations/{number}"})

    return await once.do(make)


async def read_operation(number: UUID, session: Session) -> Operation:
    """Return how far an order is."""
    row = await journal.ordered(session, number)
    if row is None:
        raise NotFound(f"Không có thao tác {number}.", f"There is no operation {number}.")
    return operation_of(row)


async def _require_projection(session: Session, name: str) -> None:
    known = [row["name"] for row in await journal.projections(session)]
    if name not in known:
        listed = ", ".join(known) or "-"
        raise NotFound(
            f"Không có bảng chiếu {name!r}; có: {listed}.",
            f"There is no projection {name!r}; there are: {listed}.",
        )
