"""Both buses for tests: an address each, and how to open one, here or in another process."""

import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

import pytest

from pq_common.db.session import async_url
from pq_common.events.bus import Bus, Topic
from pq_common.events.kafka import KafkaBus
from pq_common.events.postgres import PostgresBus
from pq_common.testing.fixtures import administer, run_apart

pytest.register_assert_rewrite("pq_common.testing.bus_suite", "pq_common.testing.bus_reading")

Kind = Literal["postgres", "kafka"]


@dataclass(frozen=True, slots=True)
class BusAddress:
    """Where a bus is. Two buses made of one address speak to the same log."""

    kind: Kind
    url: str

    def make(self) -> Bus:
        """Return a bus that is not started yet."""
        if self.kind == "kafka":
            # A member that leaves without a word is missed after six seconds, the broker's least.
            return KafkaBus(self.url, group_options={"session_timeout_ms": 6000})
        return PostgresBus(self.url)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Bus]:
        """Lend a started bus."""
        bus = self.make()
        await bus.start()
        try:
            yield bus
        finally:
            await bus.stop()

    async def new_topic(self, *, partitions: int = 12, compact: bool = False) -> str:
        """Declare a topic that no other test has."""
        topic = Topic(f"pq.test.t{uuid.uuid4().hex[:12]}.events.v1", partitions, compact)
        async with self.open() as bus:
            await bus.declare([topic])
        return topic.name


async def _install(url: str) -> None:
    bus = PostgresBus(url)
    await bus.start()
    try:
        await bus.install()
    finally:
        await bus.stop()


@pytest.fixture
def postgres_bus(admin_url: str) -> Iterator[BusAddress]:
    """A log on PostgreSQL, in a database of its own that goes with the test."""
    name = f"test_bus_{uuid.uuid4().hex[:12]}"
    run_apart(administer(admin_url, f"CREATE DATABASE {name}"))
    url = async_url(admin_url).set(database=name).render_as_string(hide_password=False)
    try:
        run_apart(_install(url))
        yield BusAddress("postgres", url)
    finally:
        run_apart(administer(admin_url, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def kafka_bus(kafka_bootstrap: str) -> BusAddress:
    """The session's Kafka; tests keep apart by the names of their topics and groups."""
    return BusAddress("kafka", kafka_bootstrap)
