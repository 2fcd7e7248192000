"""The scene of a storm: a durable cluster of its own, a bus, the ledger's tables; afterwards all is taken away."""

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pq_common.db import migrate
from pq_common.db.cluster import Cluster
from pq_common.db.provision import provision
from pq_common.db.session import async_url
from pq_common.events.bus import Topic
from pq_common.events.postgres import PostgresBus
from pq_common.testing.buses import BusAddress
from pq_common.testing.fixtures import administer
from pq_common.testing.kafka import kafka_server
from pq_common.testing.kafka_server import KafkaServer
from pq_common.testing.ledger import EVENTS, LEDGER
from pq_common.testing.ports import free_ports
from pq_common.testing.storm.checker import Verdict, check
from pq_common.testing.storm.evidence import collect
from pq_common.testing.storm.plan import PARTS, Kind, Storm
from pq_common.testing.storm.runner import Runner

STORM_TABLES = (
    *LEDGER,
    "CREATE TABLE storm_done (number int PRIMARY KEY)",
    "GRANT SELECT, INSERT ON storm_done TO common_api, common_worker",
)


async def storm_once(
    folder: Path, events: int, seed: int, bus: Kind, *, say: Callable[[str], None]
) -> tuple[Verdict, int]:
    """Blow once in an empty folder; return the verdict and the number of kills."""
    # fsync stays on: what a killed server has acknowledged must be there when it comes back.
    cluster = Cluster(folder / "pg", durable=True)
    broker: KafkaServer | None = kafka_server(folder / "kafka") if bus == "kafka" else None
    try:
        admin_url = await asyncio.to_thread(cluster.start)
        bus_url = await asyncio.to_thread(broker.start) if broker else await _log_on(admin_url)
        storm = await _stage(admin_url, bus_url, folder, Storm(events, seed, bus, "", "", "", ""))
        runner = Runner(storm, cluster, broker, say)
        await asyncio.to_thread(runner.run)
        say("quiet; the judge counts")
        return check(await collect(storm)), runner.killed
    finally:
        if broker is not None:
            await asyncio.to_thread(broker.stop)
        await asyncio.to_thread(cluster.destroy)


async def _log_on(admin_url: str) -> str:
    """Make the bus's own database and its log."""
    name = f"bus_{uuid.uuid4().hex[:8]}"
    await administer(admin_url, f"CREATE DATABASE {name}")
    url = async_url(admin_url).set(database=name).render_as_string(hide_password=False)
    bus = PostgresBus(url)
    await bus.start()
    try:
        await bus.install()
    finally:
        await bus.stop()
    return url


async def _stage(admin_url: str, bus_url: str, folder: Path, storm: Storm) -> Storm:
    urls = await provision(admin_url, "common")
    await asyncio.to_thread(migrate.upgrade, "pq_common", urls.owner)
    await administer(urls.owner, *STORM_TABLES)
    async with BusAddress(storm.bus, bus_url).open() as bus:
        await bus.declare([Topic(EVENTS)])
    ports = tuple(free_ports(sum(role.startswith("api-") for role in PARTS[storm.bus])))
    return replace(
        storm,
        bus_url=bus_url,
        api_url=urls.api,
        worker_url=urls.worker,
        folder=str(folder),
        api_ports=ports,
    )
