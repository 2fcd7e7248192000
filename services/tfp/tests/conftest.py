"""The TFP service on a database of its own for each test."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from pq_common.db.provision import Urls
from pq_common.http.auth import Role
from pq_common.http.issuer import DevelopmentIssuer
from pq_common.testing.api import MakeSettings, OpenClient
from pq_common.testing.fixtures import DatabaseFor
from pq_tfp.app import create_app
from pq_tfp.settings import Settings

Caller = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
def urls(database_for: DatabaseFor) -> Urls:
    """The database of this test, by role."""
    return database_for("pq_tfp")


@pytest.fixture
def caller(
    urls: Urls, settings_for: MakeSettings, open_client: OpenClient, issuer: DevelopmentIssuer
) -> Caller:
    """Return ``await caller("province-officer", places=["vn-31-2025"])``; without a role: the public."""
    app = create_app(settings_for(Settings, urls, mode="demo", compute_sync_seconds=300.0))

    async def open_for(role: Role | None = None, **claims: Any) -> httpx.AsyncClient:
        token = issuer.token(role, **claims) if role else None
        return await open_client(app, token=token)

    return open_for
