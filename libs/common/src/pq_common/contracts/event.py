"""What every event has: a type, a subject, a version, a time and a mode; the payload is one of the shapes beside this file.

A type reads ``pq.<service>.<aggregate>.<what happened>.v<major>``; its topic is
``pq.<service>.<aggregate>.events.v<major>``, the full state goes to ``….state.v<major>``.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Annotated, ClassVar, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from uuid_utils.compat import uuid7

Mode = Literal["official", "demo"]

DECIMAL: Final = r"^-?[0-9]+(\.[0-9]+)?$"
DecimalText = Annotated[str, Field(pattern=DECIMAL, examples=["47", "0.5"])]
"""A number on the wire: a decimal string, point as separator, never a float."""


class Shape(BaseModel):
    """A payload or a part of one. Readers ignore what they do not know (``docs/events.md``)."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class EventData(Shape):
    """What happened. Subclasses set ``TYPE``; fields may be added with a default, never renamed or removed."""

    TYPE: ClassVar[str]


class StateData(Shape):
    """The whole public state of an aggregate after the event of the same version."""

    TYPE: ClassVar[str]


@lru_cache(maxsize=1024)  # asked for every event read
def topic_of(event_type: str) -> str:
    """Return the topic that carries this type: ``….state.vN`` for states, ``….events.vN`` for all others."""
    prefix, service, aggregate, what, major = event_type.split(".")
    return f"{prefix}.{service}.{aggregate}.{'state' if what == 'state' else 'events'}.{major}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to one aggregate.

    ``version`` is the aggregate's version after the change, from 1, without gaps. ``occurred_at`` is business
    time in UTC. ``place_id`` limits who may read it in the changes feed; None means everybody.
    ``state`` is the aggregate's public state at this version, for the compacted topic.
    """

    data: EventData
    subject: str
    version: int
    occurred_at: datetime
    place_id: str | None
    mode: Mode = "official"
    state: StateData | None = None
    id: UUID = field(default_factory=uuid7)
