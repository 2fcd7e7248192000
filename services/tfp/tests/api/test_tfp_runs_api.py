"""Runs from outside: what the engines refuse, every choice of the method, bundles that compute again, and who supersedes whom."""

import json
from typing import Any

import asyncpg
import pytest
from services.tfp.tests.api.asking import (
    HAI_DUONG,
    HAI_PHONG,
    MERGED,
    RUNS,
    declare,
    made,
    published,
    run,
)

from pq_common.db.provision import Urls
from pq_common.db.session import connect_args
from pq_tfp.domain.running.compute import recompute


@pytest.fixture
async def officer(caller: Any) -> Any:
    client = await caller("province-officer", places=[MERGED])
    await declare(client, HAI_PHONG)
    return client


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"share": {"method": "GUESS"}}, "/share/method"),
        ({"capital": {"method": "PIM", "deltas": {"x": -1}}}, "/capital/deltas/x"),
        ({"draws": 5}, "/draws"),
        ({"vintages": {"Z": "v1"}}, "/vintages/Z"),
        ({"widths": {"alpha_bounds": [0.2]}}, "/widths/alpha_bounds"),
        ({"boundary": "2025-07-01"}, "/boundary"),
        ({"capital": {"method": "PIM", "K0_method": "BENCH"}}, "/K0"),
        ({"vintage": "v9"}, "/Y"),
        ({"targets": [47]}, "/target"),
    ],
)  # fmt: skip
async def test_what_cannot_be_computed_is_refused_by_name(
    officer: Any, asked: dict[str, Any], pointer: str
) -> None:
    answer = await run(officer, **asked)
    assert answer.status_code == 422, answer.text
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}


async def test_every_output_carries_the_contract(officer: Any) -> None:
    found = await made(
        officer, capital={"method": "PIM", "delta": 0.05}, targets=[0.47], widths={"alpha_sd": 0.02}
    )
    results = found["results"]
    for name in (
        "engine",
        "method_version",
        "base_year",
        "price_basis",
        "vintage",
        "share_method",
        "labour_unit",
    ):
        assert results[name], name
    told = results["capital_method"]
    assert (told["method"], told["delta"], told["K0_method"], told["timing"]) == (
        "PIM",
        0.05,
        "STEADY_N",
        "END",
    )
    assert results["band"]["widths"]["alpha_sd"] == 0.02
    assert results["targets"][0]["verdict"] in {"met", "not met", "not decidable"}
    assert "K0_MEMORY_HIGH" in found["warnings"]
    assert [one["code"] for one in results["notices"]] == found["warnings"]


async def test_science_and_technology_come_as_three_definitions(officer: Any) -> None:
    told = (await made(officer, sti=True))["results"]["sti"]["definitions"]
    assert set(told) == {"STI_CORE", "STI_VNPI", "STI_PLAN"}
    assert all(one["pp"]["low"] <= one["pp"]["mid"] <= one["pp"]["high"] for one in told.values())


async def test_a_published_result_carries_the_three_definitions_and_what_counts_as_0(
    officer: Any, urls: Urls
) -> None:
    run_id = (await made(officer, sti=True))["id"]
    assert (await published(officer, run_id)).status_code == 200
    connection = await asyncpg.connect(**connect_args(urls.worker))
    try:
        payload = await connection.fetchval(
            "SELECT payload FROM event_log WHERE aggregate_id = $1 LIMIT 1", run_id
        )
    finally:
        await connection.close()
    sti = json.loads(payload)["result"]["sti"]
    assert [one["definition"] for one in sti["definitions"]] == ["STI_CORE", "STI_VNPI", "STI_PLAN"]
    core = sti["definitions"][0]
    assert (
        float(core["points_band"]["low"])
        < float(core["points"])
        < float(core["points_band"]["high"])
    )
    assert set(sti["unknown"]) == {"c_LQ", "c_KQ", "c_ICT", "c_RE", "c_DEM"}


