"""Wake whoever waits in this very process for what a transaction has committed: events, or jobs.

It only saves waiting for the next poll: nothing depends on it.
"""

import asyncio
from typing import Final, Literal
from weakref import WeakKeyDictionary

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from pq_common.db.scoping import ScopedSession

DATABASE = "pq_database"
"""Where a session's ``info`` names its database, as ``session.shown`` does."""
Told = Literal["events", "jobs"]
_TOLD: Final = "pq_told"
_waiting: WeakKeyDictionary[asyncio.Event, tuple[str, Told, asyncio.AbstractEventLoop]] = (
    WeakKeyDictionary()
)


def wake_on_commit(url: str, told: Told = "events") -> asyncio.Event:
    """Return an event that is set whenever this process commits such things to that database."""
    bell = asyncio.Event()
    _waiting[bell] = (url, told, asyncio.get_running_loop())
    return bell


def after_commit(session: AsyncSession, told: Told = "events") -> None:
    """Ring the bells for it once the session's transaction is committed."""
    if _waiting:
        session.info[_TOLD] = {*session.info.get(_TOLD, ()), told}


@event.listens_for(ScopedSession, "after_commit")
def ring(session: Session | AsyncSession) -> None:
    """Wake who waits for what this session has told its database."""
    if not (told := session.info.get(_TOLD)):
        return
    for bell, (url, wanted, loop) in list(_waiting.items()):
        if wanted in told and url == session.info.get(DATABASE) and not loop.is_closed():
            loop.call_soon_threadsafe(bell.set)
