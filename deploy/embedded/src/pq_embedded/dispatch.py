"""One address for five applications: the first part of the path chooses, and the path is handed on whole."""

from collections.abc import Mapping

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

ASYNCAPI = "/asyncapi.json"


class Dispatch:
    """Send ``/registry/…`` to the registry and so on, ``/asyncapi.json`` from memory, everything else to ``rest``."""

    def __init__(self, apps: Mapping[str, ASGIApp], *, rest: ASGIApp, asyncapi: bytes) -> None:
        self._apps = dict(apps)
        self._rest = rest
        self._asyncapi = asyncapi

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            raise RuntimeError(
                "the host enters the lifespans itself: run the server with lifespan off"
            )
        path: str = scope["path"]
        if path == ASYNCAPI and scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            body = b"" if scope["method"] == "HEAD" else self._asyncapi
            headers = {"Content-Length": str(len(self._asyncapi)), "Cache-Control": "no-cache"}
            answer = Response(body, media_type="application/json", headers=headers)
            await answer(scope, receive, send)
            return
        await self._apps.get(path.split("/", 2)[1], self._rest)(scope, receive, send)
