"""A run as a pure function: refusals first, then its capital and its shares."""

from dataclasses import replace
from typing import Any

import pytest
from services.tfp.tests.domain.running_series import (
    HAI_DUONG,
    HAI_PHONG,
    MERGED,
    NATION,
    PIM,
    YEARS,
    codes,
    invested,
    levels,
    merged,
    one,
    wanted,
    without,
)

from pq_tfp.domain.running.compute import compute
from pq_tfp.domain.running.specification import CapitalChoice, ShareChoice
from pq_tfp.domain.store.stored import Stored

# --- refusals


def test_current_prices_with_constant_capital_are_refused() -> None:
    mixed = [*without(levels(), "Y"), one("Y", lambda n: 100 + n, price_basis="current")]
    assert codes(mixed, wanted()) == {"price_basis_mixed"}


@pytest.mark.parametrize("engine", ["VN-OFFICIAL", "CCD"])
def test_prices_that_no_series_stands_in_are_refused_and_not_others_taken(engine: Any) -> None:
    place = {"engine": engine, "place_id": "vn", "places": (HAI_PHONG,), "reference": HAI_PHONG}
    asked = wanted(base_year=1994, **(place if engine == "CCD" else {}))
    assert "base_year_missing" in codes(levels(), asked)


def test_chained_volumes_of_predecessors_are_not_summed() -> None:
    chained = [
        replace(one, price_basis="chained-2020") if one.measure in "YK" else one
        for place in (HAI_PHONG, HAI_DUONG)
        for one in levels(place)
    ]
    assert codes(chained, merged()) == {"not_additive"}


def test_predecessors_in_other_units_or_prices_are_not_summed() -> None:
    for other in ({"unit": "triệu đồng"}, {"price_basis": "constant-2020"}):
        theirs = [*without(levels(HAI_DUONG), "Y"), one("Y", lambda n: 90 + n, HAI_DUONG, **other)]
        assert "units_differ" in codes([*levels(), *theirs], merged()), other


def test_a_merged_place_with_a_predecessor_that_lacks_investment_is_refused() -> None:
    series = [
        *without(levels(), "K"), *without(levels(HAI_DUONG), "K"), *invested(),
    ]  # fmt: skip
    assert codes(series, merged(capital=PIM)) == {"series_missing"}


@pytest.mark.parametrize(("place", "boundary"), [(MERGED, "2021"), (HAI_DUONG, "2025-07-01")])
def test_a_place_is_computed_on_the_boundary_on_which_it_exists(place: str, boundary: str) -> None:
    assert codes(levels(), wanted(place_id=place, boundary=boundary)) == {"place_not_on_boundary"}


def test_a_year_missing_inside_is_refused_and_filled_only_when_asked() -> None:
    holed = [
        replace(one, texts={y: t for y, t in one.texts.items() if y != 2022 or one.measure != "K"})
        for one in levels()
    ]
    assert codes(holed, wanted()) == {"year_missing"}
    found = compute(wanted(fill_gaps=True), holed)
    growth = found.results["growth"]
    by_year = dict(
        zip(growth["years"], zip(growth["g_A"], growth["reasons"], strict=True), strict=True)
    )
    assert by_year[2022] == by_year[2023] == (None, "IMPUTED")
    assert by_year[2021][1] is None
    assert found.results["imputed_years"] == [2022]
    assert found.results["period"]["g_A"] is not None


def test_the_sum_of_the_parts_must_meet_what_was_published_for_the_whole() -> None:
    series = [*levels(), *levels(HAI_DUONG)]
    whole = one("Y", lambda n: 150 * 1.07**n, MERGED)
    assert codes([*series, whole], merged()) == {"sum_differs_from_published"}
    late = one("Y", lambda n: 200 * 1.07**n, MERGED, years=range(2025, 2027))
    assert codes([*series, late], merged()) == {"overlap_missing"}


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        (CapitalChoice(method="PIM", deltas={"tàu": 0.1}), "asset_unknown"),
        (CapitalChoice(method="PIM", delta=5.0), "delta_outside_unit_interval"),
        (CapitalChoice(method="PIM", K0_method="STEADY", growth=-0.2), "K0_UNDEFINED"),
        (CapitalChoice(method="PIM", K0_method="BENCH"), "series_missing"),
        (CapitalChoice(method="PIM", K0_method="KY", kappa=9.0), "kappa_outside_range"),
    ],
)
def test_a_stock_that_cannot_be_built_is_refused(choice: CapitalChoice, code: str) -> None:
    assert code in codes([*without(levels(), "K"), *invested()], wanted(capital=choice))


