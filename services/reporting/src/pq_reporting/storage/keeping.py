"""Write what was heard: one statement per table and batch, however many events it holds."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Insert, Table, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from pq_reporting.storage import tables

Row = dict[str, Any]


class Copies:
    """The rows a batch leaves behind: the last of each key, and stubs for what others are yet to say."""

    def __init__(self) -> None:
        self._rows: dict[Table, dict[tuple[Any, ...], Row]] = {}
        self._stubs: dict[tuple[Any, ...], Row] = {}
        self._heard: dict[tuple[str, str], Row] = {}

    def put(self, table: Table, row: Row) -> None:
        """Keep a row; a later one of the same key replaces it."""
        self._rows.setdefault(table, {})[_key(table, row)] = row

    def stub(self, mode: str, enterprise_id: str) -> None:
        """Keep the place of an enterprise that the registry may not have told us of yet."""
        row = {
            "mode": mode,
            "enterprise_id": enterprise_id,
            "name": None,
            "place_id": None,
            "status": None,
        }
        self._stubs[_key(tables.enterprise, row)] = row

    def note(self, mode: str, topic: str, occurred_at: datetime) -> None:
        """Count an event for the as-of line of its topic."""
        at = occurred_at.isoformat()
        row = self._heard.get((mode, topic))
        if row is None:
            row = {"mode": mode, "topic": topic, "events": 0, "last_occurred_at": at}
            self._heard[mode, topic] = row
        row["events"] += 1
        row["last_occurred_at"] = max(row["last_occurred_at"], at)

    async def write(self, connection: AsyncConnection) -> None:
        """Write all of it in the reader's transaction."""
        for table, rows in self._rows.items():
            await connection.execute(_upsert(table), {"rows": list(rows.values())})
        if self._stubs:
            statement = _given(tables.enterprise).on_conflict_do_nothing()
            await connection.execute(statement, {"rows": list(self._stubs.values())})
        if self._heard:
            await connection.execute(_add_heard(), {"rows": list(self._heard.values())})


def _key(table: Table, row: Row) -> tuple[Any, ...]:
    return tuple([row[name] for name in _key_names(table)])


@cache  # asked for every event heard, and SQLAlchemy walks its collection each time
def _key_names(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key)


def _given(table: Table) -> Any:
    """Insert from one JSON parameter, so that the size of a batch meets no limit of the protocol."""
    names = [each.name for each in table.columns]
    rows = (
        func.jsonb_to_recordset(bindparam("rows", type_=JSONB))
        .table_valued(*[column(each.name, each.type) for each in table.columns])
        .render_derived(name="given", with_types=True)
    )
    return insert(table).from_select(names, select(*(rows.c[name] for name in names)))


def _upsert(table: Table) -> Insert:
    statement = _given(table)
    key = [each.name for each in table.primary_key]
    changed = {
        each.name: statement.excluded[each.name] for each in table.columns if each.name not in key
    }
    upsert: Insert = statement.on_conflict_do_update(index_elements=key, set_=changed)
    return upsert


def _add_heard() -> Insert:
    statement = _given(tables.heard)
    upsert: Insert = statement.on_conflict_do_update(
        index_elements=["mode", "topic"],
        set_={
            "events": tables.heard.c.events + statement.excluded.events,
            "last_occurred_at": func.greatest(
                tables.heard.c.last_occurred_at, statement.excluded.last_occurred_at
            ),
        },
    )
    return upsert
