"""What every bus must do. Each implementation's tests inherit these and bring a fixture ``address``."""

import asyncio
import subprocess
import sys
import uuid
from collections import defaultdict
from typing import NamedTuple

import pytest

from pq_common.events.bus import Bus, Message, Place, PositionLost, Received, UnknownTopic
from pq_common.events.partitioner import partition_of
from pq_common.testing import bus_publisher
from pq_common.testing.bus_reading import (
    PATIENCE_S,
    Ledger,
    at,
    by_key,
    everything,
    from_the_start,
    read,
)
from pq_common.testing.buses import BusAddress

NASTY_HEADERS = (
    ("content-type", b"application/json"),
    ("ce_subject", "Thừa Thiên Huế".encode()),
    ("tên", b"\x00\xff\xfe"),
    ("empty", b""),
    ("twice", b"1"),
    ("twice", b"2"),
)


class Said(NamedTuple):
    """All that somebody wants to know of a message."""

    position: int
    value: bytes | None


def said(received: Received) -> Said:
    """Make one of it."""
    return Said(received.position, received.value)


class BusSuite:
    """The promise of ``pq_common.events.bus``, one sentence per test, refusals first."""

    async def test_a_topic_nobody_declared_is_refused_by_the_publisher(
        self, address: BusAddress
    ) -> None:
        async with address.open() as bus:
            with pytest.raises(UnknownTopic):
                await bus.publish([Message("pq.test.nobody.events.v1", b"k", b"v")], deadline_s=10)

    async def test_a_topic_nobody_declared_is_refused_by_the_reader(
        self, address: BusAddress
    ) -> None:
        topic = await address.new_topic()
        async with address.open() as bus:
            with pytest.raises(UnknownTopic):
                async with bus.reader(
                    [topic, "pq.test.nobody.events.v1"], start=from_the_start, group=None
                ):
                    pass

    async def test_a_position_beyond_the_end_stops_the_reader_loudly(
        self, address: BusAddress
    ) -> None:
        topic = await address.new_topic(partitions=1)
        async with address.open() as bus:
            await bus.publish([Message(topic, b"k", b"v")], deadline_s=10)
            with pytest.raises(PositionLost) as lost:
                async with bus.reader([topic], start=at(7), group=None) as reader:
                    await read(reader, 1)
            assert (lost.value.place, lost.value.position) == ((topic, 0), 7)

    async def test_a_reader_told_so_goes_on_with_the_oldest_instead(
        self, address: BusAddress
    ) -> None:
        topic = await address.new_topic(partitions=1)
        async with address.open() as bus:
            await bus.publish([Message(topic, b"k", b"v")], deadline_s=10)
            async with bus.reader([topic], start=at(7), group=None, lost="earliest") as reader:
                assert [r.position for r in await read(reader, 1)] == [0]

    async def test_a_topic_declared_twice_keeps_its_messages(self, address: BusAddress) -> None:
        topic = await address.new_topic(partitions=3)
        async with address.open() as bus:
            await bus.publish([Message(topic, b"k", b"v")], deadline_s=10)
        async with address.open() as bus:
            from_elsewhere = await everything(bus, topic)
        assert [r.message.value for r in from_elsewhere] == [b"v"]

    async def test_a_fetch_without_news_ends_in_time_and_empty(self, address: BusAddress) -> None:
        topic = await address.new_topic()
        async with (
            address.open() as bus,
            bus.reader([topic], start=from_the_start, group=None) as reader,
        ):
            before = asyncio.get_running_loop().time()
            assert not await reader.fetch(10, 0.3)
            assert asyncio.get_running_loop().time() - before < 3

    async def test_what_is_fetched_may_be_made_into_another_thing(
        self, address: BusAddress
    ) -> None:
        topic = await address.new_topic(partitions=1)
        found: list[Said] = []
        async with (
            address.open() as bus,
            bus.reader([topic], start=from_the_start, group=None) as reader,
        ):
            await bus.publish([Message(topic, b"k", b"%d" % n) for n in range(3)], deadline_s=10)
            async with asyncio.timeout(PATIENCE_S):
                while len(found) < 3:
                    found += (await reader.fetch_as(said, 2, 0.5)).get((topic, 0), [])
        assert found == [Said(0, b"0"), Said(1, b"1"), Said(2, b"2")]

    async def test_each_key_keeps_its_order_and_positions_rise_without_gaps(
        self, address: BusAddress
    ) -> None:
        topic = await address.new_topic()
        sent = [Message(topic, f"k{n % 40}".encode(), str(n).encode()) for n in range(2000)]
        async with address.open() as bus:
            for first in range(0, 2000, 300):
                await bus.publish(sent[first : first + 300], deadline_s=10)
            found = await everything(bus, topic)
        assert by_key(found) == by_key([Received(*m, 0, 0, found[0].recorded_at) for m in sent])
        positions: dict[int, list[int]] = defaultdict(list)
        for received in found:
            positions[received.partition].append(received.position)
        assert all(got == list(range(len(got))) for got in positions.values())

    async def test_a_key_lies_where_every_kafka_client_would_look_for_it(
        self, address: BusAddress
    ) -> None:
        topic = await address.new_topic()
        keys = [f"vn-{n}".encode() for n in range(60)] + ["Hưng Yên".encode(), b"\x00"]
        async with address.open() as bus:
            await bus.publish([Message(topic, key, b"") for key in keys], deadline_s=10)
            found = {r.message.key: r.partition for r in await everything(bus, topic)}
        assert found == {key: partition_of(key, 12) for key in keys}

    async def test_key_value_and_headers_arrive_to_the_byte(self, address: BusAddress) -> None:
        topic = await address.new_topic()
        sent = [
            Message(topic, b"\x00\xff key", bytes(range(256)), NASTY_HEADERS),
            Message(topic, b"bare", b"{}"),
            Message(topic, b"large", b"x" * 300_000, (("h", b"y" * 5000),)),
        ]
        async with address.open() as bus:
            await bus.publish(sent, deadline_s=10)
            found = await everything(bus, topic)
        assert {r.message for r in found} == set(sent)

    async def test_nothing_is_not_the_same_as_an_empty_value(self, address: BusAddress) -> None:
        topic = await address.new_topic(compact=True)
        async with address.open() as bus:
            sent = [Message(topic, b"k", value) for value in (b"v", b"", None)]
            await bus.publish(sent, deadline_s=10)
            assert [r.message.value for r in await everything(bus, topic)] == [b"v", b"", None]

    async def test_a_reader_replays_from_any_position(self, address: BusAddress) -> None:
        topic = await address.new_topic(partitions=1)
        async with address.open() as bus:
            await bus.publish(
                [Message(topic, b"k", str(n).encode()) for n in range(100)], deadline_s=10
            )
            for position in (0, 1, 57, 99):
                async with bus.reader([topic], start=at(position), group=None) as reader:
                    found = await read(reader, 100 - position)
                assert [r.position for r in found] == list(range(position, 100))

    async def test_a_reader_that_seeks_back_reads_the_same_again(self, address: BusAddress) -> None:
        topic = await address.new_topic(partitions=1)
        async with (
            address.open() as bus,
            bus.reader([topic], start=from_the_start, group=None) as reader,
        ):
            await bus.publish([Message(topic, b"k", b"%d" % n) for n in range(20)], deadline_s=10)
            first = await read(reader, 20)
            reader.seek(topic, 0, 5)
            reader.seek(topic, 99, 5)  # not ours: left alone
            assert await read(reader, 15) == first[5:]

    async def test_no_more_is_fetched_than_asked_and_every_partition_gets_its_turn(
        self, address: BusAddress
    ) -> None:
        topic = await address.new_topic(partitions=4)
        async with address.open() as bus:
            await bus.publish([Message(topic, b"%d" % n, b"v") for n in range(400)], deadline_s=10)
            async with bus.reader([topic], start=from_the_start, group=None) as reader:
                seen: set[Place] = set()
                left = 400
                while left:
                    batches = await reader.fetch(30, 1.0)
                    assert sum(map(len, batches.values())) <= 30
                    left -= sum(map(len, batches.values()))
                    seen |= batches.keys()
                assert len(seen) == 4

    async def test_end_positions_count_what_is_there(self, address: BusAddress) -> None:
        topic, other = await address.new_topic(partitions=3), await address.new_topic(partitions=2)
        async with address.open() as bus:
            await bus.publish([Message(topic, b"%d" % n, b"v") for n in range(50)], deadline_s=10)
            async with bus.reader([topic, other], start=from_the_start, group=None) as reader:
                ends = await reader.end_positions()
        assert ends.keys() == {(topic, 0), (topic, 1), (topic, 2), (other, 0), (other, 1)}
        assert sum(ends.values()) == 50

    async def test_a_waiting_reader_hears_of_news_before_its_time_is_over(
        self, address: BusAddress
    ) -> None:
        topic = await address.new_topic()
        async with (
            address.open() as bus,
            bus.reader([topic], start=from_the_start, group=None) as reader,
        ):
            waiting = asyncio.ensure_future(reader.fetch(10, 20.0))
            await asyncio.sleep(0.3)
            async with asyncio.timeout(5):
                await bus.publish([Message(topic, b"k", b"late")], deadline_s=5)
                (batch,) = (await waiting).values()
        assert [r.message.value for r in batch] == [b"late"]

    async def test_two_publishers_lose_nothing_and_each_keeps_its_order(
        self, address: BusAddress
    ) -> None:
        topic = await address.new_topic()

        async def publish(bus: Bus, name: str) -> None:
            for number in range(20):
                await bus.publish(bus_publisher.batch(topic, name, number), deadline_s=20)

        async with address.open() as one, address.open() as two:
            await asyncio.gather(publish(one, "a"), publish(one, "b"), publish(two, "c"))
            found = by_key(await everything(one, topic))
        count = 20 * bus_publisher.BATCH
        for name in "abc":
            for key in range(bus_publisher.KEYS):
                wanted = [b"%d" % n for n in range(count) if n % bus_publisher.KEYS == key]
                assert found[f"{name}-{key}".encode()] == wanted

    async def test_a_renewed_publisher_goes_on(self, address: BusAddress) -> None:
        topic = await address.new_topic(partitions=1)
        async with address.open() as bus:
            await bus.publish([Message(topic, b"k", b"1")], deadline_s=10)
            await bus.renew()
            await bus.publish([Message(topic, b"k", b"2")], deadline_s=10)
            assert [r.message.value for r in await everything(bus, topic)] == [b"1", b"2"]

    async def test_a_publisher_killed_in_the_middle_loses_nothing_it_was_told_is_kept(
        self, address: BusAddress
    ) -> None:
        topic = await address.new_topic()
        acknowledged = await asyncio.to_thread(publish_until_killed, address, topic, after=5)
        async with address.open() as bus:
            await bus.publish([Message(topic, b"after", b"alive")], deadline_s=10)
            found = by_key(await everything(bus, topic))
        assert found.pop(b"after") == [b"alive"]
        kept = sorted(int(value or b"") for values in found.values() for value in values)
        assert kept[: acknowledged * bus_publisher.BATCH] == list(
            range(acknowledged * bus_publisher.BATCH)
        )
        for values in found.values():
            numbers = [int(value or b"") for value in values]
            assert numbers == sorted(set(numbers))

    async def test_workers_that_share_a_group_apply_each_message_once(
        self, address: BusAddress
    ) -> None:
        topic = await address.new_topic()
        count = 30 * bus_publisher.BATCH
        ledger = Ledger(count)
        group = f"test-{uuid.uuid4().hex}"
        done = asyncio.Event()

        async def work(*, until: asyncio.Event) -> None:
            async with (
                address.open() as bus,
                bus.reader([topic], start=ledger.start, group=group) as reader,
            ):
                while not until.is_set():
                    await ledger.take(reader, await reader.fetch(20, 0.2))

        async with address.open() as bus, asyncio.TaskGroup() as workers:
            leaves = asyncio.Event()
            workers.create_task(work(until=done))
            workers.create_task(work(until=leaves))
            for number in range(30):
                await bus.publish(bus_publisher.batch(topic, "w", number), deadline_s=20)
                if number == 10:
                    workers.create_task(work(until=done))
                if number == 20:
                    leaves.set()
                await asyncio.sleep(0.1)
            async with asyncio.timeout(PATIENCE_S):
                await ledger.full.wait()
            done.set()
        assert sorted(ledger.applied) == list(range(count))


def publish_until_killed(address: BusAddress, topic: str, *, after: int) -> int:
    """Kill a publishing process with -9 once it has reported ``after`` batches; return how many it had reported."""
    command = [sys.executable, "-m", bus_publisher.__name__, address.kind, address.url, topic, "p"]
    with subprocess.Popen([*command, "100000"], stdout=subprocess.PIPE, text=True) as publisher:
        assert publisher.stdout is not None
        for _ in range(after):
            assert publisher.stdout.readline(), "the publisher ended by itself"
        publisher.kill()
        return after + len(publisher.stdout.readlines())