def test_investment_without_its_prices_or_in_other_prices_is_refused() -> None:
    base = without(levels(), "K")
    flow = one("I", lambda n: 30 * 1.1**n)
    assert codes([*base, flow], wanted(capital=PIM)) == {"series_missing"}
    other = replace(flow, price_basis="constant-2020")
    assert codes([*base, other], wanted(capital=PIM)) == {"price_basis_mixed"}
    late = one("P_I", lambda n: 1.03**n, years=range(2012, 2025))
    assert codes([*base, flow, late], wanted(capital=PIM)) == {"base_year_missing"}
    short = one("P_I", lambda n: 1.03**n, years=range(2010, 2024))
    assert codes([*base, flow, short], wanted(capital=PIM)) == {"year_missing"}


def test_a_first_stock_by_output_is_not_divided_over_assets() -> None:
    series = [
        *without(levels(), "K"),
        *(one("I", lambda n: 10 * 1.1**n, item=item, price_basis="constant-2010") for item in ("ict", "nhà")),
    ]  # fmt: skip
    assert codes(series, wanted(capital=replace(PIM, K0_method="KY"))) == {"K0_not_divisible"}


def test_benchmarks_of_predecessors_must_be_of_one_year() -> None:
    series = [
        *without(levels(), "K"), *without(levels(HAI_DUONG), "K"), *invested(), *invested(HAI_DUONG),
        one("K0", lambda n: 200, years=[2010]), one("K0", lambda n: 100, HAI_DUONG, years=[2011]),
    ]  # fmt: skip
    asked = merged(capital=replace(PIM, K0_method="BENCH"))
    assert codes(series, asked) == {"years_differ"}


def test_a_share_that_is_not_told_is_refused() -> None:
    assert codes(levels(), wanted(share=ShareChoice(method="GIVEN"))) == {"share_missing"}
    told = ShareChoice(method="LABOUR_INCOME", beta=0.5)
    assert codes(levels(), wanted(share=told)) == {"share_not_read"}
    assert codes(levels(), wanted(share=ShareChoice(method="IO_FIXED"))) == {"series_missing"}
    table = one("beta", lambda n: 0.6, NATION, industry="C")
    assert codes([*levels(), table], wanted(share=ShareChoice(method="IO_FIXED"))) == {
        "series_missing"
    }
    percent = wanted(share=ShareChoice(method="GIVEN", beta=60.0))
    assert codes(levels(), percent) == {"share_in_percent", "share_outside_unit_interval"}


def test_tornqvist_needs_a_share_for_every_year() -> None:
    short = [
        replace(one, texts={y: t for y, t in one.texts.items() if y > 2010})
        if one.measure == "VA"
        else one
        for one in levels()
    ]
    assert codes(short, wanted(engine="TORNQVIST")) == {"year_missing"}


# --- capital


def capital(series: list[Stored], choice: CapitalChoice, **asked: Any) -> dict[int, float]:
    found = compute(wanted(capital=choice, **asked), series)
    return {int(year): value for year, value in found.inputs["K"].items()}


def test_a_stock_on_a_path_of_steady_growth_is_known_in_closed_form() -> None:
    flow = one("I", lambda n: 30 * 1.1**n, price_basis="constant-2010")
    series = [*without(levels(), "K"), flow]
    for K0_method in ("STEADY", "STEADY_N"):
        K = capital(series, replace(PIM, K0_method=K0_method))
        for year in YEARS:
            assert K[year] == pytest.approx(30 * 1.1 ** (year - 2009) / 0.15, rel=1e-6)


def test_each_rule_for_the_first_stock_says_where_it_stands() -> None:
    series = [*without(levels(), "K"), *invested(), one("K0", lambda n: 260, years=[2012])]
    told = {}
    for K0_method in ("FIXED_RATIO", "KY", "BENCH"):
        choice = replace(PIM, K0_method=K0_method)
        said = compute(wanted(capital=choice), series).results["capital_method"]
        told[K0_method] = (said["K0_year"], said["K0"]["total"])
    assert told == {"FIXED_RATIO": (2010, 300.0), "KY": (2010, 250.0), "BENCH": (2012, 260.0)}


def test_pim_of_the_sums_is_the_sum_of_the_pims() -> None:
    parts = {
        place: [*without(levels(place, size), "K"), *invested(place, size)]
        for place, size in ((HAI_PHONG, 2.0), (HAI_DUONG, 1.0))
    }
    asked = merged(capital=PIM, first_year=2015)
    whole = compute(asked, [one for series in parts.values() for one in series]).inputs["K"]
    apart = [capital(series, PIM, place_id=place) for place, series in parts.items()]
    for year in YEARS:
        assert whole[str(year)] == pytest.approx(sum(K[year] for K in apart), rel=1e-9)


