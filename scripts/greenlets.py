"""A plugin of coverage: find the stack of the running greenlet without running Python at every line.

SQLAlchemy's asyncio runs in greenlets, so lines are counted per greenlet. The C tracer keeps each one's stack under
it in a ``weakref.WeakKeyDictionary``, made at its first event; its look-up is Python, and tracing takes twice as long.
"""

import weakref
from typing import Any, Final
from unittest import mock

import coverage.tracer
from coverage.tracer import CTracer

MANY: Final = 4096


class ByGreenlet(dict[Any, int]):
    """The number of the stack of each greenlet; now and then those that have ended are dropped."""

    def __setitem__(self, greenlet: Any, stack: int) -> None:
        if len(self) % MANY == 0:
            for ended in [one for one in self if one.dead]:
                del self[ended]
        super().__setitem__(greenlet, stack)


class Tracer(CTracer):
    """The C tracer with a quick dictionary."""

    def start(self) -> Any:
        """Begin to trace, and let a first event make the dictionary."""
        with mock.patch.object(weakref, "WeakKeyDictionary", ByGreenlet):
            tracing = super().start()
            _event()
        return tracing


def coverage_init(*_: object) -> None:
    """Let coverage use this tracer, where it would use its C tracer."""
    mock.patch.object(coverage.tracer, "CTracer", Tracer).start()


def _event() -> None:
    """Be called: that is an event."""
