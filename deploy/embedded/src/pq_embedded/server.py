"""The one listening socket of the instance: loopback only, bound before anything is started."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from pq_common.errors import PqError

GRACE_S = 10
LOOPBACK = "127.0.0.1"


class PortTaken(PqError):
    """Another program listens there."""

    code = "embedded_port_taken"
    title_vi, title_en = "Cổng đang được dùng", "Port taken"


def bind(port: int) -> socket.socket:
    """Return a socket bound on loopback; 0 takes any free port. Raises PortTaken."""
    # Named as TCP: asyncio would else leave Nagle's algorithm on, and each answer wait 40 ms for the client's receipt.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError as reason:
        listener.close()
        raise PortTaken(
            f"Cổng {port} đang được chương trình khác dùng ({reason.strerror}); hãy chọn cổng khác bằng --port hoặc PORT=.",
            f"Port {port} is taken by another program ({reason.strerror}); choose another with --port or PORT=.",
        ) from None
    return listener


class Server(uvicorn.Server):
    """A uvicorn server whose end the host decides: it owns the signals, for the database must stop last."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and say so."""
        await super().startup(sockets=sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def stop(self) -> None:
        """Finish the requests under way, then return; asked twice, return at once."""
        self.force_exit = self.should_exit
        self.should_exit = True


def server_for(app: ASGIApp) -> Server:
    """Return a server for ``app`` that logs nothing of its own: each application writes its access log."""
    return Server(
        uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
    )
