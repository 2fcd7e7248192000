"""One name for the many ways in which Kafka does not answer."""

from collections.abc import Iterator
from contextlib import contextmanager

from aiokafka.errors import KafkaError

from pq_common.events.bus import BusUnavailable


@contextmanager
def answering() -> Iterator[None]:
    """Turn what aiokafka raises into BusUnavailable."""
    try:
        yield
    except (KafkaError, OSError, TimeoutError) as reason:
        raise BusUnavailable(
            f"Kafka không trả lời: {reason!r}", f"Kafka does not answer: {reason!r}"
        ) from reason
