"""Wake the relay and the sequencer of this very process when a transaction with events has committed.

It only saves waiting for the next poll: nothing depends on it.
"""

import asyncio
from weakref import WeakKeyDictionary

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from pq_common.db.scoping import ScopedSession

DATABASE = "pq_database"
"""Where a session's ``info`` names its database, as ``session.shown`` does."""
_EMITTED = "pq_emitted"
_waiting: WeakKeyDictionary[asyncio.Event, tuple[str, asyncio.AbstractEventLoop]] = (
    WeakKeyDictionary()
)


def wake_on_commit(url: str) -> asyncio.Event:
    """Return an event that is set whenever this process commits events to that database."""
    bell = asyncio.Event()
    _waiting[bell] = (url, asyncio.get_running_loop())
    return bell


def after_commit(session: AsyncSession) -> None:
    """Ring the bells once the session's transaction is committed."""
    if _waiting:
        session.info[_EMITTED] = True


@event.listens_for(ScopedSession, "after_commit")
def ring(session: Session | AsyncSession) -> None:
    """Wake who waits for this session's database, if it has emitted anything."""
    if not session.info.get(_EMITTED):
        return
    for bell, (url, loop) in list(_waiting.items()):
        if url == session.info.get(DATABASE) and not loop.is_closed():
            loop.call_soon_threadsafe(bell.set)
