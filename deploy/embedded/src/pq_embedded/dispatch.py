"""One address for five applications: the first part of the path chooses, and the path is handed on whole."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Receive, Scope, Send


class Dispatch:
    """Send ``/registry/…`` to the registry and so on, everything else to ``rest``."""

    def __init__(self, apps: Mapping[str, ASGIApp], *, rest: ASGIApp) -> None:
        self._apps = dict(apps)
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            raise RuntimeError(
                "the host enters the lifespans itself: run the server with lifespan off"
            )
        path: str = scope["path"]
        await self._apps.get(path.split("/", 2)[1], self._rest)(scope, receive, send)
