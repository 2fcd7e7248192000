"""A worker does everything by itself, and says so when it does not."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from pq_common.events.incoming import Incoming
from pq_common.events.watchdog import Progress
from pq_common.events.worker import Worker
from pq_common.testing.events import Ledger, eventually
from pq_common.testing.fixtures import administer
from pq_common.testing.ledger import totals_projection

TOTALS = totals_projection()
MADE = f"SELECT 1 FROM pg_namespace WHERE nspname = '{TOTALS.id}'"
SUM = f"SELECT 1 FROM {TOTALS.id}.totals"


@pytest.mark.parametrize(
    ("steps", "well"),
    [
        ([(0, 5, 3), (11, 5, 3)], False),  # the same place, work left: stuck
        ([(0, 5, 3), (11, 6, 3)], True),  # it moved
        ([(0, 5, 0), (11, 5, 0)], True),  # nothing to do
        ([(0, 5, 0)], False),  # not heard of for longer than the limit
    ],
)
def test_health_is_progress_or_nothing_to_do(
    steps: list[tuple[float, int, int]], well: bool
) -> None:
    now = 0.0
    progress = Progress(10.0, clock=lambda: now)
    for at, position, lag in steps:
        now = at
        progress.seen(position, lag)
    now = 11.0
    assert progress.is_well is well


async def some(ledger: Ledger, query: str) -> bool:
    return bool(await ledger.rows(query))


async def test_what_is_written_arrives_without_anybody_asking(ledger: Ledger) -> None:
    async with Worker(ledger.worker, ledger.bus, [TOTALS]) as worker:
        await ledger.receive("a", 1, 2, 4)
        await eventually(lambda: some(ledger, "SELECT 1 FROM feed HAVING count(*) = 3"))
        await eventually(lambda: some(ledger, MADE))
        await eventually(lambda: some(ledger, f"{SUM} HAVING sum(total_dong) = 7"))
        assert worker.health()["well"]
    free = await ledger.rows("SELECT 1 FROM relay_lease WHERE lease_until > now()")
    assert free == []


async def test_a_worker_drops_answers_that_nobody_will_ask_for_again(ledger: Ledger) -> None:
    await administer(
        ledger.urls.worker,
        "INSERT INTO idempotency_key (actor, key, fingerprint, created_at) VALUES "
        "('a', 'old', 'f', now() - interval '31 days'), ('a', 'new', 'f', now())",
    )
    left = "SELECT 1 FROM idempotency_key HAVING array_agg(key) = ARRAY['new']"
    async with Worker(ledger.worker, ledger.bus, relay=False, sequencer=False):
        await eventually(lambda: some(ledger, left))


async def test_a_loop_that_fails_makes_the_worker_unwell_and_leaves_the_others_at_work(
    ledger: Ledger,
) -> None:
    async def broken(connection: AsyncConnection, events: Sequence[Incoming]) -> None:
        raise ZeroDivisionError

    async with Worker(ledger.worker, ledger.bus, [totals_projection(apply=broken)]) as worker:
        await ledger.receive("a", 1)
        async with asyncio.timeout(20):
            await worker.wait()
        health = worker.health()
        assert not health["well"]
        assert "ZeroDivisionError" in health["loops"]["totals"]["failure"]
        assert health["loops"]["relay"]["well"]
