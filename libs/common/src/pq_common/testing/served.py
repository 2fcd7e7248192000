"""An application behind a real socket, and schemathesis against it with the committed settings."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import uvicorn
from fastapi import FastAPI

STARTS_WITHIN_S = 30.0
GRACE_S = 3
"""A client that was ended leaves streams of events open; waited for without end, the application would run on beside all later tests."""
FUZZED: Final[Mapping[str, Any]] = {"poll_interval_s": 0.5}
"""Settings of an application that is fuzzed: looking for jobs fifty times a second, as other tests do, costs more than all its requests."""


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve the application on a free port of 127.0.0.1 in a thread of its own; yield its address."""
    # Named as TCP: asyncio would else leave Nagle's algorithm on, and each answer wait 40 ms for the client's receipt.
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="on",
                timeout_graceful_shutdown=GRACE_S,
            )
        )
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        try:
            until = time.monotonic() + STARTS_WITHIN_S
            while not server.started:
                if not thread.is_alive() or time.monotonic() > until:
                    raise RuntimeError("the application did not start")
                time.sleep(0.02)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(STARTS_WITHIN_S)


def fuzz(address: str, service: str, token: str, *, examples: int = 10, seed: int = 1) -> str:
    """Run schemathesis against the service's document with ``schemathesis.toml``; return what it says.

    Raises AssertionError with its report when it finds anything. Its tests are marked ``untraced``: what counts as covered is
    asserted by tests that know what they asked, and thousands of random requests take half as long untraced.
    """
    command = [
        *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"),
        *("--config-file", str(_settings())),
        *("run", f"{address}/{service}/openapi.json", "--header", f"Authorization: Bearer {token}"),
        *("--max-examples", str(examples), "--seed", str(seed), "--no-color"),
    ]
    environment = {**os.environ, "NO_PROXY": "127.0.0.1", "COLUMNS": "120"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _settings() -> Path:
    for folder in Path(__file__).parents:
        if (folder / "schemathesis.toml").exists():
            return folder / "schemathesis.toml"
    raise FileNotFoundError("schemathesis.toml")
