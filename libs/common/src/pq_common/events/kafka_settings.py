"""How our topics are set up on Kafka, and how we come to it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from aiokafka.helpers import create_ssl_context

from pq_common.events.bus import Topic

REPLICAS: Final = 3  # in production; a broker alone has one
TOMBSTONES_KEPT: Final = timedelta(days=45)  # a monthly batch job must still see what was deleted
SEGMENT: Final = timedelta(days=7)  # the active segment is never compacted, so it must end some day
_MS: Final = timedelta(milliseconds=1)


def settings_of(topic: Topic, *, replication: int) -> dict[str, str]:
    """Return a topic's settings. The broker's clock stamps records: business time travels in ``ce_time``,
    and an old or a wrong time there would have records deleted early, or refused."""
    settings = {"message.timestamp.type": "LogAppendTime"}
    if replication > 2:
        settings["min.insync.replicas"] = "2"
    if topic.compact:
        return settings | {
            "cleanup.policy": "compact",
            "delete.retention.ms": str(TOMBSTONES_KEPT // _MS),
            "segment.ms": str(SEGMENT // _MS),
        }
    retention = -1 if topic.retention is None else topic.retention // _MS
    return settings | {"retention.ms": str(retention), "retention.bytes": "-1"}


TLS_FILES: Final = ("cafile", "certfile", "keyfile", "password")


def security_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the client's options with the context of TLS made of the files that are named. Raises OSError for a missing one."""
    options = {name: value for name, value in given.items() if name not in TLS_FILES}
    if str(options.get("security_protocol", "")).endswith("SSL"):
        files = {name: given[name] for name in TLS_FILES if name in given}
        options["ssl_context"] = create_ssl_context(**files)
    return options
