"""On which day, and by which knowledge, a read is answered."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import Depends

from pq_common.dates import legal_day
from pq_common.http.times import KnownAt, ValidAt


@dataclass(frozen=True, slots=True)
class Times:
    """``valid_at`` is today unless another day was asked for; ``known_at`` None means now."""

    valid_at: date
    known_at: datetime | None
    is_of_then: bool
    """True when the caller asked for a day or a knowledge other than today's."""


def asked_times(valid_at: ValidAt = None, known_at: KnownAt = None) -> Times:
    """Return the times asked for."""
    today = legal_day(datetime.now(UTC))
    return Times(valid_at or today, known_at, valid_at is not None or known_at is not None)


AskedTimes = Annotated[Times, Depends(asked_times)]