async def test_a_measure_may_come_from_another_vintage_and_both_stay(officer: Any) -> None:
    await declare(officer, HAI_PHONG, ["L"], vintage="lfs", unit="người")
    first, second = await made(officer), await made(officer, vintages={"L": "lfs"})
    kept = {one["measure"]: one["vintage"] for one in second["inputs"]["series"]}
    assert (kept["L"], kept["Y"]) == ("lfs", "v1")
    assert first["bundle_sha256"] != second["bundle_sha256"]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"engine": "TORNQVIST", "capital": {"method": "PIM", "in_use": "YEAR_AVERAGE"}},
        {"sti": True, "targets": [0.4], "fill_gaps": True},
    ],
    ids=["official", "log", "all"],
)
async def test_a_bundle_computes_again_to_the_same_hash_elsewhere(
    officer: Any, asked: dict[str, Any]
) -> None:
    found = await made(officer, **asked)
    bundle = (await officer.get(f"{RUNS}/{found['id']}/bundle")).json()
    assert bundle["bundle_sha256"] == found["bundle_sha256"]
    again = recompute(bundle)
    assert (again.same, again.differences) == (True, ())


async def test_a_successor_is_computed_back_to_2021_with_the_reallocation(officer: Any) -> None:
    await declare(officer, HAI_DUONG)
    for engine, place in (("VN-OFFICIAL", "headline"), ("TORNQVIST", "merger")):
        found = await made(officer, place_id=MERGED, boundary="2025-07-01", engine=engine)
        assert found["results"][place] is not None
        assert found["results"]["period"]["first_year"] == 2021
    split = (await made(officer, place_id=MERGED, boundary="2025-07-01"))["results"]["headline"][
        "split"
    ]
    assert split["reallocation"] == pytest.approx(0, abs=1e-9)


async def test_a_log_result_is_published_under_its_own_names(officer: Any) -> None:
    found = await made(officer, engine="TORNQVIST")
    answer = await published(officer, found["id"])
    assert answer.status_code == 200, answer.text
    later = await made(officer, engine="TORNQVIST")
    assert (await published(officer, later["id"])).json()["supersedes"] == found["id"]
    assert (await officer.get(f"{RUNS}/{found['id']}")).json()["superseded_by"] == later["id"]
    official = await made(officer)
    assert (await published(officer, official["id"])).json()["supersedes"] is None


async def test_only_the_whole_economy_of_a_place_is_published(officer: Any) -> None:
    await declare(officer, HAI_PHONG, ["Y", "K", "L", "VA", "labour_income"], industry="C")
    found = await made(officer, industry="C")
    answer = await published(officer, found["id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "industry_run_not_published")


async def test_runs_are_listed_by_what_is_asked(officer: Any) -> None:
    one, log = await made(officer), await made(officer, engine="TORNQVIST")
    await published(officer, one["id"])

    async def ids(**asked: Any) -> list[str]:
        return [item["id"] for item in (await officer.get(RUNS, params=asked)).json()["items"]]

    assert await ids(engine="TORNQVIST") == [log["id"]]
    assert await ids(published=True) == [one["id"]]
    assert await ids(published=False, vintage="v1", industry="total") == [log["id"]]


async def test_levels_between_places_are_the_ministrys_and_name_the_sample(
    caller: Any, officer: Any
) -> None:
    ministry = await caller("ministry-analyst")
    for place in (HAI_DUONG, "vn-33-1997"):
        await declare(ministry, place, ["Y", "K", "L", "VA", "labour_income"])
    asked = {"place_id": "vn", "engine": "CCD", "reference": HAI_PHONG}
    refused = await run(officer, **asked)
    assert refused.status_code in {404, 422}
    found = await made(ministry, **asked)
    assert set(found["results"]["relative"]) == {HAI_PHONG, HAI_DUONG, "vn-33-1997"}
    assert "NOT_SPATIALLY_DEFLATED" in found["warnings"]
    bundle = (await ministry.get(f"{RUNS}/{found['id']}/bundle")).json()
    assert recompute(bundle).same
    assert (await published(ministry, found["id"])).status_code == 200
    hidden = await officer.get(f"{RUNS}/{found['id']}")
    assert hidden.status_code == 404


@pytest.mark.parametrize("engine", ["MALMQUIST", "HM_BJUREK", "FARE_PRIMONT"])
async def test_frontiers_of_places_are_kept_and_compute_again_and_are_not_published(
    caller: Any, engine: str
) -> None:
    ministry = await caller("ministry-analyst")
    for place in (HAI_PHONG, HAI_DUONG, "vn-33-1997"):
        await declare(ministry, place, ["Y", "K", "L"])
    found = await made(ministry, place_id="vn", engine=engine)
    assert found["engine"] == engine
    assert HAI_DUONG in found["results"].get("change", found["results"].get("levels"))
    assert recompute((await ministry.get(f"{RUNS}/{found['id']}/bundle")).json()).same
    refused = await published(ministry, found["id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "engine_run_not_published")
