"""A process that computes: reads a call, answers, reads the next. Started and ended by ``pool``, never by hand.

A frame is its length in 8 bytes and a pickle; both ends are ours, and what a caller sent travels inside as plain bytes.
"""

import importlib
import os
import pickle
import resource
import struct
import sys
import traceback
from collections.abc import Callable
from typing import Any, BinaryIO

from pq_common.errors import PqError

LENGTH = struct.Struct(">Q")
READY, ANSWER, REFUSED, BROKEN, PROGRESS = "ready", "answer", "refused", "broken", "progress"
Tell = Callable[[int, int], None]
"""How a call says how far it is: done, total."""


def main() -> None:
    """Serve the parent until it closes the pipe: ``python -m … MODULE BYTES``, what to load before, and memory at most."""
    module, memory = sys.argv[1], int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    inbox, outbox = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    importlib.import_module(module)
    _send(outbox, READY, None)
    while head := inbox.read(LENGTH.size):
        call, args = pickle.loads(inbox.read(LENGTH.unpack(head)[0]))  # noqa: S301 - the parent wrote it
        _send(outbox, *_outcome(call, args, outbox))


def _outcome(call: Callable[..., Any], args: tuple[Any, ...], outbox: BinaryIO) -> tuple[str, Any]:
    def tell(done: int, total: int) -> None:
        _send(outbox, PROGRESS, (done, total))

    try:
        return ANSWER, call(*args, tell=tell)
    except PqError as refusal:
        return REFUSED, refusal
    except MemoryError:
        return BROKEN, "MemoryError"
    except Exception:  # noqa: BLE001 - the parent logs it and answers 500; this process serves on
        return BROKEN, traceback.format_exc()


def _send(outbox: BinaryIO, kind: str, content: Any) -> None:
    frame = pickle.dumps((kind, content))
    outbox.write(LENGTH.pack(len(frame)) + frame)
    outbox.flush()


if __name__ == "__main__":
    main()
