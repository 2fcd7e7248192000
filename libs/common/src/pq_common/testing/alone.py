"""One process at a time, where several would fetch or make the same thing on a fresh checkout."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

CACHE: Final = Path(__file__).resolve().parents[5] / ".cache"


@contextmanager
def alone(what: str) -> Iterator[None]:
    """Wait until no other process of this checkout fetches or makes ``what``, and keep others out meanwhile."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / f"{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
