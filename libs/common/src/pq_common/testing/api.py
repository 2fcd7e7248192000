"""Callers for tests of HTTP: tokens of the development issuer, clients inside the process."""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any, Protocol, TypeVar

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from pq_common.db.provision import Urls
from pq_common.http.issuer import DevelopmentIssuer
from pq_common.settings import CommonSettings

S = TypeVar("S", bound=CommonSettings)


class OpenClient(Protocol):
    """Opens a client of an application; its lifespan runs until the test ends."""

    def __call__(
        self, app: FastAPI, *, token: str | None = None
    ) -> Awaitable[httpx.AsyncClient]: ...


MakeSettings = Callable[..., Any]


@pytest.fixture(scope="session")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentIssuer:
    """Return an issuer; ``issuer.token("province-officer", places=["vn-33-2025"])``."""
    return DevelopmentIssuer(tmp_path_factory.mktemp("issuer"))


@pytest.fixture
def settings_for(issuer: DevelopmentIssuer) -> MakeSettings:
    """Return ``make(Settings, urls, **more)``: settings of a service on a database of this test."""

    def make(kind: type[S], urls: Urls, **more: Any) -> S:
        given: dict[str, Any] = {
            "database_url": urls.api,
            "worker_database_url": urls.worker,
            "jwks": issuer.jwks(),
            "issuer": issuer.issuer,
            "audience": issuer.audience,
            "poll_interval_s": 1.0,  # jobs ring; looking is for those of other processes
            "public_requests_per_minute": 100_000,
            "actor_requests_per_minute": 100_000,
        }
        return kind(**{**given, **more})

    return make


@pytest_asyncio.fixture
async def open_client() -> AsyncIterator[OpenClient]:
    """Return ``await open_client(app, token=…)``. Faults of ours answer 500, as they do in production."""
    async with AsyncExitStack() as stack:
        entered: set[int] = set()

        async def open_one(app: FastAPI, *, token: str | None = None) -> httpx.AsyncClient:
            if id(app) not in entered:
                entered.add(id(app))
                await stack.enter_async_context(app.router.lifespan_context(app))
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            client = httpx.AsyncClient(
                transport=transport, base_url="http://pq.test", headers=headers
            )
            return await stack.enter_async_context(client)

        yield open_one


def command(key: str | None = None, **headers: str) -> dict[str, str]:
    """Return the headers of a command: a fresh Idempotency-Key unless one is given."""
    return {"Idempotency-Key": key or f"test-{next(_NUMBERS):08d}", **headers}


_NUMBERS = itertools.count(1)
