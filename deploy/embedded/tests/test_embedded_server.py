"""The listening socket of the instance."""

import asyncio
import socket

from pq_embedded.server import LOOPBACK, bind


async def test_no_answer_waits_for_the_clients_receipt_of_its_first_bytes() -> None:
    """An answer is written in two pieces; with Nagle's algorithm the second would leave 40 ms later."""
    accepted: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def accept(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = writer.get_extra_info("socket")
        accepted.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    listener = bind(0)
    async with await asyncio.start_server(accept, sock=listener):
        _, writer = await asyncio.open_connection(LOOPBACK, listener.getsockname()[1])
        assert await accepted
        writer.close()
        await writer.wait_closed()
