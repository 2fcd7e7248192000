"""A caller who leaves takes the computation along: nobody pays for an answer that nobody hears."""

import json
import os
import socket
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import psutil

from pq_common.testing.served import served
from pq_tfp.api.compute import child, official
from pq_tfp.app import create_app
from pq_tfp.settings import Settings

WITHIN_S = 120
UNITS = 2_000


def computing() -> list[psutil.Process]:
    """Return the processes of the pool that use the processor: a computation of minutes is on its way."""
    below = psutil.Process(os.getpid()).children(recursive=True)
    return [one for one in below if child.__name__ in " ".join(one.cmdline())]


def eventually(holds: Callable[[], Any]) -> bool:
    until = time.monotonic() + WITHIN_S
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.05)
    return False


def long_request() -> bytes:
    rows = {name: list(official.EXAMPLE[name].values()) for name in "YKL"}
    panel = {
        "units": [f"u{at}" for at in range(UNITS)], "years": [2020, 2021, 2022],
        "y": {"Y": [rows["Y"]] * UNITS}, "x": {name: [rows[name]] * UNITS for name in "KL"},
        "z": {"beta": [[0.6, 0.6, 0.6]] * UNITS},
    }  # fmt: skip
    asked = {"price_basis": "constant-2010", "panel": panel, "uncertainty": {"draws": 100_000}}
    return json.dumps(asked).encode()


def test_closing_the_connection_ends_the_computation_and_its_process() -> None:
    settings = Settings(
        database_url="postgresql://nobody@127.0.0.1:1/none", poll_interval_s=3600, compute_sync_seconds=3600,
    )  # fmt: skip
    with served(create_app(settings)) as address:
        at, body = urlsplit(address), long_request()
        head = f"POST /tfp/v1/compute/accounting HTTP/1.1\r\nHost: {at.netloc}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        with socket.create_connection((at.hostname, at.port)) as caller:
            caller.sendall(head.encode() + body)
            assert eventually(computing)
            (process,) = computing()
        assert eventually(lambda: not process.is_running())
        assert computing() == []
