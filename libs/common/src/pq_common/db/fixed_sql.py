"""Statements whose text never changes, said to the driver as they stand.

On the way of every command SQLAlchemy's expressions and unit of work cost several times what PostgreSQL does.
Values go as asyncpg takes them: a JSONB parameter is JSON text, an instant carries its zone.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CursorResult, Table
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session


def insert_into(table: Table) -> str:
    """Return the INSERT of one row with every column, in the order of the table."""
    names = ", ".join(column.name for column in table.columns)
    places = ", ".join(f"${number}" for number in range(1, len(table.columns) + 1))
    return f"INSERT INTO {table.name} ({names}) VALUES ({places})"  # noqa: S608 - our own names, no input


async def say(
    session: AsyncSession, statement: str, values: Sequence[Any] = ()
) -> CursorResult[Any]:
    """Say it in the session's transaction. What the session holds back is not flushed first."""
    return await session.run_sync(_say, statement, tuple(values))


async def flush_and_say(session: AsyncSession, statement: str, values: Sequence[Any]) -> None:
    """Write what the session holds back, then say it."""
    await session.run_sync(_flush_and_say, statement, tuple(values))


# One switch into SQLAlchemy's greenlet for each statement; flush, connection and execution would be three.
def _say(session: Session, statement: str, values: tuple[Any, ...]) -> CursorResult[Any]:
    return session.connection().exec_driver_sql(statement, values)


def _flush_and_say(session: Session, statement: str, values: tuple[Any, ...]) -> None:
    session.flush()
    _say(session, statement, values)
