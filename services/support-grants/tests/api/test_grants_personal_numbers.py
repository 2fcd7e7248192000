"""No personal number is looked for, said again or written down."""

from typing import Any

import httpx
import pytest

from pq_common.testing.api import command

ACTIVITIES = "/support-grants/v1/activities"


def facts(**changes: Any) -> dict[str, Any]:
    return {
        "place_id": "vn-33-2025", "indicator": "HR-CLASS", "title": "Lớp tập huấn 5S", "starts_on": "2025-09-08",
        "ends_on": "2025-09-08", "quantity": "1", "unit": "lớp",
        "evidence": [{"kind": "decision", "reference": "12/QĐ-SKHCN"}], **changes,
    }  # fmt: skip


@pytest.mark.parametrize(
    "filters",
    [{"subject": "001099012345"}, {"subject": "012345678"}, {"evidence": "CCCD 001099012345"}],
)
async def test_a_personal_number_is_not_looked_for_nor_said_again(
    filters: dict[str, str], ministry: httpx.AsyncClient
) -> None:
    refused = await ministry.get(ACTIVITIES, params=filters)
    assert refused.status_code == 422
    ((name, number),) = filters.items()
    assert [fault["pointer"] for fault in refused.json()["errors"]] == [f"#query/{name}"]
    assert number not in refused.text


async def test_no_personal_number_enters_the_record_as_a_reason(
    ministry: httpx.AsyncClient,
) -> None:
    made = await ministry.post(ACTIVITIES, json=facts(), headers=command())
    path, reason = f"{ACTIVITIES}/{made.json()['activity_id']}", "Ông A, 001099012345"
    for refused in (
        await ministry.put(
            path, json=facts(reason=reason, quantity="2"), headers={"If-Match": '"v1"'}
        ),
        await ministry.post(f"{path}/withdrawal", json={"reason": reason}, headers=command()),
    ):
        assert (refused.status_code, refused.json()["code"]) == (422, "activity_refused")
        assert refused.json()["errors"][0]["pointer"] == "/reason"
