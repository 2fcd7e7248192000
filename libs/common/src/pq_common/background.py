"""Open what a service's worker needs, as its settings say: its database, its bus, its loops; close them in reverse."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from pq_common.db.session import Database
from pq_common.errors import PqError
from pq_common.events.bus import Bus
from pq_common.events.kafka import KafkaBus
from pq_common.events.kafka_settings import security_of
from pq_common.events.postgres import PostgresBus
from pq_common.events.projection import Projection
from pq_common.events.reader import ReaderOptions
from pq_common.events.relay import RelayOptions
from pq_common.events.topics import every_topic
from pq_common.events.worker import Worker
from pq_common.settings import CommonSettings


class BusNotSet(PqError):
    """The settings name a bus without its address."""

    code = "bus_not_set"
    title_vi, title_en = "Chưa khai báo bus", "Bus not set"


def bus_of(settings: CommonSettings) -> Bus:
    """Return the bus that the settings name, not yet started. Raises BusNotSet."""
    if settings.bus == "kafka" and settings.kafka_bootstrap is not None:
        return KafkaBus(
            settings.kafka_bootstrap,
            security=security_of(settings.kafka_security),
            replication=settings.kafka_replication,
        )
    if settings.bus == "postgres" and settings.bus_url is not None:
        return PostgresBus(settings.bus_url.get_secret_value(), poll_s=settings.relay_interval_s)
    wanted = "KAFKA_BOOTSTRAP" if settings.bus == "kafka" else "BUS_URL"
    raise BusNotSet(
        f"BUS={settings.bus} cần {wanted}, chưa được khai báo.",
        f"BUS={settings.bus} needs {wanted}, which is not set.",
    )


@asynccontextmanager
async def background(
    settings: CommonSettings,
    projections: Sequence[Projection] = (),
    *,
    relay: bool = True,
    consume: bool = True,
) -> AsyncIterator[Worker]:
    """Run a service's relay and sequencer, its consumers, or both, while entered. Raises BusNotSet, BusUnavailable."""
    url = settings.worker_database_url or settings.database_url
    database = Database(url.get_secret_value(), pool_size=settings.database_pool_size)
    bus = bus_of(settings)
    try:
        await bus.start()
        if settings.declare_topics:
            await bus.declare(every_topic())
        worker = Worker(
            database,
            bus,
            projections if consume else (),
            relay=relay,
            sequencer=relay,
            relay_options=RelayOptions(poll_s=settings.relay_interval_s),
            reader_options=ReaderOptions(fetch_s=settings.poll_interval_s),
        )
        async with worker:
            yield worker
    finally:
        await bus.stop()
        await database.close()
