"""The feed has no gaps, loses nothing of slow transactions, and keeps every key's order."""

import asyncio
import hashlib
from datetime import date, timedelta

from sqlalchemy import text

from pq_common.db import feed
from pq_common.events.sequencer import Sequencer
from pq_common.testing.events import Ledger
from pq_common.testing.ledger import receive

FEED = """
SELECT f.position, e.aggregate_id, e.aggregate_version FROM feed f JOIN event_log e ON e.seq = f.seq
ORDER BY f.position
"""


async def numbered(ledger: Ledger) -> list[tuple[int, str, int]]:
    rows = await ledger.rows(FEED)
    return [(r["position"], r["aggregate_id"], r["aggregate_version"]) for r in rows]


async def test_a_slow_transaction_is_numbered_late_and_not_lost(ledger: Ledger) -> None:
    """Its ``seq`` is lower than that of those already in the feed: a cursor on ``seq`` would lose it."""
    sequencer = Sequencer(ledger.worker)
    async with ledger.api.sessions.begin() as slow:
        await receive(slow, "slow", 1)
        await ledger.receive("quick", 1, 2)
        assert await sequencer.step() == 2
    assert await sequencer.step() == 1
    assert await numbered(ledger) == [(1, "quick", 1), (2, "quick", 2), (3, "slow", 1)]


async def test_a_rolled_back_transaction_leaves_no_gap(ledger: Ledger) -> None:
    await ledger.receive("a", 1)
    async with ledger.api.sessions() as session:
        await receive(session, "a", 2)
        await session.rollback()
    await ledger.receive("b", 3)
    assert await Sequencer(ledger.worker).step() == 2
    assert await numbered(ledger) == [(1, "a", 1), (2, "b", 1)]


async def test_while_one_sequencer_works_another_leaves_it_alone(ledger: Ledger) -> None:
    await ledger.receive("a", 1)
    async with ledger.worker.engine.begin() as busy:
        await busy.execute(text("SELECT position FROM feed_counter FOR UPDATE"))
        assert await Sequencer(ledger.worker).step() == 0
    assert await Sequencer(ledger.worker).step() == 1


async def test_several_sequencers_and_writers_give_one_gapless_order(ledger: Ledger) -> None:
    sequencers = [Sequencer(ledger.worker, batch=7, poll_s=0.005) for _ in range(3)]
    running = [asyncio.create_task(one.run()) for one in sequencers]
    keys = "abcd"
    await asyncio.gather(*(ledger.receive(key, *range(1, 26)) for key in keys))
    async with asyncio.timeout(20):
        while sum(one.numbered for one in sequencers) < 100:  # noqa: ASYNC110 - they work on their own
            await asyncio.sleep(0.02)
    for one in sequencers:
        one.stop()
    await asyncio.gather(*running)
    found = await numbered(ledger)
    assert [position for position, _, _ in found] == list(range(1, 101))
    for key in keys:
        assert [version for _, name, version in found if name == key] == list(range(1, 26))


async def test_the_daily_count_is_what_a_reader_would_count(ledger: Ledger) -> None:
    await ledger.receive("a", 1, 2, 3)
    await Sequencer(ledger.worker).step()
    await ledger.receive("a", 4)  # committed, not numbered yet: not counted yet
    ids = await ledger.rows("SELECT event_id FROM event_log ORDER BY seq LIMIT 3")
    expected = hashlib.sha256(b"".join(sorted(row["event_id"].bytes for row in ids))).hexdigest()
    since = date.today() - timedelta(days=1)  # noqa: DTZ011 - any day around now
    async with ledger.worker.engine.connect() as connection:
        counts = await feed.daily_counts(connection, since, since + timedelta(days=3))
        nothing = await feed.daily_counts(connection, date(2001, 1, 1), date(2002, 1, 1))
    assert [(one.topic, one.events, one.sha256) for one in counts] == [
        ("pq.ledger.account.events.v1", 3, expected)
    ]
    assert nothing == []
