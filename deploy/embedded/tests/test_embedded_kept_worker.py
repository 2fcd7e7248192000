"""A worker in the host's process comes back by itself, and whoever asks is told while it is away."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from pq_common.events.bus import BusUnavailable
from pq_common.events.incoming import Incoming
from pq_common.events.postgres import PostgresBus
from pq_common.events.worker import Worker
from pq_common.testing.events import Ledger, eventually
from pq_common.testing.ledger import totals_projection
from pq_embedded import kept_worker
from pq_embedded.kept_worker import KeptWorker

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


async def broken(connection: AsyncConnection, events: Sequence[Incoming]) -> None:
    raise ZeroDivisionError


async def test_a_worker_that_failed_and_then_found_no_bus_reads_on_in_the_end(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_worker, "FIRST_PAUSE_S", 0.01)
    begun: list[str] = []

    @asynccontextmanager
    async def make() -> AsyncIterator[Worker]:
        begun.append("again")
        if len(begun) == 2:
            await PostgresBus(NOWHERE).start()
        projection = totals_projection(apply=broken) if len(begun) == 1 else totals_projection()
        async with Worker(ledger.worker, ledger.bus, [projection]) as worker:
            yield worker

    async def unwell() -> bool:
        return not kept.health()["well"]

    async def read() -> bool:
        return await ledger.totals() == {"a": (3, 2)}

    async with KeptWorker("ledger", make) as kept:
        assert kept.health()["well"]
        await ledger.receive("a", 1, 2)
        await eventually(unwell)
        assert "ZeroDivisionError" in kept.health()["loops"]["totals"]["failure"]
        await eventually(read)
        assert kept.health()["well"]
    assert len(begun) == 3


async def test_a_worker_that_cannot_begin_stops_its_host(ledger: Ledger) -> None:
    @asynccontextmanager
    async def make() -> AsyncIterator[Worker]:
        await PostgresBus(NOWHERE).start()
        yield Worker(ledger.worker, ledger.bus)

    with pytest.raises(BusUnavailable):
        async with KeptWorker("ledger", make):
            pass
