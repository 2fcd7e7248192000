"""CloudEvents 1.0 in Kafka's binary mode: attributes are ``ce_`` headers, the value is the payload as it is.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
Extensions: ``sequence`` (the aggregate's version, zero-padded so that it sorts as text), ``mode``,
``correlationid``, ``causationid``, ``traceparent``. No header names a person.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from string import hexdigits
from typing import Any, ClassVar, Final, NamedTuple, get_args

from pq_common.contracts.event import Mode
from pq_common.errors import PqError
from pq_common.events.bus import Headers, Message

CONTENT_TYPE = b"application/json"
SEQUENCE_DIGITS = 20
_STRUCTURED = b"application/cloudevents"
# The form of a UUID, with every digit an x: a tenth of what it costs to make one, which no reader has asked for yet.
_UUID: Final = b"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
_HEX_AS_X: Final = bytes(
    ord("x") if chr(byte) in hexdigits else byte if byte == ord("-") else 0 for byte in range(256)
)
MOST_VERSIONS: Final = 2**31 - 1
_MODES: Mapping[bytes, Mode] = {mode.encode(): mode for mode in get_args(Mode)}
_OPTIONAL = (
    ("ce_correlationid", "correlation_id"),
    ("ce_causationid", "causation_id"),
    ("ce_traceparent", "traceparent"),
)
_CAUSE: Final = "ce_traceparent"
_FORM: Final = ("content-type", CONTENT_TYPE), ("ce_specversion", b"1.0")
_NEEDED: Final = ("ce_type", "ce_id", "ce_subject", "ce_time", "ce_sequence", "ce_mode")
_TAKEN: Final = (*_NEEDED, _CAUSE)
_BY_NAME: Final = itemgetter(*_NEEDED)
_ALWAYS: Final = 10
"""How many headers ``headers_of`` always writes; the traceparent, where there is one, is the last after them."""
_PLACES: Final = itemgetter(2, 5, 6, 7, 8, 9, -1)


class NotAnEvent(PqError):
    """The headers are not those of one of our events; nothing can be said about this message."""

    code: ClassVar[str] = "event_headers_unreadable"
    title_vi, title_en = "Không phải sự kiện của hệ thống", "Not an event of this system"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Tiêu đề CloudEvents không đọc được: {reason}", reason)


class Envelope(NamedTuple):
    """What a reader takes from the headers. ``sequence`` is the version of the aggregate ``subject`` after the event."""

    type: str
    subject: str
    sequence: int
    mode: Mode
    time: datetime
    id: str
    traceparent: str | None = None


def schema_uri(event_type: str) -> str:
    """Return the name of a payload's schema, its ``$id`` in ``docs/events/schemas/``."""
    return f"urn:pq:schema:{event_type}"


@lru_cache(maxsize=1024)
def _fixed(event_type: str) -> Headers:
    service = event_type.split(".")[1]
    return (
        ("content-type", CONTENT_TYPE),
        ("ce_specversion", b"1.0"),
        ("ce_type", event_type.encode()),
        ("ce_source", f"/pq/{service}".encode()),
        ("ce_dataschema", schema_uri(event_type).encode()),
    )


def headers_of(row: Mapping[str, Any]) -> Headers:
    """Return the headers of a row of ``event_log``."""
    time = row["occurred_at"].astimezone(UTC).replace(tzinfo=None).isoformat()
    headers = (
        *_fixed(row["event_type"]),
        ("ce_id", str(row["event_id"]).encode()),
        ("ce_subject", row["aggregate_id"].encode()),
        ("ce_time", f"{time}Z".encode()),
        ("ce_sequence", b"%0*d" % (SEQUENCE_DIGITS, row["aggregate_version"])),
        ("ce_mode", row["mode"].encode()),
    )
    more = tuple((name, row[of].encode()) for name, of in _OPTIONAL if row[of])
    return headers + more


def message_of(row: Mapping[str, Any]) -> Message:
    """Return a row of ``event_log`` as it travels. A payload of None is a tombstone."""
    key = row["partition_key"].encode()
    return Message(row["topic"], key, row["payload"], headers_of(row))


def parse(headers: Headers) -> Envelope:
    """Read the headers, and ignore those that say nothing to a reader. Raises NotAnEvent."""
    try:
        kind, name, subject, said_time, digits, mode, cause = _attributes(headers)
        time = datetime.fromisoformat(said_time.decode())
        if time.tzinfo is None:
            raise NotAnEvent(f"ce_time {time.isoformat()} has no zone")
        if name.translate(_HEX_AS_X) != _UUID:
            raise NotAnEvent(f"ce_id {name!r} is not a UUID")
        # int() would also take signs, spaces and underscores.
        if not digits.isdigit() or not 1 <= (version := int(digits)) <= MOST_VERSIONS:
            raise NotAnEvent(f"ce_sequence {digits!r} is not a version: digits, from 1")
        # Without the constructor of the named tuple, which costs as much again as all of these, for every event read.
        said = (
            _text(kind),
            subject.decode(),
            version,
            _MODES[mode],
            time,
            name.decode(),
            cause if cause is None else cause.decode(),
        )
    except KeyError as missing:
        raise NotAnEvent(f"missing or unknown: {missing}") from None
    except AttributeError:  # Kafka has headers that are null
        raise NotAnEvent("a header without a value") from None
    except ValueError as wrong:
        raise NotAnEvent(str(wrong)) from wrong
    return tuple.__new__(Envelope, said)


def _attributes(headers: Headers) -> tuple[Any, ...]:
    """Return what a reader takes, in the order of ``_TAKEN``. Raises KeyError for what is missing."""
    # Where everything stands as ``headers_of`` writes it, by place: that takes half the time.
    if len(headers) > _ALWAYS and headers[:2] == _FORM:
        # One by one: zip(*...) would take as long as the names do.
        (a, kind), (b, name), (c, subject), (d, time), (e, digits), (f, mode), (g, cause) = _PLACES(
            headers
        )
        if (a, b, c, d, e, f, g) == _TAKEN:
            return kind, name, subject, time, digits, mode, cause
    named = dict(headers)
    _refuse_form(named)
    return *_BY_NAME(named), named.get(_CAUSE)


def _refuse_form(found: Mapping[str, bytes]) -> None:
    if found.get("content-type", CONTENT_TYPE).startswith(_STRUCTURED):
        raise NotAnEvent(
            "structured mode: the attributes are in the value; this system uses binary mode"
        )
    if (version := found.get("ce_specversion")) != b"1.0":
        raise NotAnEvent(f"ce_specversion is {version!r}, expected 1.0")


@lru_cache(maxsize=1024)  # one text for all events of a type, which so needs no second hash
def _text(event_type: bytes) -> str:
    return event_type.decode()
