"""Where measures take place: a durable PostgreSQL and a real Kafka of their own, gone afterwards."""

import asyncio
import itertools
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient

from pq_common.db import migrate
from pq_common.db.cluster import Cluster
from pq_common.db.provision import Urls, provision
from pq_common.db.session import async_url, connect_args
from pq_common.events.bus import Topic
from pq_common.events.kafka import KafkaBus
from pq_common.testing.kafka import kafka_server

# So that rows tell when they were committed; it writes no other and no less WAL before a commit returns.
SETTINGS = ("track_commit_timestamp=on",)


class NotRun(Exception):
    """A part of the machine is missing; the message says what brings it."""


@dataclass(slots=True)
class Scene:
    """The servers of one bench."""

    folder: Path
    admin_url: str
    _stack: AsyncExitStack
    _bootstrap: str | None = None
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def kafka(self) -> str:
        """Return the broker's address, starting it at the first call. Raises NotRun."""
        if self._bootstrap is None:
            try:
                broker = kafka_server(self.folder / "kafka")
            except (pytest.skip.Exception, pytest.fail.Exception) as reason:
                raise NotRun(str(reason)) from None
            self._stack.push_async_callback(asyncio.to_thread, broker.stop)
            self._bootstrap = await asyncio.to_thread(broker.start)
        return self._bootstrap

    async def fresh_topics(self, names: Sequence[str]) -> str:
        """Empty these topics and return the broker's address."""
        bootstrap = await self.kafka()
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
        await admin.start()
        try:
            if there := set(names) & set(await admin.list_topics()):
                await admin.delete_topics(sorted(there))
        finally:
            await admin.close()
        async with self.bus() as bus:
            await bus.declare([Topic(name) for name in names])
        return bootstrap

    @asynccontextmanager
    async def bus(self) -> AsyncIterator[KafkaBus]:
        """Lend a started bus on the broker."""
        bus = KafkaBus(await self.kafka())
        await bus.start()
        try:
            yield bus
        finally:
            await bus.stop()

    async def database(self, package: str) -> Urls:
        """Make a migrated database of a service that no other measure has."""
        service = migrate.service_of(package)
        name = f"bench_{service}_{next(self._numbers)}"
        urls = await provision(self.admin_url, service, database=name)
        await asyncio.to_thread(migrate.upgrade, package, urls.owner)
        return urls

    @asynccontextmanager
    async def administrator(self, urls: Urls) -> AsyncIterator[asyncpg.Connection]:
        """Lend a superuser's connection to a database of ours, for what comes before and after a sample."""
        url = async_url(self.admin_url).set(database=async_url(urls.owner).database)
        connection = await asyncpg.connect(**connect_args(url))
        try:
            yield connection
        finally:
            await connection.close()


@asynccontextmanager
async def opened() -> AsyncIterator[Scene]:
    """Start PostgreSQL as a service has it: fsync, synchronous_commit and full_page_writes on."""
    with tempfile.TemporaryDirectory(prefix="pq-bench-") as folder:
        cluster = Cluster(Path(folder) / "pg", durable=True, settings=SETTINGS)
        try:
            admin_url = await asyncio.to_thread(cluster.start)
            async with AsyncExitStack() as stack:
                yield Scene(Path(folder), admin_url, stack)
        finally:
            await asyncio.to_thread(cluster.destroy)
