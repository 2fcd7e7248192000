"""Two clocks on reads: when it was true in the world (``valid_at``), and when it was recorded here (``known_at``)."""

from typing import Annotated

from fastapi import Query

from pq_common.http.wire import Day, Instant

ValidAt = Annotated[
    Day | None,
    Query(
        description="Civil day in Viet Nam on which the answer shall be true; today if absent",
        examples=["2025-07-01"],
    ),
]
KnownAt = Annotated[
    Instant | None,
    Query(
        description="Instant with zone: answer from what was recorded here by then; now if absent",
        examples=["2026-01-31T00:00:00Z"],
    ),
]
