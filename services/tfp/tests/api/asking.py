"""What the tests of stored runs send: series of a place, and what to compute from them."""

from typing import Any

from pq_common.testing.api import command

SERIES = "/tfp/v1/series"
RUNS = "/tfp/v1/runs"
HAI_PHONG, HAI_DUONG, MERGED = "vn-31-1997", "vn-30-1997", "vn-31-2025"
FIRST, LAST = 2015, 2024
SHAPES: dict[str, tuple[str, str | None, str, float, float]] = {
    "Y": ("flow", "constant-2015", "tỷ đồng", 100, 1.07),
    "K": ("stock", "constant-2015", "tỷ đồng", 250, 1.08),
    "L": ("stock", None, "nghìn người", 900, 1.01),
    "VA": ("flow", "current", "tỷ đồng", 100, 1.11),
    "labour_income": ("flow", "current", "tỷ đồng", 60, 1.11),
    "I": ("flow", "current", "tỷ đồng", 30, 1.12),
    "P_I": ("index", None, "năm gốc = 100", 100, 1.03),
    "P_Y": ("index", None, "năm gốc = 1", 1, 1.04),
    "RD": ("flow", "current", "tỷ đồng", 0.5, 1.15),
}


def series(place: str, measure: str, **changes: Any) -> dict[str, Any]:
    kind, basis, unit, first, growth = SHAPES[measure]
    values = {str(y): f"{first * growth ** (y - FIRST):.6f}" for y in range(FIRST, LAST + 1)}
    return {
        "place_id": place, "measure": measure, "kind": kind, "price_basis": basis, "unit": unit,
        "vintage": "v1", "source": "minh họa", "values": values, "is_synthetic": True, **changes,
    }  # fmt: skip


async def declare(client: Any, place: str, measures: Any = SHAPES, **changes: Any) -> None:
    for measure in measures:
        told = series(place, measure, **changes)
        answer = await client.post(SERIES, json=told, headers=command())
        assert answer.status_code == 201, answer.text


async def run(client: Any, **asked: Any) -> Any:
    body = {"place_id": HAI_PHONG, "boundary": "2021", "vintage": "v1", "first_year": 2021, **asked}
    return await client.post(RUNS, json=body, headers=command())


async def made(client: Any, **asked: Any) -> dict[str, Any]:
    answer = await run(client, **asked)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def published(client: Any, run_id: str) -> Any:
    return await client.post(f"{RUNS}/{run_id}/publication", headers=command())
