"""What request bodies take: no more than their document says."""

import json
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from pq_common.http.wire import Day, Flag, Whole


@pytest.mark.parametrize(
    ("kind", "given"),
    [(Flag, given) for given in (0, 1, 1.0, "true", "no", None)]
    + [(Whole, given) for given in (True, "5", 7.5, None)]
    + [(Day, given) for given in (20260131, "2026-1-31", "2026-01-31T00:00:00Z", "31/01/2026")],
)
def test_what_only_looks_like_it_is_refused(kind: Any, given: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_json(json.dumps(given))


def test_what_is_promised_is_taken() -> None:
    assert TypeAdapter(Flag).validate_json("true") is True
    assert TypeAdapter(Whole).validate_json("5") == 5
    assert TypeAdapter(Day).validate_json('"2026-01-31"').isoformat() == "2026-01-31"
