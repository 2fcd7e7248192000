"""Statements whose text never changes, said to the driver as they stand.

On the way of every command SQLAlchemy's expressions, cursors and unit of work cost several times what asyncpg does.
In a ``DriverSession`` the transaction itself is the driver's until somebody needs SQLAlchemy.
Values go as asyncpg takes them: a JSONB parameter is JSON text, an instant carries its zone.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

import asyncpg
from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

from pq_common.db.driver_session import DriverSession
from pq_common.db.signals import ring
from pq_common.db.transient import FAILURES

Rows = Sequence[Mapping[str, Any]]
_KEPT: Final = "pq_driver"


def insert_into(table: Table) -> str:
    """Return the INSERT of one row with every column, in the order of the table."""
    names = ", ".join(column.name for column in table.columns)
    places = ", ".join(f"${number}" for number in range(1, len(table.columns) + 1))
    return f"INSERT INTO {table.name} ({names}) VALUES ({places})"  # noqa: S608 - our own names, no input


async def say(session: AsyncSession, statement: str, values: Sequence[Any] = ()) -> Rows:
    """Say it in the session's transaction. What the session holds back is not flushed first.

    Raises what SQLAlchemy would: DBAPIError and its kinds, with the driver's own error as ``orig``.
    """
    if isinstance(session, DriverSession) and session.driver is not None:
        try:
            said: Rows = await session.driver.fetch(statement, *values)
        except FAILURES as error:
            await session.run_sync(_raise_as_sqlalchemy, statement, error)
        return said
    transaction, connection = session.info.get(_KEPT, (None, None))
    if transaction is None or transaction is not _innermost(session.sync_session):
        return await session.run_sync(_say_first, statement, tuple(values))
    for hears in connection.dispatch.before_cursor_execute:  # whoever listens to the engine
        hears(connection, None, statement, tuple(values), None, False)
    driver: asyncpg.Connection = connection.connection.driver_connection
    try:
        rows: Rows = await driver.fetch(statement, *values)
    except FAILURES as error:
        await session.run_sync(_raise_as_sqlalchemy, statement, error)
    return rows


async def flush_and_say(session: AsyncSession, statement: str, values: Sequence[Any]) -> None:
    """Write what the session holds back, then say it."""
    if not (isinstance(session, DriverSession) and session.driver is not None) and (
        session.new or session.dirty or session.deleted
    ):
        await session.flush()
    await say(session, statement, values)


async def commit(session: DriverSession) -> None:
    """Commit, and give the connection back. Raises what SQLAlchemy would; ``close`` is then still to come."""
    if session.driver is None:
        await session.finish()
        return
    try:
        await session.commit_on_driver()
    except FAILURES as error:
        await session.run_sync(_raise_as_sqlalchemy, "COMMIT", error)
    ring(session)


def _say_first(session: Session, statement: str, values: tuple[Any, ...]) -> Rows:
    # SQLAlchemy sends BEGIN or SAVEPOINT with the first statement after it; the next go to the driver.
    connection = session.connection()
    result = connection.exec_driver_sql(statement, values)
    session.info[_KEPT] = (_innermost(session), connection)
    return [dict(row) for row in result.mappings()] if result.returns_rows else ()


def _innermost(session: Session) -> SessionTransaction | None:
    return session.get_nested_transaction() or session.get_transaction()


def _raise_as_sqlalchemy(session: Session, statement: str, error: Exception) -> NoReturn:
    connection = session.connection()
    dialect, adapter = connection.dialect, connection.connection.dbapi_connection
    errors: Any = dialect.loaded_dbapi
    try:
        adapter._handle_exception(error)  # type: ignore[union-attr]  # the dialect's own translation
    except errors.Error as known:
        lost = dialect.is_disconnect(known, adapter, None)
        if lost:
            connection.invalidate(known)  # or the pool would lend it again
        raise DBAPIError.instance(
            statement, None, known, errors.Error, hide_parameters=True,
            connection_invalidated=lost, dialect=dialect,
        ) from error  # fmt: skip
    raise error
