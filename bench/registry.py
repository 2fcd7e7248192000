"""The registry as it is served: ``python -m pq_registry serve`` in a process of its own; and its commands."""

import asyncio
import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from stdnum.vn import mst

from bench.http_client import post
from pq_common.db.provision import Urls
from pq_common.http.issuer import DevelopmentIssuer
from pq_common.testing.ports import free_ports

PATH = "/registry/v1/enterprises"
CALLERS = 8
"""At the same time, on both sides; the service's pool has a connection for each."""
_NUMBERS = itertools.count(1)


def body() -> dict[str, Any]:
    """Return an enterprise that was not registered before."""
    number = next(_NUMBERS)
    code = f"01{number:07d}"
    try:
        tax_code = code + mst.calc_check_digit(code)
    except ValueError:
        return body()  # every eleventh number has no check digit
    if not mst.is_valid(tax_code):
        return body()
    return {
        "tax_code": tax_code,
        "name": f"Doanh nghiệp minh họa {number:05d} (Hưng Yên)",
        "legal_form": "TNHH1",
        "place_id": "vn-33-2025",
        "status": "ACTIVE",
        "valid_from": "2025-08-01",
        "main_industry": {"version": "VSIC2018", "code": "10"},
        "size_class": "small",
        "is_synthetic": True,
    }


def headers(token: str) -> dict[str, str]:
    """Return the headers of a new command."""
    return {"Authorization": f"Bearer {token}", "Idempotency-Key": f"bench-{next(_NUMBERS):010d}"}


def requests(token: str, count: int) -> list[bytes]:
    """Return commands that register ``count`` enterprises."""
    return [post(PATH, headers(token), body()) for _ in range(count)]


def settings(urls: Urls, issuer: DevelopmentIssuer) -> dict[str, Any]:
    """Return what the registry is told: as in production, with limits no single caller meets."""
    return {
        "database_url": urls.api,
        "sealing_secret": "a secret of the bench",
        "jwks": issuer.jwks(),
        "mode": "demo",
        "database_pool_size": CALLERS,
        "actor_requests_per_minute": 10_000_000,
    }


def officer(issuer: DevelopmentIssuer) -> str:
    """Return the token of an officer of Hưng Yên."""
    return issuer.token("province-officer", places=["vn-33-2025"])


@asynccontextmanager
async def served(urls: Urls, issuer: DevelopmentIssuer, folder: Path) -> AsyncIterator[int]:
    """Serve the registry on uvicorn, its log in a file; lend its port."""
    (port,) = free_ports(1)
    process = await asyncio.to_thread(_start, settings(urls, issuer) | {"port": port}, folder)
    try:
        await _answering(port, process)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.wait)


def _start(told: Mapping[str, Any], folder: Path) -> "subprocess.Popen[bytes]":
    environment = {f"REGISTRY_{name.upper()}": _text(value) for name, value in told.items()}
    with (folder / "registry.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "pq_registry", "serve"],
            env=os.environ | environment, stdout=log, stderr=log, cwd=folder,
        )  # fmt: skip


async def _answering(port: int, process: "subprocess.Popen[bytes]") -> None:
    async with httpx.AsyncClient() as client:
        for _ in _until_dead(process):
            try:
                answer = await client.get(f"http://127.0.0.1:{port}/registry/readyz")
            except httpx.TransportError:
                await asyncio.sleep(0.1)
            else:
                answer.raise_for_status()
                return
    raise RuntimeError(f"the registry ended at its start, with code {process.returncode}")


def _until_dead(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    while process.poll() is None:
        yield


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
