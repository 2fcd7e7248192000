"""An event as a projection sees it, and what makes one unreadable."""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from pq_common.contracts.event import Mode, topic_of
from pq_common.db.outbox import aggregate_type_of
from pq_common.errors import PqError
from pq_common.events import cloudevents
from pq_common.events.bus import Message, Received

Shape = TypeVar("Shape", bound=BaseModel)
Model = type[Shape]  # under this name, for ``type`` is a field of the event


# A named tuple: a reader makes one for every event, and a frozen dataclass costs five times as much.
class Incoming(NamedTuple):
    """One event, where it was found and what it says. Empty ``data`` is a tombstone: the aggregate is gone."""

    type: str
    subject: str
    version: int
    mode: Mode
    occurred_at: datetime
    id: str
    topic: str
    partition: int
    position: int
    data: bytes
    place: str | None = None
    traceparent: str | None = None

    @property
    def aggregate_type(self) -> str:
        """Return ``registry.enterprise``: states and events of one aggregate share their versions."""
        return aggregate_type_of(self.topic)

    def parse(self, model: Model[Shape]) -> Shape:
        """Read the payload as ``model``. Raises Unreadable."""
        try:
            return model.model_validate_json(self.data)
        except ValidationError as reason:
            found = "; ".join(f"{e['loc']}: {e['type']}" for e in reason.errors(include_url=False))
            raise Unreadable(self, f"not a {model.__name__}: {found}") from reason


class Unreadable(PqError):
    """This event can never be applied as it is; its key is parked until an operator replays it."""

    code = "event_unreadable"
    title_vi, title_en = "Không đọc được sự kiện", "Event unreadable"

    def __init__(self, event: Incoming | Received, reason: str) -> None:
        super().__init__(f"Không đọc được sự kiện: {reason}", reason)
        self.event = event
        self.reason = reason


def read(received: Received) -> Incoming:
    """Return the event in a message. Raises Unreadable for what is not an event of its topic."""
    message = received.message
    try:
        said = cloudevents.parse(message.headers)
    except cloudevents.NotAnEvent as reason:
        raise Unreadable(received, str(reason)) from reason
    # In the order of the fields: names would cost half as much again, for every event read.
    event = Incoming(
        said.type,
        said.subject,
        said.sequence,
        said.mode,
        said.time,
        said.id,
        message.topic,
        received.partition,
        received.position,
        message.value or b"",
        None,
        said.traceparent,
    )
    if (wrong := _disagreement(event, message)) is not None:
        raise Unreadable(received, wrong)
    return event


def _disagreement(event: Incoming, message: Message) -> str | None:
    if (wrong := _misplaced(event.type, message.topic)) is not None:
        return wrong
    if event.subject.encode() != message.key:
        return f"key {message.key!r} is not the subject {event.subject!r}"
    if message.value is None and ".events." in message.topic:
        return "an event without a value; only a state may be withdrawn"
    return None


@lru_cache(maxsize=4096)
def _misplaced(event_type: str, topic: str) -> str | None:
    if event_type.count(".") != 4:
        return f"{event_type!r} is not a type of ours"
    if topic_of(event_type) != topic:
        return f"{event_type} does not belong on {topic}: another aggregate or major version"
    return None
