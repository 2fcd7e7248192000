"""The next batch is fetched while one is applied: one fetch at a time, never cancelled, its error never lost."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from pq_common.events.ahead import Found, ahead_of
from pq_common.events.bus import BusUnavailable, One, Place, Received, as_it_is
from pq_common.events.incoming import Incoming, Unreadable
from pq_common.events.projection import Projection

TOPIC = "pq.test.thing.events.v1"


async def nothing(connection: AsyncConnection, events: Sequence[Incoming]) -> None:
    raise AssertionError("not asked for")


PLAIN = Projection("plain", 1, (TOPIC,), nothing)


class Slow:
    """A reader whose fetches end when told, and which notices a second task and a cancellation."""

    bite = 1

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.begun = 0
        self.ended = 0
        self.error: Exception | None = None

    async def fetch(self, max_records: int, timeout_s: float) -> Mapping[Place, list[Received]]:
        return await self.fetch_as(as_it_is, max_records, timeout_s)

    async def fetch_as(
        self, make: Callable[[Received], One], max_records: int, timeout_s: float
    ) -> Mapping[Place, list[One]]:
        assert self.begun == self.ended, "two fetches at once"
        self.begun += 1
        await self.go.wait()
        if self.error is not None:
            raise self.error
        self.ended += 1
        return {(TOPIC, 0): [make(received(self.ended))]}

    def seek(self, topic: str, partition: int, position: int) -> None:
        raise AssertionError("not asked for")

    async def end_positions(self) -> Mapping[Place, int]:
        raise AssertionError("not asked for")


def positions(found: Found) -> list[int]:
    return [event.position for events in found.events.values() for event in events]


async def test_what_comes_while_another_is_applied_is_the_next() -> None:
    slow = Slow()
    async with ahead_of(slow, PLAIN, batch=1, fetch_s=1) as ahead:
        ahead.begin()
        ahead.begin()
        await asyncio.sleep(0)
        assert slow.begun == 1
        slow.go.set()
        await ahead.settled()
        assert [positions(await ahead.next()) for _ in "ab"] == [[1], [2]]


async def test_what_was_dropped_comes_to_nobody() -> None:
    slow = Slow()
    slow.go.set()
    async with ahead_of(slow, PLAIN, batch=1, fetch_s=1) as ahead:
        ahead.begin()
        await ahead.drop()
        assert positions(await ahead.next()) == [2]


async def test_an_error_of_the_fetch_is_raised_to_who_asks_next() -> None:
    slow = Slow()
    slow.go.set()
    slow.error = BusUnavailable("x", "x")
    async with ahead_of(slow, PLAIN, batch=1, fetch_s=1) as ahead:
        ahead.begin()
        await ahead.settled()
        with pytest.raises(BusUnavailable):
            await ahead.next()


async def test_a_failure_beside_it_waits_for_the_fetch_and_is_what_goes_up() -> None:
    slow = Slow()
    slow.error = BusUnavailable("x", "x")

    async def fail() -> None:
        async with ahead_of(slow, PLAIN, batch=1, fetch_s=1) as ahead:
            ahead.begin()
            raise LookupError

    failing = asyncio.create_task(fail())
    await asyncio.sleep(0.01)
    assert (slow.begun, failing.done()) == (1, False)
    slow.go.set()
    with pytest.raises(LookupError):
        await failing


class Things:
    """A bus with ``count`` events, handed out as they are asked for; the one at ``bad`` has no readable headers."""

    bite = 10

    def __init__(self, count: int, *, bad: int = -1) -> None:
        self.left = [received(number, bad=number == bad) for number in range(count)]
        self.asked: list[tuple[int, float]] = []

    async def fetch(self, max_records: int, timeout_s: float) -> Mapping[Place, list[Received]]:
        return await self.fetch_as(as_it_is, max_records, timeout_s)

    async def fetch_as(
        self, make: Callable[[Received], One], max_records: int, timeout_s: float
    ) -> Mapping[Place, list[One]]:
        self.asked.append((max_records, timeout_s))
        taken, self.left = self.left[:max_records], self.left[max_records:]
        return {(TOPIC, 0): list(map(make, taken))} if taken else {}

    seek = Slow.seek
    end_positions = Slow.end_positions


def received(position: int, *, bad: bool = False) -> Received:
    headers = (
        ("ce_specversion", b"1.0"),
        ("ce_type", b"pq.test.thing.done.v1"),
        ("ce_subject", b"a"),
        ("ce_time", b"2026-11-25T00:00:00Z"),
        ("ce_sequence", b"%020d" % (position + 1)),
        ("ce_mode", b"demo"),
        ("ce_id", b"01a0f3f0-0000-7000-8000-000000000000"),
    )
    said = () if bad else headers
    return Received(TOPIC, b"a", b"{}", said, 0, position, datetime.now(UTC))


class Positions:
    """A collector that refuses the event at ``REFUSED``."""

    REFUSED = 17

    def __init__(self) -> None:
        self.heard: list[int] = []

    def hear(self, events: Sequence[Incoming]) -> None:
        for event in events:
            if event.position == self.REFUSED:
                raise Unreadable(event, "refused")
            self.heard.append(event.position)

    async def write(self, connection: AsyncConnection) -> None:
        raise AssertionError("not asked for")


COLLECTED = replace(PLAIN, collector=Positions)


async def test_a_batch_is_taken_in_bites_and_waited_for_only_at_the_first() -> None:
    things = Things(60)
    async with ahead_of(things, PLAIN, batch=25, fetch_s=1) as ahead:
        assert len(await ahead.next()) == 25
        assert things.asked == [(10, 1), (10, 0), (5, 0)]


async def test_a_bite_that_is_not_full_is_the_last() -> None:
    things = Things(13)
    async with ahead_of(things, PLAIN, batch=25, fetch_s=1) as ahead:
        assert [len(await ahead.next()) for _ in "ab"] == [13, 0]
    assert things.asked == [(10, 1), (10, 0), (10, 1)]


async def test_what_is_read_is_collected_in_order() -> None:
    async with ahead_of(Things(15), COLLECTED, batch=15, fetch_s=1) as ahead:
        found = await ahead.next()
    assert isinstance(found.collected, Positions)
    assert found.collected.heard == list(range(15))
    assert found.kept is None


@pytest.mark.parametrize("keeping", [False, True])
async def test_what_a_partition_that_goes_back_had_brought_is_forgotten(keeping: bool) -> None:
    things = Things(30)
    things.left = things.left[10:30] + things.left[10:15]
    async with ahead_of(things, COLLECTED, batch=50, fetch_s=1) as ahead:
        ahead.keeping = keeping
        found = await ahead.next()
    assert positions(found) == list(range(10, 15))
    assert found.collected is None, "it has heard what was forgotten"


@pytest.mark.parametrize("things", [Things(20), Things(15, bad=3)], ids=["refused", "unreadable"])
async def test_a_batch_with_an_event_that_cannot_be_collected_is_not_collected(
    things: Things,
) -> None:
    async with ahead_of(things, COLLECTED, batch=20, fetch_s=1) as ahead:
        found = await ahead.next()
    assert found.collected is None
    assert len(found) in {15, 20}


async def test_what_cannot_be_read_says_why_and_messages_are_kept_where_asked_for() -> None:
    async with ahead_of(Things(3, bad=1), PLAIN, batch=3, fetch_s=1) as ahead:
        ahead.keeping = True
        found = await ahead.next()
    reason = found.events[TOPIC, 0][1]
    assert isinstance(reason, Unreadable)
    assert (reason.position, reason.subject) == (1, "a")
    assert "ce_specversion" in reason.reason
    assert found.kept is not None
    assert found.kept[(TOPIC, 0), 1].message.headers == ()
