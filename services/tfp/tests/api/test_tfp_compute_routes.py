"""What each route of the engines answers, in the process that computes: figures against independent ones, identities, and the contract."""

import json
from typing import Any

import numpy as np
import pytest

from pq_tfp.api.compute import capital, industries, international, levels, official, sti, targets
from pq_tfp.api.compute.catalogue import ROUTES
from pq_tfp.api.compute.engines import compute
from pq_tfp.api.compute.identities import IdentityBroken, hold
from pq_tfp.api.compute.routes import examples
from pq_tfp.domain.errors import SeriesRefused

YEARS = [2020, 2021, 2022]


def computed(
    route: str, body: dict[str, Any], tell: Any = lambda done, total: None
) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(compute(route, json.dumps(body).encode(), tell))
    return told


def refused(route: str, body: dict[str, Any]) -> set[tuple[str, str]]:
    with pytest.raises(SeriesRefused) as refusal:
        computed(route, body)
    return {(fault.pointer, fault.code) for fault in refusal.value.errors}


def changed(example: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**example, **changes}


@pytest.mark.parametrize("name", ROUTES)
def test_the_example_of_every_engine_is_computed_and_says_what_made_it(name: str) -> None:
    made = examples()["compute" + "".join(part.capitalize() for part in name.split("-"))]()
    assert set(made) == set(ROUTES[name].engines)
    for engine, answer in made.items():
        assert answer["engine"] == engine
        assert answer["method_version"]
        assert {"price_basis", "base_year", "vintage", "share_method", "capital_method", "labour_unit", "declared", "warnings", "notices"} <= answer.keys()  # fmt: skip


def test_an_identity_that_fails_is_no_answer() -> None:
    hold("fits", np.array([1.0, np.nan]), [np.array([0.4, np.nan]), np.array([0.6, 1.0])])
    with pytest.raises(IdentityBroken, match="parts of a whole"):
        hold("parts of a whole", 1.0, [0.5, 0.4])


@pytest.mark.parametrize("module", [official, international])
def test_a_panel_says_of_each_unit_what_the_unit_alone_would(module: Any) -> None:
    example = {k: v for k, v in module.EXAMPLE.items() if k not in ("uncertainty",)}
    alone = computed("accounting", example)
    rows = {
        n: [list(v.values())] * 2
        for n, v in example.items()
        if isinstance(v, dict) and n != "declared"
    }
    if "beta" in rows:
        rows["beta"] = [[None, *row] for row in rows["beta"]]
    panel = {
        "units": ["a", "b"], "years": YEARS, "y": {"Y": rows.pop("Y")},
        "x": {n: rows.pop(n) for n in ("K", "L", "E") if n in rows}, "z": rows,
    }  # fmt: skip
    heard: list[tuple[int, int]] = []
    body = {"engine": example["engine"], "price_basis": "constant-2010", "panel": panel}
    told = computed("accounting", body, lambda *far: heard.append(far))
    for unit in ("a", "b"):
        assert told["units"][unit]["years"] == alone["years"]
        assert told["units"][unit]["period"] == alone["period"]
    assert heard == [(1, 2), (2, 2)]


def test_contributions_sum_to_growth_and_the_chain_differs_from_the_period_by_what_is_told() -> (
    None
):
    told = computed("accounting", official.EXAMPLE)
    for row in (*told["years"].values(), told["period"]):
        parts = sum(row[f"contribution_{name}"] for name in "KLA")
        assert parts == pytest.approx(100 * row["g_Y"], abs=1e-12)
        assert sum(row[f"growth_share_{name}"] for name in "KLA") == pytest.approx(1, abs=1e-12)
    compound = (1 + told["period"]["g_A"]) ** 2
    assert told["A_index"]["2022"] - compound == pytest.approx(told["period"]["chain_difference"], abs=1e-12)  # fmt: skip


