"""What we have heard of enterprises: a projection of the registry's events, as far as we need them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Column, Integer, MetaData, Row, Table, Text, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from pq_common.events.projection import PLACEHOLDER, active_schema, active_version

PROJECTION: Final = "enterprises"
projected: Final = MetaData(schema=PLACEHOLDER)

known_enterprise = Table(
    "known_enterprise",
    projected,
    Column("mode", Text, primary_key=True),
    Column("enterprise_id", Text, primary_key=True),
    Column("place_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

Known = Row[Any]


async def known(
    session: AsyncSession, mode: str, subjects: Iterable[str]
) -> dict[str, Known] | None:
    """Return what the registry has told us of these subjects; None before it has told us anything."""
    connection = await session.connection()
    if await active_version(connection, PROJECTION) is None:
        return None
    schema = await active_schema(connection, PROJECTION)
    statement = select(known_enterprise).where(
        known_enterprise.c.mode == mode, known_enterprise.c.enterprise_id.in_(list(subjects))
    )
    found = await session.execute(
        statement, execution_options={"schema_translate_map": {PLACEHOLDER: schema}}
    )
    return {row.enterprise_id: row for row in found}


async def keep(connection: AsyncConnection, facts: Sequence[Mapping[str, Any]]) -> None:
    """Write what was heard; each enterprise and mode at most once in ``facts``."""
    if not facts:
        return
    rows = insert(known_enterprise).values(list(facts))
    heard = rows.excluded
    await connection.execute(
        rows.on_conflict_do_update(
            index_elements=["mode", "enterprise_id"],
            set_={"place_id": heard.place_id, "status": heard.status, "version": heard.version},
        )
    )
