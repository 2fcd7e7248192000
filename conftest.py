"""Fixtures for every member's tests."""

pytest_plugins = [
    "pq_common.testing.report",
    "pq_common.testing.chance",
    "pq_common.testing.logs",
    "pq_common.testing.workers",
    "pq_common.testing.untraced",
    "pq_common.testing.fixtures",
    "pq_common.testing.kafka",
    "pq_common.testing.buses",
    "pq_common.testing.events",
    "pq_common.testing.api",
]
