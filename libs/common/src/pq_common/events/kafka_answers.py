"""One name for the many ways in which Kafka does not answer."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from aiokafka.errors import KafkaError

from pq_common.events.bus import BusUnavailable


@contextmanager
def answering() -> Iterator[None]:
    """Turn what aiokafka raises into BusUnavailable; a cancellation too, unless it is the caller who is cancelled.

    aiokafka awaits tasks of its own that it has cancelled, and lets out what comes of it.
    """
    try:
        yield
    except asyncio.CancelledError as reason:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise BusUnavailable(
            "Máy khách Kafka tự dừng", "The Kafka client has ended itself"
        ) from reason
    except (KafkaError, OSError, TimeoutError) as reason:
        raise BusUnavailable(
            f"Kafka không trả lời: {reason!r}", f"Kafka does not answer: {reason!r}"
        ) from reason
