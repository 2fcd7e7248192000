"""Slips of whoever types a request: named where they stand, never passed over, and words for officers instead of patterns."""

import json
import unicodedata
from typing import Any

import pytest

from pq_common.errors import PqError
from pq_tfp.api.compute.catalogue import ROUTES
from pq_tfp.api.compute.engines import compute

OFFICIAL: dict[str, Any] = {
    "price_basis": "constant-2010",
    "Y": {"2020": 100, "2021": 107, "2022": 115},
    "K": {"2020": 200, "2021": 220, "2022": 240},
    "L": {"2020": 50, "2021": 50.5, "2022": 51},
    "beta": {"2021": 0.6, "2022": 0.6},
}
PANEL: dict[str, Any] = {
    "units": ["Hải Phòng", "Cà Mau"],
    "years": [2020, 2021],
    "y": {"Y": [[100, 107], [60, 62]]},
    "x": {"K": [[200, 220], [110, 114]], "L": [[50, 50.5], [30, 30]]},
    "z": {"beta": [[0.6, 0.6], [0.62, 0.62]]},
}
ROW = [[1, 1], [1, 1]]


def refused(body: Any, route: str = "accounting") -> list[tuple[str, str]]:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(PqError) as refusal:
        compute(route, text, lambda done, total: None)
    assert all(fault.message_vi and fault.message_en for fault in refusal.value.errors)
    return [(fault.pointer, fault.code) for fault in refusal.value.errors]


def panel(**sides: Any) -> dict[str, Any]:
    told = {**PANEL, **{side: {**PANEL.get(side, {}), **more} for side, more in sides.items()}}
    return {"price_basis": "constant-2010", "panel": told}


@pytest.mark.parametrize("side", ["x", "y", "z"])
def test_a_series_that_the_official_engine_does_not_read_is_refused_by_name(side: str) -> None:
    assert refused(panel(**{side: {"betta": ROW}})) == [("/betta", "series_unknown")]


def test_a_series_on_two_sides_of_a_panel_is_refused() -> None:
    assert refused(panel(x={"Y": ROW})) == [("/Y", "series_twice")]


@pytest.mark.parametrize("route", ["industries", "merged-place", "levels"])
def test_no_route_with_a_panel_passes_over_a_series(route: str) -> None:
    (engine,) = ROUTES[route].engines.values()
    example = engine.asked.model_config["json_schema_extra"]["examples"][0]
    rows = next(iter(example["panel"]["x"].values()))
    told = {**example["panel"], "z": {**example["panel"]["z"], "lạ": rows}}
    assert refused({**example, "panel": told}, route) == [("/lạ", "series_unknown")]
    told = {**example["panel"], "y": {**example["panel"]["y"], "K": rows}}
    assert refused({**example, "panel": told}, route) == [("/K", "series_unknown")]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("declared", {"k": {"kind": "flow"}}),
        ("vintages", {"k": {"2020": "a"}}),
        ("breaks", {"k": [2021]}),
        ("earlier", {"k": {"values": {"2019": 1}}}),
    ],
)
@pytest.mark.parametrize("engine", ["VN-OFFICIAL", "TORNQVIST"])
def test_an_option_about_a_series_that_is_not_there_is_refused(
    engine: str, option: str, value: Any
) -> None:
    body = {**OFFICIAL, "engine": engine, option: value}
    assert refused(body) == [(f"/{option}/k", "series_unknown")]


def test_a_share_is_not_linked_to_an_earlier_one() -> None:
    earlier = {"beta": {"values": {"2020": 0.5, "2021": 0.5}}}
    assert refused({**OFFICIAL, "earlier": earlier}) == [("/earlier/beta", "series_unknown")]


def test_current_prices_are_not_linked_to_constant_ones() -> None:
    earlier = {"Y": {"price_basis": "current", "values": {"2019": 40, "2020": 41}}}
    assert refused({**OFFICIAL, "earlier": earlier}) == [("/Y", "price_basis_mixed")]


@pytest.mark.parametrize(
    ("ends", "pointers"),
    [
        ({"first_year": 2020}, ["/first_year"]),
        ({"first_year": 1990, "last_year": 2030}, ["/first_year", "/last_year"]),
        ({"first_year": 2022, "last_year": 2021}, ["/first_year"]),
    ],
)
def test_a_period_outside_the_years_names_the_end_that_was_told(
    ends: dict[str, int], pointers: list[str]
) -> None:
    assert refused({**OFFICIAL, **ends}) == [(one, "period_outside_series") for one in pointers]


def test_one_name_in_two_spellings_is_one_unit() -> None:
    apart = unicodedata.normalize("NFD", "Hải Phòng")
    twice = {**PANEL, "units": ["Hải Phòng", apart]}
    assert refused({"price_basis": "constant-2010", "panel": twice}) == [
        ("/units/Hải Phòng", "unit_duplicated")
    ]
    body = {"price_basis": "constant-2010", "panel": {**PANEL, "units": [apart, "x"]}}
    told = json.loads(compute("accounting", json.dumps(body).encode(), lambda done, total: None))
    assert list(told["units"]) == ["Hải Phòng", "x"]


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    body = json.dumps(OFFICIAL).replace("107", "1" + "0" * 5000).encode()
    assert refused(body) == [("", "json_invalid")]


def test_a_year_or_a_basis_of_another_form_is_refused_in_words_at_its_own_place() -> None:
    with pytest.raises(PqError) as refusal:
        compute(
            "accounting",
            json.dumps({**OFFICIAL, "Y": {"năm 2020": 1}, "price_basis": "2010"}).encode(),
            lambda done, total: None,
        )
    said = {fault.pointer: fault.message_vi for fault in refusal.value.errors}
    assert said["/Y/năm 2020"] == "Cần một năm như 2021, nhận được “năm 2020”."
    assert said["/price_basis"].startswith("Cần constant-2010")


def test_a_missing_cell_is_missing_and_not_a_number_below_zero() -> None:
    example = ROUTES["industries"].engines["TORNQVIST"].asked.model_config["json_schema_extra"]
    told = example["examples"][0]
    K = [[None, 82.0], *told["panel"]["x"]["K"][1:]]
    sides = {**told["panel"], "x": {**told["panel"]["x"], "K": K}}
    assert refused({**told, "panel": sides}, "industries") == [("/K/A/2020", "year_missing")]


def test_a_table_with_a_number_for_a_row_is_refused_at_the_row() -> None:
    assert refused(panel(y={"Y": [[100, 107], 60]})) == [("/panel/y/Y/1", "list_type")]
