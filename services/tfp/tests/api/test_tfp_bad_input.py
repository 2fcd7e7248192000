"""Bad input over HTTP, a test for each row of docs/tfp/bad-input.md: refused with field, unit and year, warned of, or marked."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from pq_tfp.app import create_app
from pq_tfp.settings import Settings

pytestmark = pytest.mark.asyncio(loop_scope="module")
YEARS = ("2020", "2021", "2022", "2023")


def series(*values: float, first: int = 2020) -> dict[str, float]:
    return {str(first + at): value for at, value in enumerate(values)}


OFFICIAL: dict[str, Any] = {
    "price_basis": "constant-2010",
    "Y": series(100, 107, 115, 123),
    "K": series(200, 220, 240, 262),
    "L": series(50, 50.5, 51, 51.6),
    "beta": series(0.6, 0.6, 0.6, 0.6),
}
ASSET: dict[str, Any] = {
    "I": series(10, 11, 12, 13),
    "delta": 0.05,
    "K0": {"method": "BENCH", "value": 100, "year": 2020},
}
INCOME: dict[str, Any] = {
    "VA": series(100, 110, 120, 130),
    "CE": series(50, 55, 60, 65),
    "MI": series(20, 22, 24, 26),
    "T": series(5, 5, 6, 6),
    "N_employees": series(20, 20, 21, 21),
    "N_total": series(50, 50.5, 51, 51.6),
}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """Answers need no database; the one named here does not exist."""
    settings = Settings(
        database_url="postgresql://nobody@127.0.0.1:1/none", poll_interval_s=3600,
        compute_sync_seconds=300, public_requests_per_minute=10_000, compute_requests_per_minute=10_000,
    )  # fmt: skip
    app = create_app(settings)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://pq.test") as opened,
    ):
        yield opened


async def refused(
    client: httpx.AsyncClient, route: str, body: dict[str, Any]
) -> set[tuple[str, str]]:
    """Return pointer and code of every fault; both languages must be there."""
    answer = await client.post(f"/tfp/v1/compute/{route}", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found = answer.json()["errors"]
    assert all(fault["message_vi"] and fault["message_en"] for fault in found)
    return {(fault["pointer"], fault["code"]) for fault in found}


async def computed(client: httpx.AsyncClient, route: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post(f"/tfp/v1/compute/{route}", json=body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def without(name: str, *years: str) -> dict[str, float]:
    return {year: value for year, value in OFFICIAL[name].items() if year not in years}


def panel(**tables: Any) -> dict[str, Any]:
    """Return two units; a table told by keyword replaces that of the second."""
    names = ("Y", "K", "L", "beta")
    rows = {
        n: [list(OFFICIAL[n].values()), tables.get(n, list(OFFICIAL[n].values()))] for n in names
    }
    return {
        "price_basis": "constant-2010",
        "panel": {
            "units": ["Hải Phòng", "Bạc Liêu/cũ"],
            "years": [int(year) for year in YEARS],
            "y": {"Y": rows["Y"]},
            "x": {"K": rows["K"], "L": rows["L"]},
            "z": {"beta": rows["beta"]},
        },
    }


async def test_a_year_missing_inside_a_series_is_refused(client: httpx.AsyncClient) -> None:
    found = await refused(client, "accounting", {**OFFICIAL, "K": without("K", "2021")})
    assert found == {("/K/2021", "year_missing")}
    found = await refused(client, "accounting", panel(K=[200, None, 240, 262]))
    assert found == {("/K/Bạc Liêu~1cũ/2021", "year_missing")}


@pytest.mark.parametrize("engine", ["VN-OFFICIAL", "TORNQVIST"])
async def test_a_filled_year_is_marked_and_carries_no_annual_tfp(
    client: httpx.AsyncClient, engine: str
) -> None:
    told = await computed(
        client,
        "accounting",
        {**OFFICIAL, "engine": engine, "K": without("K", "2021"), "fill": "GEOMETRIC_FILL"},
    )
    assert told["imputed_years"] == [2021]
    rate = "g_A" if engine == "VN-OFFICIAL" else "dln_A"
    assert [told["years"][year][rate] is None for year in YEARS[1:]] == [True, True, False]
    assert [told["years"][year]["reason"] for year in YEARS[1:]] == ["IMPUTED", "IMPUTED", None]
    assert told["A_index"]["2021"] is None
    assert told["period"][rate] is not None


async def test_a_year_missing_at_the_end_ends_the_computation_and_is_told(
    client: httpx.AsyncClient,
) -> None:
    told = await computed(client, "accounting", {**OFFICIAL, "L": without("L", "2023")})
    assert list(told["years"]) == ["2021", "2022"]
    assert {"code": "ENDS_EARLY", "field": "L", "unit": None, "year": 2022} in told["notices"]


async def test_missing_hours_or_quality_fall_back_to_persons_and_never_to_zero(
    client: httpx.AsyncClient,
) -> None:
    asked = {**OFFICIAL, "engine": "TORNQVIST"}
    persons = await computed(client, "accounting", asked)
    hours = {"H": {"2020": 2300, "2021": 2280, "2023": 2250}}
    groups = {"skilled": {"h": series(20, 21, 22), "wage": series(9, 9, 9)}, "other": {"h": series(30, 29, 29), "wage": series(5, 5, 5)}}  # fmt: skip
    told = await computed(client, "accounting", {**asked, **hours, "labour_groups": groups})
    assert told["years"]["2022"]["dln_L"] == persons["years"]["2022"]["dln_L"]
    where = {
        (n["field"], n["year"]) for n in told["notices"] if n["code"] == "FALLS_BACK_TO_PERSONS"
    }
    assert where == {("H", 2022), ("labour_groups", 2023)}
    assert told["years"]["2022"]["contribution_LQ"] > 0
    assert told["years"]["2023"]["contribution_LQ"] is None
    complete = {"H": series(2300, 2280, 2260, 2250)}
    worked = await computed(client, "accounting", {**asked, **complete})
    assert worked["years"]["2022"]["dln_L"] != persons["years"]["2022"]["dln_L"]


@pytest.mark.parametrize("engine", ["VN-OFFICIAL", "TORNQVIST"])
async def test_a_level_that_is_not_above_zero_is_refused(
    client: httpx.AsyncClient, engine: str
) -> None:
    bad = {**panel(Y=[100, 0, 115, 123], L=[50, 50, -1, 51]), "engine": engine}
    assert await refused(client, "accounting", bad) == {
        ("/Y/Bạc Liêu~1cũ/2021", "level_not_positive"),
        ("/L/Bạc Liêu~1cũ/2022", "level_not_positive"),
    }


async def test_negative_investment_is_told_and_an_exhausted_stock_refused(
    client: httpx.AsyncClient,
) -> None:
    asked = {
        "price_basis": "constant-2010",
        "assets": {"máy": {**ASSET, "I": series(10, -5, 12, 13)}},
    }
    told = await computed(client, "capital-stock", asked)
    assert {"code": "NEGATIVE_INVESTMENT", "field": "I", "unit": "máy", "year": 2021} in told[
        "notices"
    ]
    gone = {**asked, "assets": {"máy": {**ASSET, "I": series(10, -200, 12, 13)}}}
    found = await refused(client, "capital-stock", gone)
    assert ("/K/máy/2021", "capital_not_positive") in found


async def test_a_first_stock_that_would_be_negative_names_another_rule(
    client: httpx.AsyncClient,
) -> None:
    steady = {**ASSET, "K0": {"method": "STEADY", "growth": -0.06}}
    answer = await client.post(
        "/tfp/v1/compute/capital-stock",
        json={"price_basis": "constant-2010", "assets": {"nhà": steady}},
    )
    fault = answer.json()["errors"][0]
    assert (fault["pointer"], fault["code"]) == ("/K0/nhà/2020", "K0_UNDEFINED")
    assert "STEADY_N" in fault["message_vi"]


async def test_a_told_labour_share_outside_its_range_is_refused(client: httpx.AsyncClient) -> None:
    found = await refused(client, "accounting", {**OFFICIAL, "beta": series(0.6, 1.2, 0.6, -0.1)})
    assert {("/beta/2021", "share_outside_unit_interval"), ("/beta/2023", "share_outside_unit_interval")} <= found  # fmt: skip


async def test_a_computed_labour_share_above_one_falls_back_and_keeps_both(
    client: httpx.AsyncClient,
) -> None:
    body = {k: v for k, v in OFFICIAL.items() if k != "beta"} | INCOME
    told = await computed(client, "accounting", {**body, "labour_share": {"method": "SELF_WAGE"}})
    share = told["labour_share"]
    assert share["computed"]["2021"] > 1
    assert share["beta"]["2021"] == pytest.approx(55 / (110 - 5 - 22), abs=1e-12)
    assert share["fallback_years"] == [2020, 2021, 2022, 2023]
    assert (told["share_method"], told["warnings"]) == ("SELF_WAGE", ["LABOUR_SHARE_FALLBACK"])


async def test_shares_that_do_not_sum_to_one_are_refused(client: httpx.AsyncClient) -> None:
    bad = {**OFFICIAL, "alpha": series(0.4, 0.4, 0.41, 0.4)}
    assert await refused(client, "accounting", bad) == {("/beta/2022", "shares_do_not_sum_to_one")}


async def test_percent_for_a_fraction_and_the_reverse_are_refused_with_the_right_value(
    client: httpx.AsyncClient,
) -> None:
    for beta, unit, code, right in (
        (60, "fraction", "share_in_percent", "0.6"),
        (0.6, "percent", "share_in_fraction", "60"),
    ):
        body = {**OFFICIAL, "beta": dict.fromkeys(YEARS, beta), "share_unit": unit}
        answer = await client.post("/tfp/v1/compute/accounting", json=body)
        fault = answer.json()["errors"][0]
        assert fault["code"] == code
        assert fault["message_en"].endswith(f"write {right}.")
    percent = {**OFFICIAL, "beta": dict.fromkeys(YEARS, 60), "share_unit": "percent"}
    plain = await computed(client, "accounting", OFFICIAL)
    assert (await computed(client, "accounting", percent))["period"]["g_A"] == pytest.approx(plain["period"]["g_A"], abs=1e-15)  # fmt: skip
    nation = {**OFFICIAL, "nation_g_Y": series(7.0, 6.5, first=2021)}
    assert ("/nation_g_Y/2021", "growth_in_percent") in await refused(client, "accounting", nation)


async def test_mixed_current_or_undeclared_prices_are_refused_on_each_field(
    client: httpx.AsyncClient,
) -> None:
    both = {("/Y", "price_basis_mixed"), ("/K", "price_basis_mixed")}
    mixed = {**OFFICIAL, "declared": {"K": {"price_basis": "constant-2020"}}}
    untold = {name: value for name, value in OFFICIAL.items() if name != "price_basis"}
    for body in (mixed, untold, {**OFFICIAL, "price_basis": "current"}):
        assert await refused(client, "accounting", body) == both
        assert await refused(client, "accounting", {**body, "engine": "TORNQVIST"}) == both


async def test_a_place_far_above_the_nation_for_three_years_is_told(
    client: httpx.AsyncClient,
) -> None:
    told = await computed(
        client, "accounting", {**OFFICIAL, "nation_g_Y": series(0.01, 0.01, 0.01, first=2021)}
    )
    years = [n["year"] for n in told["notices"] if n["code"] == "FASTER_THAN_NATION"]
    assert years == [2021, 2022, 2023]


async def test_investment_used_as_capital_is_refused_when_declared_and_suspected_when_it_swings(
    client: httpx.AsyncClient,
) -> None:
    declared = {**OFFICIAL, "declared": {"K": {"kind": "flow"}}}
    assert await refused(client, "accounting", declared) == {("/K", "capital_is_a_stock")}
    told = await computed(client, "accounting", {**OFFICIAL, "K": series(20, 30, 21, 33)})
    assert told["warnings"] == ["K_LOOKS_LIKE_INVESTMENT"]
    assert {"code": "K_LOOKS_LIKE_INVESTMENT", "field": "K", "unit": None, "year": 2021} in told["notices"]  # fmt: skip


async def test_two_base_years_are_linked_over_their_overlap_and_refused_without_one(
    client: httpx.AsyncClient,
) -> None:
    old = {"price_basis": "constant-1994", "values": series(36, 38, 40, first=2018)}
    body = {
        **OFFICIAL,
        "earlier": {"Y": old},
        "K": series(170, 185, 200, 220, 240, 262, first=2018),
        "L": series(49, 49.5, 50, 50.5, 51, 51.6, first=2018),
        "beta": series(*[0.6] * 6, first=2018),
    }
    told = await computed(client, "accounting", body)
    assert told["linked"]["Y"] == {
        "ratio": 2.5, "spread": 0.0, "overlap_years": [2020], "linked_years": [2018, 2019],
        "price_basis": "constant-1994", "vintage": None,
    }  # fmt: skip
    assert told["years"]["2020"]["g_Y"] == pytest.approx(40 / 38 - 1, abs=1e-12)
    apart = {**body, "earlier": {"Y": {**old, "values": series(36, 38, first=2018)}}}
    assert await refused(client, "accounting", apart) == {("/Y", "overlap_missing")}


async def test_growth_between_two_vintages_is_refused_and_linked_levels_show_both(
    client: httpx.AsyncClient,
) -> None:
    mixed = {**OFFICIAL, "vintages": {"Y": {"2020": "2019", "2021": "2019", "2022": "2020-lại", "2023": "2020-lại"}}}  # fmt: skip
    assert await refused(client, "accounting", mixed) == {("/Y/2022", "vintages_mixed")}
    linked = {
        **OFFICIAL,
        "declared": {"L": {"vintage": "2023"}, "Y": {"vintage": "2020-lại"}},
        "Y": series(115, 123, first=2022),
        "earlier": {"Y": {"vintage": "2019", "values": series(80, 86, 92)}},
    }
    told = await computed(client, "accounting", linked)
    assert (told["vintage"], told["linked"]["Y"]["vintage"]) == ("2020-lại", "2019")
    assert told["years"]["2022"]["g_Y"] == pytest.approx(92 / 86 - 1, abs=1e-12)


MERGER: dict[str, Any] = {
    "place_id": "vn-31-2025",
    "price_basis": "constant-2010",
    "panel": {
        "units": ["vn-31-1997", "vn-30-1997"],
        "years": [2022, 2023],
        "y": {"Y": [[220, 242], [100, 108]]},
        "x": {"K": [[480, 530], [230, 250]], "L": [[1.1, 1.12], [0.95, 0.96]]},
        "z": {"VA": [[360, 400], [150, 165]], "labour_income": [[190, 210], [85, 93]]},
    },
}


async def test_a_merged_place_is_summed_over_all_its_parts_or_refused(
    client: httpx.AsyncClient,
) -> None:
    told = await computed(client, "merged-place", MERGER)
    year = told["years"]["2023"]
    moved = sum(year[f"reallocation_{name}"] for name in "YKL")
    assert told["levels"]["Y"]["2023"] == 350
    assert year["dln_A"] == pytest.approx(year["within"] + moved, abs=1e-12)
    one = {name: [rows[0]] for name, rows in MERGER["panel"]["y"].items()}
    short = {
        **MERGER["panel"], "units": ["vn-31-1997"], "y": one,
        "x": {name: [rows[0]] for name, rows in MERGER["panel"]["x"].items()},
        "z": {name: [rows[0]] for name, rows in MERGER["panel"]["z"].items()},
    }  # fmt: skip
    found = await refused(client, "merged-place", {**MERGER, "panel": short})
    assert found == {("/units/vn-30-1997", "predecessors_incomplete")}
    found = await refused(client, "merged-place", {**MERGER, "published": {"Y": {"2023": 400}}})
    assert found == {("/Y/2023", "sum_differs_from_published")}
    found = await refused(client, "merged-place", {**MERGER, "price_basis": "chained"})
    assert found == {("/Y", "not_additive"), ("/K", "not_additive")}
    found = await refused(client, "merged-place", {**MERGER, "place_id": "vn-33-1997"})
    assert found == {("/place_id", "place_not_merged")}


async def test_a_break_in_employment_is_flagged_and_linked_over_its_overlap(
    client: httpx.AsyncClient,
) -> None:
    told = await computed(client, "accounting", {**OFFICIAL, "breaks": {"L": [2021]}})
    assert {"code": "DEFINITION_BREAK", "field": "L", "unit": None, "year": 2021} in told["notices"]
    linked = {
        **OFFICIAL,
        "L": series(49, 49.6, 50, first=2021),
        "earlier": {"L": {"vintage": "ICLS-13", "values": series(50, 50.5)}},
    }
    told = await computed(client, "accounting", linked)
    assert told["years"]["2021"]["g_L"] == pytest.approx(0.01, abs=1e-12)
    assert told["linked"]["L"]["overlap_years"] == [2021]


async def test_a_unit_and_year_that_come_twice_are_refused(client: httpx.AsyncClient) -> None:
    body = json.dumps(OFFICIAL).replace('"2021": 107', '"2021": 107, "2021": 109')
    answer = await client.post(
        "/tfp/v1/compute/accounting", content=body, headers={"Content-Type": "application/json"}
    )
    assert [(f["pointer"], f["code"]) for f in answer.json()["errors"]] == [
        ("/Y/2021", "duplicated")
    ]
    twice = panel()
    twice["panel"]["units"] = ["Hải Phòng", "Hải Phòng"]
    assert await refused(client, "accounting", twice) == {("/units/Hải Phòng", "unit_duplicated")}
    again = panel()
    again["panel"]["years"] = [2020, 2021, 2021, 2022]
    assert ("/years/2021", "years_not_consecutive") in await refused(client, "accounting", again)


async def test_too_small_a_sample_is_refused_with_the_minimum(client: httpx.AsyncClient) -> None:
    rows = [[100.0, 103.0], [400.0, 440.0]]
    two = {"units": ["A", "B"], "years": [2020, 2021], "y": {"GO": rows}, "x": dict.fromkeys(("K", "L", "II"), rows), "z": dict.fromkeys(("cost_K", "cost_L", "cost_II"), rows)}  # fmt: skip
    industries = {"price_basis": "constant-2010", "panel": two}
    assert await refused(client, "industries", industries) == {("/industries", "sample_too_small")}
    places = {
        "reference": "A",
        "panel": {
            **two,
            "y": {"Y": rows},
            "x": {"K": rows, "L": rows},
            "z": dict.fromkeys(("share_K", "share_L"), [[0.5, 0.5]] * 2),
        },
    }
    assert ("/units/2020", "units_too_few") in await refused(client, "levels", places)
    one = {**OFFICIAL, "Y": {"2020": 100.0}}
    assert ("/Y", "years_too_few") in await refused(client, "accounting", one)
    short = {"price_basis": "constant-2010", "assets": {"nhà": {"I": series(1, 2), "delta": 0.05}}}
    assert ("/years/nhà", "years_too_few") in await refused(client, "capital-stock", short)


async def test_rows_of_another_shape_name_the_unit(client: httpx.AsyncClient) -> None:
    found = await refused(client, "accounting", panel(K=[200, 220]))
    assert found == {("/K/Bạc Liêu~1cũ", "shape_wrong")}