def test_the_band_is_told_with_all_that_made_it_and_a_target_is_judged() -> None:
    sure = computed("accounting", official.EXAMPLE)["uncertainty"]
    assert (sure["draws"], sure["target"]["verdict"]) == (10_000, "not decidable")
    assert sure["target"]["reason"] == "TARGET_INSIDE_BAND"
    assert sure["bands"]["g_A"]["low"] < 2.82 < sure["bands"]["g_A"]["high"]
    assert sure["sensitivity"][0]["assumption"] == "BASE"
    assert sure["widths"]["K0_log_sd"] == 0.35
    narrow = {"target": 0.2, "widths": {"alpha_sd": 0.001, "K0_log_sd": 0.0, "delta": [0.06, 0.06], "output_sd": 0.0, "labour_sd": 0.0}}  # fmt: skip
    assert computed("accounting", changed(official.EXAMPLE, uncertainty=narrow))["uncertainty"]["target"]["verdict"] == "met"  # fmt: skip
    far = {**narrow, "target": 0.9, "I": {"2021": 32.0, "2022": 33.2}}
    told = computed("accounting", changed(official.EXAMPLE, uncertainty=far))["uncertainty"]
    assert (told["target"]["verdict"], told["target"]["probability"]) == ("not met", 0.0)
    wrong = {"widths": {"delta": [0.08, 0.04]}}
    assert refused("accounting", changed(official.EXAMPLE, uncertainty=wrong)) == {("/delta", "width_wrong")}  # fmt: skip


def test_a_labour_share_comes_from_the_table_of_industries_too() -> None:
    asked = {
        "method": "IO_FIXED",
        "coefficients": {"A": 0.8, "B": 0.5, "C": 0.6},
        "VA_by_industry": {
            "A": {"2021": 10, "2022": 10}, "B": {"2021": 50, "2022": 55}, "C": {"2021": 40, "2022": 44},
        },
    }  # fmt: skip
    body = {k: v for k, v in official.EXAMPLE.items() if k not in ("beta", "uncertainty")}
    told = computed("accounting", changed(body, labour_share=asked))
    assert told["labour_share"]["beta"]["2021"] == pytest.approx(0.57, abs=1e-12)
    assert refused("accounting", body) == {("/beta", "series_missing")}
    two = {**asked, "coefficients": {"A": 0.8, "B": 0.5}}
    assert ("/coefficients/C", "series_missing") in refused("accounting", changed(body, labour_share=two))  # fmt: skip
    assert refused("accounting", changed(body, labour_share={"method": "MI_ALL"})) == {
        ("/VA", "series_missing"), ("/CE", "series_missing"), ("/MI", "series_missing"),
    }  # fmt: skip


def test_inputs_have_one_kind_of_weight_and_a_name_of_their_own() -> None:
    example = international.EXAMPLE
    mixed = changed(example, share_K={"2020": 0.4, "2021": 0.4, "2022": 0.4})
    assert refused("accounting", mixed) == {("/share", "weights_mixed")}
    assert refused("accounting", changed(example, water=example["E"])) == {("/cost_water", "series_missing")}  # fmt: skip
    told = computed(
        "accounting", changed(example, water=example["E"], cost_water=example["cost_E"])
    )
    assert told["years"]["2021"]["contribution_water"] == told["years"]["2021"]["contribution_E"]
    none = {"engine": "TORNQVIST", "price_basis": "constant-2010", "Y": example["Y"]}
    assert ("/K", "series_missing") in refused("accounting", none)
    both = changed(
        official.EXAMPLE, panel={"units": ["a"], "years": [2020], "y": {"Y": [[1]]}, "x": {}}
    )
    assert ("/Y", "panel_and_series") in refused("accounting", both)


def test_a_stock_in_other_prices_is_the_stock_times_the_price_relative() -> None:
    """K(base b) == K(base a)·P_b/P_a for every year, K0 included."""
    nominal = changed(capital.EXAMPLE, price_basis="current", base_year=2018)
    first = computed("capital-stock", nominal)
    later = computed("capital-stock", changed(nominal, rebase_to=2022))
    assert (first["price_basis"], later["price_basis"]) == ("constant-2018", "constant-2022")
    for asset, told in nominal["assets"].items():
        relative = told["P_I"]["2022"] / told["P_I"]["2018"]
        for year, stock in first["assets"][asset]["K"].items():
            assert later["assets"][asset]["K"][year] == pytest.approx(stock * relative, rel=1e-12)


