"""Write the topics of the house, and who may read and write them, as Strimzi's resources: from the code, never by hand.

``python -m pq_embedded.strimzi deploy/k8s/components/strimzi``
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pq_certification.consumers as certification
import pq_reporting.consumers as reporting
import pq_support_grants.consumers as support_grants
from pq_common.events.bus import Topic
from pq_common.events.kafka_settings import REPLICAS, settings_of
from pq_common.events.projection import Projection
from pq_common.events.topics import every_topic
from pq_embedded.host import SERVICES

CLUSTER = "pq"
CONSUMERS = {
    "support-grants": support_grants,
    "certification": certification,
    "reporting": reporting,
}
NOTE = "# Written by `python -m pq_embedded.strimzi`; a test compares it with the code.\n"
Resource = Mapping[str, Any]


def projections_of(service: str) -> Sequence[Projection]:
    """Return what the worker of ``service`` builds from the events of others."""
    known = vars(CONSUMERS[service]).values() if service in CONSUMERS else ()
    return [one for one in known if isinstance(one, Projection)]


def topics() -> Iterator[Resource]:
    """Yield each topic with the settings that ``declare`` would give it on a cluster of three."""
    for topic in every_topic():
        yield _resource(
            "KafkaTopic",
            topic.name,
            {
                "partitions": topic.partitions,
                "replicas": REPLICAS,
                "config": settings_of(topic, replication=REPLICAS),
            },
        )


def users() -> Iterator[Resource]:
    """Yield a principal per service: writes its own topics, reads those it hears, and makes none."""
    for service in SERVICES:
        acls = [*_writes(service.name, every_topic()), *_reads(projections_of(service.name))]
        spec = {
            "authentication": {"type": "tls"},
            "authorization": {"type": "simple", "acls": acls},
        }
        yield _resource("KafkaUser", f"{service.name}-kafka", spec)


def _writes(service: str, known: Sequence[Topic]) -> Iterator[Resource]:
    own = [topic.name for topic in known if topic.name.split(".")[1] == service]
    for name in own:
        yield _allowed("topic", name, "literal", "Write")
    if (
        not own
    ):  # its relay opens a producer all the same, and without a topic of its own none is given
        yield {"resource": {"type": "cluster"}, "operations": ["IdempotentWrite"]}


def _reads(projections: Sequence[Projection]) -> Iterator[Resource]:
    for name in sorted({topic for one in projections for topic in one.topics}):
        yield _allowed("topic", name, "literal", "Read")
    for one in projections:
        # Each build has a group of its own: enterprises_v1000, enterprises_v1001.
        yield _allowed("group", f"{one.name}_v", "prefix", "Read")


def _allowed(kind: str, name: str, pattern: str, operation: str) -> Resource:
    resource = {"type": kind, "name": name, "patternType": pattern}
    return {"resource": resource, "operations": [operation, "Describe"]}


def _resource(kind: str, name: str, spec: Resource) -> Resource:
    return {
        "apiVersion": "kafka.strimzi.io/v1",
        "kind": kind,
        "metadata": {"name": name, "labels": {"strimzi.io/cluster": CLUSTER}},
        "spec": spec,
    }


def written(resources: Iterator[Resource]) -> str:
    """Return the resources as YAML, one line each: JSON is YAML too."""
    return NOTE + "\n---\n".join(json.dumps(one) for one in resources) + "\n"


def main(folder: str) -> None:
    """Write ``topics.yaml`` and ``users.yaml``."""
    for name, resources in (("topics", topics()), ("users", users())):
        Path(folder, f"{name}.yaml").write_text(written(resources), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
