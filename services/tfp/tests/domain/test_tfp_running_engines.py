"""A run under both engines: mergers, notices, and how sure it is."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from services.tfp.tests.domain.running_series import (
    HAI_DUONG,
    HAI_PHONG,
    MERGED,
    NATION,
    PIM,
    invested,
    levels,
    merged,
    one,
    wanted,
    without,
)

from pq_tfp.domain.running.compute import compute
from pq_tfp.domain.running.specification import ShareChoice
from pq_tfp.domain.store.stored import Stored

# --- engines, mergers, notices


def test_hours_are_used_when_complete_and_persons_with_a_notice_when_not() -> None:
    hours = one("H", lambda n: 1800 * 1.005**n)
    found = compute(wanted(labour="hours"), [*levels(), hours])
    assert (found.results["labour_measure"], found.results["labour_unit"]) == ("H", "triệu giờ")
    assert found.results["period"]["g_L"] == pytest.approx(0.005)
    short = replace(hours, texts={y: t for y, t in hours.texts.items() if y < 2020})
    for series in (levels(), [*levels(), short]):
        fallen = compute(wanted(labour="hours"), series)
        assert fallen.results["labour_measure"] == "L"
        assert "FALLS_BACK_TO_PERSONS" in fallen.warnings
    only = compute(wanted(labour="hours"), [*without(levels(), "L"), hours])
    assert only.results["labour_measure"] == "H"


def test_a_break_of_definition_and_a_place_faster_than_the_nation_are_noted() -> None:
    broken = [replace(one, breaks=(2021,)) if one.measure == "L" else one for one in levels()]
    nation = one("Y", lambda n: 1000 * 1.01**n, NATION)
    found = compute(wanted(), [*broken, nation])
    at = {(notice["code"], notice["year"]) for notice in found.results["notices"]}
    assert ("DEFINITION_BREAK", 2021) in at
    assert ("FASTER_THAN_NATION", 2015) in at


def test_what_ends_early_shortens_the_run_and_says_so() -> None:
    short = [
        replace(one, texts={y: t for y, t in one.texts.items() if y < 2024 or one.measure != "L"})
        for one in levels()
    ]
    found = compute(wanted(), short)
    assert found.results["period"]["last_year"] == 2023
    assert "ENDS_EARLY" in found.warnings


def its_own(**labour: Any) -> list[Stored]:
    """Return what the merged place itself reports of 2024 to 2026; ``labour`` changes the series of workers."""
    years = range(2024, 2027)
    return [
        one("Y", lambda n: 200 * 1.07**n, MERGED, years=years),
        one("K", lambda n: 500 * 1.08**n, MERGED, years=years),
        one("L", lambda n: 1800 * 1.01**n, MERGED, **{"years": years, **labour}),
        one("VA", lambda n: 220 * 1.11**n, MERGED, years=years),
        one("labour_income", lambda n: 132 * 1.11**n, MERGED, years=years),
    ]


def test_a_successor_goes_on_with_its_own_figures_where_they_agree_with_the_sum() -> None:
    found = compute(merged(), [*levels(), *levels(HAI_DUONG), *its_own()])
    assert found.results["period"]["last_year"] == 2026
    assert found.results["period"]["g_A"] == pytest.approx(0.07 - 0.4 * 0.08 - 0.6 * 0.01, rel=1e-6)


@pytest.mark.parametrize(
    ("labour", "broken"),
    [({}, []), ({"breaks": (2024, 2026)}, [2026]), ({"definition": "ICLS-19"}, [2025])],
)
def test_growth_is_broken_where_the_successor_itself_changes_a_definition(
    labour: dict[str, Any], broken: list[int]
) -> None:
    found = compute(merged(), [*levels(), *levels(HAI_DUONG), *its_own(**labour)])
    notices = found.results["notices"]
    assert [one["year"] for one in notices if one["code"] == "DEFINITION_BREAK"] == broken


def test_a_successor_that_tells_no_later_year_adds_none() -> None:
    own = its_own(years=range(2023, 2025), breaks=(2024,))
    found = compute(merged(), [*levels(), *levels(HAI_DUONG), *own])
    assert found.results["period"]["last_year"] == 2024
    assert "DEFINITION_BREAK" not in found.warnings


def test_links_that_the_successor_needs_itself_are_told() -> None:
    further = one(
        "L", lambda n: 1800 * 1.01**n, MERGED, definition="ICLS-19", years=range(2025, 2028)
    )
    series = [*levels(), *levels(HAI_DUONG), *its_own(), further]
    link = compute(merged(), series).results["links"][0]
    assert (link["place_id"], link["to_definition"], link["overlap"]) == (
        MERGED, "ICLS-19", [2025, 2026],
    )  # fmt: skip


def test_investment_of_the_successor_goes_on_too() -> None:
    series = [
        *without(levels(), "K"), *without(levels(HAI_DUONG), "K"), *invested(), *invested(HAI_DUONG),
        one("I", lambda n: 60 * 1.1**n, MERGED, years=range(2024, 2027)),
        one("P_I", lambda n: 1.03**n, MERGED, years=range(2010, 2027)),
        one("Y", lambda n: 200 * 1.07**n, MERGED, years=range(2024, 2027)),
        one("L", lambda n: 1800 * 1.01**n, MERGED, years=range(2024, 2027)),
    ]  # fmt: skip
    given = ShareChoice(method="GIVEN", beta=0.6)
    found = compute(merged(capital=PIM, share=given), series)
    assert found.results["period"]["last_year"] == 2026
    assert max(map(int, found.inputs["K"])) == 2026


def test_a_successor_whose_figures_stand_on_another_basis_is_not_continued() -> None:
    series = [*levels(), *levels(HAI_DUONG)]
    other = one(
        "Y", lambda n: 300 * 1.07**n, MERGED, price_basis="constant-2020", years=range(2024, 2027)
    )
    assert compute(merged(), [*series, other]).results["period"]["last_year"] == 2024


def test_the_reallocation_term_closes_the_account_of_a_merger_under_both_engines() -> None:
    series = [*levels(HAI_PHONG, 2.0, 0.02), *levels(HAI_DUONG)]
    split = compute(merged(), series).results["headline"]["split"]
    parts = sum(part["weight"] * part["growth"]["g_A"] for part in split["parts"])
    whole = compute(merged(), series).results["period"]["g_A"]
    assert whole == pytest.approx(parts + split["reallocation"], abs=1e-9)
    assert abs(split["reallocation"]) > 1e-6
    merger = compute(merged(engine="TORNQVIST"), series).results["merger"]
    total = np.array(merger["within"]) + np.array(merger["reallocation"])
    np.testing.assert_allclose(total, merger["dln_A"], atol=1e-9)


def test_a_merger_is_not_split_where_its_parts_share_too_few_years() -> None:
    series = [*levels(), *levels(HAI_DUONG)]
    given = ShareChoice(method="GIVEN", beta=0.6)
    asked = merged(engine="TORNQVIST", share=given)
    assert compute(asked, without(series, "VA")).results["merger"] is None
    one_year = [
        replace(one, texts={2024: one.texts[2024]})
        if (one.measure, one.place_id) == ("VA", HAI_DUONG)
        else one
        for one in series
    ]
    assert compute(asked, one_year).results["merger"] is None


def test_log_growth_is_additive_and_its_contributions_sum_to_growth() -> None:
    found = compute(wanted(engine="TORNQVIST", first_year=2011, last_year=2024), levels()).results
    growth, period = found["growth"], found["period"]
    assert sum(growth["dln_A"]) == pytest.approx(14 * period["dln_A"], abs=1e-8)
    assert found["A_index"]["2024"] == pytest.approx(np.exp(sum(growth["dln_A"])), rel=1e-8)
    parts = sum(period[f"contribution_{name}"] for name in "KLA")
    assert parts == pytest.approx(period["dln_Y"], abs=1e-9)
    assert (found["contribution_unit"], found["engine"]) == ("log points", "TORNQVIST")
    low, high = (found["band"]["g_A"][end] / 100 for end in ("low", "high"))
    assert low < period["dln_A"] < high


def test_a_decline_has_no_share_under_either_engine() -> None:
    falling = [*without(levels(), "Y"), one("Y", lambda n: 100 * 0.98**n)]
    for engine in ("VN-OFFICIAL", "TORNQVIST"):
        period = compute(wanted(engine=engine), falling).results["period"]
        assert (period["growth_share_A"], period["reason"]) == (None, "NEGATIVE_GROWTH")


def test_a_default_period_is_all_that_the_series_cover() -> None:
    for engine in ("VN-OFFICIAL", "TORNQVIST"):
        period = compute(wanted(engine=engine, first_year=None), levels()).results["period"]
        assert (period["first_year"], period["last_year"]) == (2011, 2024)


def test_filled_years_have_no_log_growth_of_their_own() -> None:
    holed = [
        replace(one, texts={y: t for y, t in one.texts.items() if y != 2022 or one.measure != "K"})
        for one in levels()
    ]
    growth = compute(wanted(engine="TORNQVIST", fill_gaps=True), holed).results["growth"]
    assert growth["dln_A"][growth["years"].index(2022)] is None
    assert growth["reasons"][growth["years"].index(2023)] == "IMPUTED"


def test_filling_reaches_the_parts_of_a_merger() -> None:
    series = [*levels(), *levels(HAI_DUONG)]
    holed = [
        replace(one, texts={y: t for y, t in one.texts.items() if y != 2022 or one.measure != "K"})
        for one in series
    ]
    found = compute(merged(fill_gaps=True), holed)
    assert found.results["headline"]["split"] is not None


# --- how sure


def test_a_target_is_met_not_met_or_not_decidable_with_its_probability() -> None:
    targets = (0.01, 0.40, 1.4)
    told = compute(
        wanted(capital=replace(PIM, delta=0.06), targets=targets),
        [*without(levels(), "K"), *invested()],
    ).results["targets"]
    assert [one["target"] for one in told] == list(targets)
    assert all(0 <= one["probability"] <= 1 for one in told)
    assert told[-1]["verdict"] == "not met"
    wide = compute(wanted(targets=(0.40,)), levels()).results["targets"][0]
    assert (wide["verdict"], wide["reason"]) == ("not decidable", "TARGET_INSIDE_BAND")


@pytest.mark.parametrize("engine", ["VN-OFFICIAL", "TORNQVIST"])
def test_a_share_outside_what_is_drawn_has_no_band_and_says_so(engine: str) -> None:
    asked = wanted(engine=engine, share=ShareChoice(method="GIVEN", beta=0.9), targets=(0.4,))
    found = compute(asked, levels())
    assert (found.results["band"], found.results["band_reason"]) == (
        None,
        "ALPHA_OUTSIDE_DRAWN_RANGE",
    )
    assert "BAND_NOT_DRAWN" in found.warnings