def test_social_investment_stands_in_only_times_a_declared_ratio_and_is_noted() -> None:
    series = [
        *without(levels(), "K"),
        one("social_investment", lambda n: 40 * 1.1**n),
        one("P_I", lambda n: 1.03**n, NATION),
    ]
    assert codes(series, wanted(capital=PIM)) == {"series_missing"}
    ratio = one("investment_ratio", lambda n: 0.75, NATION)
    found = compute(wanted(capital=PIM), [*series, ratio])
    assert "INVESTMENT_FROM_SOCIAL" in found.warnings
    direct = capital([*without(levels(), "K"), *invested()], PIM)
    assert found.inputs["K"]["2020"] == pytest.approx(direct[2020], rel=1e-6)


def test_the_mean_of_two_ends_is_the_stock_in_use() -> None:
    K = capital(levels(), CapitalChoice(in_use="YEAR_AVERAGE"))
    assert K[2011] == pytest.approx((250 + 270) / 2)
    assert 2010 not in K


def test_assets_declared_one_by_one_are_summed() -> None:
    series = [
        *without(levels(), "K"),
        one("K", lambda n: 50 * 1.08**n, item="ict"),
        one("K", lambda n: 200 * 1.08**n, item="nhà"),
    ]
    assert (
        compute(wanted(), series).results["period"] == compute(wanted(), levels()).results["period"]
    )


def test_a_stock_built_from_investment_is_drawn_as_wide_as_it_remembers() -> None:
    found = compute(wanted(capital=PIM), [*without(levels(), "K"), *invested()])
    declared = compute(wanted(), levels())
    width, full = (run.results["band"]["widths"]["K0_log_sd"] for run in (found, declared))
    assert 0 < width < 0.35 == full


# --- shares


INCOME = [
    one("CE", lambda n: 40 * 1.11**n),
    one("MI", lambda n: 20 * 1.11**n),
    one("T", lambda n: 4 * 1.11**n),
    one("N_employees", lambda n: 500 * 1.01**n),
]


@pytest.mark.parametrize(
    ("choice", "beta"),
    [
        (ShareChoice(method="LABOUR_INCOME"), 0.6),
        (ShareChoice(method="CE_ONLY"), 40 / 110),
        (ShareChoice(method="CE_ONLY", at_factor_cost=True), 40 / 106),
        (ShareChoice(method="MI_ALL"), 60 / 110),
        (ShareChoice(method="MI_PROP"), 40 / 86),
        (ShareChoice(method="SELF_WAGE"), 40 / 500 * 900 / 110),
        (ShareChoice(method="GIVEN", beta=0.55), 0.55),
    ],
    ids=lambda given: getattr(given, "method", None),
)
def test_the_share_of_labour_is_found_by_the_method_asked_for(
    choice: ShareChoice, beta: float
) -> None:
    found = compute(wanted(share=choice), [*levels(), *INCOME])
    assert found.results["period"]["beta"] == pytest.approx(beta, rel=1e-6)
    assert found.results["share"]["method"] == choice.method


def test_a_share_above_one_falls_back_and_keeps_both_values() -> None:
    few = [*without(INCOME, "N_employees"), one("N_employees", lambda n: 200 * 1.01**n)]
    found = compute(wanted(share=ShareChoice(method="SELF_WAGE")), [*levels(), *few])
    assert "LABOUR_SHARE_FALLBACK" in found.warnings
    assert found.results["period"]["beta"] == pytest.approx(40 / 86, rel=1e-6)
    assert found.results["share"]["computed"]["2020"] > 1


def test_coefficients_of_the_nation_are_weighted_with_the_place_and_hold_until_the_next_table() -> (
    None
):
    series = [
        *levels(),
        one("beta", lambda n: 0.7, NATION, industry="A", years=[2012]),
        one("beta", lambda n: 0.4 if n < 9 else 0.5, NATION, industry="C", years=[2012, 2019]),
        one("VA", lambda n: 30, industry="A"),
        one("VA", lambda n: 70, industry="C"),
    ]
    found = compute(wanted(share=ShareChoice(method="IO_FIXED")), series)
    assert found.inputs["beta"]["2011"] == pytest.approx(0.3 * 0.7 + 0.7 * 0.4)
    assert found.inputs["beta"]["2020"] == pytest.approx(0.3 * 0.7 + 0.7 * 0.5)
