"""Wake the relay and the sequencer of this very process when a transaction with events has committed.

It only saves waiting for the next poll: nothing depends on it.
"""

import asyncio
from weakref import WeakKeyDictionary

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from pq_common.db.session import shown

_MARK = "pq_emitted_to"
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
    if not _waiting or _MARK in session.info:
        return
    session.info[_MARK] = shown(session.get_bind().engine.url)
    event.listen(session.sync_session, "after_commit", _ring)


def _ring(session: Session) -> None:
    database = session.info.get(_MARK)
    for bell, (url, loop) in list(_waiting.items()):
        if url == database and not loop.is_closed():
            loop.call_soon_threadsafe(bell.set)
