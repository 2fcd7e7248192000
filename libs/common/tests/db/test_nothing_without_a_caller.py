"""A connection made by hand under the API's role, which says neither places nor a caller, learns nothing of anybody."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text

from pq_common.db import journal
from pq_common.db.provision import Urls
from pq_common.db.session import EVERY_JOB, Database, connect_args, set_jobs, set_scope
from pq_common.db.work import sweep_answers
from pq_common.testing.fixtures import DatabaseFor, administer

MINE, ANOTHERS = UUID(int=1), UUID(int=2)
LEFT = (
    "INSERT INTO idempotency_key (actor, key, fingerprint, body) VALUES ('a', 'k1', 'f', 'row'), ('b', 'k2', 'f', 'row')",
    f"""INSERT INTO job (id, kind, state, actor, result) VALUES
        ('{MINE}', 'import:x', 'done', 'a', '{{"request": {{"reach": "north"}}}}'),
        ('{ANOTHERS}', 'import:x', 'done', 'b', '{{"request": {{"reach": "south"}}}}')""",
    "INSERT INTO job_row (job_id, row_no, status, errors) SELECT id, 1, 'refused', '[]' FROM job",
    "INSERT INTO upload (job_id, filename, sha256, content) SELECT id, 'x.csv', 'h', 'row' FROM job",
    """INSERT INTO parked_event (projection, topic, partition, position, aggregate_type, aggregate_id, key, headers,
        value, reason, recorded_at) VALUES ('p_v1', 't', 0, 0, 'x', 'y', 'y', '[]', 'row', 'unreadable', now())""",
    "INSERT INTO active_projection (projection, version) VALUES ('p', 1)",
    """INSERT INTO event_log (event_id, aggregate_type, aggregate_id, aggregate_version, topic, partition_key, shard,
        event_type, schema_version, occurred_at, place_id, mode, payload) VALUES (gen_random_uuid(), 'x', 'y', 1, 't',
        'y', 0, 'x.v1', 1, now(), 'vn-33-2025', 'official', 'row')""",
)
TABLES = ("idempotency_key", "job", "job_row", "upload", "event_log")


@pytest.fixture
async def urls(database_for: DatabaseFor) -> Urls:
    """A database in which two callers left something, and a placed event happened."""
    made = database_for("pq_common")
    await administer(made.worker, *LEFT)
    return made


@pytest.fixture
async def by_hand(urls: Urls) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(**connect_args(urls.api))
    yield connection
    await connection.close()


@pytest.fixture
async def api(urls: Urls) -> AsyncIterator[Database]:
    database = Database(urls.api)
    yield database
    await database.close()


@pytest.mark.parametrize("table", TABLES)
async def test_a_hand_made_connection_that_says_nothing_sees_no_row(
    by_hand: Any, urls: Urls, table: str
) -> None:
    assert await by_hand.fetchval(f"SELECT count(*) FROM {table}") == 0
    worker = await asyncpg.connect(**connect_args(urls.worker))
    try:
        assert await worker.fetchval(f"SELECT count(*) FROM {table}") > 0, (
            "there is something to see"
        )
    finally:
        await worker.close()


@pytest.mark.parametrize("setting", ["pq.actor", "pq.jobs"])
async def test_an_empty_name_is_no_name(by_hand: Any, setting: str) -> None:
    """What an earlier transaction said leaves an empty text behind."""
    await by_hand.execute("SELECT set_config($1, '', false)", setting)
    for table in TABLES:
        assert await by_hand.fetchval(f"SELECT count(*) FROM {table}") == 0, table


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO idempotency_key (actor, key, fingerprint) VALUES ('a', 'k9', 'f')",
        "INSERT INTO job (id, kind, state, actor) VALUES (gen_random_uuid(), 'import:x', 'queued', 'a')",
        f"INSERT INTO job_row (job_id, row_no, status) VALUES ('{MINE}', 9, 'new')",
        f"INSERT INTO upload (job_id, filename, sha256, content) VALUES ('{MINE}', 'x', 'h', '')",
    ],
)
async def test_it_writes_none_either(by_hand: Any, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await by_hand.execute(statement)


@pytest.mark.parametrize("table", TABLES[:4])
async def test_it_changes_and_removes_none(by_hand: Any, table: str) -> None:
    same = {"idempotency_key": "key", "job": "id"}.get(table, "job_id")
    assert await by_hand.execute(f"UPDATE {table} SET {same} = {same}") == "UPDATE 0"
    assert await by_hand.execute(f"DELETE FROM {table}") == "DELETE 0"


@pytest.mark.parametrize("column", ["*", "value", "key", "headers", "aggregate_id", "reason"])
async def test_parked_events_are_not_read_by_the_api(by_hand: Any, column: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await by_hand.fetch(f"SELECT {column} FROM parked_event")


async def test_parked_events_are_counted_by_the_api(api: Database) -> None:
    async with api.sessions.begin() as session:
        await set_scope(session, "*")
        [row] = await journal.projections(session)
    assert (row["name"], row["parked"]) == ("p", 1)


async def seen(session: Any) -> list[tuple[str, set[str]]]:
    found = []
    for table, column in (("idempotency_key", "actor"), ("job", "actor"), ("upload", "job_id")):
        values = (await session.execute(text(f"SELECT {column} FROM {table}"))).scalars()
        found.append((table, {str(value) for value in values}))
    return found


async def test_a_caller_sees_what_it_left_and_a_reach_adds_jobs_but_no_answers(
    api: Database,
) -> None:
    async with api.sessions.begin() as session:
        await set_scope(session, frozenset(), actor="a")
        mine = [("idempotency_key", {"a"}), ("job", {"a"}), ("upload", {str(MINE)})]
        assert await seen(session) == mine
        both = [
            ("idempotency_key", {"a"}),
            ("job", {"a", "b"}),
            ("upload", {str(MINE), str(ANOTHERS)}),
        ]
        for jobs, expected in (("south", both), ("east", mine), (EVERY_JOB, both)):
            await set_jobs(session, jobs)
            assert await seen(session) == expected, jobs


async def test_a_caller_by_the_name_of_a_star_is_a_caller_like_any_other(api: Database) -> None:
    async with api.sessions.begin() as session:
        await set_scope(session, frozenset(), actor="*")
        assert [names for _, names in await seen(session)] == [set(), set(), set()]


async def test_what_was_said_ends_with_its_transaction(api: Database) -> None:
    async with api.engine.connect() as connection:
        for statement in (
            "SELECT set_config('pq.actor', 'a', true), set_config('pq.jobs', '*', true)",
            "SELECT 1",
        ):
            async with connection.begin():
                await connection.execute(text(statement))
                count = await connection.scalar(text("SELECT count(*) FROM job"))
                assert count == (2 if "set_config" in statement else 0)


async def test_answers_older_than_thirty_days_are_swept(urls: Urls) -> None:
    await administer(
        urls.worker,
        "UPDATE idempotency_key SET created_at = now() - interval '30 days 1 minute' WHERE key = 'k1'",
        "UPDATE idempotency_key SET created_at = now() - interval '29 days' WHERE key = 'k2'",
    )
    worker = Database(urls.worker)
    try:
        async with worker.engine.begin() as connection:
            await sweep_answers(connection)
            left = (
                (await connection.execute(text("SELECT key FROM idempotency_key"))).scalars().all()
            )
    finally:
        await worker.close()
    assert left == ["k2"]
