"""A run with all its terms, levels between places, and the same result computed again."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.tfp.tests.domain.running_series import (
    HAI_DUONG,
    HAI_PHONG,
    NATION,
    PIM,
    YEARS,
    Making,
    codes,
    levels,
    merged,
    one,
    wanted,
    without,
)

from pq_tfp.domain.accounting import Inputs, account, account_period
from pq_tfp.domain.bundle import ITERATIVE_DIGITS, canonical, canonical_json
from pq_tfp.domain.errors import BundleUnreadable
from pq_tfp.domain.running.compute import bundle_of, compute, parameters_only, recompute
from pq_tfp.domain.running.official import _hold
from pq_tfp.domain.running.specification import CapitalChoice, ShareChoice, Specification
from pq_tfp.domain.store.stored import Stored

# --- labour quality, science and technology


def groups(place: str = HAI_PHONG) -> list[Stored]:
    return [
        one("h", lambda n: 600 * 0.99**n, place, item="phổ thông"),
        one("h", lambda n: 300 * 1.05**n, place, item="đại học"),
        one("wage", lambda n: 6 * 1.05**n, place, item="phổ thông"),
        one("wage", lambda n: 12 * 1.05**n, place, item="đại học"),
    ]


@pytest.mark.parametrize("engine", ["VN-OFFICIAL", "TORNQVIST"])
def test_labour_quality_is_a_line_of_its_own(engine: str) -> None:
    plain = compute(wanted(engine=engine), levels()).results["period"]
    found = compute(wanted(engine=engine, labour_quality=True), [*levels(), *groups()])
    assert found.results["period"] == plain
    assert found.results["labour_quality"]["contribution"] > 0
    without_groups = compute(wanted(engine=engine, labour_quality=True), levels())
    assert without_groups.results["labour_quality"]["contribution"] is None
    assert "FALLS_BACK_TO_PERSONS" in without_groups.warnings


def test_groups_that_end_before_the_period_say_nothing_of_it() -> None:
    early = [
        replace(one, texts={y: t for y, t in one.texts.items() if y < 2015}) for one in groups()
    ]
    told = compute(wanted(labour_quality=True), [*levels(), *early]).results["labour_quality"]
    assert (told["contribution"], told["years"]) == (None, 0)


def test_hours_go_with_hourly_wages() -> None:
    hours = [replace(one, unit="triệu giờ") if one.measure == "h" else one for one in groups()]
    assert codes([*levels(), *hours], wanted(labour_quality=True)) == {"units_differ"}
    no_wage = [one for one in groups() if (one.measure, one.item) != ("wage", "đại học")]
    assert codes([*levels(), *no_wage], wanted(labour_quality=True)) == {"series_missing"}


ASSETS = [
    *(one("I", lambda n: 25 * 1.08**n, item="nhà") for _ in "1"),
    *(one("I", lambda n: 3 * 1.2**n, item="ict") for _ in "1"),
    one("P_I", lambda n: 1.03**n, item="nhà"),
    one("P_I", lambda n: 0.99**n, item="ict"),
]
RD = one("RD", lambda n: 2 * 1.12**n)
P_Y = one("P_Y", lambda n: 1.04**n)


def test_the_three_definitions_come_together_with_bands_and_name_what_is_unknown() -> None:
    found = compute(wanted(sti=True), [*levels(), RD, P_Y])
    sti = found.results["sti"]
    assert set(sti["definitions"]) == {"STI_CORE", "STI_VNPI", "STI_PLAN"}
    unknown = {n["field"] for n in found.results["notices"] if n["code"] == "TERM_UNKNOWN"}
    assert unknown == {"c_LQ", "c_KQ", "c_ICT", "c_RE"}
    band = sti["definitions"]["STI_PLAN"]["pp"]
    assert band["low"] < 100 * found.results["period"]["g_A"] < band["high"]


def by_industry() -> list[Stored]:
    """Three industries that make up the levels of the place, one of them growing away from the others."""
    series = []
    for industry, share, pace in (("A", 0.3, 1.04), ("C", 0.5, 1.0852), ("G", 0.2, 1.07)):
        for measure, first in (
            ("Y", 100.0),
            ("K", 250.0),
            ("L", 900.0),
            ("VA", 110.0),
            ("labour_income", 66.0),
        ):
            growth = pace if measure == "Y" else {"K": 1.08, "L": 1.01}.get(measure, 1.11)
            series.append(one(measure, partial(_grown, first * share, growth), industry=industry))
    return series


def _grown(first: float, growth: float, years: int) -> float:
    return first * growth**years


def test_every_term_is_told_where_the_series_can_tell_it() -> None:
    industries = by_industry()
    output = {
        year: sum(float(s.texts[year]) for s in industries if s.measure == "Y") for year in YEARS
    }
    base = [*without(levels(), "Y", "K"), one("Y", lambda n: output[2010 + n])]
    asked = wanted(sti=True, capital=replace(PIM, deltas={"ict": 0.3}))
    found = compute(asked, [*base, *ASSETS, *groups(), *industries, RD, P_Y])
    assert {n["code"] for n in found.results["notices"]} & {"TERM_UNKNOWN"} == set()
    terms = found.results["sti"]["terms"]
    assert terms["c_KQ"] != 0
    assert terms["c_ICT"] > 0
    assert terms["c_RE"] != 0
    total = terms["c_LQ"] + terms["c_KQ"] + terms["c_RE"] + terms["c_RD"] + terms["c_RES"]
    assert total == pytest.approx(found.results["period"]["g_A"], abs=1e-9)


def test_industries_that_leave_something_out_tell_no_reallocation() -> None:
    for kept in (("A", "C"), ("A", "C", "G")):
        some = [one for one in by_industry() if one.industry in kept]
        holed = [one for one in some if (one.industry, one.measure) != ("G", "K")]
        short = [
            replace(one, texts={2024: one.texts[2024]}) if one.industry == "G" else one
            for one in some
        ]
        for series in (some, holed, short):
            found = compute(wanted(sti=True), [*levels(HAI_PHONG, 3.0), *series, RD, P_Y])
            assert "TERM_UNKNOWN" in found.warnings


def test_assets_without_a_history_tell_no_composition() -> None:
    late = [
        replace(one, texts={y: t for y, t in one.texts.items() if y >= 2019})
        if one.measure == "I"
        else one
        for one in ASSETS
    ]
    found = compute(
        wanted(sti=True, first_year=2020, capital=PIM), [*without(levels(), "K"), *late, RD, P_Y]
    )
    assert "c_KQ" in {n["field"] for n in found.results["notices"]}


ICT = 0.3


def told_apart(share: float = 0.1) -> list[Stored]:
    """A declared stock, told once more by asset: ``share`` of it is information technology in the first year, and grows faster."""
    digital = [250 * share * 1.12**n for n in range(len(YEARS))]
    return [
        one("K", lambda n: digital[n], item="ict"),
        one("K", lambda n: 250 * 1.08**n - digital[n], item="khác"),
        one("P_I", lambda n: 0.97**n, NATION, item="ict"),
        one("P_I", lambda n: 1.02**n, NATION, item="khác"),
    ]


def test_a_declared_stock_told_by_asset_keeps_its_figures_and_tells_what_its_mix_adds() -> None:
    asked = wanted(sti=True, capital=CapitalChoice(deltas={"ict": ICT}))
    plain = compute(wanted(sti=True), [*levels(), RD, P_Y]).results
    found = compute(asked, [*levels(), *told_apart(), RD, P_Y]).results
    assert found["period"] == plain["period"]
    assert found["sti"]["terms"]["c_ICT"] > 0 == plain["sti"]["terms"]["c_ICT"]
    point = found["sti"]["point"]
    assert point["STI_PLAN"]["pp"] == pytest.approx(100 * found["period"]["g_A"], rel=1e-9)
    core = found["sti"]["terms"]["c_RD"] + found["sti"]["terms"]["c_ICT"]
    assert point["STI_CORE"]["pp"] == pytest.approx(100 * core, rel=1e-8)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda told: told[:-1],  # an asset without a price
        lambda told: [replace(one, texts={2024: "1"}) if one.measure == "P_I" else one for one in told],
        lambda told: [*told, one("K", lambda n: 5.0, item="đất")],
        lambda told: [replace(one, price_basis="constant-2015") if one.measure == "K" else one for one in told],
    ],
    ids=["no price", "price without the base year", "more than the stock", "other prices"],
)  # fmt: skip
def test_assets_that_do_not_make_up_the_declared_stock_tell_no_mix(
    spoil: Callable[[list[Stored]], list[Stored]],
) -> None:
    found = compute(wanted(sti=True), [*levels(), *spoil(told_apart()), RD, P_Y])
    assert "c_ICT" in {n["field"] for n in found.results["notices"]}


def test_an_asset_that_one_predecessor_lacks_tells_no_mix_and_a_rate_for_none_is_refused() -> None:
    both = [
        *levels(),
        *levels(HAI_DUONG),
        *told_apart(),
        RD,
        replace(RD, id="x", place_id=HAI_DUONG),
    ]
    prices = [P_Y, replace(P_Y, id="y", place_id=HAI_DUONG)]
    found = compute(merged(sti=True), [*both, *prices])
    assert "c_ICT" in {n["field"] for n in found.results["notices"]}
    unknown = wanted(capital=CapitalChoice(deltas={"tàu": 0.1}))
    assert codes([*levels(), *told_apart()], unknown) == {"asset_unknown"}


def test_a_long_history_of_investment_has_forgotten_its_first_stock_when_growth_begins() -> None:
    base = without(levels(), "K")
    prices = one("P_I", lambda n: 1.02**n, years=range(1980, 2025))

    def noted(since: int, **changes: Any) -> list[int]:
        flows = one("I", lambda n: 20 * 1.08**n, years=range(since, 2025))
        found = compute(wanted(capital=PIM, **changes), [*base, flows, prices])
        return [n["year"] for n in found.results["notices"] if n["code"] == "K0_MEMORY_HIGH"]

    assert noted(1980) == []
    assert noted(2010) == [2021]
    assert noted(1980, first_year=None) == []
    assert noted(2010, first_year=None) == [2011]


def test_spending_that_begins_within_the_period_is_no_history_of_it() -> None:
    late = one("RD", lambda n: 2 * 1.12**n, years=range(2021, 2025))
    assert codes([*levels(), late, P_Y], wanted(sti=True)) == {"year_missing"}
    elsewhere = one("P_Y", lambda n: 1.04**n, years=range(2005, 2009))
    assert codes([*levels(), RD, elsewhere], wanted(sti=True)) == {"year_missing"}


def test_science_and_technology_need_spending_and_its_prices() -> None:
    assert codes(levels(), wanted(sti=True)) == {"series_missing"}
    assert codes([*levels(), RD], wanted(sti=True)) == {"series_missing"}
    real = replace(RD, price_basis="constant-2010")
    assert compute(wanted(sti=True), [*levels(), real]).results["sti"]["RD_years"][0] == 2019
    given = ShareChoice(method="GIVEN", beta=0.9)
    undrawn = compute(wanted(sti=True, share=given), [*levels(), real]).results["sti"]
    assert (undrawn["definitions"], set(undrawn["point"])) == (
        None,
        {"STI_CORE", "STI_VNPI", "STI_PLAN"},
    )


# --- levels between places


def flat(value: float) -> Making:
    return lambda n: value


FOUR = ("vn-31-1997", "vn-30-1997", "vn-33-1997", "vn-34-1997")


def compared(**changes: Any) -> Specification:
    told = {
        "place_id": NATION,
        "engine": "CCD",
        "reference": FOUR[0],
        "first_year": None,
        **changes,
    }
    return wanted(**told)


def test_levels_are_relative_to_the_reference_and_say_who_was_left_out() -> None:
    names = FOUR
    series = [one for at, place in enumerate(names) for one in levels(place, 1.0 + at, 0.001 * at)]
    found = compute(compared(), series)
    relative = found.results["relative"]
    assert set(relative) == set(names)
    assert relative[HAI_PHONG] == [1.0] * len(YEARS)
    assert {"NOT_SPATIALLY_DEFLATED", "PLACE_LEFT_OUT"} <= set(found.warnings)
    assert found.results["base_year"] == 2010
    spatial = [one("SCOLI", flat(1.0 + at / 100), place) for at, place in enumerate(names)]
    deflated = compute(compared(first_year=2020, last_year=2024), [*series, *spatial])
    assert deflated.results["output"] == "VA / SCOLI"
    assert deflated.results["years"] == [2020, 2021, 2022, 2023, 2024]


def test_a_place_asked_for_by_name_must_be_complete_and_so_must_the_reference() -> None:
    series = [one for place in FOUR[:3] for one in levels(place)]
    assert codes(series, compared(places=(*FOUR[:3], "vn-48-1997"))) == {"series_missing"}
    assert codes(series, compared(reference="vn-48-1997")) == {"reference_missing"}


# --- the same again


def bundled(asked: Specification, series: list[Stored]) -> dict[str, Any]:
    """Return a bundle as it arrives elsewhere: through JSON."""
    made = bundle_of(compute(asked, series), code_version="1")
    read: dict[str, Any] = json.loads(json.dumps(made))
    return read


@pytest.mark.parametrize(
    ("asked", "series"),
    [
        (wanted(targets=(0.47,), share=ShareChoice(method="GIVEN", beta=0.123456789012)), levels()),
        (wanted(engine="TORNQVIST", labour_quality=True), [*levels(), *groups()]),
        (wanted(capital=PIM, sti=True), [*without(levels(), "K"), *ASSETS, RD, P_Y]),
        (merged(), [*levels(), *levels(HAI_DUONG)]),
        (compared(), [one for place in FOUR for one in levels(place)]),
    ],
    ids=["official", "log", "capital", "merged", "levels"],
)
def test_a_bundle_computed_again_gives_the_same_hash(
    asked: Specification, series: list[Stored]
) -> None:
    found = recompute(bundled(asked, series))
    assert (found.same, found.differences) == (True, ())


def test_a_changed_figure_or_result_is_found_and_named() -> None:
    told = bundled(wanted(), levels())
    told["results"]["period"]["g_A"] = 0.9
    found = recompute(told)
    assert not found.same
    assert any(line.startswith("/results/period/g_A: told 0.9") for line in found.differences)
    assert "/bundle_sha256" in found.differences[0]
    other = bundled(wanted(), levels())
    other["series"][0]["values"]["2024"] = "1"
    assert not recompute(other).same
    unsigned = bundled(wanted(), levels())
    del unsigned["bundle_sha256"]
    assert recompute(unsigned).same


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.update(format="pq-tfp-bundle/9"),
        lambda told: told.pop("parameters"),
        lambda told: told["parameters"].pop("place_id"),
        lambda told: told["series"][0]["values"].update({"2020": "nhiều"}),
        lambda told: told["series"][0]["values"].update({"2020": "NaN"}),
        lambda told: told.update(parameters="abc"),
        lambda told: told.update(series="abc"),
        lambda told: told["parameters"]["confidence"].update(draws="nhiều"),
    ],
)
def test_what_is_no_bundle_is_refused(change: Callable[[dict[str, Any]], Any]) -> None:
    told = bundled(wanted(), levels())
    change(told)
    with pytest.raises(BundleUnreadable):
        recompute(told)


def test_only_parameters_of_the_method_are_hashed() -> None:
    assert parameters_only({"place_id": "x", "mode": "demo", "parts": []}) == {"place_id": "x"}


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(-1000, 1000))
def test_canonical_json_survives_a_reading_in_which_whole_numbers_lose_their_fraction(
    value: float, whole: int
) -> None:
    told = {"a": [value, float(whole), -0.0], "b": None}
    again = json.loads(canonical_json(told))
    assert canonical_json(again) == canonical_json(told)
    assert canonical_json(canonical(told)) == canonical_json(told)


def test_iterative_estimators_keep_six_digits() -> None:
    assert canonical(1.23456789, digits=ITERATIVE_DIGITS) == 1.23457


def test_an_identity_that_fails_stops_the_run() -> None:
    shares: Mapping[int, float] = {2021: 0.4, 2022: 0.4}
    rest = {year: 1 - share for year, share in shares.items()}
    years = {2020: 1.0, 2021: 1.1, 2022: 1.2}
    inputs = Inputs(years, years, years, shares, rest)
    grown, period = account(inputs), account_period(inputs, 2020, 2022)
    with pytest.raises(ArithmeticError):
        _hold(replace(grown, contribution_A=grown.contribution_A + 1), period)
    with pytest.raises(ArithmeticError):
        _hold(grown, replace(period, g_A=period.g_A + 1))
