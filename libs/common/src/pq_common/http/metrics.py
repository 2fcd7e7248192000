"""Counts for Prometheus; every service of a process shares one registry and labels its own."""

from typing import Final

from fastapi import Response
from prometheus_client import CONTENT_TYPE_LATEST, Histogram, generate_latest

REQUESTS: Final = Histogram(
    "pq_http_request_seconds",
    "Time from the first byte of a request to the last of its answer",
    ["service", "method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


async def metrics() -> Response:
    """Answer with all measures of this process in the Prometheus text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
