"""Levels between places in a run: engine CCD over the places of one boundary whose series are complete, told which they are.

Output is nominal value added over a spatial price index; without one, constant-price output stands in and the run says so.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pq_common import places
from pq_common.errors import FieldError
from pq_tfp.domain import levels as ccd
from pq_tfp.domain.axes import Axes, Notice, refuse
from pq_tfp.domain.errors import SeriesRefused, fault
from pq_tfp.domain.running.flows import Years
from pq_tfp.domain.running.official import Outcome
from pq_tfp.domain.running.specification import Specification
from pq_tfp.domain.running.stock import capital_of
from pq_tfp.domain.running.supply import Supply, constant_faults
from pq_tfp.domain.running.weights import shares_of
from pq_tfp.domain.store.stored import Stored

ENGINE = "CCD"
METHOD_VERSION = "1"


def comparison(series: Sequence[Stored], wanted: Specification) -> Outcome:
    """Return each place's productivity relative to ``wanted.reference``, by year. Raises SeriesRefused.

    A place that lacks a series is left out with its faults beside it, unless it was asked for by name.
    """
    asked = wanted.places or places.boundary(wanted.boundary).places
    told: dict[str, dict[str, Years]] = {}
    left_out: dict[str, list[FieldError]] = {}
    for place_id in asked:
        try:
            told[place_id] = _inputs(series, place_id, wanted)
        except SeriesRefused as refusal:
            left_out[place_id] = list(refusal.errors)
    refuse([one for found in left_out.values() for one in found] if wanted.places else [])
    refuse(_reference_faults(wanted, told))
    spatial = all(one["Y_spatial"] for one in told.values())
    compared = _compare(told, wanted, "Y_spatial" if spatial else "Y")
    notices = [Notice("PLACE_LEFT_OUT", None, place_id) for place_id in left_out]
    if not spatial:
        notices.append(Notice("NOT_SPATIALLY_DEFLATED", "Y"))
    results = {
        "engine": ENGINE, "method_version": METHOD_VERSION, "vintage": wanted.vintage,
        "output": "VA / SCOLI" if spatial else "Y", **_contract(series, wanted), **compared,
    }  # fmt: skip
    return Outcome({}, results, tuple(notices))


def _inputs(series: Sequence[Stored], place_id: str, wanted: Specification) -> dict[str, Years]:
    supply = Supply(series, place_id, industry=wanted.industry, base_year=wanted.base_year)
    refuse(supply.missing([("Y", ""), ("L", "")]))
    Y, L = supply.level("Y"), supply.level("L")
    capital = capital_of(supply, wanted.capital, Y)
    refuse(constant_faults([Y.basis, capital.basis or Y.basis]))
    beta = shares_of(supply, wanted.share, series, sorted(Y.whole)).whole
    return {
        "Y": Y.whole, "K": capital.whole, "L": L.whole, "beta": beta,
        "Y_spatial": _spatial(supply),
    }  # fmt: skip


def _contract(series: Sequence[Stored], wanted: Specification) -> dict[str, Any]:
    """Return what the output tells of its inputs, read off the reference: the others share its prices or are no members."""
    supply = Supply(
        series, str(wanted.reference), industry=wanted.industry, base_year=wanted.base_year
    )
    Y, L = supply.level("Y"), supply.level("L")
    return {
        "base_year": int(str(Y.basis).rpartition("-")[2]),
        "price_basis": Y.basis,
        "labour_unit": L.unit,
        "share_method": wanted.share.method,
        "capital_method": capital_of(supply, wanted.capital, Y).told,
    }


def _spatial(supply: Supply) -> Years:
    """Return VA / SCOLI summed over the parts; empty where a part lacks either."""
    if not (supply.has("VA") and supply.has("SCOLI")):
        return {}
    VA, prices = supply.level("VA").parts, supply.level("SCOLI").parts
    deflated = [
        {
            year: value / prices[part][year]
            for year, value in VA[part].items()
            if year in prices[part]
        }
        for part in supply.parts
    ]
    common = set.intersection(*(set(one) for one in deflated))
    return {year: sum(one[year] for one in deflated) for year in sorted(common)}


def _reference_faults(
    wanted: Specification, told: Mapping[str, Mapping[str, Years]]
) -> list[FieldError]:
    if wanted.reference in told:
        return []
    vi = f"Nơi so sánh {wanted.reference} không có đủ số liệu hoặc không được nêu."
    en = f"The reference {wanted.reference} is not told, or its series are not complete."
    return [fault("reference", None, "reference_missing", vi, en)]


def _compare(
    told: Mapping[str, Mapping[str, Years]], wanted: Specification, output: str
) -> dict[str, Any]:
    units = tuple(told)
    of_reference = told[str(wanted.reference)]
    common = sorted(
        year
        for year in of_reference[output]
        if all(year in of_reference[name] for name in ("K", "L", "beta"))
        and (wanted.first_year or year) <= year <= (wanted.last_year or year)
    )
    axes = Axes(tuple(common), units)

    def table(name: str) -> Any:
        return np.array([[told[one][name].get(year, np.nan) for year in common] for one in units])

    beta = table("beta")
    found = ccd.compare(
        table(output), {"K": table("K"), "L": table("L")}, {"K": 1 - beta, "L": beta}, axes,
        reference=str(wanted.reference),
    )  # fmt: skip
    return {
        "reference": found.reference,
        "period": {"first_year": common[0], "last_year": common[-1]},
        "years": list(common),
        "relative": {one: found.relative[at] for at, one in enumerate(units)},
        "members": {
            year: [one for at, one in enumerate(units) if found.members[at, column]]
            for column, year in enumerate(common)
        },
    }
