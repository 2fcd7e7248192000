"""Tell the readers of a log, in this very process, that something was published.

It only saves them the wait for their next poll, so nothing depends on it; several buses of one process that
speak to one log share it.
"""

import asyncio
from weakref import WeakKeyDictionary

_bells: WeakKeyDictionary[asyncio.Event, tuple[str, asyncio.AbstractEventLoop]] = (
    WeakKeyDictionary()
)


def bell_of(log: str) -> asyncio.Event:
    """Return an event of the caller's own that is set whenever this process publishes to ``log``."""
    bell = asyncio.Event()
    _bells[bell] = (log, asyncio.get_running_loop())
    return bell


def ring(log: str) -> None:
    """Wake all who wait for news of ``log``."""
    for bell, (of, loop) in list(_bells.items()):
        if of == log and not loop.is_closed():
            loop.call_soon_threadsafe(bell.set)
