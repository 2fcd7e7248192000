"""The next batch is fetched while one is applied: one fetch at a time, never cancelled, its error never lost."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from pq_common.events.ahead import ahead_of
from pq_common.events.bus import BusUnavailable, Message, Place, Received
from pq_common.events.incoming import Unreadable


class Slow:
    """A reader whose fetches end when told, and which notices a second task and a cancellation."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.begun = 0
        self.ended = 0
        self.error: Exception | None = None

    async def fetch(self, max_records: int, timeout_s: float) -> Mapping[Place, list[Received]]:
        assert self.begun == self.ended, "two fetches at once"
        self.begun += 1
        await self.go.wait()
        if self.error is not None:
            raise self.error
        self.ended += 1
        return {("t", self.ended): []}

    def seek(self, topic: str, partition: int, position: int) -> None:
        raise AssertionError("not asked for")

    async def end_positions(self) -> Mapping[Place, int]:
        raise AssertionError("not asked for")


async def test_what_comes_while_another_is_applied_is_the_next() -> None:
    slow = Slow()
    async with ahead_of(slow, batch=1, fetch_s=1) as ahead:
        ahead.begin()
        ahead.begin()
        await asyncio.sleep(0)
        assert slow.begun == 1
        slow.go.set()
        await ahead.settled()
        assert (await ahead.next(), await ahead.next()) == ({("t", 1): []}, {("t", 2): []})


async def test_what_was_dropped_comes_to_nobody() -> None:
    slow = Slow()
    slow.go.set()
    async with ahead_of(slow, batch=1, fetch_s=1) as ahead:
        ahead.begin()
        await ahead.drop()
        assert await ahead.next() == {("t", 2): []}


async def test_an_error_of_the_fetch_is_raised_to_who_asks_next() -> None:
    slow = Slow()
    slow.go.set()
    slow.error = BusUnavailable("x", "x")
    async with ahead_of(slow, batch=1, fetch_s=1) as ahead:
        ahead.begin()
        await ahead.settled()
        with pytest.raises(BusUnavailable):
            await ahead.next()


async def test_a_failure_beside_it_waits_for_the_fetch_and_is_what_goes_up() -> None:
    slow = Slow()
    slow.error = BusUnavailable("x", "x")

    async def fail() -> None:
        async with ahead_of(slow, batch=1, fetch_s=1) as ahead:
            ahead.begin()
            raise LookupError

    failing = asyncio.create_task(fail())
    await asyncio.sleep(0.01)
    assert (slow.begun, failing.done()) == (1, False)
    slow.go.set()
    with pytest.raises(LookupError):
        await failing


async def test_what_comes_is_read_and_what_cannot_be_read_says_why() -> None:
    class Full(Slow):
        async def fetch(self, max_records: int, timeout_s: float) -> Mapping[Place, list[Received]]:
            message = Message("pq.test.thing.events.v1", b"k\xff", b"{}", ())
            return {("pq.test.thing.events.v1", 0): [Received(message, 0, 7, datetime.now(UTC))]}

    async with ahead_of(Full(), batch=1, fetch_s=1) as ahead:
        [[(message, reason)]] = (await ahead.next()).values()
    assert isinstance(reason, Unreadable)
    assert (message.position, reason.subject) == (7, r"k\xff")
    assert "ce_specversion" in reason.reason
