"""Enterprises over HTTP: refusals that name firm, year and field first, then the estimators and the decompositions."""

import copy
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import numpy as np
import pytest
import pytest_asyncio

from pq_common.errors import Invalid
from pq_tfp.api.compute.catalogue import ROUTES
from pq_tfp.api.compute.engine import read
from pq_tfp.app import create_app
from pq_tfp.settings import Settings

pytestmark = pytest.mark.asyncio(loop_scope="module")
ESTIMATORS = tuple(ROUTES["production-function"].engines)
DEFINITIONS = tuple(ROUTES["decomposition"].engines)


def example(route: str, engine: str) -> dict[str, Any]:
    config = ROUTES[route].engines[engine].asked.model_config
    found: dict[str, Any] = copy.deepcopy(config["json_schema_extra"]["examples"][0])
    return found


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """Answers need no database; the one named here does not exist."""
    settings = Settings(
        database_url="postgresql://nobody@127.0.0.1:1/none", poll_interval_s=3600, compute_open=True,
        compute_sync_seconds=300, public_requests_per_minute=10_000, compute_requests_per_minute=10_000,
        compute_repeats=500,
    )  # fmt: skip
    app = create_app(settings)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://pq.test") as opened,
    ):
        yield opened


async def answered(client: httpx.AsyncClient, route: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post(f"/tfp/v1/compute/{route}", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def refused(client: httpx.AsyncClient, route: str, body: dict[str, Any]) -> list[str]:
    answer = await client.post(f"/tfp/v1/compute/{route}", json=body)
    assert answer.status_code == 422, answer.text
    return [f"{error['code']} {error['pointer']}" for error in answer.json()["errors"]]


async def test_a_level_of_zero_is_refused_by_field_firm_and_year(client: httpx.AsyncClient) -> None:
    body = example("production-function", "OLS")
    body["panel"]["x"]["L"][2][1] = 0
    found = await refused(client, "production-function", body)
    assert found == ["level_not_positive /L/DN 03/2020"]


async def test_a_firm_listed_twice_is_refused_in_each_year(client: httpx.AsyncClient) -> None:
    body = example("production-function", "FE")
    body["panel"]["units"][1] = "DN 01"
    found = await refused(client, "production-function", body)
    assert found == [f"duplicated /rows/DN 01/{year}" for year in range(2019, 2024)]


@pytest.mark.parametrize(
    ("engine", "asked", "where"),
    [
        ("DYN", {"bootstrap": {"replications": 501}}, "/bootstrap/replications"),
        ("ACF", {"starts": 501}, "/starts"),
    ],
)
async def test_more_repeats_than_this_instance_allows_are_refused_with_its_bound(
    client: httpx.AsyncClient, engine: str, asked: dict[str, Any], where: str
) -> None:
    body = {**example("production-function", engine), **asked}
    answer = await client.post("/tfp/v1/compute/production-function", json=body)
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["pointer"]) == (422, where)
    assert error["message_en"] == "Must be at most 500, got 501."


async def test_a_default_above_the_bound_of_the_instance_is_refused_and_not_lowered_in_silence() -> (
    None
):
    body = {**example("production-function", "LP"), "bootstrap": {}}
    with pytest.raises(Invalid) as refusal:
        read(ROUTES["production-function"], json.dumps(body).encode(), repeats=100)
    assert [fault.pointer for fault in refusal.value.errors] == ["/bootstrap/replications"]


async def test_a_column_that_is_not_there_is_refused_by_name(client: httpx.AsyncClient) -> None:
    body = {**example("production-function", "LP"), "proxy": "điện"}
    assert await refused(client, "production-function", body) == ["column_missing /điện"]


async def test_collinear_inputs_are_refused_with_both_names(client: httpx.AsyncClient) -> None:
    body = example("production-function", "OLS")
    body["panel"]["x"]["K2"] = [[2 * k for k in row] for row in body["panel"]["x"]["K"]]
    answer = await client.post(
        "/tfp/v1/compute/production-function", json={**body, "free": ["L", "K2"]}
    )
    [error] = answer.json()["errors"]
    assert (error["code"], error["pointer"]) == ("columns_collinear", "/K")
    assert error["message_vi"] == "K là tổ hợp tuyến tính của K2; hãy bỏ một trong các cột đó."


async def test_two_firms_are_refused_with_the_minimum(client: httpx.AsyncClient) -> None:
    body = example("production-function", "FD")
    panel = body["panel"]
    for table in (panel["y"], panel["x"]):
        for name in table:
            table[name] = table[name][:2]
    panel["units"] = panel["units"][:2]
    assert await refused(client, "production-function", body) == ["sample_too_small /firms"]


async def test_an_unknown_estimator_is_refused_with_those_there_are(
    client: httpx.AsyncClient,
) -> None:
    body = {**example("production-function", "OLS"), "engine": "GMM"}
    answer = await client.post("/tfp/v1/compute/production-function", json=body)
    assert answer.json()["errors"][0]["message_en"] == f"Must be one of {', '.join(ESTIMATORS)}."


@pytest.mark.parametrize("engine", ESTIMATORS)
async def test_every_estimator_answers_its_example(engine: str, client: httpx.AsyncClient) -> None:
    found = await answered(client, "production-function", example("production-function", engine))
    assert found["engine"] == engine
    assert set(found["elasticities"]) == {"L", "K"}
    total = sum(one["beta"] for one in found["elasticities"].values())
    assert found["returns_to_scale"] == pytest.approx(total, rel=1e-12)
    assert len(found["ln_A"]) == 10
    assert found["base_year"] == 2010


async def test_productivity_is_output_less_what_inputs_explain(client: httpx.AsyncClient) -> None:
    body = example("production-function", "FE")
    found = await answered(client, "production-function", body)
    y, labour, k = (
        np.log(body["panel"][side][name][3][2])
        for side, name in (("y", "Y"), ("x", "L"), ("x", "K"))
    )
    beta = {name: one["beta"] for name, one in found["elasticities"].items()}
    expected = y - beta["L"] * labour - beta["K"] * k
    assert found["ln_A"]["DN 04"]["2021"] == pytest.approx(expected, rel=1e-12)


async def test_a_row_that_lacks_something_is_left_out_and_counted_and_breaks_the_lag(
    client: httpx.AsyncClient,
) -> None:
    body = example("production-function", "FD")
    body["panel"]["x"]["L"][0][2] = None
    for table in (*body["panel"]["y"].values(), *body["panel"]["x"].values()):
        table[1][0] = None  # not observed at all
    found = await answered(client, "production-function", body)
    assert (found["rows_left_out"], found["rows"]) == (1, 40 - 2 - 1)
    assert "2021" not in found["ln_A"]["DN 01"]


async def test_a_bootstrap_gives_the_errors_that_a_formula_does_not(
    client: httpx.AsyncClient,
) -> None:
    body = example("production-function", "LP")
    bare = await answered(client, "production-function", body)
    assert bare["elasticities"]["K"]["standard_error"] is None
    assert (bare["standard_errors"], len(bare["curve"]["beta"])) == ("none", 81)
    asked = {**body, "bootstrap": {"replications": 30}}
    one, other = [await answered(client, "production-function", asked) for _ in range(2)]
    assert one["elasticities"] == other["elasticities"]
    assert one["elasticities"]["K"]["standard_error"] > 0
    assert one["elasticities"]["K"]["beta"] == bare["elasticities"]["K"]["beta"]
    assert one["bootstrap"]["seed"] == 20220411


@pytest.mark.parametrize("engine", ["DYN", "WRDG", "ACF"])
async def test_other_estimators_can_be_resampled_too(
    engine: str, client: httpx.AsyncClient
) -> None:
    body = {**example("production-function", engine), "bootstrap": {"replications": 25, "seed": 3}}
    found = await answered(client, "production-function", body)
    assert found["standard_errors"] == "bootstrap by firm"
    assert found["bootstrap"]["failed"] <= 5


async def test_the_free_form_by_gmm_tells_its_instruments_and_its_tests(
    client: httpx.AsyncClient,
) -> None:
    body = example("production-function", "DYN")
    plain = await answered(client, "production-function", body)
    assert plain["dynamics"]["gmm"] is None
    body["gmm"] = {"equations": "SYS", "steps": 1, "collapse": True}
    found = await answered(client, "production-function", body)
    told = found["dynamics"]["gmm"]
    assert found["specification"].endswith(
        "GMM in differences and levels, one step, instruments 2 and more years before, collapsed"
    )
    assert told["degrees_of_freedom"] == told["instruments"] - len(found["dynamics"]["free"]) - 1
    assert told["overidentification"] is None
    assert len(told["serial_correlation"]) == 2
    assert found["dynamics"]["rho"] != plain["dynamics"]["rho"]
    body["gmm"] = {"equations": "DIF", "steps": 1, "collapse": True, "first": 3, "last": 2}
    assert await refused(client, "production-function", body) == ["lags_out_of_order /last"]


async def test_two_steps_with_fewer_firms_than_instruments_are_refused(
    client: httpx.AsyncClient,
) -> None:
    body = {**example("production-function", "DYN"), "gmm": {}}
    assert await refused(client, "production-function", body) == [
        "fewer_firms_than_instruments /firms"
    ]


@pytest.mark.parametrize(
    ("engine", "option"),
    [
        ("OP", {"expectation": "fitted"}),
        ("LP", {"expectation": "fitted"}),
        ("WRDG", {"moments": "added"}),
    ],
)
async def test_what_other_programs_do_is_asked_for_by_name_and_told(
    engine: str, option: dict[str, str], client: httpx.AsyncClient
) -> None:
    body = example("production-function", engine)
    plain = await answered(client, "production-function", body)
    asked = await answered(client, "production-function", {**body, **option})
    assert asked["specification"].startswith(plain["specification"] + ", ")
    assert asked["elasticities"]["K"]["beta"] != plain["elasticities"]["K"]["beta"]


async def test_all_minima_are_listed_with_their_criteria(client: httpx.AsyncClient) -> None:
    found = await answered(client, "production-function", example("production-function", "ACF"))
    assert sum(one["starts"] for one in found["minima"]) + found["starts_lost"] == found["starts"]
    assert found["minima"][0]["beta"]["K"] == found["elasticities"]["K"]["beta"]
    assert ("MULTIPLE_MINIMA" in found["warnings"]) == (len(found["minima"]) > 1)


async def test_estimators_need_a_token_where_the_instance_does_not_open_them() -> None:
    app = create_app(
        Settings(database_url="postgresql://nobody@127.0.0.1:1/none", poll_interval_s=3600)
    )
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://pq.test"
    ) as stranger:
        path = "/tfp/v1/compute/production-function"
        answer = await stranger.post(path, json=example("production-function", "OLS"))
        assert answer.status_code == 401


