"""An event as a projection sees it, and what makes one unreadable."""

from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from pq_common.contracts.event import Mode, topic_of
from pq_common.db.outbox import aggregate_type_of
from pq_common.errors import PqError
from pq_common.events import cloudevents
from pq_common.events.bus import Received

Shape = TypeVar("Shape", bound=BaseModel)
Model = type[Shape]  # under this name, for ``type`` is a field of the event


class Validator(Protocol):
    """What pydantic checks a shape with: ``TypeAdapter(...).validator``."""

    @property
    def title(self) -> str:
        """Name the shape."""
        ...

    def validate_json(self, data: bytes, /) -> Any:
        """Read and check. Raises ValidationError."""
        ...


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
        found: Shape = self.checked(model.__pydantic_validator__)
        return found

    def checked(self, shape: Validator) -> Any:
        """Read the payload as what this validator stands for. Raises Unreadable."""
        try:
            return shape.validate_json(self.data)
        except ValidationError as reason:
            found = "; ".join(f"{e['loc']}: {e['type']}" for e in reason.errors(include_url=False))
            raise Unreadable(self, f"not a {shape.title}: {found}") from reason


class Unreadable(PqError):
    """This event can never be applied as it is; its key is parked until an operator replays it."""

    code = "event_unreadable"
    title_vi, title_en = "Không đọc được sự kiện", "Event unreadable"

    def __init__(self, event: Incoming | Received, reason: str) -> None:
        super().__init__(f"Không đọc được sự kiện: {reason}", reason)
        self.event = event
        self.reason = reason

    @property
    def position(self) -> int:
        """Return where it was found in its partition."""
        return self.event.position

    @property
    def subject(self) -> str:
        """Return whose event it is, as far as its key tells, in a form that can be kept."""
        if isinstance(self.event, Incoming):
            return self.event.subject
        return subject_of(self.event)


def subject_of(received: Received) -> str:
    """Return the key of a message, readable or not, as text."""
    key = received.key or b""
    return key.decode("utf-8", "backslashreplace").replace("\0", "\\0")


Heard = Incoming | Unreadable


def read(received: Received) -> Incoming:
    """Return the event in a message. Raises Unreadable for what is not an event of its topic."""
    topic, key, value, headers, partition, position, _ = received
    try:
        kind, subject, version, mode, time, name, cause = cloudevents.parse(headers)
    except cloudevents.NotAnEvent as reason:
        raise Unreadable(received, str(reason)) from reason
    if (wrong := _misplaced(kind, topic)) is not None:
        raise Unreadable(received, wrong)
    if subject.encode() != key:
        raise Unreadable(received, f"key {key!r} is not the subject {subject!r}")
    if "\0" in subject:
        raise Unreadable(received, f"the subject {subject!r} holds a NUL, which no database keeps")
    if value is None:
        if ".events." in topic:
            raise Unreadable(received, "an event without a value; only a state may be withdrawn")
        value = b""
    # In the order of the fields, and without the constructor of the named tuple, for every event read.
    said = (
        kind,
        subject,
        version,
        mode,
        time,
        name,
        topic,
        partition,
        position,
        value,
        None,
        cause,
    )
    return tuple.__new__(Incoming, said)


def hear(received: Received) -> Heard:
    """Return the event in a message, or the reason why there is none."""
    try:
        return read(received)
    except Unreadable as reason:
        return reason


@lru_cache(maxsize=4096)
def _misplaced(event_type: str, topic: str) -> str | None:
    if event_type.count(".") != 4:
        return f"{event_type!r} is not a type of ours"
    if topic_of(event_type) != topic:
        return f"{event_type} does not belong on {topic}: another aggregate or major version"
    return None
