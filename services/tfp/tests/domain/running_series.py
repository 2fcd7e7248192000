"""What the tests of runs are made of: stored series of a place, and what to ask of them."""

from collections.abc import Callable
from typing import Any

import pytest

from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.running.compute import compute
from pq_tfp.domain.running.specification import CapitalChoice, Specification
from pq_tfp.domain.store.stored import Stored

HAI_PHONG, HAI_DUONG, MERGED, NATION = "vn-31-1997", "vn-30-1997", "vn-31-2025", "vn"
YEARS = range(2010, 2025)
UNITS = {
    "L": "nghìn người", "H": "triệu giờ", "N_employees": "nghìn người", "P_I": "năm gốc = 1",
    "P_Y": "năm gốc = 1", "SCOLI": "năm gốc = 1", "beta": "phần của 1", "investment_ratio": "phần của 1",
    "h": "nghìn người", "wage": "triệu đồng/người/tháng",
}  # fmt: skip
BASIS = {"Y": "constant-2010", "K": "constant-2010", "K0": "constant-2010"}
NO_PRICES = {"L", "H", "N_employees", "P_I", "P_Y", "SCOLI", "beta", "investment_ratio", "h"}

Making = Callable[[int], float]


def one(measure: str, make: Making, place: str = HAI_PHONG, **changes: Any) -> Stored:
    """Return a stored series whose value n years after 2010 is ``make(n)``."""
    years = changes.pop("years", YEARS)
    number = len(_made)
    _made.append(measure)
    told: dict[str, Any] = {
        "id": f"{number:06d}", "place_id": place, "industry": "total", "measure": measure, "item": "",
        "kind": "flow", "unit": UNITS.get(measure, "tỷ đồng"), "vintage": "v1", "definition": None,
        "breaks": (), "is_synthetic": True,
        "price_basis": None if measure in NO_PRICES else BASIS.get(measure, "current"),
        "texts": {year: f"{make(year - 2010):.6f}" for year in years},
        **changes,
    }  # fmt: skip
    return Stored(**told)


_made: list[str] = []


def levels(place: str = HAI_PHONG, size: float = 1.0, pace: float = 0.0) -> list[Stored]:
    return [
        one("Y", lambda n: size * 100 * (1.07 + pace) ** n, place),
        one("K", lambda n: size * 250 * (1.08 + pace) ** n, place),
        one("L", lambda n: size * 900 * 1.01**n, place),
        one("VA", lambda n: size * 110 * 1.11**n, place),
        one("labour_income", lambda n: size * 66 * 1.11**n, place),
    ]


def wanted(**changes: Any) -> Specification:
    told = {
        "place_id": HAI_PHONG,
        "boundary": "2021",
        "vintage": "v1",
        "first_year": 2021,
        **changes,
    }
    return Specification(**told)


def merged(**changes: Any) -> Specification:
    return wanted(**{"place_id": MERGED, "boundary": "2025-07-01", **changes})


def codes(series: list[Stored], asked: Specification) -> set[str]:
    with pytest.raises(SeriesRefused) as refused:
        compute(asked, series)
    return {error.code for error in refused.value.errors}


def without(series: list[Stored], *measures: str) -> list[Stored]:
    return [one for one in series if one.measure not in measures]


PIM = CapitalChoice(method="PIM", delta=0.05)


def invested(place: str = HAI_PHONG, size: float = 1.0) -> list[Stored]:
    return [
        one("I", lambda n: size * 30 * 1.1**n, place),
        one("P_I", lambda n: 1.03**n, place),
    ]
