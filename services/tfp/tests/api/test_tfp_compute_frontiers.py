"""The frontier engines over HTTP: refusals with unit, year and field first, then the answers of the method pages."""

from collections.abc import AsyncIterator
from copy import deepcopy
from typing import Any

import httpx
import pytest
import pytest_asyncio

from pq_tfp.api.compute.frontier_examples import FIRMS, PANEL
from pq_tfp.app import create_app
from pq_tfp.settings import Settings

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATH = "/tfp/v1/compute"
ROUTES = ["malmquist", "hicks-moorsteen", "fare-primont", "frontier"]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """Answers need no database; the one named here does not exist. The engines are open to everybody."""
    settings = Settings(
        database_url="postgresql://nobody@127.0.0.1:1/none", poll_interval_s=3600, compute_open=True,
        compute_sync_seconds=300, public_requests_per_minute=10_000, compute_requests_per_minute=10_000,
    )  # fmt: skip
    app = create_app(settings)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://pq.test") as opened,
    ):
        yield opened


def body(**changed: Any) -> dict[str, Any]:
    return {**deepcopy(PANEL), **changed}


def found(answer: Any) -> list[tuple[str, str]]:
    return [(each["code"], each["pointer"]) for each in answer.json()["errors"]]


@pytest.mark.asyncio(loop_scope="function")
async def test_a_stranger_needs_a_token_for_engines_that_are_not_closed_form(caller: Any) -> None:
    stranger = await caller()
    for route in ROUTES:
        assert (await stranger.post(f"{PATH}/{route}", json=body())).status_code == 401


@pytest.mark.parametrize("route", ROUTES)
async def test_zero_negative_and_missing_figures_are_refused_together(
    client: httpx.AsyncClient, route: str
) -> None:
    told = body()
    told["panel"]["x"]["K"][0][1], told["panel"]["x"]["L"][2][0], told["panel"]["y"]["Y"][3][1] = (
        0,
        -1,
        None,
    )
    answer = await client.post(f"{PATH}/{route}", json=told)
    assert answer.status_code == 422
    assert found(answer) == [
        ("level_not_positive", "/K/Hải Phòng/2023"),
        ("level_not_positive", "/L/Hưng Yên/2022"),
        ("quantity_missing", "/Y/Quảng Bình/2023"),
    ]


async def test_two_units_a_gap_in_years_and_a_short_row_are_refused(
    client: httpx.AsyncClient,
) -> None:
    told = body()
    for side in ("x", "y"):
        told["panel"][side] = {name: rows[:2] for name, rows in told["panel"][side].items()}
    told["panel"]["units"] = told["panel"]["units"][:2]
    answer = await client.post(f"{PATH}/malmquist", json=told)
    assert found(answer) == [("units_too_few", "/units/2022"), ("units_too_few", "/units/2023")]
    told = body()
    told["panel"]["years"] = [2022, 2024]
    answer = await client.post(f"{PATH}/malmquist", json=told)
    assert found(answer) == [("years_not_consecutive", "/years/2024")]
    told = body()
    told["panel"]["x"]["K"][4] = [1.0]
    answer = await client.post(f"{PATH}/malmquist", json=told)
    assert found(answer) == [("shape_wrong", "/K/Bắc Ninh")]


