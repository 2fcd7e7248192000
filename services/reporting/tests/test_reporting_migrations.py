from pq_common.db import migrate
from pq_common.testing.fixtures import DatabaseFor


def test_the_migrated_schema_is_the_declared_schema(database_for: DatabaseFor) -> None:
    migrate.check("pq_reporting", database_for("pq_reporting").owner)
