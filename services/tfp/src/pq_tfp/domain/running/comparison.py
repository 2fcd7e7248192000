"""Levels between places in a run: engine CCD over the places of one boundary whose series are complete, told which they are.

Output is nominal value added over a spatial price index; without one, constant-price output stands in and the run says so.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pq_common.errors import FieldError
from pq_tfp.domain import levels as ccd
from pq_tfp.domain.axes import Axes, Notice, refuse
from pq_tfp.domain.errors import fault
from pq_tfp.domain.running.flows import Years
from pq_tfp.domain.running.official import Outcome
from pq_tfp.domain.running.sample import Sample, gather
from pq_tfp.domain.running.specification import Specification
from pq_tfp.domain.running.supply import Supply
from pq_tfp.domain.running.weights import shares_of
from pq_tfp.domain.store.stored import Stored

ENGINE = "CCD"
METHOD_VERSION = "1"


def comparison(series: Sequence[Stored], wanted: Specification) -> Outcome:
    """Return each place's productivity relative to ``wanted.reference``, by year. Raises SeriesRefused.

    A place that lacks a series is left out with its faults beside it, unless it was asked for by name.
    """

    def beside(supply: Supply) -> Mapping[str, Years]:
        shares = shares_of(supply, wanted.share, series, sorted(supply.level("Y").whole))
        return {"beta": shares.whole, "Y_spatial": _spatial(supply)}

    sample = gather(series, wanted, beside)
    refuse(_reference_faults(wanted, sample))
    spatial = all(one.values["Y_spatial"] for one in sample.members.values())
    notices = sample.notices
    if not spatial:
        notices = (*notices, Notice("NOT_SPATIALLY_DEFLATED", "Y"))
    results = {
        "engine": ENGINE, "method_version": METHOD_VERSION, "vintage": wanted.vintage,
        "output": "VA / SCOLI" if spatial else "Y", "share_method": wanted.share.method,
        **sample.members[str(wanted.reference)].contract, **_compare(sample, wanted, "Y_spatial" if spatial else "Y"),
    }  # fmt: skip
    return Outcome({}, results, notices)


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


def _reference_faults(wanted: Specification, sample: Sample) -> list[FieldError]:
    if wanted.reference in sample.members:
        return []
    vi = f"Nơi so sánh {wanted.reference} không có đủ số liệu hoặc không được nêu."
    en = f"The reference {wanted.reference} is not told, or its series are not complete."
    return [fault("reference", None, "reference_missing", vi, en)]


def _compare(sample: Sample, wanted: Specification, output: str) -> dict[str, Any]:
    of_reference = sample.members[str(wanted.reference)].values
    common = sorted(
        year
        for year in of_reference[output]
        if all(year in of_reference[name] for name in ("K", "L", "beta"))
        and (wanted.first_year or year) <= year <= (wanted.last_year or year)
    )
    axes = Axes(tuple(common), tuple(sample.members))
    beta = sample.table("beta", axes)
    inputs = {name: sample.table(name, axes) for name in ("K", "L")}
    found = ccd.compare(
        sample.table(output, axes), inputs, {"K": 1 - beta, "L": beta}, axes,
        reference=str(wanted.reference),
    )  # fmt: skip
    return {
        "reference": found.reference,
        "period": {"first_year": common[0], "last_year": common[-1]},
        "years": common,
        "relative": {one: found.relative[at] for at, one in enumerate(axes.units)},
        "members": {
            year: [one for at, one in enumerate(axes.units) if found.members[at, column]]
            for column, year in enumerate(common)
        },
    }