async def test_a_firm_without_weight_is_refused_by_name_and_year(client: httpx.AsyncClient) -> None:
    body = example("decomposition", "MP")
    body["after"]["weight"][1] = 0
    body["before"]["units"][1] = "a"
    assert await refused(client, "decomposition", body) == ["duplicated /firm/a/2022"]
    body["before"]["units"][1] = "b"
    assert await refused(client, "decomposition", body) == ["level_not_positive /weight/b/2023"]


async def test_lists_of_other_lengths_and_no_survivor_are_refused(
    client: httpx.AsyncClient,
) -> None:
    body = example("decomposition", "GR")
    body["after"]["p"] = [1.0]
    assert await refused(client, "decomposition", body) == ["length_wrong /p/2023"]
    body = example("decomposition", "GR")
    body["after"]["units"] = ["x", "y", "z"]
    assert await refused(client, "decomposition", body) == ["sample_too_small /survivors"]


@pytest.mark.parametrize("engine", DEFINITIONS)
async def test_contributions_sum_and_the_definition_comes_with_them(
    engine: str, client: httpx.AsyncClient
) -> None:
    found = await answered(client, "decomposition", example("decomposition", engine))
    whole = found["P_after"] if engine == "OP" else found["change"]
    assert sum(found["contributions"].values()) == pytest.approx(whole, abs=1e-12)
    assert found["definition"].startswith("P =" if engine == "OP" else "ΔP =")
    assert (found["share_of"], found["contribution_unit"]) == ("value_added", "log points")


async def test_who_comes_and_goes_without_the_register_knowing_is_not_observed(
    client: httpx.AsyncClient,
) -> None:
    body = {**example("decomposition", "MP"), "entered": None, "left": None}
    found = await answered(client, "decomposition", body)
    assert found["warnings"] == ["NOT_OBSERVED"]
    assert [notice["field"] for notice in found["notices"]] == ["entered", "left"]
    assert (found["contributions"]["entry"], found["firms"]["entry_NOT_OBSERVED"]) == (0, 1)
