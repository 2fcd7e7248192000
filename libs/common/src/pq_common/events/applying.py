"""One fetched batch in one transaction: move the offsets, drop what was seen, park what cannot be read, apply."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from pq_common.db import offsets, parked
from pq_common.db.offsets import Gap, Held, Key, Place
from pq_common.db.outbox import aggregate_type_of
from pq_common.db.parked import Parking
from pq_common.db.refused import is_refusal
from pq_common.errors import PqError
from pq_common.events import tracing
from pq_common.events.ahead import Found, Kept
from pq_common.events.bus import Received
from pq_common.events.incoming import Heard, Incoming, Unreadable, subject_of
from pq_common.events.projection import Projection

MAY_REFUSE: Final = (PqError, DBAPIError)
"""What ``apply`` may raise about one event, where ``refuses`` agrees; anything else stops the reader."""
FOLLOWS: Final = "an earlier event of this key is parked"

Begin = Callable[[], AbstractAsyncContextManager[AsyncConnection]]
Moves = Mapping[Place, tuple[int, int]]
"""Of each partition the offset that was loaded, and the one after the batch."""


class Fenced(PqError):
    """Another reader has moved these offsets: nothing of the batch was applied."""

    code = "projection_fenced"

    def __init__(self) -> None:
        super().__init__("Bộ đọc khác đã xử lý lô này", "Another reader was here")


class Impatient(PqError):
    """Too many events in a row were refused: it is not the messages, it is us."""

    code = "projection_stopped"

    def __init__(self, projection: str, reason: str) -> None:
        super().__init__(
            f"{projection} dừng: quá nhiều sự kiện liên tiếp bị từ chối; sự kiện cuối: {reason}",
            f"{projection} stops: too many refusals in a row, the last one: {reason}",
        )


class NotKept(Exception):
    """Something in the batch is to be parked, and its message was not kept: fetch the batch again and keep them."""


class _Suspicious(Exception):
    """Something in the batch was refused: do it again, event by event."""


@dataclass(slots=True)
class Outcome:
    """What became of a batch."""

    applied: int = 0
    repeated: int = 0
    gaps: list[Gap] = field(default_factory=list)
    parked: list[Parking] = field(default_factory=list)
    refused_in_a_row: int = 0


Way = Callable[[AsyncConnection, Found, Mapping[str, Held], Outcome], Awaitable[dict[str, Held]]]
"""How the events of a batch are applied: together, or one after the other. Returns what is held afterwards."""


@dataclass(frozen=True, slots=True)
class Applier:
    """Applies batches of one projection. ``patience`` is how many refusals in a row it takes for bad messages."""

    projection: Projection
    patience: int = 20

    async def apply(
        self, begin: Begin, found: Found, moves: Moves, refused_in_a_row: int
    ) -> Outcome:
        """Apply all or nothing. Raises Fenced, Impatient, NotKept, or what the database raises."""
        outcome = Outcome(refused_in_a_row=refused_in_a_row)
        try:
            return await self._once(begin, found, moves, outcome, self._together)
        except _Suspicious:
            if found.kept is None:
                raise NotKept from None
            careful = Outcome(refused_in_a_row=refused_in_a_row)
            return await self._once(begin, found, moves, careful, self._one_by_one)

    async def _once(
        self,
        begin: Begin,
        found: Found,
        moves: Moves,
        outcome: Outcome,
        way: Way,
    ) -> Outcome:
        async with begin() as connection:
            name = self.projection.id
            if not await offsets.advance(connection, name, moves):
                raise Fenced
            before = {
                kind: await offsets.held_of(connection, name, kind, ids)
                for kind, ids in _wanted(found).items()
            }
            after = await way(connection, found, before, outcome)
            for kind, held in after.items():
                await offsets.remember(connection, name, kind, held)
            await offsets.record_gaps(connection, name, outcome.gaps)
            await parked.add(connection, name, outcome.parked)
        return outcome

    async def _together(
        self,
        connection: AsyncConnection,
        found: Found,
        before: Mapping[str, Held],
        outcome: Outcome,
    ) -> dict[str, Held]:
        fresh: list[Incoming] = []
        after: dict[str, Held] = defaultdict(Held)
        for place, events in found.events.items():
            kind = aggregate_type_of(place[0])
            known, standing = before[kind].versions, before[kind].parked
            moved = after[kind].versions
            for event in events:
                if standing and event.subject in standing:
                    outcome.parked.append(parking(_message(found.kept, place, event), FOLLOWS))
                    continue
                if isinstance(event, Unreadable):
                    raise _Suspicious from event
                subject, version = event.subject, event.version
                last = known.get(subject, 0)
                if version == last + 1 or _is_fresh(event, (kind, subject), last, outcome):
                    known[subject] = moved[subject] = version
                    fresh.append(event)
        if fresh:
            try:
                with tracing.applying(self.projection.id, fresh):
                    await self._write(connection, found, fresh)
            except MAY_REFUSE as reason:
                if not refuses(reason):
                    raise
                raise _Suspicious from reason
            outcome.applied, outcome.refused_in_a_row = len(fresh), 0
        return after

    async def _write(
        self, connection: AsyncConnection, found: Found, fresh: Sequence[Incoming]
    ) -> None:
        """Write what was collected of the batch, if all of it is fresh."""
        if found.collected is not None and len(fresh) == len(found):
            await found.collected.write(connection)
        else:
            await self.projection.apply(connection, fresh)

    async def _one_by_one(
        self,
        connection: AsyncConnection,
        found: Found,
        before: Mapping[str, Held],
        outcome: Outcome,
    ) -> dict[str, Held]:
        after: dict[str, Held] = defaultdict(Held)
        for place, events in found.events.items():
            kind = aggregate_type_of(place[0])
            known, moved = before[kind], after[kind]
            for event in events:
                name, message = event.subject, _message(found.kept, place, event)
                if name in known.parked:
                    outcome.parked.append(parking(message, FOLLOWS))
                    continue
                last = known.versions.get(name, 0)
                try:
                    if isinstance(event, Unreadable):
                        raise event
                    if _is_fresh(event, (kind, name), last, outcome):
                        async with connection.begin_nested():
                            with tracing.applying(self.projection.id, [event]):
                                await self.projection.apply(connection, [event])
                        known.versions[name] = moved.versions[name] = event.version
                        outcome.applied += 1
                        outcome.refused_in_a_row = 0
                except MAY_REFUSE as reason:
                    if not refuses(reason):
                        raise
                    known.parked.add(name)
                    moved.parked.add(name)
                    moved.versions[name] = last
                    self._refuse(message, reason, outcome)
        return after

    def _refuse(self, message: Received, reason: Exception, outcome: Outcome) -> None:
        outcome.parked.append(parking(message, str(reason)))
        outcome.refused_in_a_row += 1
        if outcome.refused_in_a_row > self.patience:
            raise Impatient(self.projection.id, str(reason)) from reason


def refuses(reason: Exception) -> bool:
    """Say whether it is the event that cannot be applied, and not we who cannot apply."""
    return isinstance(reason, PqError) or (isinstance(reason, DBAPIError) and is_refusal(reason))


def _message(kept: Kept | None, place: Place, event: Heard) -> Received:
    if kept is None:
        raise _Suspicious
    return kept[place, event.position]


def _wanted(found: Found) -> dict[str, set[str]]:
    """Return of which aggregates there is something in the batch, by type."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for place, events in found.events.items():
        wanted[aggregate_type_of(place[0])].update([event.subject for event in events])
    return wanted


def _is_fresh(event: Incoming, key: Key, last: int, outcome: Outcome) -> bool:
    """Say whether this version is new. A jump is noted: from a state topic it is how such topics are."""
    if event.version <= last:
        outcome.repeated += 1
        return False
    if event.version > last + 1 and ".events." in event.topic:
        place = event.topic, event.partition
        outcome.gaps.append(Gap(key, last + 1, event.version, place, event.position))
    return True


def parking(received: Received, reason: str) -> Parking:
    """Return a message as it is kept in the park, byte for byte."""
    return Parking(
        received.topic,
        received.partition,
        received.position,
        aggregate_type_of(received.topic),
        subject_of(received),
        received.key or b"",
        parked.headers_text(received.headers),
        received.value,
        reason[:2000].replace("\0", ""),
        received.recorded_at,
    )
