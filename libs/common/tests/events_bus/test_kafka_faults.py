"""Kafka when the broker dies: the deadlines hold, and nothing acknowledged is lost."""

import asyncio
import os
import signal
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from confluent_kafka import Consumer, TopicPartition

from pq_common.events.bus import Bus, BusUnavailable, DeliveryUnknown, Message
from pq_common.events.kafka import KafkaBus
from pq_common.testing.bus_reading import everything, from_the_start, read
from pq_common.testing.buses import BusAddress
from pq_common.testing.kafka import kafka_server
from pq_common.testing.kafka_server import KafkaServer

pytestmark = pytest.mark.real_kafka

AGREED_S = 2.0
CLOSING_S = 4.0  # closing what failed has a limit of its own


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[KafkaServer]:
    server = kafka_server(tmp_path)
    try:
        server.start()
        yield server
    finally:
        server.kill()


def numbered(topic: str, numbers: range) -> list[Message]:
    return [Message(topic, b"k", b"%d" % n) for n in numbers]


async def seconds_until_unknown(bus: KafkaBus | object, messages: list[Message]) -> float:
    assert isinstance(bus, KafkaBus)
    loop = asyncio.get_running_loop()
    before = loop.time()
    with pytest.raises(DeliveryUnknown):
        await bus.publish(messages, deadline_s=AGREED_S)
    return loop.time() - before


async def test_a_broker_that_was_never_there_is_said_to_be_unavailable() -> None:
    with pytest.raises(BusUnavailable):
        await KafkaBus("127.0.0.1:1").start()


async def test_nothing_acknowledged_is_lost_when_the_broker_is_killed(
    own_broker: KafkaServer,
) -> None:
    address = BusAddress("kafka", own_broker.bootstrap)
    topic = await address.new_topic(partitions=1)
    async with address.open() as bus:
        await bus.publish(numbered(topic, range(500)), deadline_s=10)
        own_broker.kill()
        assert await seconds_until_unknown(bus, numbered(topic, range(500, 600))) < (
            AGREED_S + CLOSING_S
        )
        with pytest.raises(BusUnavailable):
            await bus.renew()
        await asyncio.to_thread(own_broker.start)
        await bus.renew()
        await bus.publish(numbered(topic, range(500, 600)), deadline_s=10)
        found = [int(r.message.value or b"") for r in await everything(bus, topic)]
    assert found[:500] == list(range(500))
    assert sorted(set(found)) == list(range(600))


async def test_a_broker_that_hangs_costs_no_more_than_the_deadline_and_stop_returns(
    own_broker: KafkaServer,
) -> None:
    address = BusAddress("kafka", own_broker.bootstrap)
    topic = await address.new_topic(partitions=1)
    loop = asyncio.get_running_loop()
    bus = address.make()
    await bus.start()
    await bus.publish(numbered(topic, range(10)), deadline_s=10)
    os.kill(own_broker.pid, signal.SIGSTOP)
    try:
        took = await seconds_until_unknown(bus, numbered(topic, range(10, 20)))
        before = loop.time()
        await bus.stop()
        assert (took < AGREED_S + CLOSING_S, loop.time() - before < CLOSING_S) == (True, True)
    finally:
        os.kill(own_broker.pid, signal.SIGCONT)
    async with address.open() as again:
        await again.publish(numbered(topic, range(10, 20)), deadline_s=10)
        found = [int(r.message.value or b"") for r in await everything(again, topic)]
    assert sorted(set(found)) == list(range(20))


@pytest.mark.parametrize("group", [None, "shared"])
async def test_a_reader_lives_through_a_restart_of_the_broker(
    own_broker: KafkaServer, group: str | None
) -> None:
    address = BusAddress("kafka", own_broker.bootstrap)
    topic = await address.new_topic(partitions=2)
    async with (
        address.open() as bus,
        bus.reader([topic], start=from_the_start, group=group) as reader,
    ):
        await bus.publish(numbered(topic, range(50)), deadline_s=10)
        assert len(await read(reader, 50)) == 50
        own_broker.kill()
        assert not await reader.fetch(10, 0.5)
        await asyncio.to_thread(own_broker.start)
        await bus.renew()
        await bus.publish(numbered(topic, range(50, 80)), deadline_s=10)
        again = [int(r.message.value or b"") for r in await read(reader, 30)]
        assert set(again) >= set(range(50, 80))


@pytest.mark.parametrize("group", [None, "shared"])
async def test_a_reader_closed_while_the_broker_is_down_ends_nobodys_task(
    own_broker: KafkaServer, group: str | None
) -> None:
    address = BusAddress("kafka", own_broker.bootstrap)
    topic = await address.new_topic(partitions=2)

    async def read_until_it_is_gone(bus: Bus) -> str:
        async with bus.reader([topic], start=from_the_start, group=group) as reader:
            await bus.publish(numbered(topic, range(10)), deadline_s=10)
            await read(reader, 10)
            own_broker.kill()
            await reader.fetch(10, 1.0)  # by now the consumer rests between two attempts
        return "goes on"

    async with address.open() as bus:
        task = asyncio.create_task(read_until_it_is_gone(bus))
        done, _ = await asyncio.wait([task], timeout=30)
    assert done
    assert not task.cancelled()
    assert task.result() == "goes on"


async def test_a_message_the_broker_refuses_does_not_spoil_the_next_publisher(
    own_broker: KafkaServer,
) -> None:
    address = BusAddress("kafka", own_broker.bootstrap)
    topic = await address.new_topic(partitions=1)
    huge = os.urandom(2 * 1024 * 1024)  # cannot be compressed below the broker's limit
    async with address.open() as bus:
        await bus.publish(numbered(topic, range(3)), deadline_s=10)
        with pytest.raises(DeliveryUnknown):
            await bus.publish([Message(topic, b"k", huge)], deadline_s=10)
        await bus.publish(numbered(topic, range(3, 6)), deadline_s=10)
        found = [int(r.message.value or b"") for r in await everything(bus, topic)]
    assert found == list(range(6))


async def test_a_member_that_asks_slowly_where_to_begin_is_handed_nothing_from_elsewhere(
    kafka_bus: BusAddress,
) -> None:
    topic = await kafka_bus.new_topic(partitions=2)

    async def slowly(topic: str, partition: int) -> int:
        await asyncio.sleep(1.0)
        return 90

    async with kafka_bus.open() as bus:
        sent = [Message(topic, b"%d" % n, b"v") for n in range(400)]
        await bus.publish(sent, deadline_s=10)
        group = f"test-{uuid.uuid4().hex}"
        await asyncio.to_thread(commit_the_beginning, kafka_bus.url, group, topic)
        async with bus.reader([topic], start=slowly, group=group) as reader:
            ends = await reader.end_positions()
            found = await read(reader, sum(ends.values()) - 180)
    assert min(received.position for received in found) == 90
    assert len(found) == sum(ends.values()) - 180


def commit_the_beginning(bootstrap: str, group: str, topic: str) -> None:
    """Leave positions of the group in Kafka that are not ours, as some tool might."""
    with closing(Consumer({"bootstrap.servers": bootstrap, "group.id": group})) as consumer:
        beginning = [TopicPartition(topic, partition, 0) for partition in range(2)]
        consumer.commit(offsets=beginning, asynchronous=False)
