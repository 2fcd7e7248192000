"""Series withdrawn after a result was computed from them: heard in any order, never across modes, and by instances of before."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from services.reporting.tests.told_of_tfp import account, published, series, withdrawn
from sqlalchemy import MetaData

from pq_common.contracts.event import topic_of
from pq_common.contracts.tfp import TfpSeriesWithdrawn
from pq_common.events import rebuild
from pq_common.events.hosting import Host
from pq_common.events.projection import Projection
from pq_common.events.reader import Reader, ReaderOptions
from pq_common.http.session import reading
from pq_common.testing.events import until
from pq_reporting.consumers import NAME, PROJECTION
from pq_reporting.storage import tables
from pq_reporting.storage.facts import load
from pq_reporting.storage.reading import Projected

SERIES = topic_of(TfpSeriesWithdrawn.TYPE)


async def gone(world: Any, mode: str = "demo") -> dict[str, list[str]]:
    """Return, of each result that is read, the series withdrawn since."""
    async with reading(world.api) as session:
        heard = await load(await Projected.open(session), mode)
    return {
        key: [one.series_id for one in named.withdrawn]
        for (kind, key), named in heard.records.items()
        if kind == "tfp-result"
    }


async def test_a_withdrawal_in_one_mode_takes_nothing_from_the_other(world: Any) -> None:
    demo, official = account(series=("k1",)), account("r2", series=("k1",))
    await world.hear(published(demo), published(official, "official"))
    await world.hear(*withdrawn(series(), "official"))
    assert (await gone(world), await gone(world, "official")) == ({"r1": []}, {"r2": ["k1"]})


async def test_a_result_of_other_series_or_of_none_that_it_tells_is_not_doubted(world: Any) -> None:
    others, untold = account(series=("k2",)), account("r2", place_id="vn-33-1997")
    await world.hear(published(others), published(untold), *withdrawn(series()))
    assert await gone(world) == {"r1": [], "r2": []}


async def test_the_result_that_supersedes_it_is_not_doubted(world: Any) -> None:
    anew = account("r2", series=("k2",), supersedes="r1")
    await world.hear(published(account(series=("k1",))), *withdrawn(series()))
    assert await gone(world) == {"r1": ["k1"]}
    await world.hear(published(anew))
    assert await gone(world) == {"r2": []}


@pytest.mark.parametrize("first", ["publication", "withdrawal"])
async def test_it_is_heard_before_the_publication_or_after(world: Any, first: str) -> None:
    said = [[published(account(series=("k1", "l1")))], withdrawn(series())]
    for some in said if first == "publication" else reversed(said):
        await world.hear(*some)
    assert await gone(world) == {"r1": ["k1"]}


async def test_what_is_kept_is_what_was_said_and_a_withdrawal_without_its_moment_has_that_of_the_event(
    world: Any,
) -> None:
    await world.hear(*withdrawn(series()), *withdrawn(series("l1", withdrawn_at=None)))
    rows = await world.rows(f"SELECT * FROM {PROJECTION.id}.withdrawn_series ORDER BY series_id")
    assert dict(rows[0]) == {
        "mode": "demo", "series_id": "k1", "place_id": "vn-31-1997", "industry": "total", "measure": "K", "item": "",
        "vintage": "v1", "withdrawn_at": datetime(2026, 6, 9, 18, tzinfo=UTC), "reason": "nhập nhầm cột của tỉnh khác",
    }  # fmt: skip
    assert rows[1]["withdrawn_at"] == datetime(2026, 6, 1, 5, tzinfo=UTC)


def as_before(number: int) -> Projection:
    """Return the projection as it was before it heard of series."""
    known = MetaData()
    for table in tables.PROJECTION.tables.values():
        if table.name != tables.withdrawn_series.name:
            table.to_metadata(known)
    topics = tuple(one for one in PROJECTION.topics if one != SERIES)
    return replace(PROJECTION.at(number), topics=topics, tables=known)


@pytest.mark.parametrize("number", [1, 2], ids=["as first built", "rebuilt by hand since"])
async def test_an_instance_of_before_has_the_new_table_filled_by_its_next_worker(
    world: Any, number: int
) -> None:
    """The pages answer meanwhile; nobody has to order anything."""
    old = as_before(number)
    async with world.worker.engine.begin() as connection:
        await rebuild.first_version(connection, old)
    said = published(account(series=("k1",))), *withdrawn(series())
    await world.publish(*(world.message(*one) for one in said))
    ends = await world.ends(old.topics)
    options = ReaderOptions(until=ends, shared=False, fetch_s=0.05)
    await Reader(world.worker, world.bus, old, options=options).run()
    assert await gone(world) == {"r1": []}

    async def told() -> bool:
        async with world.worker.engine.connect() as connection:
            now = await rebuild.versions(connection, NAME)
        return now.active == PROJECTION.number and await gone(world) == {"r1": ["k1"]}

    await until(Host(world.worker, world.bus, PROJECTION), told)
