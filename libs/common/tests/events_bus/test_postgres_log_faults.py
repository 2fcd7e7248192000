"""The log on PostgreSQL when its server dies, and when it forgets on purpose."""

import asyncio
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pq_common.db.cluster import Cluster
from pq_common.db.session import connect_args
from pq_common.events.bus import (
    BusUnavailable,
    DeliveryUnknown,
    Message,
    PositionLost,
    Topic,
)
from pq_common.events.postgres import PostgresBus
from pq_common.events.postgres_log import pack, unpack
from pq_common.testing.bus_reading import at, everything, from_the_start, read
from pq_common.testing.buses import BusAddress

TOPIC = "pq.test.forgetful.events.v1"


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    with tempfile.TemporaryDirectory(prefix="pq-bus-") as folder:
        cluster = Cluster(Path(folder) / "pg", durable=True)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.destroy()


def of(topic: str, *values: bytes) -> list[Message]:
    return [Message(topic, b"k", value) for value in values]


async def test_a_bus_that_was_not_started_says_so() -> None:
    with pytest.raises(BusUnavailable):
        await PostgresBus("postgresql://nobody@127.0.0.1:1/none").declare([Topic("t")])


async def test_publishing_to_a_dead_server_is_unknown_and_works_again_after_renewal(
    own_cluster: Cluster,
) -> None:
    address = BusAddress("postgres", own_cluster.admin_url)
    async with address.open() as bus:
        assert isinstance(bus, PostgresBus)
        await bus.install()
        topic = await address.new_topic(partitions=1)
        await bus.publish(of(topic, b"1"), deadline_s=5)
        await asyncio.to_thread(own_cluster.stop)
        with pytest.raises(DeliveryUnknown):
            await bus.publish(of(topic, b"2"), deadline_s=2)
        with pytest.raises(BusUnavailable):
            await everything(bus, topic)
        await asyncio.to_thread(own_cluster.start)
        await bus.renew()
        await bus.publish(of(topic, b"2"), deadline_s=5)
        assert [r.message.value for r in await everything(bus, topic)] == [b"1", b"2"]


async def test_a_publisher_held_up_by_another_gives_up_at_its_deadline_and_writes_nothing(
    postgres_bus: BusAddress,
) -> None:
    topic = await postgres_bus.new_topic(partitions=1)
    other = await asyncpg.connect(**connect_args(postgres_bus.url))
    async with postgres_bus.open() as bus:
        async with other.transaction():
            await other.execute("SELECT FROM bus_partition FOR UPDATE")
            with pytest.raises(DeliveryUnknown):
                await bus.publish(of(topic, b"late"), deadline_s=0.5)
        await bus.publish(of(topic, b"next"), deadline_s=5)
        assert [(r.position, r.message.value) for r in await everything(bus, topic)] == [
            (0, b"next")
        ]
    await other.close()


async def test_an_unfinished_publisher_shows_nothing_and_leaves_no_gap(
    postgres_bus: BusAddress,
) -> None:
    topic = await postgres_bus.new_topic(partitions=1)
    other = await asyncpg.connect(**connect_args(postgres_bus.url))
    undone = other.transaction()
    await undone.start()
    await other.execute("UPDATE bus_partition SET next_position = next_position + 5")
    async with postgres_bus.open() as bus:
        waiting = asyncio.ensure_future(bus.publish(of(topic, b"v"), deadline_s=10))
        await asyncio.sleep(0.2)
        assert await everything(bus, topic) == []
        await undone.rollback()
        await waiting
        assert [r.position for r in await everything(bus, topic)] == [0]
    await other.close()


async def test_what_is_older_than_the_retention_goes_and_a_reader_standing_there_is_told(
    postgres_bus: BusAddress,
) -> None:
    async with postgres_bus.open() as bus:
        assert isinstance(bus, PostgresBus)
        kept_for_ever = await postgres_bus.new_topic(partitions=1)
        await bus.declare([Topic(TOPIC, partitions=1, retention=timedelta(days=30))])
        for topic in (TOPIC, kept_for_ever):
            await bus.publish(of(topic, b"1", b"2"), deadline_s=5)
        async with bus.reader([TOPIC], start=at(1), group=None) as slow:
            await bus.sweep(datetime.now(UTC) + timedelta(days=29))
            assert [r.position for r in await read(slow, 1)] == [1]
            slow.seek(TOPIC, 0, 1)
            await bus.sweep(datetime.now(UTC) + timedelta(days=31))
            await bus.publish(of(TOPIC, b"3"), deadline_s=5)
            with pytest.raises(PositionLost):
                await slow.fetch(10, 0.1)
        assert len(await everything(bus, kept_for_ever)) == 2
        async with bus.reader([TOPIC], start=from_the_start, group=None) as late:
            assert [(r.position, r.message.value) for r in await read(late, 1)] == [(2, b"3")]


async def test_a_compact_topic_keeps_the_latest_of_each_key(postgres_bus: BusAddress) -> None:
    topic = await postgres_bus.new_topic(partitions=1, compact=True)
    async with postgres_bus.open() as bus:
        assert isinstance(bus, PostgresBus)
        sent = [Message(topic, key, value) for key, value in ((b"a", b"1"), (b"b", b"1"))] * 3
        await bus.publish(sent, deadline_s=5)
        await bus.publish([Message(topic, b"a", None)], deadline_s=5)
        await bus.sweep(datetime.now(UTC) + timedelta(hours=2))
        async with bus.reader([topic], start=from_the_start, group=None) as reader:
            found = await read(reader, 2)
            assert not await reader.fetch(10, 0.1)
        assert [(r.position, r.message.key) for r in found] == [(5, b"b"), (6, b"a")]


async def test_the_bus_sweeps_by_itself_now_and_then(postgres_bus: BusAddress) -> None:
    bus = PostgresBus(postgres_bus.url)
    bus.sweep_every_s = 0.05
    await bus.start()
    await bus.declare([Topic(TOPIC, partitions=1, retention=timedelta(milliseconds=1))])
    await bus.publish(of(TOPIC, b"1"), deadline_s=5)
    async with bus.connection() as connection:
        for _ in range(500):
            if not await connection.fetchval("SELECT count(*) FROM bus_log"):
                break
            await asyncio.sleep(0.02)
        else:
            pytest.fail("nothing was swept")
    await bus.stop()


async def test_a_reader_hears_at_once_of_what_another_bus_of_the_same_process_publishes(
    postgres_bus: BusAddress,
) -> None:
    topic = await postgres_bus.new_topic()
    slow = PostgresBus(postgres_bus.url, poll_s=30.0)
    await slow.start()
    async with slow.reader([topic], start=from_the_start, group=None) as reader:
        waiting = asyncio.ensure_future(reader.fetch(10, 30.0))
        await asyncio.sleep(0.2)
        async with postgres_bus.open() as other, asyncio.timeout(5):
            await other.publish(of(topic, b"now"), deadline_s=5)
            assert await waiting
    await slow.stop()


@given(st.lists(st.tuples(st.text(max_size=300), st.binary(max_size=300)), max_size=20).map(tuple))
def test_headers_come_back_as_they_were_laid_down(headers: tuple[tuple[str, bytes], ...]) -> None:
    assert unpack(pack(headers)) == headers
