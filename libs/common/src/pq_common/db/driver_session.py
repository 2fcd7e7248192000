"""A session whose transaction stands on the driver's connection; SQLAlchemy's part is made when it is asked for.

A command that says nothing but fixed statements never asks for it: no session, no cursor, no unit of work.
Queries, ``add`` or a savepoint do, and go on in the same transaction.
"""

import asyncio
from typing import Any, Final

import asyncpg
from asyncpg.transaction import Transaction
from sqlalchemy import Connection, PoolProxiedConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.util import greenlet_spawn

from pq_common.db.transient import FAILURES

_MADE: Final = frozenset({"sync_session", "_proxied", "_async_bind", "_async_binds"})
"""What ``AsyncSession`` makes at once."""


class DriverSession(AsyncSession):
    """One transaction: ``begin``, then ``finish`` or ``close``. Takes the options of a session."""

    def __init__(self, engine: AsyncEngine, **options: Any) -> None:
        self._engine = engine
        self._options = options
        self._info: dict[Any, Any] = options.pop("info", {}).copy()
        self._pooled: PoolProxiedConnection | None = None
        self._transaction: Transaction | None = None
        self._joined: Connection | None = None
        self.driver: asyncpg.Connection | None = None
        """Where statements go as they stand; None before ``begin`` and once SQLAlchemy has taken part."""

    def __getattr__(self, name: str) -> Any:
        """Make SQLAlchemy's part at the first touch."""
        if name not in _MADE:
            raise AttributeError(name)
        self._join()
        return self.__dict__[name]

    @property
    def info(self) -> dict[Any, Any]:
        """What is kept beside the transaction, whether or not SQLAlchemy takes part."""
        return self.sync_session.info if self.is_joined else self._info

    @property
    def is_joined(self) -> bool:
        """Tell whether SQLAlchemy takes part."""
        return "sync_session" in self.__dict__

    async def begin_on_driver(self) -> None:
        """Take a connection from the pool and begin; left to SQLAlchemy where somebody listens to the engine."""
        engine = self._engine.sync_engine
        if self.is_joined or engine._has_events:
            return
        try:
            pooled = await self._engine.raw_connection()
        except (engine.dialect.loaded_dbapi.Error, *FAILURES):
            return  # SQLAlchemy meets the same, and says it in its own words
        driver: Any = pooled.driver_connection
        try:
            transaction: Transaction = driver.transaction()
            await transaction.start()
        except BaseException as broken:
            # It died in the pool, or we are cancelled and the server may have begun: nobody may have it after us.
            await asyncio.shield(greenlet_spawn(pooled.invalidate, broken))
            if isinstance(broken, FAILURES):
                return  # nothing was said on it, so SQLAlchemy may begin on another
            raise
        self._pooled, self._transaction, self.driver = pooled, transaction, driver

    async def commit_on_driver(self) -> None:
        """Commit and give the connection back. Raises what the driver raises; ``close`` is then still to come."""
        transaction: Any = self._transaction
        self._transaction = self.driver = None
        await transaction.commit()
        pooled: Any = self._pooled
        self._pooled = None
        await greenlet_spawn(pooled.close)  # a pool that keeps no more of them closes it

    async def finish(self) -> None:
        """Commit what SQLAlchemy takes part in, in one switch into its greenlet, and give the connection back."""
        await self.run_sync(_commit)
        await self._give_back()

    async def commit(self) -> None:
        """Commit and give the connection back; what is said next begins another transaction, with SQLAlchemy."""
        await super().commit()
        await self._give_back()

    async def rollback(self) -> None:
        """Undo and give the connection back; what is said next begins another transaction, with SQLAlchemy."""
        await super().rollback()
        await self._give_back()

    async def close(self) -> None:
        """Undo what was not committed and give the connection back."""
        if self._pooled is not None or self.is_joined:
            await super().close()
            await self._give_back()

    async def _give_back(self) -> None:
        joined, self._joined = self._joined, None
        if joined is not None:
            self.sync_session.bind = self._engine.sync_engine
            await greenlet_spawn(joined.close)

    def _join(self) -> None:
        """Make the session. It goes on in the transaction under way, and sends nothing for it."""
        if self._pooled is None:
            super().__init__(self._engine, info=self._info, **self._options)
            return
        adapter: Any = self._pooled.dbapi_connection
        adapter._transaction = self._transaction  # or it would begin another
        self._joined = Connection(self._engine.sync_engine, self._pooled)
        self._pooled = self._transaction = self.driver = None
        bind = AsyncConnection(self._engine, self._joined)
        super().__init__(bind, info=self._info, **self._options)
        self.sync_session.connection()


def _commit(session: Session) -> None:
    session.commit()
    session.close()
