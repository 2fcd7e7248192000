"""Frontiers of places in a run: Malmquist, Hicks-Moorsteen after Bjurek and Färe-Primont, output Y made of capital and labour.

With some thirty places a frontier is what a few of them show, so it serves analysis and is never a headline: these runs are not published.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pq_tfp.domain import fare_primont, hicks_moorsteen, malmquist, malmquist_bootstrap
from pq_tfp.domain.axes import Axes, Notice, refuse
from pq_tfp.domain.guards import SMALLEST_SAMPLE, sample_faults
from pq_tfp.domain.quantities import Quantities
from pq_tfp.domain.running.official import Outcome
from pq_tfp.domain.running.sample import Sample, gather
from pq_tfp.domain.running.specification import Specification
from pq_tfp.domain.store.stored import Stored

MEASURES = ("Y", "K", "L")
LEVELS = ("TFP", "AO", "AI", "TFPE", "OTE", "OSE", "OME", "ROSE", "RME")


def frontiers(series: Sequence[Stored], wanted: Specification) -> Outcome:
    """Return the frontier figures of every place that is complete in enough years. Raises SeriesRefused.

    In a year in which a place lacks one of Y, K and L it is absent.
    """
    sample = gather(series, wanted, lambda supply: {})
    refuse(sample_faults("places", len(sample.members), minimum=SMALLEST_SAMPLE))
    told = _quantities(sample, wanted)
    engine = {
        malmquist.ENGINE: _malmquist,
        hicks_moorsteen.ENGINE: _hicks_moorsteen,
        fare_primont.ENGINE: _fare_primont,
    }[wanted.engine]
    results, notices = engine(told, wanted)
    leading = next(iter(sample.members.values()))
    contract = {
        "engine": wanted.engine, "vintage": wanted.vintage, "output": "Y", "inputs": ["K", "L"], **leading.contract,
        "period": {"first_year": results["years"][0], "last_year": results["years"][-1]},
    }  # fmt: skip
    return Outcome({}, {**contract, **results}, (*sample.notices, *notices))


def _quantities(sample: Sample, wanted: Specification) -> Quantities:
    """Return levels over the years asked for in which enough places are complete; the first growth grows out of the year before."""
    asked = {year for one in sample.members.values() for year in one.values["Y"]}
    before = 0 if wanted.engine == fare_primont.ENGINE else 1
    chosen = [
        year
        for year in sorted(asked)
        if (wanted.first_year or year + before) - before <= year <= (wanted.last_year or year)
        and _complete(sample, year) >= SMALLEST_SAMPLE
    ]
    refuse(sample_faults("years", len(chosen), minimum=1 + before))
    axes = Axes(tuple(range(chosen[0], chosen[-1] + 1)), tuple(sample.members))
    tables = {name: sample.table(name, axes) for name in MEASURES}
    absent = np.isnan(np.stack(list(tables.values()))).any(axis=0)
    told = {name: np.where(absent, np.nan, table) for name, table in tables.items()}
    return Quantities(axes, {name: told[name] for name in ("K", "L")}, {"Y": told["Y"]})


def _complete(sample: Sample, year: int) -> int:
    return sum(
        all(year in one.values[name] for name in MEASURES) for one in sample.members.values()
    )


def _malmquist(
    told: Quantities, wanted: Specification
) -> tuple[dict[str, Any], tuple[Notice, ...]]:
    found = malmquist.change(told)
    results: dict[str, Any] = {
        "method_version": malmquist.METHOD_VERSION, "years": found.axes.years,
        "change": _by_place(found.axes, {**found.parts, "reason": _reasons(found.reason)}),
        "over_years": _by_place(found.axes, found.over_years),
        "over_places": found.over_units, "overall": found.overall,
    }  # fmt: skip
    if not wanted.replications:
        return results, found.notices
    sure = malmquist_bootstrap.bands(
        told, replications=wanted.replications, seed=wanted.confidence.seed
    )
    results["bands"] = {
        name: _by_place(found.axes, values)
        for name, values in (("low", sure.low), ("corrected", sure.corrected), ("high", sure.high))
    }
    return results, (*found.notices, *sure.notices)


def _hicks_moorsteen(
    told: Quantities, wanted: Specification
) -> tuple[dict[str, Any], tuple[Notice, ...]]:
    found = hicks_moorsteen.change(told)
    of_place = {
        "HM_BJUREK": found.HM_BJUREK, "output_change": found.output_change, "input_change": found.input_change,
        "reason": _reasons(found.reason),
    }  # fmt: skip
    return {
        "method_version": hicks_moorsteen.METHOD_VERSION, "years": found.axes.years,
        "change": _by_place(found.axes, of_place),
        "over_years": dict(zip(found.axes.units, found.over_years.tolist(), strict=True)),
        "over_places": found.over_units, "overall": found.overall,
    }, found.notices  # fmt: skip


def _fare_primont(
    told: Quantities, wanted: Specification
) -> tuple[dict[str, Any], tuple[Notice, ...]]:
    found = fare_primont.compare(told)
    return {
        "method_version": fare_primont.METHOD_VERSION, "years": found.axes.years,
        "levels": _by_place(found.axes, {name: getattr(found, name) for name in LEVELS}),
        "TFP_max": found.TFP_max, "price_y": found.price_y, "price_x": found.price_x,
    }, found.notices  # fmt: skip


def _by_place(axes: Axes, tables: Mapping[Any, Any]) -> dict[str, Any]:
    """Return tables of shape (units, …) by place, then by name."""
    return {
        one: {name: table[at] for name, table in tables.items()}
        for at, one in enumerate(axes.units)
    }


def _reasons(found: NDArray[np.str_]) -> list[list[str | None]]:
    """Return why there is no figure, null where there is one."""
    return [[reason or None for reason in row] for row in found.tolist()]
