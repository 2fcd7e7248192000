"""Frontiers over stored places: refusals first, then that they are the engines' own figures, and who is not among them."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from services.tfp.tests.domain.running_series import (
    HAI_DUONG,
    HAI_PHONG,
    MERGED,
    NATION,
    codes,
    levels,
    one,
    wanted,
    without,
)

from pq_tfp.domain import fare_primont, hicks_moorsteen, malmquist, malmquist_bootstrap
from pq_tfp.domain.axes import Axes
from pq_tfp.domain.quantities import Quantities
from pq_tfp.domain.running.compute import bundle_of, compute, recompute
from pq_tfp.domain.running.specification import FRONTIERS, Specification
from pq_tfp.domain.store.stored import Stored

PLACES = (HAI_DUONG, HAI_PHONG, "vn-33-1997", "vn-34-1997")
SHORT = "vn-34-1997"
ENGINES = sorted(FRONTIERS)


def asked(engine: str = "MALMQUIST", **changes: Any) -> Specification:
    told = {"place_id": NATION, "engine": engine, "first_year": 2020, "last_year": 2023, **changes}
    return wanted(**told)


def told() -> list[Stored]:
    """Return four places of their own size and pace, none of which is the other's multiple."""
    return [each for at, place in enumerate(PLACES) for each in _place(at, place)]


def _place(at: int, place: str) -> list[Stored]:
    return [
        one("Y", lambda n: (1 + at) * 100 * (1.07 - 0.01 * at) ** n, place),
        one("K", lambda n: (1 + at) * 250 * (1.06 + 0.01 * at) ** n, place),
        one("L", lambda n: (1 + 0.8 * at) * 900 * (1.01 + 0.002 * at) ** n, place),
    ]


def quantities(first: int, last: int) -> Quantities:
    """Return the same as the engines take it."""
    years, series = range(first, last + 1), told()
    tables = {
        name: np.array([
            [float(each.texts[year]) * (1000 if name == "L" else 1) for year in years]
            for each in series if each.measure == name
        ])
        for name in "YKL"
    }  # fmt: skip
    axes = Axes(tuple(years), PLACES)
    return Quantities(axes, {"K": tables["K"], "L": tables["L"]}, {"Y": tables["Y"]})


# --- refusals


@pytest.mark.parametrize("engine", ENGINES)
def test_a_frontier_of_two_places_is_refused_with_the_minimum(engine: str) -> None:
    two = [each for each in told() if each.place_id in PLACES[:2]]
    assert codes(two, asked(engine)) == codes([], asked(engine)) == {"sample_too_small"}


def test_one_year_has_levels_and_no_change() -> None:
    assert codes(told(), asked(first_year=2011, last_year=2010)) == {"sample_too_small"}
    found = compute(asked("FARE_PRIMONT", first_year=2012, last_year=2012), told())
    assert found.results["years"] == [2012]


def test_a_place_asked_for_by_name_must_be_complete_and_in_the_prices_of_the_others() -> None:
    lacking = [each for each in told() if (each.place_id, each.measure) != (SHORT, "K")]
    assert codes(lacking, asked(places=PLACES)) == {"series_missing"}
    dear = [
        replace(each, price_basis="constant-2020")
        if each.place_id == SHORT and each.price_basis == "constant-2010"
        else each
        for each in told()
    ]
    assert codes(dear, asked(places=PLACES)) == {"price_basis_mixed"}
    left = compute(asked(), dear)
    assert set(left.results["change"]) == set(PLACES[:3])
    assert {
        notice["unit"] for notice in left.results["notices"] if notice["code"] == "PLACE_LEFT_OUT"
    } > {SHORT}


# --- figures


def test_malmquist_of_stored_places_is_that_of_the_engine_and_grows_out_of_the_year_before() -> (
    None
):
    found, plain = compute(asked(), told()).results, malmquist.change(quantities(2019, 2023))
    assert (found["years"], found["price_basis"], found["inputs"]) == (
        [2020, 2021, 2022, 2023], "constant-2010", ["K", "L"],
    )  # fmt: skip
    for at, place in enumerate(PLACES):
        for part in malmquist.PARTS:
            np.testing.assert_allclose(
                found["change"][place][part], plain.parts[part][at], rtol=1e-9
            )
        assert found["change"][place]["reason"] == [None] * 4
    assert found["overall"]["M"] == pytest.approx(plain.overall["M"], rel=1e-9)
    assert "bands" not in found


def test_bands_are_drawn_where_they_are_asked_for() -> None:
    found = compute(asked(replications=100), told()).results["bands"]
    seeded = asked(replications=100).confidence.seed
    sure = malmquist_bootstrap.bands(quantities(2019, 2023), replications=100, seed=seeded)
    for at, place in enumerate(PLACES):
        np.testing.assert_allclose(found["low"][place]["M"], sure.low["M"][at], rtol=1e-6)
        np.testing.assert_allclose(found["high"][place]["TC"], sure.high["TC"][at], rtol=1e-6)


def test_hicks_moorsteen_and_fare_primont_are_those_of_the_engines() -> None:
    index = compute(asked("HM_BJUREK"), told()).results
    plain = hicks_moorsteen.change(quantities(2019, 2023))
    np.testing.assert_allclose(
        index["change"][HAI_PHONG]["HM_BJUREK"], plain.HM_BJUREK[1], rtol=1e-9
    )
    assert index["over_years"][HAI_PHONG] == pytest.approx(plain.over_years[1], rel=1e-9)
    level = compute(asked("FARE_PRIMONT"), told()).results
    primont = fare_primont.compare(quantities(2020, 2023))
    np.testing.assert_allclose(level["levels"][HAI_PHONG]["TFP"], primont.TFP[1], rtol=1e-9)
    assert level["price_y"]["Y"] == pytest.approx(primont.price_y["Y"], rel=1e-9)


def test_in_a_year_that_a_place_lacks_it_is_absent_and_the_reason_is_told() -> None:
    gone = [
        replace(each, texts={y: t for y, t in each.texts.items() if y < 2023})
        if (each.place_id, each.measure) == (SHORT, "L")
        else each
        for each in told()
    ]
    found = compute(asked(), gone)
    assert found.results["change"][SHORT]["M"][3] is None
    assert found.results["change"][SHORT]["reason"] == [None, None, None, "NOT_IN_BOTH_YEARS"]
    assert "DROPPED_FROM_PAIR" in found.warnings


def test_a_merged_place_stands_with_the_summed_levels_of_its_predecessors() -> None:
    found = compute(asked(boundary="2025-07-01", places=(MERGED, "vn-33-2025", "vn-48-1997")), [
        *told(), *without(levels("vn-48-1997", 3.0), "VA"),
    ]).results  # fmt: skip
    assert list(found["change"]) == [MERGED, "vn-33-2025", "vn-48-1997"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_bundle_of_a_frontier_computed_again_gives_the_same_hash(engine: str) -> None:
    drawn = {"replications": 100} if engine == "MALMQUIST" else {}
    bundle = bundle_of(compute(asked(engine, **drawn), told()), code_version="1")
    assert recompute(bundle).same


def test_a_bundle_of_before_a_parameter_was_there_still_computes_again_to_its_hash() -> None:
    made = compute(asked("FARE_PRIMONT"), told())
    older = {name: one for name, one in made.parameters.items() if name != "replications"}
    assert recompute(bundle_of(replace(made, parameters=older), code_version="0")).same
