"""The bus in production: Apache Kafka 4 through aiokafka, used as a pipe and no more."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, NodeNotReadyError, TopicAlreadyExistsError, for_code

from pq_common.events.bus import (
    BusUnavailable,
    DeliveryUnknown,
    Lost,
    Message,
    Start,
    Topic,
    unknown_topic,
)
from pq_common.events.kafka_answers import answering
from pq_common.events.kafka_closing import CLOSE_S, end
from pq_common.events.kafka_publisher import KafkaPublisher
from pq_common.events.kafka_reader import GroupReader, KafkaReader, Partitions
from pq_common.events.kafka_settings import settings_of

UNKNOWN_TOPIC_S = 2.0
OPEN_S = 5.0
"""How long opening may take: a producer that lost its broker between two steps of its start tries for ever."""
ADMIN_S = 15.0
AGAIN_S = 0.1


class KafkaBus:
    """A Kafka cluster. ``security`` goes to aiokafka as it is (``security_protocol``, ``sasl_*``, ``ssl_context``);
    ``group_options`` goes to consumers that share a group (``group_instance_id``, ``session_timeout_ms``)."""

    def __init__(
        self,
        bootstrap: str,
        *,
        security: Mapping[str, Any] | None = None,
        replication: int = 1,
        group_options: Mapping[str, Any] | None = None,
    ) -> None:
        self._connection = {"bootstrap_servers": bootstrap, **(security or {})}
        self._replication = replication
        self._group_options = dict(group_options or {})
        self._publisher: KafkaPublisher | None = None
        self._partitions: dict[str, int] = {}

    async def start(self) -> None:
        await self.renew()

    async def stop(self) -> None:
        await self._drop(self._publisher)

    async def declare(self, topics: Sequence[Topic]) -> None:
        wanted = [
            NewTopic(
                topic.name,
                topic.partitions,
                self._replication,
                topic_configs=settings_of(topic, replication=self._replication),
            )
            for topic in topics
        ]
        async with self._admin() as admin:
            answer = await admin.create_topics(wanted)
            for name, code, *_ in answer.topic_errors:
                if code and for_code(code) is not TopicAlreadyExistsError:
                    raise for_code(code)(name)

    async def publish(self, messages: Sequence[Message], *, deadline_s: float) -> None:
        if not messages:
            return
        publisher = self._publisher
        try:
            async with asyncio.timeout(deadline_s):
                await self._know({message.topic for message in messages})
                if publisher is None:
                    publisher = await self._opened()
                await publisher.send(messages, self._partitions)
        except (KafkaError, OSError, TimeoutError, BusUnavailable) as reason:
            await self._drop(publisher)
            raise DeliveryUnknown(
                f"Không rõ sự kiện đã được ghi hay chưa: {reason!r}; hãy gửi lại",
                f"Not known whether the events were written: {reason!r}; send them again",
            ) from reason

    async def renew(self) -> None:
        await self._drop(self._publisher)
        await self._opened()

    async def _opened(self) -> KafkaPublisher:
        publisher = KafkaPublisher(self._connection)
        try:
            with answering():
                async with asyncio.timeout(OPEN_S):
                    await publisher.start()
        except BaseException:  # cancelled by a deadline too: a half-open producer must not stay
            await publisher.close()
            raise
        self._publisher = publisher
        return publisher

    @asynccontextmanager
    async def reader(
        self, topics: Sequence[str], *, start: Start, group: str | None, lost: Lost = "refuse"
    ) -> AsyncIterator[KafkaReader]:
        partitions: Partitions = await self._counted(topics)
        if group is None:
            reader = KafkaReader(self._connection, partitions, start=start, lost=lost)
        else:
            reader = GroupReader(
                {**self._connection, **self._group_options, "group_id": group},
                partitions,
                start=start,
                lost=lost,
            )
        try:
            with answering():
                await reader.open()
            yield reader
        finally:
            await reader.close()

    async def _drop(self, publisher: KafkaPublisher | None) -> None:
        """Close a publisher that failed; by then another task may have put a new one in its place."""
        if publisher is None:
            return
        if publisher is self._publisher:
            self._publisher = None
        await publisher.close()

    async def _know(self, topics: set[str]) -> None:
        """Learn how many partitions the topics have; they keep that number for life."""
        if missing := topics - self._partitions.keys():
            self._partitions |= await self._counted(sorted(missing))

    async def _counted(self, topics: Sequence[str]) -> Partitions:
        loop = asyncio.get_running_loop()
        until = loop.time() + UNKNOWN_TOPIC_S
        async with self._admin() as admin:
            while True:
                found = await admin.describe_topics(list(topics))
                counted = {t["topic"]: len(t["partitions"]) for t in found if not t["error_code"]}
                missing = [topic for topic in topics if not counted.get(topic)]
                if not missing:
                    return counted
                if loop.time() > until:
                    raise unknown_topic(missing[0])
                await asyncio.sleep(AGAIN_S)  # brokers hear of a new topic one after the other

    @asynccontextmanager
    async def _admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        with answering():
            async with asyncio.timeout(ADMIN_S):
                admin = await self._introduced()
                try:
                    yield admin
                finally:
                    await end(admin.close(), within_s=CLOSE_S)

    async def _introduced(self) -> AIOKafkaAdminClient:
        """Return a client that knows a broker: a cluster that comes back lists none until its controller hears from one."""
        while True:
            admin = AIOKafkaAdminClient(**self._connection, request_timeout_ms=10_000)
            try:
                await admin.start()
                await admin.describe_cluster()
            except BaseException as reason:
                await end(admin.close(), within_s=CLOSE_S)
                if not isinstance(reason, NodeNotReadyError):
                    raise
                await asyncio.sleep(AGAIN_S)
            else:
                return admin
