"""A published result as it was said on the bus, down to what a clause of levels or of science answers."""

from typing import Any

from services.reporting.tests.told_of_tfp import SCIENCE, account, published

CLAUSE = {"value": None, "unit": None, "place_id": "vn-31-1997", "code": "HP-G1"}
AT = "/reporting/v1/targets/hai-phong-2021-2025/{}?on=2025-12-31&mode=demo"


async def test_levels_and_the_part_of_science_are_heard_with_the_result(
    world: Any, client_of: Any, a_plan: Any, a_clause: Any
) -> None:
    raised = a_clause(**CLAUSE, indicator="LP-LEVEL", comparator="increase", counting="level")
    found = a_clause(
        **CLAUSE | {"code": "HP-S"}, indicator="TFP-STI-MEAS", comparator="done", counting="yes_no"
    )
    plan = a_plan("hai-phong-2021-2025", place_id="vn-31-1997", targets=[raised, found])
    now = published(account("r2", place_id="vn-31-2025", boundary="2025-07-01"))
    await world.hear(world.plan_issued(plan), published(account(sti=SCIENCE)), now)
    async with client_of(world.api_url) as client:
        level = (await client.get(AT.format("HP-G1"))).json()["target"]
        science = (await client.get(AT.format("HP-S"))).json()["target"]
        page = (
            await client.get("/chi-tieu/hai-phong-2021-2025/HP-G1?mode=demo&ngay=2025-12-31")
        ).text
    assert (level["actual"]["value"], level["actual"]["unit"]) == ("188.1", "triệu đồng/người")
    assert (
        "Từng nơi, không cộng được: Hải Dương (trước 1/7/2025): Chưa báo cáo; Hải Phòng (trước 1/7/2025): 188,1 triệu đồng/người."
        in page
    )
    assert "(triệu đồng/người): năm 2021 là 172, năm 2025 là 188,1" in level["notes"][0]["vi"]
    assert level["sources"][0]["kind"] == "tfp-result"
    assert (science["status"], science["actual"]["value"]) == ("met", "1")
