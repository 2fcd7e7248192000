"""One story across all five services: a plan is issued, a class is held, and the minister's page says so. Lived on both buses."""

import itertools
from typing import Any

import pytest

pytestmark = pytest.mark.untraced

HUNG_YEN, HUNG_YEN_THEN = "vn-33-2025", "vn-33-1997"
PLAN, CLASSES, SUPPORTED = "hung-yen-2021-2030", "HY-04", "HY-06"


def class_held(quantity: str) -> dict[str, Any]:
    return {
        "place_id": HUNG_YEN_THEN, "indicator": "HR-CLASS", "title": "Lớp tập huấn minh họa", "starts_on": "2024-05-06",
        "ends_on": "2024-05-07", "quantity": quantity, "unit": "lớp", "plan_code": PLAN, "clause_codes": [CLASSES],
        "evidence": [{"kind": "minutes", "reference": "BB-01"}], "is_synthetic": True,
    }  # fmt: skip


async def target(house: Any, code: str, plan: str = PLAN, **query: str) -> dict[str, Any]:
    answer = await house.caller().get(
        f"/reporting/v1/targets/{plan}/{code}", on="2025-12-31", **query
    )
    if answer.status_code == 404:
        return {}
    body: dict[str, Any] = answer.json()
    return body.get("target", body)


async def test_a_class_held_is_counted_corrected_and_withdrawn(house: Any) -> None:
    await house.issue(PLAN)
    officer = house.caller("province-officer", HUNG_YEN)
    silent = await house.eventually(lambda: target(house, CLASSES))
    assert silent["actual"]["kind"] == "missing"
    assert silent["actual"]["value"] is None

    done = await officer.post("/support-grants/v1/activities", class_held("5"))
    path = f"/support-grants/v1/activities/{done['activity_id']}"

    async def counted(value: str | None) -> Any:
        found = await target(house, CLASSES)
        return found if found["actual"]["value"] == value else None

    told = await house.eventually(lambda: counted("5"))
    assert [source["id"] for source in told["sources"]] == [done["activity_id"]]
    tag = (await officer.get(path)).headers["etag"]
    correction = {**class_held("3"), "reason": "Nhập sai số lượng"}
    assert (
        await officer.request("PUT", path, json=correction, headers={"If-Match": tag})
    ).status_code == 200
    await house.eventually(lambda: counted("3"))
    await officer.post(f"{path}/withdrawal", {"reason": "Báo cáo trùng"}, None)
    silent = await house.eventually(lambda: counted(None))
    assert silent["actual"]["kind"] == "missing"


async def test_bodies_count_once_however_often_they_are_supported(house: Any) -> None:
    await house.issue(PLAN)
    officer = house.caller("province-officer", HUNG_YEN)
    ids = []
    for number, tax_code in enumerate(("0100047516", "0300588569"), 1):
        told = {
            "tax_code": tax_code, "name": f"Cơ sở minh họa {number}", "legal_form": "CTCP", "place_id": HUNG_YEN_THEN,
            "valid_from": "2023-01-01", "is_synthetic": True,
        }  # fmt: skip
        ids.append((await officer.post("/registry/v1/enterprises", told))["enterprise_id"])
    for year, subjects in (("2023", ids[:1]), ("2024", ids)):
        await officer.post(
            "/support-grants/v1/activities",
            {
                **class_held(str(len(subjects))), "indicator": "ENT-SUP", "unit": "doanh nghiệp", "subjects": subjects,
                "starts_on": f"{year}-03-01", "ends_on": f"{year}-03-01", "clause_codes": [SUPPORTED],
            },
        )  # fmt: skip

    async def supported() -> Any:
        found = await target(house, SUPPORTED)
        return found if found and found["actual"]["value"] == "2" else None

    assert len((await house.eventually(supported))["sources"]) == 2


async def test_a_task_is_silent_until_it_is_reported_with_evidence(house: Any) -> None:
    await house.issue("hai-phong-2021-2025")
    officer = house.caller("province-officer", "vn-31-2025")

    async def tasks() -> Any:
        answer = await house.caller().get("/reporting/v1/tasks", plan="hai-phong-2021-2025")
        return answer.json()["items"]

    found = await house.eventually(tasks)
    assert len(found) == 23
    assert {task["state"] for task in found} == {"unreported"}
    report = {
        "state": "under_way", "reported_on": "2024-06-05",
        "evidence": [{"kind": "decision", "reference": "QĐ minh họa 01"}],
    }  # fmt: skip
    code = found[0]["code"]
    await officer.post(f"/support-grants/v1/plans/hai-phong-2021-2025/tasks/{code}/reports", report)

    async def under_way() -> Any:
        return {task["code"]: task["state"] for task in await tasks()}[code] == "under_way"

    await house.eventually(under_way)


