"""Two tables with the same organisation, sent at once, register it once: against a real PostgreSQL, as the API role."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from pq_common.db.session import Database, set_scope
from pq_common.http.auth import Actor
from pq_common.testing.fixtures import DatabaseFor
from pq_registry.api.imports import described, enterprise_imports
from pq_registry.storage.sealing import sealer_of

PLACE = "vn-33-2025"
HOUSEHOLD = {
    "name": "Hộ minh họa", "legal_form": "HKD", "place_id": PLACE, "valid_from": "2025-08-01",
}  # fmt: skip
WAITING = """
SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()
"""


@pytest.fixture
async def database(database_for: DatabaseFor) -> AsyncIterator[Database]:
    opened = Database(database_for("pq_registry").api)
    yield opened
    await opened.close()


async def _send(database: Database, *, applied: asyncio.Event, go_on: asyncio.Event) -> str:
    """Apply one row as an import does; say that it is applied, and commit when told to."""
    kind = enterprise_imports(sealer_of("a secret of these tests"))
    actor = Actor("officer", frozenset({"province-officer"}), scope=frozenset({PLACE}))
    async with database.sessions.begin() as session:
        await set_scope(session, frozenset({PLACE}))
        async with session.begin_nested():
            outcome = await kind.apply(session, actor, described(HOUSEHOLD), "demo")
        applied.set()
        await go_on.wait()
    return outcome


async def test_the_second_waits_for_the_first_and_finds_what_it_registered(
    database: Database,
) -> None:
    first, second, go_on = asyncio.Event(), asyncio.Event(), asyncio.Event()
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        one = tasks.create_task(_send(database, applied=first, go_on=go_on))
        await first.wait()
        other = tasks.create_task(_send(database, applied=second, go_on=go_on))
        async with database.engine.connect() as connection:
            while not second.is_set() and not await connection.scalar(text(WAITING)):  # noqa: ASYNC110 - the condition is in a database
                await asyncio.sleep(0.02)
        go_on.set()
    assert (one.result(), other.result()) == ("new", "unchanged")