def test_each_rule_for_the_first_stock_says_what_it_needs() -> None:
    plain: dict[str, Any] = {"I": {"2020": 10.0, "2021": 11.0, "2022": 12.0}, "delta": 0.05}

    def asked(**rule: Any) -> dict[str, Any]:
        return {"price_basis": "constant-2010", "assets": {"a": {**plain, "K0": rule}}}

    for rule, K0 in (
        ({"method": "STEADY", "growth": 0.05}, 100.0),
        ({"method": "FIXED_RATIO"}, 100.0),
        ({"method": "KY", "kappa": 2.0, "Y0": 60.0, "year": 2020}, 120.0),
        ({"method": "BENCH", "value": 77.0, "year": 2019}, 77.0),
    ):
        told = computed("capital-stock", asked(**rule))["assets"]["a"]
        assert (told["K0"], told["K0_method"]) == (pytest.approx(K0), rule["method"])
    assert refused("capital-stock", asked(method="STEADY")) == {("/growth/a", "series_missing")}
    assert refused("capital-stock", asked(method="KY", Y0=1.0)) == {("/kappa/a", "series_missing")}
    untold = changed(asked(), price_basis="current")
    assert refused("capital-stock", untold) == {("/P_I/a", "deflator_missing")}
    assert refused("capital-stock", changed(asked(), price_basis="chained")) == {
        ("/I/a", "not_additive")
    }
    gap = asked()
    gap["assets"]["a"] = {**plain, "I": {"2020": 1.0, "2022": 1.0}}
    assert refused("capital-stock", gap) == {("/I/a/2021", "year_missing")}


def test_services_exhaust_capital_income_and_groups_sum_to_the_contribution() -> None:
    years = ("2019", "2020", "2021", "2022")
    services = {
        "rate": "EX_POST", "CAP": dict.fromkeys(years, 40.0), "on_negative": "KEEP",
        "groups": {"ICT": ["ICT"]}, "share_K": dict.fromkeys(years, 0.4), "in_use": "END",
    }  # fmt: skip
    told = computed("capital-stock", changed(capital.EXAMPLE, services=services))
    found = told["services"]
    for year in ("2020", "2022"):
        stock = {name: told["assets"][name]["K"][year] for name in found["u"]}
        cost = sum(found["u"][name][year] * stock[name] for name in stock)
        assert cost == pytest.approx(40.0, rel=1e-9)
        grouped = sum(part[year] for part in found["contribution"].values())
        assert grouped == pytest.approx(0.4 * found["dln_K"][year], abs=1e-12)
    unknown = changed(capital.EXAMPLE, services={"groups": {"ICT": ["cloud"]}})
    assert refused("capital-stock", unknown) == {("/groups/cloud", "asset_unknown")}
    no_income = changed(capital.EXAMPLE, services={"rate": "EX_POST"})
    assert ("/CAP/2020", "year_missing") in refused("capital-stock", no_income)


def test_industries_sum_to_the_economy_with_reallocation() -> None:
    told = computed("industries", industries.EXAMPLE)
    row = told["economy"]["2021"]
    moved = sum(row[f"reallocation_{name}"] for name in "YKL")
    assert row["dln_A"] == pytest.approx(row["within"] + moved, abs=1e-12)
    assert row["within"] == pytest.approx(row["domar"] + row["weighting"], abs=1e-12)
    panel = industries.EXAMPLE["panel"]
    ones = [[1.0, 1.0]] * 3
    prices = {"GO": panel["y"]["GO"], "II": panel["x"]["II"], "P_GO": ones, "P_II": ones}
    deflated = changed(industries.EXAMPLE, panel={**panel, "z": {**panel["z"], **prices}})
    assert computed("industries", deflated)["units"]["A"]["VA_constant"]["2020"] == 55.0
    short = {**panel["z"], "GO": prices["GO"]}
    assert ("/P_GO", "series_missing") in refused("industries", changed(industries.EXAMPLE, panel={**panel, "z": short}))  # fmt: skip


