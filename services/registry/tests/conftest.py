"""A registry on a database of its own for each test."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from pq_common.http.auth import Role
from pq_common.http.issuer import DevelopmentIssuer
from pq_common.testing.api import MakeSettings, OpenClient
from pq_common.testing.fixtures import DatabaseFor
from pq_registry.app import create_app
from pq_registry.settings import Settings

Caller = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
def caller(
    database_for: DatabaseFor,
    settings_for: MakeSettings,
    open_client: OpenClient,
    issuer: DevelopmentIssuer,
) -> Caller:
    """Return ``await caller("province-officer", places=["vn-33-2025"])``; without a role: the public."""
    urls = database_for("pq_registry")
    app = create_app(
        settings_for(Settings, urls, sealing_secret="a secret of these tests", mode="demo")
    )

    async def open_for(role: Role | None = None, **claims: Any) -> httpx.AsyncClient:
        token = issuer.token(role, **claims) if role else None
        return await open_client(app, token=token)

    return open_for
