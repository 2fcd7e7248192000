"""One transaction per request, committed before the answer leaves, seeing only the caller's places."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.db.fixed_sql import commit
from pq_common.db.session import EVERY_JOB, Database, set_scope
from pq_common.http.auth import Actor, current_actor


async def open_session(request: Request) -> AsyncIterator[AsyncSession]:
    """Open the request's transaction in the caller's scope."""
    actor = await current_actor(request)
    database: Database = request.app.state.database
    session = database.on_driver()
    try:
        await session.begin_on_driver()
        await set_scope(session, actor.scope, actor=actor.id, jobs=_jobs(actor))
        yield session
        await commit(session)  # nobody else commits
    except BaseException:
        await asyncio.shield(session.close())
        raise


async def open_public_session(request: Request) -> AsyncIterator[AsyncSession]:
    """Open a transaction that sees every place and can write nothing; for published resources alone."""
    async with reading(request.app.state.database) as session:
        yield session


@asynccontextmanager
async def reading(
    database: Database, actor: Actor | None = None, *, snapshot: bool = False
) -> AsyncIterator[AsyncSession]:
    """Open a read-only session of one's own, for streams and exports: in the actor's scope, or on every place.

    With ``snapshot`` all statements see the same instant.
    """
    async with database.sessions.begin() as session:
        options: dict[str, object] = {"postgresql_readonly": True}
        if snapshot:
            options["isolation_level"] = "REPEATABLE READ"
        await session.connection(execution_options=options)
        if actor is None:
            await set_scope(session, "*")
        else:
            await set_scope(session, actor.scope, actor=actor.id, jobs=_jobs(actor))
        yield session


async def open_again(session: AsyncSession, actor: Actor) -> None:
    """Begin the request's transaction anew, in the scope it had: after ``rollback`` gave the connection back for the time of something long."""
    await set_scope(session, actor.scope, actor=actor.id, jobs=_jobs(actor))


def _jobs(actor: Actor) -> str:
    return EVERY_JOB if actor.has("ministry-admin") else ""


# With FastAPI's default scope a failed commit would still answer 200: "function" ends the dependency
# before the response is sent. A generator dependency that uses these needs scope="function" as well.
Session = Annotated[AsyncSession, Depends(open_session, scope="function")]
PublicSession = Annotated[AsyncSession, Depends(open_public_session, scope="function")]