def test_levels_name_their_sample_and_miss_nobody_in_silence() -> None:
    panel = levels.EXAMPLE["panel"]
    four = {
        "units": [*panel["units"], "Lào Cai"], "years": panel["years"],
        "y": {"Y": [*panel["y"]["Y"], [40.0, None]]},
        "x": {n: [*rows, [50.0, 51.0]] for n, rows in panel["x"].items()},
        "z": {n: [*rows, [0.5, 0.5]] for n, rows in panel["z"].items()},
    }  # fmt: skip
    told = computed("levels", {"reference": "Hải Phòng", "panel": four})
    assert told["members"]["2022"] == four["units"]
    assert told["members"]["2023"] == panel["units"]
    assert told["relative"]["Lào Cai"]["2023"] is None
    assert told["warnings"] == ["NO_SPATIAL_PRICES"]
    assert refused("levels", {"reference": "x", "panel": {**four, "x": {}}}) == {
        ("/Y", "series_missing")
    }


def test_three_definitions_come_together_with_bands_and_say_when_they_are_not_nested() -> None:
    told = computed("sti", sti.EXAMPLE)
    terms = told["terms"]
    sums = sum(terms[name] for name in ("c_LQ", "c_KQ", "c_RE", "c_RD", "c_RES"))
    assert sums == pytest.approx(terms["g_A"], abs=1e-12)
    assert told["STI_PLAN"]["pp"]["value"] == pytest.approx(100 * terms["g_A"], abs=1e-12)
    assert told["STI_CORE"]["pp"]["value"] == pytest.approx(
        100 * (terms["c_RD"] + 0.001), abs=1e-12
    )
    assert all(told[name]["pp"]["band"]["low"] < told[name]["pp"]["band"]["high"] for name in ("STI_CORE", "STI_VNPI", "STI_PLAN"))  # fmt: skip
    crossed = computed("sti", changed(sti.EXAMPLE, c_RE=-0.01, c_ICT=None))
    assert {"NOT_NESTED", "DEMAND_UNKNOWN", "TERM_NOT_GIVEN"} == set(crossed["warnings"])


def test_labour_quality_may_come_from_groups_and_spending_must_reach_back() -> None:
    years = ("2018", "2019", "2020", "2021", "2022")
    body = {k: v for k, v in sti.EXAMPLE.items() if k != "c_LQ"}
    groups = {
        "skilled": {"h": dict(zip(years, (20, 21, 22, 23, 24), strict=True)), "wage": dict.fromkeys(years, 9.0)},
        "other": {"h": dict(zip(years, (30, 29, 28, 27, 26), strict=True)), "wage": dict.fromkeys(years, 5.0)},
    }  # fmt: skip
    told = computed("sti", changed(body, labour_groups=groups))
    assert told["terms"]["c_LQ"] > 0.003
    assert refused("sti", changed(sti.EXAMPLE, labour_groups=groups)) == {("/c_LQ", "panel_and_series")}  # fmt: skip
    late = changed(sti.EXAMPLE, RD={"2020": 0.5, "2021": 0.56, "2022": 0.62})
    assert refused("sti", late) == {("/RD/2018", "year_missing"), ("/RD/2019", "year_missing")}


def test_what_it_would_take_reaches_the_target_or_says_why_not() -> None:
    told = computed("solve-target", targets.EXAMPLE)
    assert told["growth_share_A"] == pytest.approx(0.47, abs=1e-9)
    future = {**targets.EXAMPLE["future"], "g_Y": 0.08}
    slower = computed("solve-target", changed(targets.EXAMPLE, solve_for="g_K", future=future))
    assert slower["g_K"] < 0.09
    assert slower["growth_share_A"] == pytest.approx(0.47, abs=1e-9)
    shrinking = {**future, "g_K": -0.2, "g_L": -0.1}
    out = computed("solve-target", changed(targets.EXAMPLE, future=shrinking))
    assert out["growth_share_A"] is None
    assert out["reason"]
    assert refused("solve-target", changed(targets.EXAMPLE, target=47)) == {("/target", "target_not_a_fraction")}  # fmt: skip
