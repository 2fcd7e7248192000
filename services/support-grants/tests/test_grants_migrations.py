"""The migrated database is the declared one."""

from collections.abc import Callable

from pq_common.db import migrate
from pq_common.db.provision import Urls


def test_the_migrated_schema_is_the_declared_schema(
    database_for: Callable[[str], Urls],
) -> None:
    migrate.check("pq_support_grants", database_for("pq_support_grants").owner)
