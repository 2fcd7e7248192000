"""An event as a projection sees it, and what makes one unreadable."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from pq_common.contracts.event import Mode, topic_of
from pq_common.db.outbox import aggregate_type_of
from pq_common.errors import PqError
from pq_common.events import cloudevents
from pq_common.events.bus import Message, Received

Shape = TypeVar("Shape", bound=BaseModel)
Model = type[Shape]  # under this name, for ``type`` is a field of the event
Shapes = Mapping[str, type[BaseModel]]
"""As what the payload of each type of event is read."""
NO_SHAPES: Final[Shapes] = MappingProxyType({})


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
    body: BaseModel | None = None

    @property
    def aggregate_type(self) -> str:
        """Return ``registry.enterprise``: states and events of one aggregate share their versions."""
        return aggregate_type_of(self.topic)

    def parse(self, model: Model[Shape]) -> Shape:
        """Read the payload as ``model``, once. Raises Unreadable."""
        if type(body := self.body) is model:
            return body
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


Heard = tuple[Received, Incoming | Unreadable]


def read(received: Received, shapes: Shapes = NO_SHAPES) -> Incoming:
    """Return the event in a message, its payload read where ``shapes`` says as what.

    Raises Unreadable for what is not an event of its topic. A payload that does not read is left to ``parse``.
    """
    message = received.message
    try:
        said = cloudevents.parse(message.headers)
    except cloudevents.NotAnEvent as reason:
        raise Unreadable(received, str(reason)) from reason
    data, body = message.value or b"", None
    if (shape := shapes.get(said.type)) is not None:
        try:
            body = shape.__pydantic_validator__.validate_json(data)
        except ValidationError:
            body = None  # ``parse`` tells why: whether this event is applied at all is not known yet
    # In the order of the fields, and without the constructor of the named tuple, for every event read.
    fields = (
        said.type,
        said.subject,
        said.sequence,
        said.mode,
        said.time,
        said.id,
        message.topic,
        received.partition,
        received.position,
        data,
        None,
        said.traceparent,
        body,
    )
    event = tuple.__new__(Incoming, fields)
    if (wrong := _disagreement(event, message)) is not None:
        raise Unreadable(received, wrong)
    return event


def read_all(messages: Iterable[Received], shapes: Shapes = NO_SHAPES) -> list[Heard]:
    """Return each message with the event in it, or with the reason why there is none."""
    heard: list[Heard] = []
    for message in messages:
        try:
            heard.append((message, read(message, shapes)))
        except Unreadable as reason:
            heard.append((message, reason))
    return heard


def _disagreement(event: Incoming, message: Message) -> str | None:
    if (wrong := _misplaced(event.type, message.topic)) is not None:
        return wrong
    if event.subject.encode() != message.key:
        return f"key {message.key!r} is not the subject {event.subject!r}"
    if "\0" in event.subject:
        return f"the subject {event.subject!r} holds a NUL, which no database keeps"
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
