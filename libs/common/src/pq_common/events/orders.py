"""Carry out what operators order over HTTP and only the worker's role may do: replay what was parked, let go what is held."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import structlog
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from pq_common.db import journal
from pq_common.db.session import Database
from pq_common.db.transient import MAY_PASS, is_transient
from pq_common.events.applying import MAY_REFUSE, refuses
from pq_common.events.projection import Projection, active_version
from pq_common.events.relay_queries import LET_GO
from pq_common.events.replaying import replay

_log = structlog.get_logger(__name__)
LOOK_EVERY_S = 1.0


class Orders:
    """Takes orders one at a time until stopped; several workers may look, each order is taken once.

    Where no projection is read, replays are left to those who read them.
    """

    def __init__(self, database: Database, projections: Sequence[Projection]) -> None:
        self.done = 0
        self._database = database
        self._projections: Mapping[str, Projection] = {one.name: one for one in projections}
        self._kinds = (journal.RELEASE, journal.REPLAY) if projections else (journal.RELEASE,)
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Ask ``run`` to return after the order in hand."""
        self._stopping.set()

    async def run(self) -> None:
        """Look for orders until stopped; a database that fails is asked again."""
        while not self._stopping.is_set():
            try:
                while await self.step():
                    self.done += 1
            except MAY_PASS as reason:
                if not is_transient(reason):
                    raise
                _log.warning("orders_wait", reason=repr(reason))
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._stopping.wait()

    async def step(self) -> bool:
        """Carry out the oldest order; False when there is none."""
        async with self._database.engine.begin() as connection:
            order = await journal.take(connection, self._kinds)
            if order is None:
                return False
            if order["kind"] == journal.RELEASE:
                done, error = await self._release(connection, order)
            else:
                done, error = await self._replay(order)
            await journal.finish(connection, order["id"], done=done, error=error)
        return True

    async def _release(
        self, connection: AsyncConnection, order: RowMapping
    ) -> tuple[int, dict[str, Any] | None]:
        """Let the relay try a held key again; if the bus still refuses it, it is held again."""
        key = order["result"]["key"]
        freed = (await connection.exec_driver_sql(LET_GO, (key,))).rowcount
        return freed, None if freed else {"message": f"nothing is held of {key}"}

    async def _replay(self, order: RowMapping) -> tuple[int, dict[str, Any] | None]:
        """Replay every parked key of the active version; a key that still fails stays parked and is named."""
        projection = self._projections.get(order["result"]["projection"])
        if projection is None:
            return 0, {"message": "this worker does not read the projection"}
        async with self._database.engine.connect() as connection:
            version = await active_version(connection, projection.name) or projection.number
            if not projection.may_feed(version):
                return 0, {"message": "a newer release made what is read: order it there"}
            projection = projection.at(version)
            keys = await journal.parked_keys(connection, projection.id)
        applied, failed = 0, []
        for key in keys:
            try:
                applied += await replay(self._database, projection, key)
            except MAY_REFUSE as reason:
                if not refuses(reason):
                    raise
                failed.append(f"{key[0]} {key[1]}: {reason}")
        return applied, {"message": "; ".join(failed)} if failed else None
