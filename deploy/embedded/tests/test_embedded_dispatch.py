"""The path chooses the application and is handed on whole."""

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from pq_embedded.dispatch import Dispatch


def naming(name: str) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse(f"{name} {scope['path']}")(scope, receive, send)

    return app


@pytest.fixture
def client() -> httpx.AsyncClient:
    apps = {name: naming(name) for name in ("registry", "support-grants")}
    app = Dispatch(apps, rest=naming("reporting"))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://pq.test")


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("/registry/v1/enterprises", "registry"),
        ("/registry", "registry"),
        ("/support-grants/healthz", "support-grants"),
        ("/registry-of-something-else/v1", "reporting"),
        ("/", "reporting"),
        ("/chi-tieu", "reporting"),
        ("//registry/v1", "reporting"),
    ],
)
async def test_the_first_part_of_the_path_names_the_service_and_all_else_is_reporting(
    client: httpx.AsyncClient, path: str, owner: str
) -> None:
    answer = await client.get(f"http://pq.test{path}")
    assert answer.text == f"{owner} {path}"


async def test_a_server_that_would_run_the_lifespan_is_refused() -> None:
    app = Dispatch({}, rest=naming("reporting"))
    with pytest.raises(RuntimeError, match="lifespan off"):
        await app({"type": "lifespan"}, None, None)  # type: ignore[arg-type]
