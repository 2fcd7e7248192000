"""TFP from outside: refusals first, then a run from declared series to publication."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from pq_common.contracts.tfp import TfpResult
from pq_common.testing.api import command
from pq_tfp.operations.telling import result_of
from pq_tfp.storage.tables import Run

HAI_PHONG, HAI_DUONG, MERGED = "vn-31-1997", "vn-30-1997", "vn-31-2025"
ACCOUNTING: dict[str, Any] = {
    "price_basis": "constant-2010",
    "Y": {"2020": 100.0, "2021": 107.0},
    "K": {"2020": 200.0, "2021": 220.0},
    "L": {"2020": 50.0, "2021": 50.5},
    "beta": {"2021": 0.6},
}
LEVELS: dict[str, dict[str, Any]] = {
    "Y": {
        "kind": "flow",
        "price_basis": "constant-2010",
        "unit": "tỷ đồng",
        "values": {"2020": "100", "2021": "107", "2022": "115"},
    },
    "K": {
        "kind": "stock",
        "price_basis": "constant-2010",
        "unit": "tỷ đồng",
        "values": {"2020": "200", "2021": "220", "2022": "240"},
    },
    "L": {
        "kind": "stock",
        "price_basis": None,
        "unit": "nghìn người",
        "values": {"2020": "50", "2021": "50.5", "2022": "51"},
    },
    "VA": {
        "kind": "flow",
        "price_basis": "current",
        "unit": "tỷ đồng",
        "values": {"2021": "110", "2022": "120"},
    },
    "labour_income": {
        "kind": "flow",
        "price_basis": "current",
        "unit": "tỷ đồng",
        "values": {"2021": "66", "2022": "72"},
    },
}


@pytest.fixture
async def officer(caller: Any) -> Any:
    return await caller("province-officer", places=[MERGED])


def series(place: str, measure: str, **changes: Any) -> dict[str, Any]:
    return {
        "place_id": place, "measure": measure, "vintage": "v1", "source": "minh họa", "is_synthetic": True,
        **LEVELS[measure], **changes,
    }  # fmt: skip


async def declare_all(client: Any, place: str, **changes: Any) -> None:
    for measure in LEVELS:
        answer = await client.post(
            "/tfp/v1/series", json=series(place, measure, **changes), headers=command()
        )
        assert answer.status_code == 201, answer.text


async def computed(client: Any, place: str, boundary: str = "2021") -> Any:
    told = {"place_id": place, "boundary": boundary, "vintage": "v1"}
    return await client.post("/tfp/v1/runs", json=told, headers=command())


async def test_anybody_may_compute_and_the_answer_is_unrounded(caller: Any) -> None:
    answer = await (await caller()).post("/tfp/v1/compute/accounting", json=ACCOUNTING)
    assert answer.status_code == 200, answer.text
    year = answer.json()["years"]["2021"]
    assert year["contribution_A"] == pytest.approx(2.4, abs=1e-12)
    assert (year["reason"], answer.json()["engine"]) == (None, "VN-OFFICIAL")


async def test_errors_name_field_and_year(caller: Any) -> None:
    bad = {**ACCOUNTING, "beta": {"2021": 60}, "K": {"2020": 200, "2021": 0}}
    answer = await (await caller()).post("/tfp/v1/compute/accounting", json=bad)
    assert answer.status_code == 422
    found = {(error["pointer"], error["code"]) for error in answer.json()["errors"]}
    assert {("/K/2021", "level_not_positive"), ("/beta/2021", "share_in_percent")} <= found


async def test_shares_of_decline_are_null_with_a_reason(caller: Any) -> None:
    answer = await (await caller()).post(
        "/tfp/v1/compute/accounting",
        json={**ACCOUNTING, "Y": {"2020": 100, "2021": 98}, "alpha": {"2021": 0.4}},
    )
    year = answer.json()["years"]["2021"]
    assert (year["growth_share_A"], year["reason"]) == (None, "NEGATIVE_GROWTH")
    assert answer.json()["period"]["growth_share_A"] is None


async def test_strangers_read_no_series_and_no_run(caller: Any) -> None:
    public = await caller()
    assert (await public.get("/tfp/v1/series")).status_code == 401
    assert (await public.get("/tfp/v1/runs")).status_code == 401


async def test_series_that_cannot_carry_the_engine_are_refused(officer: Any) -> None:
    bad = series(HAI_PHONG, "K", kind="flow", price_basis="current", place_id="vn-99-1997")
    answer = await officer.post("/tfp/v1/series", json=bad, headers=command())
    codes = [error["code"] for error in answer.json()["errors"]]
    assert (answer.status_code, codes) == (
        422,
        ["place_unknown", "price_basis_not_constant", "capital_is_a_stock"],
    )


async def test_a_revision_is_another_vintage(officer: Any) -> None:
    first = await officer.post("/tfp/v1/series", json=series(HAI_PHONG, "Y"), headers=command())
    again = await officer.post("/tfp/v1/series", json=series(HAI_PHONG, "Y"), headers=command())
    assert (again.status_code, again.json()["duplicate_of"]) == (409, first.json()["id"])
    later = await officer.post(
        "/tfp/v1/series", json=series(HAI_PHONG, "Y", vintage="v2"), headers=command()
    )
    assert later.status_code == 201
    listed = (await officer.get("/tfp/v1/series", params={"place": MERGED})).json()["items"]
    assert [item["values"]["2021"] for item in listed] == ["107", "107"]


async def test_another_province_is_out_of_reach(officer: Any) -> None:
    answer = await officer.post("/tfp/v1/series", json=series("vn-33-1997", "Y"), headers=command())
    assert answer.status_code == 404
    assert (await computed(officer, "vn-33-1997")).status_code == 404
    assert (await officer.get("/tfp/v1/runs/nowhere")).status_code == 404


async def test_a_merged_place_with_one_part_missing_is_refused(officer: Any) -> None:
    await declare_all(officer, HAI_PHONG)
    answer = await computed(officer, MERGED, "2025-07-01")
    assert answer.status_code == 422
    assert {error["code"] for error in answer.json()["errors"]} == {"series_missing"}
    assert all("Hải Dương" in error["message_vi"] for error in answer.json()["errors"])


async def test_parts_in_different_units_are_not_summed(officer: Any) -> None:
    await declare_all(officer, HAI_PHONG)
    for measure in LEVELS:
        unit = {} if measure == "L" else {"unit": "triệu đồng"}
        told = series(HAI_DUONG, measure, **unit)
        await officer.post("/tfp/v1/series", json=told, headers=command())
    answer = await computed(officer, MERGED, "2025-07-01")
    assert "units_differ" in {error["code"] for error in answer.json()["errors"]}


async def test_parts_on_different_constant_prices_are_not_summed(officer: Any) -> None:
    await declare_all(officer, HAI_PHONG)
    for measure in LEVELS:
        basis = {"price_basis": "constant-2020"} if measure == "Y" else {}
        await officer.post(
            "/tfp/v1/series", json=series(HAI_DUONG, measure, **basis), headers=command()
        )
    answer = await computed(officer, MERGED, "2025-07-01")
    assert {error["code"] for error in answer.json()["errors"]} == {
        "units_differ",
        "price_basis_mixed",
    }


async def test_a_merged_place_is_computed_from_summed_levels(officer: Any) -> None:
    await declare_all(officer, HAI_PHONG)
    await declare_all(officer, HAI_DUONG)
    run = (await computed(officer, MERGED, "2025-07-01")).json()
    assert run["inputs"]["Y"]["2021"] == 214
    assert run["parameters"]["parts"] == [HAI_DUONG, HAI_PHONG]
    assert run["results"]["growth"]["contribution_A"][0] == pytest.approx(2.4, abs=1e-9)


async def test_the_same_inputs_give_the_same_hash(officer: Any) -> None:
    await declare_all(officer, HAI_PHONG)
    first, second = (
        (await computed(officer, HAI_PHONG)).json(),
        (await computed(officer, HAI_PHONG)).json(),
    )
    assert first["id"] != second["id"]
    assert first["bundle_sha256"] == second["bundle_sha256"]
    assert first["published_at"] is None


async def test_publishing_is_a_separate_act_and_happens_once(officer: Any) -> None:
    await declare_all(officer, HAI_PHONG)
    run = (await computed(officer, HAI_PHONG)).json()
    path = f"/tfp/v1/runs/{run['id']}/publication"
    published = await officer.post(path, headers=command())
    assert published.status_code == 200
    assert published.json()["published_at"] is not None
    again = await officer.post(path, headers=command())
    assert (again.status_code, again.json()["code"]) == (409, "run_already_published")
    newer = (await computed(officer, HAI_PHONG)).json()
    answer = await officer.post(f"/tfp/v1/runs/{newer['id']}/publication", headers=command())
    assert answer.json()["supersedes"] == run["id"]
    assert (await officer.get(f"/tfp/v1/runs/{run['id']}")).json()["published_at"] is not None
    assert len((await officer.get("/tfp/v1/runs", params={"place": MERGED})).json()["items"]) == 2


async def test_runs_published_at_the_same_time_supersede_one_another_in_one_line(
    officer: Any,
) -> None:
    await declare_all(officer, HAI_PHONG)
    runs = [(await computed(officer, HAI_PHONG)).json()["id"] for _ in range(5)]
    answers = await asyncio.gather(
        *(officer.post(f"/tfp/v1/runs/{run}/publication", headers=command()) for run in runs)
    )
    before = [answer.json()["supersedes"] for answer in answers]
    assert before.count(None) == 1
    assert len(set(before)) == 5
    listed = (await officer.get("/tfp/v1/runs")).json()["items"]
    assert [one["superseded_by"] for one in listed].count(None) == 1


def told(run: dict[str, Any], **changes: Any) -> TfpResult:
    """Return what publishing this run says."""
    found_out_later = {"superseded_by", "withdrawn_series"}
    columns = {name: value for name, value in run.items() if name not in found_out_later}
    kept = Run(**columns | {"published_by": None, "computed_by": "x"} | changes)
    return result_of(kept, datetime(2026, 6, 1, tzinfo=UTC))


async def test_a_run_kept_by_an_earlier_version_is_told_without_what_it_lacks(officer: Any) -> None:
    await declare_all(officer, HAI_PHONG)
    run = (await computed(officer, HAI_PHONG)).json()
    results = {name: value for name, value in run["results"].items() if name != "headline"}
    said = told(run, results=results, inputs={})
    assert said.series == ()
    assert said.period is not None
    assert (said.period.uncertainty, said.parts, said.reallocation) == (None, (), None)
    assert (said.years[0].labour_productivity, said.years[0].g_Y) == (None, "0.07")


async def test_a_result_tells_how_sure_it_is_and_what_one_assumption_does(officer: Any) -> None:
    await declare_all(officer, HAI_PHONG)
    said = told((await computed(officer, HAI_PHONG)).json())
    assert said.period is not None
    sure = said.period.uncertainty
    assert sure is not None
    assert sure.growth_share_A is not None
    low, high = float(sure.growth_share_A.low), float(sure.growth_share_A.high)
    assert low < float(said.period.growth_share_A or "nan") < high
    assert sure.assumptions[0].g_A == said.period.g_A
    points = [said.period.contribution_K, said.period.contribution_L, said.period.contribution_A]
    assert sum(float(one or "nan") for one in points) == pytest.approx(
        100 * float(said.period.g_Y), abs=1e-7
    )
    assert (said.years[0].labour_productivity, said.labour_productivity_unit) == (
        "2.118811881",
        "tỷ đồng/nghìn người",
    )
    assert said.parts == ()


async def test_a_merged_result_names_its_parts_and_what_they_leave(officer: Any) -> None:
    whole = {"values": {"2020": "100", "2021": "110", "2022": "120"}}
    for place in (HAI_PHONG, HAI_DUONG):
        await declare_all(officer, place)
    bare = told((await computed(officer, MERGED, "2025-07-01")).json())
    assert [part.place_id for part in bare.parts] == [HAI_DUONG, HAI_PHONG]
    assert (bare.parts[0].weight, bare.reallocation) == (None, None)
    for place in (HAI_PHONG, HAI_DUONG):
        for measure in LEVELS:
            given = {"vintage": "v2"} | (whole if measure == "VA" else {})
            await officer.post(
                "/tfp/v1/series", json=series(place, measure, **given), headers=command()
            )
    body = {"place_id": MERGED, "boundary": "2025-07-01", "vintage": "v2"}
    said = told((await officer.post("/tfp/v1/runs", json=body, headers=command())).json())
    assert [part.weight for part in said.parts] == ["0.5", "0.5"]
    assert float(said.reallocation or "nan") == pytest.approx(0, abs=1e-9)


async def test_a_run_of_another_period_supersedes_nothing(officer: Any) -> None:
    await declare_all(officer, HAI_PHONG)
    for years in ({}, {"last_year": 2021}):
        body = {"place_id": HAI_PHONG, "boundary": "2021", "vintage": "v1", **years}
        run = (await officer.post("/tfp/v1/runs", json=body, headers=command())).json()
        path = f"/tfp/v1/runs/{run['id']}/publication"
        answer = (await officer.post(path, headers=command())).json()
        assert answer["supersedes"] is None
