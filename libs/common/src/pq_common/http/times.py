"""Two clocks on reads: when it was true in the world (``valid_at``), and when it was recorded here (``known_at``)."""

from datetime import date
from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime

ValidAt = Annotated[
    date | None,
    Query(
        description="Civil day in Viet Nam on which the answer shall be true; today if absent",
        examples=["2025-07-01"],
    ),
]
KnownAt = Annotated[
    AwareDatetime | None,
    Query(
        description="Instant with zone: answer from what was recorded here by then; now if absent",
        examples=["2026-01-31T00:00:00Z"],
    ),
]
