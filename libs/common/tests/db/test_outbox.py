"""An event is written with its change or not at all, and only where its place is in scope."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from pq_common import context
from pq_common.contracts.event import Event
from pq_common.contracts.registry import Enterprise, EnterpriseRegistered, EnterpriseState
from pq_common.db.outbox import EventTooLarge, emit, shard_of
from pq_common.db.session import Database, set_scope
from pq_common.testing.fixtures import DatabaseFor

HERE, ELSEWHERE = "vn-33-1997", "vn-31-1997"
NOON = datetime(2026, 3, 1, 5, tzinfo=UTC)


def registered(subject: str = "e1", version: int = 1, *, name: str = "Công ty A") -> Event:
    enterprise = Enterprise(
        enterprise_id=subject,
        name=name,
        legal_form="CTCP",
        place_id=HERE,
        status="ACTIVE",
        valid_from=date(2020, 1, 1),
    )
    return Event(
        data=EnterpriseRegistered(enterprise=enterprise),
        state=EnterpriseState(enterprise=enterprise),
        subject=subject,
        version=version,
        occurred_at=NOON,
        place_id=HERE,
    )


@pytest.fixture
async def api(database_for: DatabaseFor) -> AsyncIterator[tuple[Database, Database]]:
    urls = database_for("pq_common")
    databases = Database(urls.api), Database(urls.worker)
    yield databases
    for database in databases:
        await database.close()


async def count(database: Database, table: str) -> int:
    async with database.sessions() as session:
        return int(await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


async def announce(database: Database, scope: frozenset[str], *events: Event) -> None:
    async with database.sessions.begin() as session:
        await set_scope(session, scope)
        for one in events:
            await emit(session, one)


async def test_without_a_scope_a_placed_event_is_refused(api: tuple[Database, Database]) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        async with api[0].sessions.begin() as session:
            await emit(session, registered())
    assert await count(api[1], "event_log") == 0


async def test_outside_the_scope_it_is_refused_and_unseen(api: tuple[Database, Database]) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        await announce(api[0], frozenset({ELSEWHERE}), registered())
    async with api[0].sessions.begin() as session:
        await set_scope(session, frozenset({HERE}))
        await emit(session, registered())
    async with api[0].sessions.begin() as session:
        await set_scope(session, frozenset({ELSEWHERE}))
        assert await session.scalar(text("SELECT count(*) FROM event_log")) == 0
    assert await count(api[0], "event_log") == 0, "the scope must end with its transaction"


async def test_a_payload_the_bus_would_refuse_is_refused_here(
    api: tuple[Database, Database],
) -> None:
    with pytest.raises(EventTooLarge):
        async with api[1].sessions.begin() as session:
            await emit(session, registered(name="x" * 300_000))


async def test_the_same_version_cannot_wait_twice(api: tuple[Database, Database]) -> None:
    with pytest.raises(IntegrityError):
        await announce(api[1], frozenset(), registered(), registered())
    assert await count(api[1], "outbox_pending") == 0


async def test_the_api_cannot_take_anything_off_the_queue(api: tuple[Database, Database]) -> None:
    for statement in ("DELETE FROM outbox_pending", "SELECT aggregate_id FROM outbox_pending"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with api[0].sessions.begin() as session:
                await session.execute(text(statement))


async def test_a_rolled_back_change_leaves_no_event(api: tuple[Database, Database]) -> None:
    async with api[1].sessions() as session:
        await emit(session, registered())
        await session.rollback()
    for table in ("event_log", "outbox_pending", "feed_pending"):
        assert await count(api[1], table) == 0


async def test_event_and_state_share_version_and_order_and_carry_their_cause(
    api: tuple[Database, Database],
) -> None:
    told = registered()
    token = context.current.set(context.Context("officer-7", "corr", "cause", "00-aa-bb-01"))
    try:
        async with api[0].sessions.begin() as session:
            await set_scope(session, "*")
            await emit(session, told)
            await emit(session, replace(registered("e2"), state=None, place_id=None))
    finally:
        context.current.reset(token)
    async with api[1].sessions() as session:
        rows = (
            (await session.execute(text("SELECT * FROM event_log ORDER BY seq"))).mappings().all()
        )
        feeding = (await session.scalars(text("SELECT seq FROM feed_pending ORDER BY seq"))).all()
    assert [row["topic"] for row in rows] == [
        "pq.registry.enterprise.events.v1",
        "pq.registry.enterprise.state.v1",
        "pq.registry.enterprise.events.v1",
    ]
    first, state, second = rows
    assert (first["aggregate_version"], state["aggregate_version"]) == (1, 1)
    assert first["event_id"] == told.id
    assert state["event_id"] != told.id
    assert bytes(first["payload"]) == told.data.model_dump_json().encode()
    assert first["shard"] == shard_of("e1")
    assert first["aggregate_type"] == "registry.enterprise"
    assert (first["actor"], first["correlation_id"], first["causation_id"]) == (
        "officer-7",
        "corr",
        "cause",
    )
    assert feeding == [first["seq"], second["seq"]]
    assert await count(api[1], "outbox_pending") == 3


def test_shards_are_the_same_in_every_process() -> None:
    assert [shard_of(key) for key in ("e1", "e2", "vn-33-1997")] == [7, 13, 15]
