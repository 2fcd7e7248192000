"""``/{service}/admin/…`` for the ministry's operators: is the journal whole, is everything read, mend a projection.

Orders are carried out by the worker: the API's role may not write what projections keep.
"""

from dataclasses import asdict
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal
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
Key = Annotated[str, Path(max_length=200)]
Name = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_-]{0,60}$", examples=["targets"])]


class Verification(BaseModel):
    """What the journal says of itself."""

    events: int
    aggregates: int
    version_gaps: int = Field(description="Aggregates with a version missing or doubled; always 0")
    unnumbered: int = Field(description="Events not yet in the changes feed; soon 0")
    unsent: int = Field(description="Messages not yet sent, those that are held apart; soon 0")
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


class HeldEvent(BaseModel):
    """An event that the bus refused while it took others; every later one of its key waits behind it."""

    topic: str
    key: str
    version: int
    reason: str


class HeldList(BaseModel):
    """What the relay holds, oldest first."""

    items: list[HeldEvent]


class Order(BaseModel):
    """An order to the worker, and what became of it."""

    id: UUID
    state: Literal["queued", "done", "failed"]
    done: int
    error: JsonValue = None


class Replay(Order):
    """An order to apply what is parked: ``done`` counts the events applied."""

    projection: str


class Release(Order):
    """An order to try a held key again: ``done`` counts the events let go."""

    key: str


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
    router.get("/events/held")(list_held)
    router.post("/events/held/{key:path}/release", status_code=202)(release)
    router.get("/releases/{number}")(read_release)
    return router


async def verify(session: Session) -> Verification:
    """Check that no version is missing and that every event older than a minute is numbered and sent."""
    found = await journal.journal(session)
    faults = ("version_gaps", "feed_gaps", "overdue", "unsent_overdue")
    sound = not any(found[fault] for fault in faults)
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
        about = {"projection": name}
        number = await journal.order(session, journal.REPLAY, about, actor=actor.id)
        return Answer(202, await read_replay(number, session))

    return await once.do(make)


async def read_replay(number: UUID, session: Session) -> Replay:
    """Return what became of an order to replay."""
    return Replay(**await _ordered(session, journal.REPLAY, number))


async def list_held(session: Session) -> HeldList:
    """List the events that the relay holds, and why."""
    rows = await journal.held(session)
    return HeldList(items=[HeldEvent(**row) for row in rows])


async def release(key: Key, session: Session, once: Once, actor: CurrentActor) -> Response:
    """Have the relay try a held key again, after the cause was mended."""

    async def make() -> (
        Answer
    ):  # asked again under its key it is answered so, though nothing is held any more
        held = [row["key"] for row in await journal.held(session)]
        if key not in held:
            raise NotFound(
                f"Khóa {key} không bị giữ; đang giữ: {', '.join(held) or '-'}.",
                f"The key {key} is not held; held are: {', '.join(held) or '-'}.",
            )
        number = await journal.order(session, journal.RELEASE, {"key": key}, actor=actor.id)
        return Answer(202, await read_release(number, session))

    return await once.do(make)


async def read_release(number: UUID, session: Session) -> Release:
    """Return what became of an order to let a key go."""
    return Release(**await _ordered(session, journal.RELEASE, number))


async def _ordered(session: Session, kind: str, number: UUID) -> dict[str, Any]:
    row = await journal.ordered(session, kind, number)
    if row is None:
        raise NotFound(f"Không có thao tác {number}.", f"There is no order {number}.")
    return {**row, **row["result"]}
