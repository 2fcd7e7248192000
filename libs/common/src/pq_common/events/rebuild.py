"""Rebuild a projection beside the one in use, switch in one transaction, roll back; and prove that both agree.

The strongest test there is: the projection at offsets O must equal a fresh one built to O.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from pq_common.db import offsets
from pq_common.db.offsets import Place
from pq_common.db.session import Database
from pq_common.errors import Invalid, NotFound
from pq_common.events.bus import Bus
from pq_common.events.projection import Projection, make_tables
from pq_common.events.reader import Reader, ReaderOptions

_FIRST: Final = """
INSERT INTO active_projection (projection, version) VALUES ($1::text, $2::int) ON CONFLICT DO NOTHING
"""
_ROW: Final = """
SELECT version AS active, previous_version AS previous, wanted_version AS wanted FROM active_projection WHERE projection = $1::text
"""
_SWITCH: Final = """
UPDATE active_projection SET previous_version = version, version = $2::int, switched_at = now(),
       wanted_version = NULL
WHERE projection = $1::text AND version < $2::int
"""
_BACK: Final = """
UPDATE active_projection SET version = previous_version, previous_version = version,
       wanted_version = NULL, switched_at = now()
WHERE projection = $1::text AND previous_version IS NOT NULL
RETURNING version
"""
_WANT: Final = """
UPDATE active_projection
SET wanted_version = coalesce(wanted_version, greatest(version, previous_version) + 1)
WHERE projection = $1::text RETURNING wanted_version
"""
# Of states only the newest: one sent again behind a newer one is what compaction would keep.
_REPUBLISH: Final = """
INSERT INTO outbox_pending (shard, seq, recorded_at, event_id, topic, aggregate_id, aggregate_version)
SELECT shard, seq, recorded_at, event_id, topic, aggregate_id, aggregate_version FROM event_log l
WHERE seq BETWEEN $1::bigint AND $2::bigint AND NOT (topic LIKE '%.state.v%' AND EXISTS (
    SELECT 1 FROM event_log newer WHERE newer.topic = l.topic AND newer.aggregate_id = l.aggregate_id
        AND newer.aggregate_version > l.aggregate_version))
ORDER BY seq
ON CONFLICT DO NOTHING
"""
MOST_REPUBLISHED: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Versions:
    """The numbers of the builds: which is read, which was before, and which is wanted next."""

    active: int
    previous: int | None
    wanted: int | None


@dataclass(frozen=True, slots=True)
class Verification:
    """The sums of the tables in use and of those built afresh to the same offsets."""

    offsets: Mapping[Place, int]
    live: Mapping[str, str]
    fresh: Mapping[str, str]

    @property
    def agree(self) -> bool:
        """Say whether every table is the same."""
        return self.live == self.fresh


async def first_version(connection: AsyncConnection, projection: Projection) -> None:
    """Make this version the active one if there was none. Its tables come first: who finds it active reads them."""
    await make_tables(connection, projection)
    await connection.exec_driver_sql(_FIRST, (projection.name, projection.number))


async def versions(connection: AsyncConnection, name: str) -> Versions:
    """Return the versions of a projection. Raises NotFound before its first start."""
    row = (await connection.exec_driver_sql(_ROW, (name,))).mappings().one_or_none()
    if row is None:
        raise NotFound(f"Không có bản chiếu {name}", f"No projection {name}")
    return Versions(**row)


async def want_rebuild(connection: AsyncConnection, name: str) -> int:
    """Ask the workers to build the next version; they switch when it has caught up. Return its number."""
    found = (await connection.exec_driver_sql(_WANT, (name,))).scalar_one_or_none()
    if found is None:
        raise NotFound(f"Không có bản chiếu {name}", f"No projection {name}")
    return int(found)


async def switch(connection: AsyncConnection, name: str, version: int) -> None:
    """Let everybody read ``version`` from now on, if it is the newest; the one before stays for a rollback."""
    await connection.exec_driver_sql(_SWITCH, (name, version))


async def rollback(connection: AsyncConnection, name: str) -> int:
    """Go back to the version read before. Return its number; raises NotFound when there is none."""
    found = (await connection.exec_driver_sql(_BACK, (name,))).scalar_one_or_none()
    if found is None:
        raise NotFound(f"{name} không có bản trước", f"{name} has no version to go back to")
    return int(found)


async def build(
    database: Database, bus: Bus, projection: Projection, *, until: Mapping[Place, int]
) -> None:
    """Build a projection from the oldest events up to these offsets, without joining its group."""
    options = ReaderOptions(shared=False, until=until)
    await Reader(database, bus, projection, options=options).run()


async def checksums(connection: AsyncConnection, projection: Projection) -> dict[str, str]:
    """Return a sum of each table's rows, whatever their order."""
    sums: dict[str, str] = {}
    for table in sorted(projection.tables.tables.values() if projection.tables else (), key=str):
        name = f'"{projection.id}"."{table.name}"'
        statement = f"SELECT md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) FROM {name} t"  # noqa: S608 - names of our own tables
        sums[table.name] = (await connection.exec_driver_sql(statement)).scalar_one()
    return sums


async def verify(database: Database, bus: Bus, projection: Projection) -> Verification:
    """Build the projection again to the offsets it has now, compare, and take the copy away. Readers go on."""
    async with database.engine.connect() as connection:
        snapshot = await connection.execution_options(isolation_level="REPEATABLE READ")
        until = await offsets.loaded(snapshot, projection.id)
        live = await checksums(snapshot, projection)
    shadow = replace(projection, name=f"{projection.name}_check")
    await drop(database, shadow)
    try:
        await build(database, bus, shadow, until=until)
        async with database.engine.connect() as connection:
            fresh = await checksums(connection, shadow)
    finally:
        await drop(database, shadow)
    return Verification(until, live, fresh)


async def drop(database: Database, projection: Projection) -> None:
    """Remove one version with its offsets. The active one is refused."""
    async with database.engine.begin() as connection:
        row = (await connection.exec_driver_sql(_ROW, (projection.name,))).one_or_none()
        if row is not None and row.active == projection.number:
            raise Invalid(
                f"{projection.id} đang được dùng, không xóa được", f"{projection.id} is in use"
            )
        await connection.exec_driver_sql(f'DROP SCHEMA IF EXISTS "{projection.id}" CASCADE')
        for table in ("offset", "version", "gap"):
            statement = f"DELETE FROM projection_{table} WHERE projection = $1::text"  # noqa: S608 - three fixed names
            await connection.exec_driver_sql(statement, (projection.id,))
        await connection.exec_driver_sql(
            "DELETE FROM parked_event WHERE projection = $1::text", (projection.id,)
        )


async def republish(connection: AsyncConnection, first: int, last: int) -> int:
    """Queue the journal's rows of this range of ``seq`` again, as after a loss on the bus; readers know repetitions.

    Of states only those that are still the newest of their key. Return how many rows are queued.
    """
    if not 0 < first <= last < first + MOST_REPUBLISHED:
        raise Invalid(
            f"Khoảng [{first}, {last}] không hợp lệ, nhiều nhất {MOST_REPUBLISHED} dòng",
            f"The range [{first}, {last}] is not valid; at most {MOST_REPUBLISHED} rows",
        )
    queued = await connection.exec_driver_sql(_REPUBLISH, (first, last))
    return int(queued.rowcount)
