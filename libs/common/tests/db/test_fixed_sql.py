"""Statements said to the driver keep SQLAlchemy's transaction, its errors and its listeners."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from pq_common.db.fixed_sql import flush_and_say, say
from pq_common.db.provision import Urls
from pq_common.db.session import Database, set_scope
from pq_common.testing.fixtures import DatabaseFor

KEY = "INSERT INTO idempotency_key (actor, key, fingerprint) VALUES ($1, $2, $3)"
KEYS = "SELECT key FROM idempotency_key ORDER BY key"
MINE = ("me", "key-0001", "f")


@pytest.fixture
def urls(database_for: DatabaseFor) -> Urls:
    return database_for("pq_common")


@pytest.fixture
async def database(urls: Urls) -> AsyncIterator[Database]:
    made = Database(urls.api, pool_size=1)
    yield made
    await made.close()


async def as_me(database: Database, *said: tuple[str, tuple[str, ...]]) -> None:
    async with database.sessions.begin() as session:
        await set_scope(session, frozenset(), actor="me")
        for statement, values in said:
            await flush_and_say(session, statement, values)


async def keys(database: Database) -> list[str]:
    async with database.sessions.begin() as session:
        await set_scope(session, frozenset(), actor="me")
        return [row["key"] for row in await say(session, KEYS)]


async def test_a_broken_constraint_is_what_sqlalchemy_would_raise(database: Database) -> None:
    with pytest.raises(IntegrityError) as refused:
        await as_me(database, (KEY, MINE), (KEY, MINE))
    original: Any = refused.value.orig
    assert original.sqlstate == "23505"
    assert "key-0001" not in str(refused.value.params)
    assert await keys(database) == []


async def test_the_second_wall_stands_before_the_driver_too(database: Database) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        await as_me(database, (KEY, ("somebody else", "key-0001", "f")))


async def test_what_is_said_before_a_fault_is_undone(database: Database) -> None:
    with pytest.raises(DBAPIError, match="division by zero"):
        await as_me(database, (KEY, MINE), ("SELECT 1 / 0", ()))
    assert await keys(database) == []


async def test_the_scope_ends_with_its_transaction_on_the_same_session(database: Database) -> None:
    asked = "SELECT current_setting('pq.actor', true) AS actor"
    async with database.sessions() as session:
        await set_scope(session, frozenset(), actor="me")
        assert (await say(session, asked))[0]["actor"] == "me"
        await session.commit()
        assert (await say(session, asked))[0]["actor"] in (None, "")
        assert (await say(session, asked))[0]["actor"] in (None, "")


async def test_driver_and_sqlalchemy_see_each_other_within_one_transaction(
    database: Database,
) -> None:
    async with database.sessions.begin() as session:
        await set_scope(session, frozenset(), actor="me")
        await say(session, KEY, MINE)
        assert (await session.execute(text(KEYS))).scalars().all() == ["key-0001"]
        async with session.begin_nested() as point:
            await say(session, KEY, ("me", "key-0002", "f"))
            await point.rollback()
    assert await keys(database) == ["key-0001"]


async def test_whoever_listens_to_the_engine_hears_all_in_order(database: Database) -> None:
    heard: list[tuple[str, Any]] = []

    def listen(_: Any, __: Any, statement: str, values: Any, *more: Any) -> None:
        heard.append((statement, tuple(values)))

    event.listen(database.engine.sync_engine, "before_cursor_execute", listen)
    async with database.sessions.begin() as session:
        await say(session, "SELECT $1::text", ("first",))
        await say(session, "SELECT $1::text", ("second",))
        await session.execute(text("SELECT 3"))
    assert [values for _, values in heard] == [("first",), ("second",), ()]


async def test_a_lost_connection_says_so_and_the_next_transaction_has_a_new_one(
    database: Database,
) -> None:
    with pytest.raises(DBAPIError) as lost:
        await as_me(database, ("SELECT pg_terminate_backend(pg_backend_pid())", ()), (KEYS, ()))
    assert lost.value.connection_invalidated
    assert await keys(database) == []
