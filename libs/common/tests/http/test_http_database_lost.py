"""What a caller hears when the database's connection is lost: come again soon, never that we failed."""

import asyncio

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import make_url

from pq_common.db.provision import Urls
from pq_common.http import handlers
from pq_common.http.issuer import DevelopmentIssuer
from pq_common.testing.fixtures import administer

WORDS, NOTES = "/common/v1/words", "/common/v1/notes"


def answered_or_told_to_come_again(response: httpx.Response) -> None:
    known = (response.status_code, response.headers.get("retry-after"))
    assert known in ((200, None), (503, "2")), response.text


@pytest.mark.parametrize("path", [WORDS, NOTES])
async def test_readers_at_once_whose_connections_died_are_answered_or_told_to_come_again(
    urls: Urls, app: FastAPI, officer: httpx.AsyncClient, admin_url: str, path: str
) -> None:
    ends = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        f" WHERE datname = '{make_url(urls.api).database}'"
    )
    for pause in (0, 0.001, 0.005):
        await asyncio.gather(*(officer.get(path) for _ in range(5)))
        await administer(admin_url, ends)
        await asyncio.sleep(pause)
        for response in await asyncio.gather(*(officer.get(path) for _ in range(5))):
            answered_or_told_to_come_again(response)


@pytest.mark.parametrize("path", [WORDS, NOTES])
async def test_a_connection_that_breaks_while_it_is_made_is_503(
    urls: Urls, make_app, open_client, issuer: DevelopmentIssuer, path: str
) -> None:
    async def breaks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(8)
        writer.write(b"N")  # no TLS here
        await reader.read(1000)
        # It asks for the password and breaks off before it says how: the driver calls that an error of its own.
        writer.write(b"R\x00\x00\x00\x08\x00\x00\x00\x05")
        writer.close()

    async with await asyncio.start_server(breaks, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        there = make_url(urls.api).set(host="127.0.0.1", port=port, query={})
        app = make_app(
            database_url=there.render_as_string(hide_password=False), poll_interval_s=3600
        )
        client = await open_client(
            app, token=issuer.token("province-officer", places=["vn-33-2025"])
        )
        response = await client.get(path)
        assert (response.status_code, response.headers.get("retry-after")) == (503, "2")


@pytest.mark.parametrize(
    ("error", "status", "again"),
    [
        (asyncpg.InternalClientError("cannot switch to state 15"), 503, "2"),
        (asyncpg.InterfaceError("the underlying connection is closed"), 503, "2"),
        (asyncpg.CannotConnectNowError("starting up"), 503, "2"),
        (asyncpg.UndefinedTableError("ours"), 500, None),
    ],
    ids=repr,
)
async def test_the_drivers_own_word_is_judged_like_sqlalchemys(
    error: Exception, status: int, again: str | None
) -> None:
    app = FastAPI(telemetry={"tracing": False})
    handlers.install(app)

    @app.get("/")
    async def lost() -> None:
        raise error

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://pq.test") as client:
        response = await client.get("/")
    assert (response.status_code, response.headers.get("retry-after")) == (status, again)
