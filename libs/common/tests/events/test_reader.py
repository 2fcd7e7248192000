"""Each event has one effect, in order per key; what cannot be read is parked and never lost."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from pq_common.db.parked import headers_of, waiting
from pq_common.db.session import Database
from pq_common.events.applying import Impatient
from pq_common.events.bus import Message
from pq_common.events.incoming import Incoming, Unreadable
from pq_common.events.postgres_reader import PostgresReader
from pq_common.events.projection import transaction
from pq_common.events.reader import Reader, ReaderOptions
from pq_common.events.replaying import replay
from pq_common.testing.events import Ledger
from pq_common.testing.ledger import EVENTS, Sums, add_up, totals_projection

KEY = "ledger.account"


async def copy_of_the_topic(ledger: Ledger) -> list[Message]:
    async def oldest(topic: str, partition: int) -> int:
        return 0

    left = sum((await ledger.ends()).values())
    found: list[Message] = []
    async with ledger.bus.reader([EVENTS], start=oldest, group=None) as reader:
        while len(found) < left:
            for records in (await reader.fetch(500, 0.2)).values():
                found += [one.message for one in records]
    return found


async def events_of(ledger: Ledger, account: str, *amounts: int) -> list[Message]:
    """Receive, relay, and return the account's messages."""
    await ledger.receive(account, *amounts)
    await ledger.relay_all()
    return [m for m in await copy_of_the_topic(ledger) if m.key == account.encode()]


def with_header(message: Message, name: str, value: bytes | None) -> Message:
    kept = tuple((n, v) for n, v in message.headers if n != name)
    return message._replace(headers=kept if value is None else (*kept, (name, value)))


POISON = {
    "bad JSON": lambda m: m._replace(value=b"{"),
    "wrong type of a field": lambda m: m._replace(value=b'{"amount_dong": "many", "number": 0}'),
    "no value": lambda m: m._replace(value=None),
    "an empty value": lambda m: m._replace(value=b""),
    "a megabyte": lambda m: m._replace(value=b"x" * 1_000_000),
    "no headers": lambda m: m._replace(headers=()),
    "no type": lambda m: with_header(m, "ce_type", None),
    "no version": lambda m: with_header(m, "ce_sequence", None),
    "an unknown major version": lambda m: with_header(
        m, "ce_type", b"pq.ledger.account.received.v2"
    ),
    "another service's type": lambda m: with_header(m, "ce_type", b"pq.other.thing.done.v1"),
    "another subject than its key": lambda m: with_header(m, "ce_subject", b"c"),
    "a type that is none": lambda m: with_header(m, "ce_type", b"\xff\xfe"),
}


@pytest.mark.parametrize("poison", POISON)
async def test_poison_parks_its_key_and_no_other_and_can_be_replayed(
    ledger: Ledger, poison: str
) -> None:
    first, second, third = await events_of(ledger, "a", 1, 2, 4)
    projection = totals_projection()
    await ledger.read_all(projection)
    # The same key goes on with versions 4 (poisoned), 5 and 6; another key follows.
    bad = POISON[poison](with_header(first, "ce_sequence", b"4"))
    good = [with_header(second, "ce_sequence", b"5"), with_header(third, "ce_sequence", b"6")]
    await ledger.bus.publish([bad, *good], deadline_s=5)
    await events_of(ledger, "b", 8)
    await ledger.read_all(projection)
    assert await ledger.totals() == {"a": (7, 3), "b": (8, 1)}
    parked = await ledger.rows("SELECT id, reason, value FROM parked_event ORDER BY id")
    assert len(parked) == 3
    assert parked[0]["value"] == bad.value
    assert {row["reason"] for row in parked[1:]} == {"an earlier event of this key is parked"}

    done = await replay(ledger.worker, projection, (KEY, "a"), skip={parked[0]["id"]})
    assert done == 2
    assert await ledger.totals() == {"a": (13, 5), "b": (8, 1)}
    await events_of(ledger, "b", 16)
    await ledger.read_all(projection)
    assert await ledger.totals() == {"a": (13, 5), "b": (24, 2)}


