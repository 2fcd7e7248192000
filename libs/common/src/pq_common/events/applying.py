"""One fetched batch in one transaction: move the offsets, drop what was seen, park what cannot be read, apply."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import lru_cache
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
from pq_common.events.bus import Received
from pq_common.events.incoming import Incoming, Unreadable, read
from pq_common.events.projection import Projection

MAY_REFUSE: Final = (PqError, DBAPIError)
"""What ``apply`` may raise about one event, where ``_refuses`` agrees; anything else stops the reader."""
NEVER_SEEN: Final = Held()
FOLLOWS: Final = "an earlier event of this key is parked"

Begin = Callable[[], AbstractAsyncContextManager[AsyncConnection]]
Batch = Mapping[Place, Sequence[Received]]


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


def key_of(received: Received) -> Key:
    """Return the key of a message, readable or not: its topic's aggregate and its own key."""
    return _key(received.message.topic, received.message.key or b"")


@lru_cache(maxsize=65_536)
def _key(topic: str, key: bytes) -> Key:
    return aggregate_type_of(topic), key.decode("utf-8", "backslashreplace").replace("\0", "\\0")


@dataclass(frozen=True, slots=True)
class Applier:
    """Applies batches of one projection. ``patience`` is how many refusals in a row it takes for bad messages."""

    projection: Projection
    patience: int = 20

    async def apply(
        self,
        begin: Begin,
        batch: Batch,
        moves: Mapping[Place, tuple[int, int]],
        refused_in_a_row: int,
    ) -> Outcome:
        """Apply all or nothing. Raises Fenced, Impatient, or what the database raises."""
        try:
            return await self._once(begin, batch, moves, Outcome(refused_in_a_row=refused_in_a_row))
        except _Suspicious:
            careful = Outcome(refused_in_a_row=refused_in_a_row)
            return await self._once(begin, batch, moves, careful, careful=True)

    async def _once(
        self,
        begin: Begin,
        batch: Batch,
        moves: Mapping[Place, tuple[int, int]],
        outcome: Outcome,
        *,
        careful: bool = False,
    ) -> Outcome:
        async with begin() as connection:
            name = self.projection.id
            if not await offsets.advance(connection, name, moves):
                raise Fenced
            messages = [(key_of(one), one) for place in batch for one in batch[place]]
            before = await offsets.held_versions(connection, name, {key for key, _ in messages})
            if careful:
                held = await self._one_by_one(connection, messages, before, outcome)
            else:
                held = await self._together(connection, messages, before, outcome)
            await offsets.remember(connection, name, held)
            await offsets.record_gaps(connection, name, outcome.gaps)
            await parked.add(connection, name, outcome.parked)
        return outcome

    async def _together(
        self,
        connection: AsyncConnection,
        messages: Sequence[tuple[Key, Received]],
        before: Mapping[Key, Held],
        outcome: Outcome,
    ) -> dict[Key, Held]:
        fresh: list[Incoming] = []
        held: dict[Key, Held] = {}
        for key, message in messages:
            now = held.get(key) or before.get(key, NEVER_SEEN)
            if now.parked:
                outcome.parked.append(parking(message, FOLLOWS))
                continue
            try:
                event = read(message)
            except Unreadable as reason:
                raise _Suspicious from reason
            if _is_fresh(event, key, now, outcome):
                fresh.append(event)
                held[key] = Held(event.version)
        if fresh:
            try:
                with tracing.applying(self.projection.id, fresh):
                    await self.projection.apply(connection, fresh)
            except MAY_REFUSE as reason:
                if not _refuses(reason):
                    raise
                raise _Suspicious from reason
            outcome.applied, outcome.refused_in_a_row = len(fresh), 0
        return held

    async def _one_by_one(
        self,
        connection: AsyncConnection,
        messages: Sequence[tuple[Key, Received]],
        before: Mapping[Key, Held],
        outcome: Outcome,
    ) -> dict[Key, Held]:
        held: dict[Key, Held] = {}
        for key, message in messages:
            now = held.get(key) or before.get(key, NEVER_SEEN)
            if now.parked:
                outcome.parked.append(parking(message, FOLLOWS))
                continue
            try:
                event = read(message)
                if _is_fresh(event, key, now, outcome):
                    async with connection.begin_nested():
                        with tracing.applying(self.projection.id, [event]):
                            await self.projection.apply(connection, [event])
                    held[key] = Held(event.version)
                    outcome.applied += 1
                    outcome.refused_in_a_row = 0
            except MAY_REFUSE as reason:
                if not _refuses(reason):
                    raise
                held[key] = Held(now.version, parked=True)
                self._refuse(message, reason, outcome)
        return held

    def _refuse(self, message: Received, reason: Exception, outcome: Outcome) -> None:
        outcome.parked.append(parking(message, str(reason)))
        outcome.refused_in_a_row += 1
        if outcome.refused_in_a_row > self.patience:
            raise Impatient(self.projection.id, str(reason)) from reason


def _refuses(reason: Exception) -> bool:
    return isinstance(reason, PqError) or (isinstance(reason, DBAPIError) and is_refusal(reason))


def _is_fresh(event: Incoming, key: Key, now: Held, outcome: Outcome) -> bool:
    """Say whether this version is new. A jump is noted: from a state topic it is how such topics are."""
    if event.version <= now.version:
        outcome.repeated += 1
        return False
    if event.version > now.version + 1 and ".events." in event.topic:
        place = event.topic, event.partition
        outcome.gaps.append(Gap(key, now.version + 1, event.version, place, event.position))
    return True


def parking(received: Received, reason: str) -> Parking:
    """Return a message as it is kept in the park, byte for byte."""
    message = received.message
    return Parking(
        message.topic,
        received.partition,
        received.position,
        *key_of(received),
        message.key or b"",
        json.dumps([[name, value.decode("latin-1")] for name, value in message.headers]),
        message.value,
        reason[:2000].replace("\0", ""),
        received.recorded_at,
    )
