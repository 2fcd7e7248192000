"""``/{service}/admin/…`` for the ministry's operators: is the journal whole, is everything read, mend a projection.

Orders are carried out by the worker: the API's role may not write what projections keep.
"""

from dataclasses import asdict
from datetime import date, datetime
from functools import cache
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field, JsonValue

from pq_common.db import journal
from pq_common.db.feed import daily_counts
from pq_common.errors import NotFound
from pq_common.events.rebuild import want_rebuild
from pq_common.http.auth import CurrentActor, require
from pq_common.http.idempotency import Answer, Once
from pq_common.http.session import Session

OPERATOR = require("ministry-admin")
Name = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_-]{0,60}$", examples=["targets"])]


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
    version: int
    wanted_version: int | None = Field(description="Being built beside the active one; null: none")
    read: int
    keys: int
    gaps: int
    parked: int
    updated_at: datetime | None


class ProjectionList(BaseModel):
    """The projections of one service."""

    items: list[ProjectionState]


class TopicTotal(BaseModel):
    """One topic's civil day (Hanoi): how many events, and the hash of their ids, to compare with one's own."""

    topic: str
    day: date
    events: int
    sha256: str


class Totals(BaseModel):
    """What happened, to reconcile against."""

    items: list[TopicTotal]


class Rebuild(BaseModel):
    """A version that the workers now build; they switch to it when it has caught up."""

    projection: str
    wanted_version: int


class Replay(BaseModel):
    """An order to the worker, and what became of it: ``done`` counts the events applied."""

    id: UUID
    projection: str
    state: Literal["queued", "done", "failed"]
    done: int
    error: JsonValue = None


@cache
def admin_router(service: str) -> APIRouter:
    """Return the operators' routes of ``service``; no public document lists them."""
    router = APIRouter(prefix=f"/{service}/admin", include_in_schema=False, dependencies=[OPERATOR])
    router.get("/events/verification")(verify)
    router.get("/events/totals")(totals)
    router.get("/projections")(list_projections)
    router.post("/projections/{name}/rebuild", status_code=202)(rebuild)
    router.post("/projections/{name}/replay", status_code=202)(replay)
    router.get("/replays/{number}")(read_replay)
    return router


async def verify(session: Session) -> Verification:
    """Check that no version is missing and that every event older than a minute is numbered."""
    found = await journal.journal(session)
    sound = not (found["version_gaps"] or found["feed_gaps"] or found["overdue"])
    return Verification(**{**found, "is_sound": sound})


async def totals(since: date, before: date, session: Session) -> Totals:
    """Count each topic's events by civil day, from ``since`` up to but without ``before``."""
    found = await daily_counts(await session.connection(), since, before)
    return Totals(items=[TopicTotal(**asdict(one)) for one in found])


async def list_projections(session: Session) -> ProjectionList:
    """List the service's projections, by name."""
    rows = await journal.projections(session)
    return ProjectionList(items=[ProjectionState(**row) for row in rows])


async def rebuild(name: Name, session: Session, once: Once) -> Response:
    """Have the next version built from the first event; ask again and it is the same version."""

    async def make() -> Answer:
        version = await want_rebuild(await session.connection(), name)
        return Answer(202, Rebuild(projection=name, wanted_version=version))

    return await once.do(make)


async def replay(name: Name, session: Session, once: Once, actor: CurrentActor) -> Response:
    """Have the parked events of a projection applied, key by key, after their cause was mended."""
    known = [row["name"] for row in await journal.projections(session)]
    if name not in known:
        raise NotFound(
            f"Không có bản chiếu {name}; có: {', '.join(known) or '-'}.",
            f"No projection {name}; there are: {', '.join(known) or '-'}.",
        )

    async def make() -> Answer:
        number = await journal.order_replay(session, name, actor=actor.id)
        return Answer(202, await _replay_of(session, number))

    return await once.do(make)


async def read_replay(number: UUID, session: Session) -> Replay:
    """Return what became of an order."""
    return await _replay_of(session, number)


async def _replay_of(session: Session, number: UUID) -> Replay:
    row = await journal.ordered(session, number)
    if row is None:
        raise NotFound(f"Không có thao tác {number}.", f"There is no order {number}.")
    return Replay(**{**row, "projection": row["result"]["projection"]})