async def test_a_published_result_is_held_against_the_47_percent_of_hai_phong_until_its_series_is_doubted(
    house: Any,
) -> None:
    await house.issue("hai-phong-2021-2025")
    officer = house.caller("province-officer", "vn-31-2025")
    levels = {
        "Y": ("flow", "constant-2010", {"2020": "100", "2021": "107", "2025": "140"}),
        "K": ("stock", "constant-2010", {"2020": "200", "2021": "214", "2025": "270"}),
        "L": ("stock", None, {"2020": "50", "2021": "50.5", "2025": "52"}),
        "VA": ("flow", "current", {"2021": "100", "2025": "150"}),
        "labour_income": ("flow", "current", {"2021": "60", "2025": "90"}),
    }
    ids = {}
    for measure, (kind, basis, given) in levels.items():
        years = sorted(int(year) for year in given)
        values = {}
        for before, after in itertools.pairwise(years):
            low, high = float(given[str(before)]), float(given[str(after)])
            for year in range(before, after + 1):
                values[str(year)] = f"{low + (high - low) * (year - before) / (after - before):.4f}"
        declared = await officer.post(
            "/tfp/v1/series",
            {
                "place_id": "vn-31-1997", "measure": measure, "kind": kind, "price_basis": basis,
                "unit": "nghìn người" if measure == "L" else "tỷ đồng",
                "vintage": "v1", "source": "minh họa", "values": values, "is_synthetic": True,
            },
        )  # fmt: skip
        ids[measure] = declared["id"]
    run = await officer.post(
        "/tfp/v1/runs",
        {
            "place_id": "vn-31-1997",
            "boundary": "2021",
            "vintage": "v1",
            "first_year": 2021,
            "last_year": 2025,
        },
    )
    share = run["results"]["period"]["growth_share_A"]
    await officer.post(f"/tfp/v1/runs/{run['id']}/publication", {}, 200)

    async def measured() -> Any:
        found = await target(house, "HP-01", "hai-phong-2021-2025")
        return found if found and found["actual"]["kind"] == "number" else None

    told = await house.eventually(measured)
    assert abs(float(told["actual"]["value"]) - 100 * share) < 0.01
    assert (told["hedge"], told["withdrawn_series"]) == ("góp phần", [])

    reason = {"reason": "Nhập nhầm cột của tỉnh khác"}
    await officer.post(f"/tfp/v1/series/{ids['K']}/withdrawal", reason, 200)

    async def doubted() -> Any:
        found = await target(house, "HP-01", "hai-phong-2021-2025")
        return found if found["withdrawn_series"] else None

    now = await house.eventually(doubted)
    (gone,) = now["withdrawn_series"]
    assert (gone["series_id"], gone["reason"]) == (ids["K"], reason["reason"])
    assert now["actual"] == told["actual"], "the result stands"
    for path in ("/nang-suat/vn-31-1997", "/chi-tieu/hai-phong-2021-2025/HP-01"):
        page = (await house.caller().get(path, ngay="2025-12-31")).text
        assert f"{gone['text']['vi']} Kết quả đã công bố vẫn có hiệu lực" in page, path


async def test_the_page_shows_each_plan_with_its_sentences_and_says_demonstration(
    house: Any,
) -> None:
    codes = [
        "hung-yen-2021-2030",
        "hai-phong-2021-2025",
        "bac-lieu-2021-2025",
        "quang-binh-2021-2030",
        "hau-giang-2022",
    ]
    await house.issue(*codes)

    async def page() -> Any:
        text = (await house.caller().get("/chi-tieu")).text
        return text if all(f'id="{code}"' in text or code in text for code in codes) else None

    text = await house.eventually(page)
    assert "dữ liệu minh họa" in text.lower()
    assert "chưa báo cáo" in text.lower()
    for code, sentence in {
        "hai-phong-2021-2025": "lên 47% vào năm 2025",
        "hung-yen-2021-2030": "khoảng 20 lớp tập huấn",
        "bac-lieu-2021-2025": "05 doanh nghiệp tham gia và đạt Giải thưởng",
    }.items():
        assert sentence in (await house.caller().get(f"/chi-tieu/{code}")).text, code
