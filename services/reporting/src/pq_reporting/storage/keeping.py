"""Write what was heard: one statement per table and batch, however many events it holds.

Plain SQL, straight to the driver, with each column as one JSON text: the driver looks at every element of an array,
which costs a reader three times as much, and PostgreSQL no less.
Names without a schema are the projection's own, for its transaction begins in its schema.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

from pydantic_core import to_json
from sqlalchemy import ARRAY, Column, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

Key = tuple[Any, ...]
Source = tuple[str, str]
"""The mode in which something was said, and the topic."""
_DIALECT: Final = postgresql.dialect()  # type: ignore[no-untyped-call]  # untyped upstream
_STUBS: Final = """
INSERT INTO enterprise (mode, enterprise_id)
SELECT * FROM ROWS FROM (json_array_elements_text($1::text::json), json_array_elements_text($2::text::json)) AS g
ON CONFLICT DO NOTHING
"""
_HEARD: Final = """
INSERT INTO heard (mode, topic, events, last_occurred_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::timestamptz[])
ON CONFLICT (mode, topic) DO UPDATE
SET events = heard.events + excluded.events,
    last_occurred_at = greatest(heard.last_occurred_at, excluded.last_occurred_at)
"""


class Copies:
    """The rows a batch leaves behind: the last of each key, and stubs for what others are yet to say."""

    def __init__(self) -> None:
        self._rows: dict[Table, dict[Key, Mapping[str, Any]]] = {}
        self._stubs: dict[Key, None] = {}
        self._heard: dict[Source, tuple[int, datetime]] = {}

    def put(self, table: Table, key: Key, **rest: Any) -> None:
        """Keep a row; a later one of the same key replaces it. JSON, and arrays as JSON, come as text."""
        rows = self._rows.get(table)
        if rows is None:
            rows = self._rows[table] = {}
        rows[key] = rest

    def stub(self, mode: str, enterprise_id: str) -> None:
        """Keep the place of an enterprise that the registry may not have told us of yet."""
        self._stubs[mode, enterprise_id] = None

    def note(self, source: Source, events: int, last_occurred_at: datetime) -> None:
        """Count events for the as-of line of their topic."""
        before, last = self._heard.get(source, (0, last_occurred_at))
        self._heard[source] = before + events, max(last, last_occurred_at)

    async def write(self, connection: AsyncConnection) -> None:
        """Write all of it in the reader's transaction."""
        for table, rows in self._rows.items():
            rest = [[row[name] for row in rows.values()] for name in _names(table, key=False)]
            columns = [_as_json(column) for column in (*_columns(rows), *rest)]
            await connection.exec_driver_sql(_upsert(table), tuple(columns))
        if self._stubs:
            columns = [_as_json(column) for column in _columns(self._stubs)]
            await connection.exec_driver_sql(_STUBS, tuple(columns))
        if self._heard:
            given = [(*key, *said) for key, said in sorted(self._heard.items())]
            await connection.exec_driver_sql(_HEARD, _columns(given))


def _columns(rows: Iterable[Key]) -> tuple[list[Any], ...]:
    return tuple(list(column) for column in zip(*rows, strict=True))


def _as_json(column: list[Any]) -> str:
    return to_json(column).decode()  # days, instants and decimals as text


def _names(table: Table, *, key: bool) -> list[str]:
    return [each.name for each in table.columns if each.primary_key is key]


@cache  # one text per table, so that the driver knows the statement it has prepared
def _upsert(table: Table) -> str:
    key, rest = _names(table, key=True), _names(table, key=False)
    columns = [table.columns[name] for name in (*key, *rest)]
    given = ", ".join(
        f"json_array_elements_text(${n}::text::json)" for n in range(1, len(columns) + 1)
    )
    names = ", ".join((*key, *rest))
    changed = ", ".join(f"{name} = excluded.{name}" for name in rest)
    return f"""
INSERT INTO {table.name} ({names}) SELECT {", ".join(_kept(each) for each in columns)}
FROM ROWS FROM ({given}) AS given ({names})
ON CONFLICT ({", ".join(key)}) DO UPDATE SET {changed}
"""  # noqa: S608 - names of our own tables


def _kept(column: Column[Any]) -> str:
    name = f"given.{column.name}"
    if isinstance(column.type, ARRAY):
        return f"ARRAY(SELECT jsonb_array_elements_text({name}::jsonb))"
    return f"{name}::{column.type.compile(_DIALECT)}"