async def test_a_replay_that_fails_again_leaves_everything_parked(ledger: Ledger) -> None:
    (first,) = await events_of(ledger, "a", 1)
    await ledger.bus.publish(
        [with_header(first._replace(value=b"{"), "ce_sequence", b"2")], deadline_s=5
    )
    await ledger.read_all()
    with pytest.raises(Unreadable):
        await replay(ledger.worker, totals_projection(), (KEY, "a"))
    rows = await ledger.rows("SELECT 1 FROM parked_event WHERE replayed_at IS NULL")
    assert len(rows) == 1


async def test_when_everything_is_refused_the_reader_stops_and_parks_nothing(
    ledger: Ledger,
) -> None:
    for number in range(8):
        await ledger.receive(f"k{number}", 1)
    await ledger.relay_all()

    async def refuse_all(connection: AsyncConnection, events: Sequence[Incoming]) -> None:
        raise Unreadable(events[0], "we are broken")

    with pytest.raises(Impatient, match="we are broken"):
        await ledger.read_all(totals_projection(apply=refuse_all), patience=3)
    assert await ledger.rows("SELECT 1 FROM parked_event") == []
    offsets = await ledger.rows("SELECT next_offset FROM projection_offset WHERE next_offset > 0")
    assert offsets == []


async def test_an_event_the_database_refuses_is_found_and_parked_alone(ledger: Ledger) -> None:
    await ledger.receive("a", 1)
    await ledger.receive("too-long", 2)
    await ledger.receive("b", 4)
    await ledger.relay_all()

    async def strict(connection: AsyncConnection, events: Sequence[Incoming]) -> None:
        await add_up(connection, events)
        if any(event.subject == "too-long" for event in events):
            await connection.execute(text("INSERT INTO totals VALUES ('x', NULL, 0)"))

    await ledger.read_all(totals_projection(apply=strict))
    assert await ledger.totals() == {"a": (1, 1), "b": (4, 1)}
    parked = await ledger.rows("SELECT aggregate_id FROM parked_event")
    assert [row["aggregate_id"] for row in parked] == ["too-long"]


async def test_a_fault_of_our_own_stops_the_reader_without_moving(ledger: Ledger) -> None:
    await ledger.receive("a", 1)
    await ledger.relay_all()

    async def broken(connection: AsyncConnection, events: Sequence[Incoming]) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await ledger.read_all(totals_projection(apply=broken))
    await ledger.read_all()
    assert await ledger.totals() == {"a": (1, 1)}


async def test_repetitions_and_reruns_of_older_events_change_nothing(ledger: Ledger) -> None:
    messages = await events_of(ledger, "a", 1, 2, 4)
    await ledger.read_all()
    await ledger.bus.publish([*messages, *messages[1:], messages[0]], deadline_s=5)
    await ledger.bus.publish([*messages, messages[2]], deadline_s=5)
    await ledger.read_all()
    assert await ledger.totals() == {"a": (7, 3)}


async def test_repetitions_within_one_batch_change_nothing(ledger: Ledger) -> None:
    messages = await events_of(ledger, "a", 1, 2)
    await ledger.bus.publish([*messages, *messages], deadline_s=5)
    await ledger.read_all()
    assert await ledger.totals() == {"a": (3, 2)}


async def test_what_was_collected_is_written_only_where_all_of_it_is_fresh(ledger: Ledger) -> None:
    heard: list[int] = []
    applied: list[int] = []

    class Noted(Sums):
        def hear(self, events: Sequence[Incoming]) -> None:
            heard.extend(event.version for event in events)
            super().hear(events)

    async def noted(connection: AsyncConnection, events: Sequence[Incoming]) -> None:
        applied.extend(event.version for event in events)
        await add_up(connection, events)

    projection = replace(totals_projection(), apply=noted, collector=Noted)
    messages = await events_of(ledger, "a", 1, 2)
    await ledger.read_all(projection)
    assert (heard, applied) == ([1, 2], [])
    fresh = with_header(messages[0], "ce_sequence", b"3")
    await ledger.bus.publish([messages[1], fresh], deadline_s=5)
    await ledger.read_all(projection)
    assert (heard, applied) == ([1, 2, 2, 3], [3])
    assert await ledger.totals() == {"a": (4, 3)}


