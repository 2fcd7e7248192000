"""A projection: what is kept of other services' events, and the schema its tables live in.

Tables declared with ``schema="projection"`` live in ``<name>_v<number>``; a second build is made beside the
first (blue/green) and one row of ``active_projection`` says which one is read. Its number tells which version of the
code made it (ADR 0020): older code does not read the bus for it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Protocol

from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import AsyncConnection

from pq_common.db.offsets import active_projection
from pq_common.db.session import Database
from pq_common.events.incoming import Incoming

PLACEHOLDER: Final = "projection"
BUILDS: Final = 1000
"""How many builds of one version have numbers of their own; below it are the numbers given before they told the code."""
_ONE_MAKER: Final = text("SELECT pg_advisory_xact_lock(hashtext('pq_projection'))")
_TABLES: Final = text("SELECT tablename FROM pg_tables WHERE schemaname = :schema")
_SERVICE: Final = text("SELECT regexp_replace(current_user, '_worker$', '')")
_HERE: Final = text("""
SELECT set_config('search_path', coalesce(:path, current_setting('search_path')), true),
       set_config('synchronous_commit', coalesce(:wait, current_setting('synchronous_commit')), true)
""")

Apply = Callable[[AsyncConnection, Sequence[Incoming]], Awaitable[None]]


class Collector(Protocol):
    """What some events leave behind, made as they are read and written in one go. What it heard, it heard in order."""

    def hear(self, events: Sequence[Incoming]) -> None:
        """Take these events in, without asking anybody. Raises Unreadable."""
        ...

    async def write(self, connection: AsyncConnection) -> None:
        """Write all of it; called once."""
        ...


@dataclass(frozen=True, slots=True)
class Projection:
    """``apply`` gets each batch once, fresh events only, in order per key, inside the transaction of the offset.

    Where what is written does not depend on what is there, ``collector`` makes it while the batch before is written;
    ``apply`` must then do the same as one that hears the events and writes.

    ``version`` is raised in the code when what ``apply`` writes changes; ``rebuild`` counts the builds that operators order.
    """

    name: str
    version: int
    topics: tuple[str, ...]
    apply: Apply
    tables: MetaData | None = None
    collector: Callable[[], Collector] | None = None
    rebuild: int = 0

    @property
    def number(self) -> int:
        """The number of this build, as ``active_projection`` holds it."""
        return self.version * BUILDS + self.rebuild

    @property
    def id(self) -> str:
        """The name of its offsets, of its schema and of its consumer group."""
        return f"{self.name}_v{self.number}"

    def at(self, number: int) -> "Projection":
        """Return the build of this number."""
        version, rebuild = divmod(number, BUILDS)
        return replace(self, version=version, rebuild=rebuild)

    def may_feed(self, number: int) -> bool:
        """Say whether this code may read the bus for the build of this number: not for one of newer code."""
        return number // BUILDS <= self.version


async def mapped(connection: AsyncConnection, projection: Projection) -> AsyncConnection:
    """Let statements on the projection's tables reach the schema of this version."""
    return await connection.execution_options(schema_translate_map={PLACEHOLDER: projection.id})


@asynccontextmanager
async def transaction(
    database: Database, projection: Projection, *, wait: bool = True
) -> AsyncIterator[AsyncConnection]:
    """Begin a transaction in the schema of this version: for Core by its map, for plain SQL by ``search_path``.

    Without ``wait`` its commit does not wait for the disk (ADR 0010): for what a crash undoes together with its offset.
    """
    async with database.engine.connect() as plain:
        connection = await mapped(plain, projection)
        async with connection.begin():
            path = None if projection.tables is None else f'"{projection.id}", public'
            await connection.execute(_HERE, {"path": path, "wait": None if wait else "off"})
            yield connection


async def active_version(connection: AsyncConnection, name: str) -> int | None:
    """Return the number of the build that is read, or None before the first start."""
    row = await connection.execute(
        active_projection.select().where(active_projection.c.projection == name)
    )
    found = row.mappings().first()
    return None if found is None else int(found["version"])


async def active_schema(connection: AsyncConnection, name: str) -> str:
    """Return the schema to read a projection from; while none is active, one that nobody ever makes."""
    return f"{name}_v{await active_version(connection, name) or 0}"


async def make_tables(connection: AsyncConnection, projection: Projection) -> None:
    """Create what is missing of this version: its schema, tables and grants. The API role may only read.

    Newer code feeds the version in use until its own has caught up, so a table that only the newer one knows is made there too.
    A table with ``info={"placed": "pq_in_scope(place_id)"}`` shows the API role only the rows in scope.
    """
    if projection.tables is None:
        return
    await connection.execute(_ONE_MAKER)
    schema = projection.id
    there = set(await connection.scalars(_TABLES, {"schema": schema}))
    missing = [one for one in projection.tables.sorted_tables if one.name not in there]
    if not missing:
        return
    service = await connection.scalar(_SERVICE)
    await connection.exec_driver_sql(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
    inside = await mapped(connection, projection)
    await inside.run_sync(partial(projection.tables.create_all, tables=missing))
    await connection.exec_driver_sql(f'GRANT USAGE ON SCHEMA "{schema}" TO {service}_api')
    await connection.exec_driver_sql(
        f'GRANT SELECT ON ALL TABLES IN SCHEMA "{schema}" TO {service}_api'
    )
    for table in missing:
        if using := table.info.get("placed"):
            await _place(connection, f'"{schema}"."{table.name}"', str(service), using)


async def _place(connection: AsyncConnection, table: str, service: str, using: str) -> None:
    for statement in (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY in_scope ON {table} TO {service}_api USING ({using})",
        f"CREATE POLICY every_row ON {table} TO {service}_worker USING (true) WITH CHECK (true)",
    ):
        await connection.exec_driver_sql(statement)
