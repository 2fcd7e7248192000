"""A transaction on the driver ends as SQLAlchemy's would, and SQLAlchemy can take part in it at any time."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import AsyncAdaptedQueuePool

from pq_common.db import signals
from pq_common.db.driver_session import DriverSession
from pq_common.db.fixed_sql import commit, flush_and_say, say
from pq_common.db.provision import Urls
from pq_common.db.session import Database, async_url, connect_args, set_scope, shown
from pq_common.testing.fixtures import DatabaseFor, administer

KEY = "INSERT INTO idempotency_key (actor, key, fingerprint) VALUES ($1, $2, $3)"
KEYS = "SELECT key FROM idempotency_key ORDER BY key"
MINE = ("me", "key-0001", "f")
ALSO_MINE = ("me", "key-0002", "f")
ONCE = "CREATE TABLE once (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)"


@pytest.fixture
def urls(database_for: DatabaseFor) -> Urls:
    return database_for("pq_common")


@pytest.fixture
async def database(urls: Urls) -> AsyncIterator[Database]:
    made = Database(urls.api, pool_size=1)
    yield made
    pool = made.engine.pool
    assert isinstance(pool, AsyncAdaptedQueuePool)
    assert pool.checkedout() == 0
    await made.close()


@pytest.fixture
async def session(database: Database) -> AsyncIterator[DriverSession]:
    made = await begun(database)
    yield made
    await made.close()


async def begun(database: Database) -> DriverSession:
    made = database.on_driver()
    await made.begin_on_driver()
    await set_scope(made, frozenset(), actor="me")
    return made


async def connections(admin_url: str, url: str) -> int:
    """Return how many the server has of this role and database."""
    ours = async_url(url)
    administrator = await asyncpg.connect(**connect_args(admin_url))
    try:
        counted = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND usename = $2"
        return int(await administrator.fetchval(counted, ours.database, ours.username))
    finally:
        await administrator.close()


async def keys(database: Database) -> list[str]:
    async with database.sessions.begin() as session:
        await set_scope(session, frozenset(), actor="me")
        return [row["key"] for row in await say(session, KEYS)]


async def test_a_broken_constraint_is_what_sqlalchemy_would_raise(
    database: Database, session: DriverSession
) -> None:
    await say(session, KEY, MINE)
    with pytest.raises(IntegrityError) as refused:
        await say(session, KEY, MINE)
    assert "key-0001" not in str(refused.value.params)
    await session.close()
    assert await keys(database) == []


async def test_what_is_refused_at_the_commit_is_refused_in_the_same_way(
    urls: Urls, database: Database, session: DriverSession
) -> None:
    await administer(urls.owner, ONCE, "GRANT INSERT ON once TO common_api")
    await say(session, KEY, MINE)
    await say(session, "INSERT INTO once VALUES (1), (1)")
    with pytest.raises(IntegrityError):
        await commit(session)
    await session.close()
    assert await keys(database) == []


async def test_more_at_once_than_the_pool_keeps_are_closed_when_they_end(
    urls: Urls, database: Database, admin_url: str
) -> None:
    first, second = await begun(database), await begun(database)
    for number, session in enumerate((first, second)):
        await say(session, KEY, ("me", f"key-000{number}", "f"))
        await commit(session)
        await session.close()
    assert await keys(database) == ["key-0000", "key-0001"]
    assert await connections(admin_url, urls.api) == 1


async def test_what_is_closed_without_a_commit_is_undone(
    database: Database, session: DriverSession
) -> None:
    await say(session, KEY, MINE)
    await session.close()
    assert await keys(database) == []


async def test_a_caller_who_leaves_in_the_midst_undoes_all(
    database: Database, session: DriverSession
) -> None:
    await say(session, KEY, MINE)
    assert session.driver is not None
    waiting = asyncio.create_task(session.driver.fetch("SELECT pg_sleep(60)"))
    await asyncio.sleep(0.1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await session.close()
    assert await keys(database) == []


async def test_a_lost_connection_says_so_and_the_next_transaction_has_a_new_one(
    database: Database, session: DriverSession
) -> None:
    with pytest.raises(DBAPIError) as lost:
        await say(session, "SELECT pg_terminate_backend(pg_backend_pid())")
    assert lost.value.connection_invalidated
    await session.close()
    assert await keys(database) == []


async def test_a_connection_that_died_in_the_pool_is_replaced_before_anything_is_said(
    database: Database, admin_url: str
) -> None:
    await keys(database)
    await administer(
        admin_url,
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database.url.database}'",
    )
    session = database.on_driver()
    await session.begin_on_driver()
    await set_scope(session, frozenset(), actor="me")
    await say(session, KEY, MINE)
    await session.finish()
    assert await keys(database) == ["key-0001"]


@pytest.mark.parametrize("turns", range(8))
async def test_who_is_cancelled_while_beginning_leaves_no_transaction_to_the_next(
    database: Database, urls: Urls, turns: int
) -> None:
    await keys(database)  # the connection is made: what is cancelled is the beginning
    session = database.on_driver()
    beginning = asyncio.create_task(session.begin_on_driver())
    for _ in range(turns):
        await asyncio.sleep(0)
    beginning.cancel()
    await asyncio.wait([beginning])
    await session.close()
    after = await begun(database)
    await say(after, KEY, MINE)
    await commit(after)
    others = Database(urls.api, pool_size=1)
    assert await keys(others) == ["key-0001"]
    await others.close()


async def test_fixed_statements_alone_are_committed_without_sqlalchemy(
    database: Database, session: DriverSession
) -> None:
    await say(session, KEY, MINE)
    await flush_and_say(session, KEY, ALSO_MINE)
    await commit(session)
    assert not session.is_joined
    assert await keys(database) == ["key-0001", "key-0002"]


async def test_sqlalchemy_goes_on_in_the_same_transaction(
    database: Database, session: DriverSession
) -> None:
    session.info["kept"] = "beside"
    await say(session, KEY, MINE)
    assert (await session.execute(text(KEYS))).scalars().all() == ["key-0001"]
    assert session.info["kept"] == "beside"
    await say(session, KEY, ALSO_MINE)
    async with session.begin_nested() as point:
        await say(session, KEY, ("me", "key-0003", "f"))
        await point.rollback()
    assert [row["key"] for row in await say(session, KEYS)] == ["key-0001", "key-0002"]
    await commit(session)
    assert await keys(database) == ["key-0001", "key-0002"]


@pytest.mark.parametrize("joined", [False, True])
async def test_an_end_in_the_midst_gives_the_connection_back_and_another_transaction_may_follow(
    database: Database, session: DriverSession, joined: bool
) -> None:
    await say(session, KEY, MINE)
    if joined:
        await session.execute(text(KEYS))
    await session.rollback()
    assert await keys(database) == []  # on the one connection of the pool
    await set_scope(session, frozenset(), actor="me")
    await say(session, KEY, ALSO_MINE)
    await session.commit()
    assert await keys(database) == ["key-0002"]
    await set_scope(session, frozenset(), actor="me")
    await say(session, KEY, ("me", "key-0003", "f"))
    await commit(session)
    assert await keys(database) == ["key-0002", "key-0003"]


async def test_what_sqlalchemy_took_part_in_is_undone_with_the_rest(
    database: Database, session: DriverSession
) -> None:
    await say(session, KEY, MINE)
    await session.execute(text(KEYS))
    await session.close()
    assert await keys(database) == []


async def test_whoever_listens_to_the_engine_hears_all(database: Database) -> None:
    heard: list[str] = []
    engine = database.engine.sync_engine
    event.listen(engine, "begin", lambda _: heard.append("BEGIN"))
    event.listen(engine, "before_cursor_execute", lambda *said: heard.append(said[2].split()[0]))
    event.listen(engine, "commit", lambda _: heard.append("COMMIT"))
    session = await begun(database)
    await say(session, KEY, MINE)
    await commit(session)
    assert heard == ["BEGIN", "SELECT", "INSERT", "COMMIT"]


@pytest.mark.parametrize("joined", [False, True])
async def test_relay_and_sequencer_of_this_process_are_woken_at_the_commit(
    database: Database, session: DriverSession, joined: bool
) -> None:
    bell = signals.wake_on_commit(shown(database.url))
    signals.after_commit(session)
    if joined:
        await session.execute(text(KEYS))
    await asyncio.sleep(0)
    assert not bell.is_set()
    await commit(session)
    await asyncio.wait_for(bell.wait(), 5)
