"""A request that breaks off before its end is no request: nothing of it is done."""

import socket
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from pq_common.http.issuer import DevelopmentIssuer
from pq_common.testing.served import served

TABLE = "Địa bàn;Tiêu đề;Số lượng\n" + "".join(f"vn-33-2025;dòng {n};{n}\n" for n in range(40))
IMPORTS = "/common/v1/notes/imports"


@pytest.fixture
def token(issuer: DevelopmentIssuer) -> str:
    return issuer.token("province-officer", places=["vn-33-2025"])


def head(token: str, announced: str) -> bytes:
    lines = (
        f"POST {IMPORTS} HTTP/1.1", "Host: pq.test", f"Authorization: Bearer {token}", "Content-Type: text/csv",
        "Idempotency-Key: broken-off-1", announced,
    )  # fmt: skip
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def chunk(content: bytes) -> bytes:
    return f"{len(content):x}\r\n".encode() + content + b"\r\n"


def say(address: str, *parts: bytes, close: Callable[[socket.socket], Any]) -> None:
    """Send these parts through a socket of our own, give the server time to read them, and break off."""
    to = urlsplit(address)
    with socket.create_connection((str(to.hostname), int(to.port or 80)), 5) as raw:
        for part in parts:
            raw.sendall(part)
            time.sleep(0.1)
        close(raw)


def leave(raw: socket.socket) -> None:
    raw.close()


def stop_sending(raw: socket.socket) -> None:
    """Close our half alone, and see that no answer comes."""
    raw.shutdown(socket.SHUT_WR)
    assert raw.recv(1000) == b""


@pytest.mark.parametrize("close", [leave, stop_sending])
@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
def test_a_table_that_breaks_off_is_not_imported_and_may_be_sent_again_under_its_key(
    app: FastAPI, token: str, close: Callable[[socket.socket], Any], chunked: bool
) -> None:
    whole = TABLE.encode()
    half = whole[: whole.index(b"\n", len(whole) // 2) + 1]  # reads as a table of its own
    announced = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(whole)}"
    with served(app) as address, httpx.Client(base_url=address) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        with capture_logs() as lines:
            say(address, head(token, announced), chunk(half) if chunked else half, close=close)
            said = within(lambda: [line for line in lines if line["event"] == "request"])
        assert [(line["method"], line["status"]) for line in said] == [("POST", 499)]
        again = client.post(
            IMPORTS,
            content=whole,
            headers={"Content-Type": "text/csv", "Idempotency-Key": "broken-off-1"},
        )
        assert again.status_code == 202, again.text
        job = within(lambda: ended(client, again.json()["follow"]))
        assert (job["state"], job["result"]["new"]) == ("done", 40)


def ended(client: httpx.Client, there: str) -> Any:
    job = client.get(there).json()
    return job if job["state"] in ("done", "failed") else None


def within(look: Callable[[], Any], seconds: float = 10) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come")
