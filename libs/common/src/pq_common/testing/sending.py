"""Tables sent to a service as an officer sends them: the file, its job, what became of the rows."""

import asyncio
from typing import Any

import httpx

from pq_common.testing.api import command

PATIENCE_S = 60.0


async def ended(client: httpx.AsyncClient, follow: str) -> dict[str, Any]:
    """Return a job when it has ended."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            job: dict[str, Any] = (await client.get(follow)).json()
            if job["state"] in ("done", "failed"):
                return job
            await asyncio.sleep(0.02)


async def send_table(
    client: httpx.AsyncClient, path: str, content: bytes, *, media: str = "text/csv", **order: Any
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Send a table to ``path``/imports; return the receipt and the refused rows."""
    answer = await client.post(
        f"{path}/imports", content=content, params=order, headers=command(**{"Content-Type": media})
    )
    assert answer.status_code == 202, answer.text
    follow = answer.json()["follow"]
    job = await ended(client, follow)
    assert job["state"] == "done", job
    rows = (await client.get(f"{follow}/rows", params={"status": "refused"})).json()["items"]
    return job["result"], rows
