"""A rebuild equals what it replaces, is switched to in one step, and can be taken back."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from sqlalchemy import Column, MetaData, Table, Text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from pq_common.contracts.event import Event, StateData, topic_of
from pq_common.db import offsets
from pq_common.db.outbox import emit
from pq_common.errors import Invalid, NotFound
from pq_common.events import rebuild
from pq_common.events.bus import Topic
from pq_common.events.hosting import Host
from pq_common.events.incoming import Incoming
from pq_common.events.projection import PLACEHOLDER, Projection, active_schema, make_tables
from pq_common.testing.events import Ledger, eventually, until
from pq_common.testing.ledger import TABLES, AmountReceived, add_up, totals_projection

FIRST, SECOND = totals_projection(version=1), totals_projection(version=2)


async def test_a_fresh_build_to_the_same_offsets_has_the_same_checksum(ledger: Ledger) -> None:
    for key in "abc":
        await ledger.receive(key, 1, 2, 4)
    await ledger.relay_all()
    await ledger.read_all(FIRST)
    async with ledger.worker.engine.connect() as connection:
        stopped_at = await offsets.loaded(connection, FIRST.id)
    await ledger.receive("a", 8)  # later than O: the new version must not hold it
    await ledger.relay_all()
    await rebuild.build(ledger.worker, ledger.bus, SECOND, until=stopped_at)
    async with ledger.worker.engine.connect() as connection:
        assert await offsets.loaded(connection, SECOND.id) == stopped_at
        old, new = [await rebuild.checksums(connection, one) for one in (FIRST, SECOND)]
    assert old == new
    assert await ledger.totals(SECOND) == {"a": (7, 3), "b": (7, 3), "c": (7, 3)}


async def test_a_projection_that_drifted_is_found_out(ledger: Ledger) -> None:
    await ledger.receive("a", 1, 2, 4)
    await ledger.relay_all()
    await ledger.read_all(FIRST)
    assert (await rebuild.verify(ledger.worker, ledger.bus, FIRST)).agree
    await ledger.rows(f"UPDATE {FIRST.id}.totals SET total_dong = total_dong + 1")
    assert not (await rebuild.verify(ledger.worker, ledger.bus, FIRST)).agree
    left = await ledger.rows("SELECT 1 FROM pg_namespace WHERE nspname LIKE 'totals_check%'")
    assert left == [], "the copy is taken away"


async def test_the_active_version_cannot_be_dropped(ledger: Ledger) -> None:
    async with ledger.worker.engine.begin() as connection:
        await rebuild.first_version(connection, FIRST)
    with pytest.raises(Invalid):
        await rebuild.drop(ledger.worker, FIRST)


async def test_without_a_version_before_there_is_no_way_back(ledger: Ledger) -> None:
    async with ledger.worker.engine.begin() as connection:
        await rebuild.first_version(connection, FIRST)
        with pytest.raises(NotFound):
            await rebuild.rollback(connection, FIRST.name)
        with pytest.raises(NotFound):
            await rebuild.want_rebuild(connection, "no-such-projection")


async def versions(ledger: Ledger) -> rebuild.Versions:
    async with ledger.worker.engine.connect() as connection:
        return await rebuild.versions(connection, FIRST.name)


async def active(ledger: Ledger, number: int) -> bool:
    return (await versions(ledger)).active == number


async def holds(ledger: Ledger, projection: Projection, expected: tuple[int, int]) -> bool:
    return (await ledger.totals(projection)).get("a") == expected


async def some(ledger: Ledger, query: str) -> bool:
    return bool(await ledger.rows(query))


async def test_a_wanted_rebuild_is_built_live_switched_to_and_can_be_rolled_back(
    ledger: Ledger,
) -> None:
    again = FIRST.at(FIRST.number + 1)
    host = Host(ledger.worker, ledger.bus, FIRST)
    running = asyncio.create_task(host.run())
    writing = asyncio.create_task(ledger.receive("a", *[1] * 40))
    await eventually(lambda: some(ledger, "SELECT 1 FROM active_projection"))
    async with ledger.worker.engine.begin() as connection:
        assert await rebuild.want_rebuild(connection, FIRST.name) == again.number
        assert await rebuild.want_rebuild(connection, FIRST.name) == again.number, "built once"
    await writing
    await ledger.relay_all()
    await eventually(lambda: active(ledger, again.number))
    await eventually(lambda: holds(ledger, again, (40, 40)))
    async with ledger.worker.engine.begin() as connection:
        assert await active_schema(connection, FIRST.name) == again.id
        assert await rebuild.rollback(connection, FIRST.name) == FIRST.number
    await ledger.receive("a", 2)
    await ledger.relay_all()
    await eventually(lambda: holds(ledger, FIRST, (42, 41)))
    assert (await versions(ledger)) == rebuild.Versions(FIRST.number, again.number, None)
    host.stop()
    await running


async def test_newer_code_builds_its_own_version_and_takes_over(ledger: Ledger) -> None:
    await ledger.receive("a", 1, 2)
    await ledger.relay_all()
    async with ledger.worker.engine.begin() as connection:
        await rebuild.first_version(connection, FIRST)
    await until(Host(ledger.worker, ledger.bus, SECOND), lambda: active(ledger, SECOND.number))
    assert await ledger.totals(SECOND) == {"a": (3, 2)}


async def test_newer_code_feeds_the_version_in_use_with_the_table_it_did_not_have(
    ledger: Ledger,
) -> None:
    """Until the newer version has caught up the one in use is read, and newer code writes what it writes."""
    tables = MetaData()
    for known in TABLES.tables.values():
        known.to_metadata(tables)
    Table("known", tables, Column("id", Text, primary_key=True), schema=PLACEHOLDER)

    async def keep(connection: AsyncConnection, events: Sequence[Incoming]) -> None:
        await add_up(connection, events)
        ids = [event.subject for event in events]
        insert = "INSERT INTO known SELECT unnest($1::text[]) ON CONFLICT DO NOTHING"
        await connection.exec_driver_sql(insert, (ids,))

    await ledger.receive("a", 1, 2)
    await ledger.relay_all()
    await ledger.read_all(FIRST)
    await ledger.receive("b", 4)
    await ledger.relay_all()
    newer = replace(totals_projection(apply=keep), tables=tables)
    for _ in range(2):  # made once, found the second time
        await ledger.read_all(newer)
    assert await ledger.totals(FIRST) == {"a": (3, 2), "b": (4, 1)}
    async with ledger.api.engine.connect() as connection:
        found = await connection.exec_driver_sql(f"SELECT id FROM {FIRST.id}.known")
        assert found.scalars().all() == ["b"]


async def twice(connection: AsyncConnection, events: Sequence[Incoming]) -> None:
    """Add up as the next release does: each amount counts double."""
    await add_up(connection, events)
    await add_up(connection, events)


async def test_newer_code_builds_its_own_version_though_operators_had_the_old_one_rebuilt(
    ledger: Ledger,
) -> None:
    await ledger.receive("a", 1, 2)
    await ledger.relay_all()
    old = Host(ledger.worker, ledger.bus, FIRST)
    running = asyncio.create_task(old.run())
    await eventually(lambda: some(ledger, "SELECT 1 FROM active_projection"))
    async with ledger.worker.engine.begin() as connection:
        rebuilt = await rebuild.want_rebuild(connection, FIRST.name)
    await eventually(lambda: active(ledger, rebuilt))
    old.stop()
    await running
    await ledger.receive("a", 4)
    await ledger.relay_all()
    newer = totals_projection(version=2, apply=twice)
    await until(Host(ledger.worker, ledger.bus, newer), lambda: active(ledger, newer.number))
    await ledger.read_all(newer)
    assert await ledger.totals(newer) == {"a": (14, 6)}


async def test_what_newer_code_made_is_left_alone_by_processes_that_still_run_the_old(
    ledger: Ledger,
) -> None:
    heard: list[int] = []

    async def noted(connection: AsyncConnection, events: Sequence[Incoming]) -> None:
        heard.extend(event.version for event in events)
        await add_up(connection, events)

    await ledger.receive("a", 1, 2)
    await ledger.relay_all()
    async with ledger.worker.engine.begin() as connection:
        await rebuild.first_version(connection, SECOND)
    await ledger.read_all(SECOND)
    await ledger.receive("a", 4)
    await ledger.relay_all()
    old = Host(ledger.worker, ledger.bus, totals_projection(version=1, apply=noted))

    async def at_rest() -> bool:
        return old.lag == 0

    await until(old, at_rest)
    assert heard == []
    assert await ledger.totals(SECOND) == {"a": (3, 2)}


async def test_an_instance_from_before_builds_had_their_codes_numbers_goes_on_by_itself(
    ledger: Ledger,
) -> None:
    before = FIRST.at(3)
    assert before.id == "totals_v3"
    await ledger.receive("a", 1, 2)
    await ledger.relay_all()
    async with ledger.worker.engine.begin() as connection:
        await rebuild.first_version(connection, before)
    await ledger.read_all(before)
    await until(Host(ledger.worker, ledger.bus, FIRST), lambda: active(ledger, FIRST.number))
    assert await ledger.totals(FIRST) == await ledger.totals(before) == {"a": (3, 2)}
    assert (await versions(ledger)) == rebuild.Versions(FIRST.number, before.number, None)


async def test_a_switch_that_comes_too_late_takes_nobody_back(ledger: Ledger) -> None:
    async with ledger.worker.engine.begin() as connection:
        await rebuild.first_version(connection, FIRST)
        await rebuild.switch(connection, FIRST.name, SECOND.number)
        await rebuild.switch(connection, FIRST.name, FIRST.number + 1)
    assert await active(ledger, SECOND.number)


async def test_a_reader_that_fails_is_heard(ledger: Ledger) -> None:
    async def broken(connection: AsyncConnection, events: Sequence[Incoming]) -> None:
        await add_up(connection, events)
        raise ZeroDivisionError

    await ledger.receive("a", 1)
    await ledger.relay_all()
    host = Host(ledger.worker, ledger.bus, totals_projection(apply=broken))
    with pytest.raises(ZeroDivisionError):
        async with asyncio.timeout(30):
            await host.run()


async def test_the_api_reads_a_projection_and_cannot_write_it(ledger: Ledger) -> None:
    async with ledger.worker.engine.begin() as connection:
        await make_tables(connection, FIRST)
    async with ledger.api.engine.connect() as connection:
        await connection.exec_driver_sql(f"SELECT * FROM {FIRST.id}.totals")
        with pytest.raises(DBAPIError, match="permission denied"):
            await connection.exec_driver_sql(f"DELETE FROM {FIRST.id}.totals")


async def test_what_the_bus_lost_is_sent_again_and_changes_nothing_twice(ledger: Ledger) -> None:
    await ledger.receive("a", 1, 2, 4)
    await ledger.relay_all()
    await ledger.read_all(FIRST)
    async with ledger.worker.engine.begin() as connection:
        with pytest.raises(Invalid):
            await rebuild.republish(connection, 5, 4)
        assert await rebuild.republish(connection, 1, 3) == 3
        assert await rebuild.republish(connection, 1, 3) == 0, "already waiting"
    await ledger.relay_all()
    assert sum((await ledger.ends()).values()) == 6
    await ledger.read_all(FIRST)
    assert await ledger.totals() == {"a": (7, 3)}


class AccountState(StateData):
    """The whole of an account."""

    TYPE: ClassVar[str] = "pq.ledger.account.state.v1"
    total_dong: int


STATES = topic_of(AccountState.TYPE)


async def receive_and_tell_all(ledger: Ledger, account: str, version: int) -> None:
    told = Event(
        data=AmountReceived(amount_dong=1, number=0), state=AccountState(total_dong=version),
        subject=account, version=version, occurred_at=datetime.now(UTC), place_id=None,
    )  # fmt: skip
    async with ledger.api.sessions.begin() as session:
        await emit(session, told)


async def last_states(ledger: Ledger) -> dict[str, int]:
    """Return what a compacted topic keeps: of each key the version that came last."""

    async def oldest(topic: str, partition: int) -> int:
        return 0

    last: dict[str, int] = {}
    async with ledger.bus.reader([STATES], start=oldest, group=None) as reader:
        left = sum((await reader.end_positions()).values())
        while left:
            for records in (await reader.fetch(500, 0.2)).values():
                left -= len(records)
                for one in records:
                    headers = dict(one.message.headers)
                    last[headers["ce_subject"].decode()] = int(headers["ce_sequence"])
    return last


async def test_an_older_state_is_not_sent_again_behind_a_newer_one(ledger: Ledger) -> None:
    await ledger.bus.declare([Topic(STATES, compact=True)])
    for version in (1, 2, 3):
        await receive_and_tell_all(ledger, "a", version)
    await receive_and_tell_all(ledger, "b", 1)
    await ledger.relay_all()
    assert await last_states(ledger) == {"a": 3, "b": 1}
    async with ledger.worker.engine.begin() as connection:
        assert await rebuild.republish(connection, 1, 4) == 2, "two events, neither of their states"
    await ledger.relay_all()
    assert await last_states(ledger) == {"a": 3, "b": 1}
    async with ledger.worker.engine.begin() as connection:
        assert await rebuild.republish(connection, 1, 8) == 6, "four events, the newest states"
