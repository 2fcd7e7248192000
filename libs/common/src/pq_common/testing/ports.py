"""Ports for servers of tests that must know theirs before they listen."""

import random
import socket
from contextlib import suppress
from typing import Final

BELOW_EPHEMERAL: Final = range(20_000, 32_000)
"""Where Linux and macOS take no port for an outgoing connection: one that was free stays so until the server listens,
and while it is restarted."""


def free_ports(count: int) -> list[int]:
    """Return ports of 127.0.0.1 that can be bound. Raises RuntimeError when there are not so many."""
    found: list[int] = []
    for port in random.sample(BELOW_EPHEMERAL, len(BELOW_EPHEMERAL)):
        if len(found) == count:
            return found
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found.append(port)
    raise RuntimeError(f"no {count} free ports in {BELOW_EPHEMERAL}")
