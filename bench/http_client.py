"""A client that costs little: one HTTP/1.1 connection, kept alive, its requests written out beforehand."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Refused(Exception):
    """The service did not answer 201; the message is what it said."""


class Connection:
    """One caller, who waits for each answer before asking again."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> Self:
        """Connect to a service on this machine."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, request: bytes) -> bytes:
        """Send a request and return the body of the answer. Raises Refused."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        body = await self._reader.readexactly(int(length[1]) if length else 0)
        if head[9:12] != b"201":
            raise Refused(body.decode())
        return body

    async def ask_all(self, requests: Iterable[bytes]) -> None:
        """Send requests from an iterator that others may share, until there are none left."""
        for request in requests:
            await self.ask(request)

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        await self._writer.wait_closed()


@asynccontextmanager
async def connected(port: int, count: int) -> AsyncIterator[Sequence[Connection]]:
    """Lend so many connections; left idle for five seconds, the server would close them."""
    connections = [await Connection.open(port) for _ in range(count)]
    try:
        yield connections
    finally:
        for each in connections:
            await each.close()


def post(path: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> bytes:
    """Return a POST with a JSON body as it goes over the wire."""
    content = json.dumps(body, ensure_ascii=False).encode()
    said = {
        "Host": "127.0.0.1",
        "Content-Type": "application/json",
        "Content-Length": str(len(content)),
        **headers,
    }
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content
