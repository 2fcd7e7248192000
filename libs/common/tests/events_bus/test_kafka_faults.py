"""Kafka when the broker dies: the deadlines hold, and nothing acknowledged is lost."""

import asyncio
import os
import signal
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from confluent_kafka import Consumer, TopicPartition

from pq_common.db.provision import Urls
from pq_common.db.session import Database
from pq_common.events import kafka_reader
from pq_common.events.bus import Bus, BusUnavailable, DeliveryUnknown, Message, Topic
from pq_common.events.kafka import KafkaBus
from pq_common.events.kafka_reader import KafkaReader
from pq_common.events.reader import Reader, ReaderOptions
from pq_common.testing.bus_reading import everything, from_the_start, read
from pq_common.testing.buses import BusAddress
from pq_common.testing.events import Ledger, eventually
from pq_common.testing.fixtures import DatabaseFor, administer
from pq_common.testing.kafka import kafka_server
from pq_common.testing.kafka_server import KafkaServer
from pq_common.testing.ledger import EVENTS, LEDGER, totals_projection

pytestmark = pytest.mark.real_kafka

AGREED_S = 2.0
CLOSING_S = 4.0  # closing what failed has a limit of its own


# In a file of properties the last line with a name wins.
SELDOM_HEARD = """
broker.session.timeout.ms=1000
broker.heartbeat.interval.ms=3000
"""


@pytest.fixture
def own_broker(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[KafkaServer]:
    server = kafka_server(tmp_path)
    with (tmp_path / "server.properties").open("a") as properties:
        properties.write(getattr(request, "param", ""))
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


def none_is_listed(broker: KafkaServer) -> bool:
    return not broker.answers()


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


@pytest.mark.parametrize("own_broker", [SELDOM_HEARD], indirect=True, ids=["seldom heard"])
async def test_a_cluster_that_lists_no_broker_yet_is_waited_for(own_broker: KafkaServer) -> None:
    address = BusAddress("kafka", own_broker.bootstrap)
    await eventually(lambda: asyncio.to_thread(none_is_listed, own_broker))
    topic = await address.new_topic(partitions=1)
    async with address.open() as bus:
        await eventually(lambda: asyncio.to_thread(none_is_listed, own_broker))
        await bus.publish(numbered(topic, range(1)), deadline_s=10)
        assert [r.message.value for r in await everything(bus, topic)] == [b"0"]


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


@pytest.mark.parametrize("group", [None, "shared"])
async def test_a_reader_closes_within_seconds_while_the_broker_hangs(
    own_broker: KafkaServer, group: str | None
) -> None:
    address = BusAddress("kafka", own_broker.bootstrap)
    topic = await address.new_topic(partitions=2)
    loop = asyncio.get_running_loop()
    async with address.open() as bus:
        await bus.publish(numbered(topic, range(10)), deadline_s=10)
        try:
            async with bus.reader([topic], start=from_the_start, group=group) as reader:
                await read(reader, 10)
                os.kill(own_broker.pid, signal.SIGSTOP)
                before = loop.time()
            assert loop.time() - before < 2 * CLOSING_S
        finally:
            os.kill(own_broker.pid, signal.SIGCONT)


@pytest.mark.parametrize("shared", [False, True])
async def test_a_projection_goes_on_by_itself_when_the_broker_was_away_for_longer_than_it_waits(
    own_broker: KafkaServer,
    database_for: DatabaseFor,
    monkeypatch: pytest.MonkeyPatch,
    shared: bool,
) -> None:
    monkeypatch.setattr(kafka_reader, "ANSWER_S", 1.0)
    async with a_ledger(own_broker, database_for("pq_common")) as ledger:
        options = ReaderOptions(fetch_s=0.1, shared=shared)
        reader = Reader(ledger.worker, ledger.bus, totals_projection(), options=options)
        reading = asyncio.create_task(reader.run())
        await ledger.receive("a", 1, 2, 3)
        await ledger.relay_all()
        await until_applied(reader, 3)
        own_broker.kill()
        await asyncio.sleep(3 * kafka_reader.ANSWER_S)
        await asyncio.to_thread(own_broker.start)
        await ledger.receive("a", 4)
        await ledger.relay_all()
        await until_applied(reader, 4)
        reader.stop()
        await reading
        assert await ledger.totals() == {"a": (10, 4)}


@pytest.mark.parametrize("group", [None, "silent"])
async def test_a_consumer_that_fetches_no_more_is_given_up(
    kafka_bus: BusAddress, monkeypatch: pytest.MonkeyPatch, group: str | None
) -> None:
    monkeypatch.setattr(kafka_reader, "SILENT_S", 1.0)
    topic = await kafka_bus.new_topic(partitions=2)
    async with kafka_bus.open() as bus:
        async with bus.reader([topic], start=from_the_start, group=group) as reader:
            await bus.publish(numbered(topic, range(10)), deadline_s=10)
            await read(reader, 10)
            assert isinstance(reader, KafkaReader)
            reader._consumer._fetcher._fetch_task.cancel()  # as after issue 983; nobody is told
            await bus.publish(numbered(topic, range(10, 20)), deadline_s=10)
            with pytest.raises(BusUnavailable):
                await read(reader, 10)
        async with bus.reader([topic], start=from_the_start, group=group) as reader:
            assert len(await read(reader, 20)) == 20


@pytest.mark.parametrize("group", [None, "idle"])
async def test_a_consumer_that_has_nothing_to_read_is_left_alone(
    kafka_bus: BusAddress, monkeypatch: pytest.MonkeyPatch, group: str | None
) -> None:
    monkeypatch.setattr(kafka_reader, "SILENT_S", 0.4)
    topic = await kafka_bus.new_topic(partitions=2)
    async with (
        kafka_bus.open() as bus,
        bus.reader([topic], start=from_the_start, group=group) as reader,
    ):
        await bus.publish(numbered(topic, range(10)), deadline_s=10)
        await read(reader, 10)
        for _ in range(10):
            assert not await reader.fetch(10, 0.3)


async def test_a_member_that_is_never_given_its_partitions_is_given_up(
    kafka_bus: BusAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_reader, "UNSETTLED_S", 1.0)
    topic = await kafka_bus.new_topic(partitions=2)
    group = f"test-{uuid.uuid4().hex}"
    async with (
        kafka_bus.open() as bus,
        bus.reader([topic], start=from_the_start, group=group) as first,
    ):
        await bus.publish(numbered(topic, range(10)), deadline_s=10)
        await read(first, 10)
        assert isinstance(first, KafkaReader)
        first._consumer._coordinator._coordination_task.cancel()  # it beats on, and rejoins no more
        async with bus.reader([topic], start=from_the_start, group=group) as second:
            with pytest.raises(BusUnavailable):
                await read(second, 1)
        with pytest.raises(BusUnavailable):
            await first.fetch(1, 0.1)


async def until_applied(reader: Reader, count: int) -> None:
    async def reached() -> bool:
        return reader.applied >= count

    await eventually(reached, timeout_s=45)


@asynccontextmanager
async def a_ledger(broker: KafkaServer, urls: Urls) -> AsyncIterator[Ledger]:
    """A ledger whose broker may be killed."""
    await administer(urls.owner, *LEDGER)
    address = BusAddress("kafka", broker.bootstrap)
    api, worker = Database(urls.api), Database(urls.worker)
    async with address.open() as bus:
        await bus.declare([Topic(EVENTS, partitions=3)])
        yield Ledger(urls, address, bus, api, worker)
    await api.close()
    await worker.close()


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