async def test_current_prices_and_an_engine_of_another_route_are_refused(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.post(f"{PATH}/malmquist", json=body(price_basis="current"))
    assert found(answer) == [("string_pattern_mismatch", "/price_basis")]
    answer = await client.post(f"{PATH}/frontier", json=body(engine="MALMQUIST"))
    assert found(answer) == [("literal_error", "/engine")]


async def test_a_panel_of_too_many_programs_is_too_large(client: httpx.AsyncClient) -> None:
    units = [f"unit {n}" for n in range(20_000)]
    panel = {"units": units, "years": [2022, 2023], "x": {"K": [[1, 1]]}, "y": {"Y": [[1, 1]]}}
    answer = await client.post(f"{PATH}/malmquist", json={"panel": panel})
    assert (answer.status_code, answer.json()["code"]) == (413, "computation_too_large")


async def test_malmquist_answers_as_its_page_does(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{PATH}/malmquist", json=body())
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["engine"], said["method_version"], said["base_year"]) == ("MALMQUIST", "1", 2010)
    row = said["units"]["Hải Phòng"]["2023"]
    assert row["M"] == pytest.approx(1.0518, abs=5e-5)
    assert row["EC"] * row["TC"] == pytest.approx(row["M"], rel=1e-12)
    assert row["reason"] is None
    assert said["over_units"]["2023"]["M"] == pytest.approx(1.0103, abs=5e-5)
    assert said["over_years"]["Bắc Ninh"]["TC"] == pytest.approx(0.9967, abs=5e-5)
    assert said["overall"]["SEC"] == pytest.approx(1.0014, abs=5e-5)


async def test_a_unit_absent_in_a_year_is_null_with_a_reason_and_named(
    client: httpx.AsyncClient,
) -> None:
    told = body()
    for rows in (*told["panel"]["x"].values(), *told["panel"]["y"].values()):
        rows[4][0] = None
    said = (await client.post(f"{PATH}/malmquist", json=told)).json()
    assert said["units"]["Bắc Ninh"]["2023"]["M"] is None
    assert said["units"]["Bắc Ninh"]["2023"]["reason"] == "NOT_IN_BOTH_YEARS"
    assert said["warnings"] == ["DROPPED_FROM_PAIR"]
    assert (said["notices"][0]["unit"], said["notices"][0]["year"]) == ("Bắc Ninh", 2023)
    levels = (await client.post(f"{PATH}/fare-primont", json=told)).json()
    assert levels["units"]["Bắc Ninh"]["2022"] == {
        name: "ABSENT" if name == "reason" else None for name in levels["units"]["Bắc Ninh"]["2023"]
    }


async def test_a_distance_that_does_not_exist_is_null_and_never_0_or_1(
    client: httpx.AsyncClient,
) -> None:
    told = body(cross="VRS")
    told["panel"]["x"]["K"][3][1] = told["panel"]["x"]["L"][3][1] = 1.0
    said = (await client.post(f"{PATH}/malmquist", json=told)).json()
    row = said["units"]["Quảng Bình"]["2023"]
    assert (row["M"], row["reason"]) == (None, "LP_INFEASIBLE")


async def test_hicks_moorsteen_equals_malmquist_under_constant_returns(
    client: httpx.AsyncClient,
) -> None:
    malmquist = (await client.post(f"{PATH}/malmquist", json=body())).json()
    bjurek = await client.post(f"{PATH}/hicks-moorsteen", json=body(returns="CRS"))
    assert bjurek.json()["engine"] == "HM_BJUREK"
    for unit in PANEL["panel"]["units"]:
        expected = malmquist["units"][unit]["2023"]["M"]
        row = bjurek.json()["units"][unit]["2023"]
        assert row["HM_BJUREK"] == pytest.approx(expected, rel=1e-9)
        assert row["output_change"] / row["input_change"] == pytest.approx(expected, rel=1e-9)
    assert bjurek.json()["overall"] == pytest.approx(1.0103, abs=5e-5)


async def test_fare_primont_answers_as_its_page_does(client: httpx.AsyncClient) -> None:
    said = (await client.post(f"{PATH}/fare-primont", json=body())).json()
    first, last = (said["units"]["Hải Phòng"][year]["TFP"] for year in ("2022", "2023"))
    assert last / first == pytest.approx(1.0804, abs=5e-5)
    assert said["TFP_max"] == {"2022": first, "2023": last}
    assert (said["price_x"]["K"], said["warnings"]) == (0.0, ["ZERO_SHADOW_PRICE"])


async def test_frontier_answers_by_envelopment_unless_told_otherwise(
    client: httpx.AsyncClient,
) -> None:
    said = (await client.post(f"{PATH}/frontier", json=body())).json()
    assert (said["engine"], said["orientation"]) == ("DEA", "output")
    row = said["units"]["Hưng Yên"]["2023"]
    assert row["crs"] == pytest.approx(0.896, abs=5e-5)
    assert row["scale"] == pytest.approx(row["crs"] / row["vrs"], rel=1e-12)
    assert said["over_units"]["2023"]["reason"] is None


async def test_frontier_with_noise_answers_estimates_errors_and_the_test_of_gamma(
    client: httpx.AsyncClient,
) -> None:
    asked = {"engine": "SFA", "distribution": "HALF_NORMAL", **FIRMS}
    answer = await client.post(f"{PATH}/frontier", json=asked)
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert said["beta"] == pytest.approx(
        {"beta_0": 0.365, "beta_1": 0.239, "beta_2": 0.62}, abs=5e-4
    )
    assert said["inputs"] == {"beta_1": "K", "beta_2": "L"}
    assert set(said["se"]) == {"beta_0", "beta_1", "beta_2", "sigma2", "gamma"}
    assert (said["gamma"], said["LR_p"]) == pytest.approx((0.844, 0.118), abs=5e-4)
    assert pytest.approx(2 * (said["lnL"] - said["lnL_ols"]), abs=1e-9) == said["LR"]
    assert said["units"]["firm 11"]["2023"]["efficiency"] == pytest.approx(0.556, abs=5e-4)
    assert said["observations"] == 30


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"bands": {"replications": 2001}}, "/bands/replications"),
        ({"bands": {"replications": 99}}, "/bands/replications"),
        ({"bands": {"percent": 90}}, "/bands/percent"),
        ({"bands": {}, "cross": "VRS"}, "/bands"),
    ],
)
async def test_bands_that_cannot_be_drawn_are_refused(
    client: httpx.AsyncClient, asked: dict[str, Any], pointer: str
) -> None:
    answer = await client.post(f"{PATH}/malmquist", json=body(**asked))
    assert answer.status_code == 422, answer.text
    assert pointer in {where for _, where in found(answer)}


async def test_malmquist_carries_bands_where_they_are_asked_for(client: httpx.AsyncClient) -> None:
    plain = (await client.post(f"{PATH}/malmquist", json=body())).json()
    assert plain["bands"] is None
    asked = body(bands={"replications": 100, "seed": 7})
    told, again = [(await client.post(f"{PATH}/malmquist", json=asked)).json() for _ in range(2)]
    assert told == again
    assert {**told, "bands": None} == plain
    assert (told["bands"]["replications"], told["bands"]["seed"]) == (100, 7)
    for unit in PANEL["panel"]["units"]:
        for part in ("M", "EC", "TC"):
            band = told["bands"]["units"][unit]["2023"][part]
            assert band["low"] <= band["corrected"] <= band["high"]
