"""The common tables as migrated are the common tables as declared."""

import asyncpg
import pytest

from pq_common.db import migrate
from pq_common.db.session import connect_args
from pq_common.testing.fixtures import DatabaseFor, administer, run_apart


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("ALTER TABLE job ADD COLUMN stray text", "stray"),
        ("GRANT UPDATE ON event_log TO common_api", "common_api on event_log"),
        ("REVOKE SELECT ON feed FROM common_api", "common_api on feed"),
        ("GRANT SELECT ON job TO PUBLIC", "on job"),
        ("DROP POLICY in_scope ON event_log", "policies of event_log"),
        ("ALTER TABLE job NO FORCE ROW LEVEL SECURITY", "policies of job"),
        ("ALTER POLICY in_scope ON job USING (true)", "policies of job"),
        ("DROP POLICY in_scope ON idempotency_key", "policies of idempotency_key"),
        ("ALTER TABLE upload DISABLE ROW LEVEL SECURITY", "policies of upload"),
        ("GRANT SELECT (value) ON parked_event TO common_api", "common_api on parked_event"),
        (
            "REVOKE SELECT (projection) ON parked_event FROM common_api",
            "common_api on parked_event",
        ),
    ],
)
def test_a_schema_that_differs_is_refused_by_name(
    database_for: DatabaseFor, change: str, named: str
) -> None:
    urls = database_for("pq_common")
    run_apart(administer(urls.owner, change))
    with pytest.raises(migrate.SchemaDiffers, match=named):
        migrate.check("pq_common", urls.owner)


def test_the_migrated_schema_is_the_declared_schema(database_for: DatabaseFor) -> None:
    urls = database_for("pq_common")
    migrate.check("pq_common", urls.owner)
    migrate.upgrade("pq_common", urls.owner)
    migrate.check("pq_common", urls.owner)


@pytest.mark.parametrize("role", ["owner", "api", "worker"])
@pytest.mark.parametrize(
    "statement",
    ["UPDATE event_log SET mode = 'demo'", "DELETE FROM event_log", "TRUNCATE event_log"],
)
async def test_nobody_changes_the_journal(
    database_for: DatabaseFor, role: str, statement: str
) -> None:
    connection = await asyncpg.connect(**connect_args(getattr(database_for("pq_common"), role)))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.close()


async def test_the_next_three_months_have_partitions_and_the_rest_the_default(
    database_for: DatabaseFor,
) -> None:
    connection = await asyncpg.connect(**connect_args(database_for("pq_common").worker))
    try:
        made = await connection.fetchval("SELECT pq_make_event_log_partitions('2040-11-15')")
        again = await connection.fetchval("SELECT pq_make_event_log_partitions('2040-12-01')")
        names = await connection.fetch(
            "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'event_log'::regclass"
        )
    finally:
        await connection.close()
    assert (made, again) == (4, 1)
    assert {"event_log_204011", "event_log_204103", "event_log_default"} <= {
        row["name"] for row in names
    }