@pytest.mark.parametrize("batch", [3, 50_000])
async def test_a_batch_in_which_something_is_refused_is_fetched_again_until_it_is_behind_us(
    ledger: Ledger, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pq_common.events.ahead.CAREFUL", 2)
    for number in range(6):
        await ledger.receive(f"k{number}", 1)
    await ledger.relay_all()
    (message,) = await events_of(ledger, "z", 1)
    poison = with_header(message, "ce_sequence", b"2")._replace(value=b"{")
    follows = with_header(message, "ce_sequence", b"3")
    await ledger.bus.publish([poison, follows], deadline_s=5)
    for number in range(6):
        await ledger.receive(f"l{number}", 1)
    await ledger.relay_all()
    reader = await ledger.read_all(batch=batch)
    assert reader.applied == 13
    assert len(await ledger.totals()) == 13
    parked = await ledger.rows("SELECT value FROM parked_event ORDER BY id")
    assert [row["value"] for row in parked] == [b"{", follows.value]


async def test_a_subject_that_no_database_keeps_parks_its_key_and_no_other(ledger: Ledger) -> None:
    (message,) = await events_of(ledger, "a", 1)
    poison = with_header(message, "ce_subject", b"x\0y")._replace(key=b"x\0y")
    await ledger.bus.publish([poison, poison], deadline_s=5)
    await ledger.read_all()
    assert await ledger.totals() == {"a": (1, 1)}
    parked = await ledger.rows("SELECT aggregate_id, key FROM parked_event")
    assert [tuple(row.values()) for row in parked] == [("x\\0y", b"x\0y")] * 2
    async with ledger.worker.engine.connect() as connection:
        rows = await waiting(connection, totals_projection().id, KEY, "x\\0y")
    assert [headers_of(row.headers) for row in rows] == [poison.headers] * 2


async def test_applying_a_batch_does_not_wait_for_the_disk_and_a_replay_does(
    ledger: Ledger,
) -> None:
    seen: list[str] = []

    async def look(connection: AsyncConnection, events: Sequence[Incoming]) -> None:
        seen.append((await connection.execute(text("SHOW synchronous_commit"))).scalar_one())
        await add_up(connection, events)

    projection = totals_projection(apply=look)
    async with ledger.worker.engine.connect() as connection:
        await connection.execute(text("SET synchronous_commit = on"))
        await connection.commit()  # for the pooled connection, as a service has it
    await events_of(ledger, "a", 1)
    await ledger.read_all(projection)
    async with transaction(ledger.worker, projection) as connection:
        await look(connection, [])
    assert (seen[0], seen[-1]) == ("off", "on")


async def test_lost_offsets_only_mean_reading_again(ledger: Ledger) -> None:
    await events_of(ledger, "a", 1, 2, 4)
    await ledger.read_all()
    await ledger.rows("DELETE FROM projection_offset")
    reader = await ledger.read_all()
    assert reader.applied == 0
    assert await ledger.totals() == {"a": (7, 3)}


@pytest.mark.parametrize("given_up", [False, True], ids=["waiting", "given up"])
async def test_what_was_parked_and_is_read_again_is_parked_once(
    ledger: Ledger, given_up: bool
) -> None:
    first, second = await events_of(ledger, "a", 1, 2)
    await ledger.read_all()
    poison = with_header(first, "ce_sequence", b"3")._replace(headers=())
    await ledger.bus.publish([poison, with_header(second, "ce_sequence", b"4")], deadline_s=5)
    await ledger.read_all()
    parked = [row["id"] for row in await ledger.rows("SELECT id FROM parked_event ORDER BY id")]
    if given_up:
        assert await replay(ledger.worker, totals_projection(), (KEY, "a"), skip={parked[0]}) == 1
    before = await ledger.totals()
    await ledger.rows("UPDATE projection_offset SET next_offset = 0")
    await ledger.read_all()
    assert await ledger.totals() == before
    waiting_again = await ledger.rows(
        "SELECT id FROM parked_event WHERE replayed_at IS NULL ORDER BY id"
    )
    assert [row["id"] for row in waiting_again][:2] == parked, "nothing stands in silence"
    done = await replay(ledger.worker, totals_projection(), (KEY, "a"), skip={parked[0]})
    assert done == (0 if given_up else 1)
    assert await ledger.totals() == {"a": (5, 3)}


async def test_a_partition_opened_again_while_a_batch_is_fetched_is_read_and_parked_once(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await events_of(ledger, "a", 1, 2)
    poison = with_header(first, "ce_sequence", b"3")._replace(value=b"{")
    follow = [with_header(second, "ce_sequence", b"%d" % version) for version in (4, 5, 6)]
    await ledger.bus.publish([poison, *follow], deadline_s=5)
    (place,) = [place for place, end in (await ledger.ends()).items() if end]
    fetch_as, handed_out, went_back = PostgresReader.fetch_as, 0, False

    async def opened_again(self: PostgresReader, make: Any, most: int, timeout_s: float) -> Any:
        """As after a rebalance: once, behind the poison that is fetched with its message, begin at the stored offset."""
        nonlocal handed_out, went_back
        if handed_out == 2 and not went_back:
            went_back = True
            self.seek(*place, 0)
        found = await fetch_as(self, make, most, timeout_s)
        handed_out += any(one.position == 2 for one in found.get(place, ()))
        return found

    monkeypatch.setattr(PostgresReader, "bite", 2)
    monkeypatch.setattr(PostgresReader, "fetch_as", opened_again)
    await ledger.read_all(batch=6)
    assert went_back
    assert await ledger.totals() == {"a": (3, 2)}
    parked = await ledger.rows("SELECT position FROM parked_event ORDER BY id")
    assert [row["position"] for row in parked] == [2, 3, 4, 5]


async def test_a_version_that_never_came_is_recorded_as_a_gap(ledger: Ledger) -> None:
    first, _, third = await events_of(ledger, "a", 1, 2, 4)
    await ledger.read_all()
    await ledger.bus.publish([with_header(third, "ce_sequence", b"6")], deadline_s=5)
    await ledger.read_all()
    assert first.key == b"a"
    gaps = await ledger.rows("SELECT expected_version, seen_version FROM projection_gap")
    assert [tuple(gap.values()) for gap in gaps] == [(4, 6)]
    assert await ledger.totals() == {"a": (11, 4)}


@pytest.mark.parametrize("point", ["fetched", "applied", "committed"])
async def test_a_reader_that_dies_at_any_point_applies_once(ledger: Ledger, point: str) -> None:
    class Died(BaseException):
        pass

    def die(name: str) -> None:
        if name == point:
            raise Died

    await events_of(ledger, "a", 1, 2, 4)
    with pytest.raises(Died):
        await ledger.read_all(fail_point=die)
    await ledger.read_all()
    assert await ledger.totals() == {"a": (7, 3)}


async def test_readers_that_take_the_same_partitions_fence_each_other(ledger: Ledger) -> None:
    for number in range(40):
        await ledger.receive(f"k{number % 7}", 1, 2)
    await ledger.relay_all()
    ends = await ledger.ends()
    options = ReaderOptions(batch=3, fetch_s=0.05, until=ends)
    readers = [
        Reader(ledger.worker, ledger.bus, totals_projection(), options=options) for _ in range(3)
    ]
    async with asyncio.timeout(30):
        await asyncio.gather(*(reader.run() for reader in readers))
    assert sum(reader.applied for reader in readers) == 80
    assert sum(total for total, _ in (await ledger.totals()).values()) == 120


async def test_deadlocks_and_a_pool_of_one_connection_are_waited_out(ledger: Ledger) -> None:
    await events_of(ledger, "a", 1, 2, 4)
    failures = 2

    async def unlucky(connection: AsyncConnection, events: Sequence[Incoming]) -> None:
        nonlocal failures
        await add_up(connection, events)
        if failures:
            failures -= 1
            state = "40P01" if failures else "40001"
            await connection.execute(
                text(f"DO $$ BEGIN RAISE 'unlucky' USING ERRCODE = '{state}'; END $$")
            )

    small = Database(ledger.urls.worker, pool_size=1)
    try:
        narrow = Ledger(ledger.urls, ledger.address, ledger.bus, ledger.api, small)
        await narrow.read_all(totals_projection(apply=unlucky))
    finally:
        await small.close()
    assert failures == 0
    assert await ledger.totals() == {"a": (7, 3)}


async def test_a_server_that_ends_every_session_does_not_end_the_reader(
    ledger: Ledger, admin_url: str
) -> None:
    await events_of(ledger, "a", 1, 2, 4)
    ended = False

    async def cut(connection: AsyncConnection, events: Sequence[Incoming]) -> None:
        nonlocal ended
        await add_up(connection, events)
        if not ended:
            ended = True
            await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    await ledger.read_all(totals_projection(apply=cut))
    assert ended
    assert await ledger.totals() == {"a": (7, 3)}
