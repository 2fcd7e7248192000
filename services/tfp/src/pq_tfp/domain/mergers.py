"""A merged place is computed from the summed levels of its predecessors, never from the mean of their rates.

Y, K, L, real investment, K0 and the nominal aggregates are summed; β comes from the summed nominal aggregates. Fixed-base constant
prices are additive, chained volumes are not and are refused before this. The difference between the whole and the weighted parts
is printed as reallocation: Δln A_m = Σ_i w̄_i·Δln A_i + reallocation.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pq_common.errors import FieldError
from pq_tfp.domain.aggregation import Aggregate, aggregate
from pq_tfp.domain.axes import Axes, placed, positive_faults, refuse, shape_faults
from pq_tfp.domain.series import Array
from pq_tfp.domain.tornqvist import LogGrowth, account_costs

SUMMED = ("Y", "K", "L", "VA", "labour_income")
LARGEST_GAP = 0.005
"""Half a percent between the sum of the parts and the published total: more than rounding, so a part is missing or changed."""


@dataclass(frozen=True, slots=True)
class Merged:
    """The whole and its parts under engine TORNQVIST, with the split of the whole's productivity over them."""

    whole: LogGrowth
    parts: LogGrowth
    levels: dict[str, Array]
    beta: Array
    split: Aggregate


def summed(
    levels: Mapping[str, Array], units: Sequence[str], *, expected: Sequence[str]
) -> dict[str, Array]:
    """Return the sum over places, the first axis, of every array told: Y, L, real I and K0 of one base year, nominal VA, CE, MI, T.

    Raises SeriesRefused unless ``units`` are exactly the ``expected`` predecessors and each array has a row for each of them.
    """
    refuse(_incomplete(units, expected))
    wanted = len(units)
    refuse(
        [
            fault
            for name, values in levels.items()
            for fault in shape_faults({name: values}, (wanted, *values.shape[1:]))
        ]
    )
    return {name: values.sum(axis=0) for name, values in levels.items()}


def merge(levels: Mapping[str, Array], axes: Axes, *, expected: Sequence[str]) -> Merged:
    """Return the account of the union of ``axes.units``, which must be exactly the ``expected`` predecessors.

    ``levels`` holds Y, K (constant prices of one base year), L, VA and labour_income (current prices), shape (units, years).
    Raises SeriesRefused with ``predecessors_incomplete`` and every other fault.
    """
    refuse(_incomplete(axes.units, expected))
    known = {name: levels[name] for name in SUMMED}
    refuse(shape_faults(known, axes.shape))
    refuse([f for name, values in known.items() for f in positive_faults(name, values, axes)])
    costs = {"K": known["VA"] - known["labour_income"], "L": known["labour_income"]}
    inputs = {name: known[name] for name in "KL"}
    parts = account_costs(known["Y"], inputs, costs, axes)
    sums = summed(known, axes.units, expected=expected)
    whole = account_costs(
        sums["Y"],
        {name: sums[name] for name in "KL"},
        {name: values.sum(axis=0) for name, values in costs.items()},
        Axes(axes.years),
    )
    split = aggregate(whole, parts, known["VA"])
    return Merged(whole, parts, sums, sums["labour_income"] / sums["VA"], split)


def completeness_faults(
    field: str, summed: Array, published: Mapping[int, float], axes: Axes
) -> list[FieldError]:
    """Compare the sum of the parts with the published total of the merged place in the years both cover.

    A gap above 0.5 % is a fault, and a sum that is no number; so is having no year in common, because then nothing was checked.
    """
    at = {year: float(summed[place]) for place, year in enumerate(axes.years) if year in published}
    if not at:
        said = (
            f"{field}: không có năm chung với số công bố để đối chiếu.",
            f"{field}: no year in common with the published total to check against.",
        )
        return [placed(field, None, None, "overlap_missing", said)]
    return [
        placed(
            field, None, year, "sum_differs_from_published",
            (
                f"{field} năm {year}: tổng các đơn vị cũ {value:g}, số công bố {published[year]:g}.",
                f"{field} in {year}: the predecessors sum to {value:g}, {published[year]:g} was published.",
            ),
        )
        for year, value in at.items()
        if not abs(value - published[year]) <= LARGEST_GAP * abs(published[year])
    ]  # fmt: skip


def official_reallocation(g_A: float, part_g_A: Array, weights: Array) -> float:
    """Return g_A of the whole less Σ w_i·g_A,i for engine VN-OFFICIAL; weights are shares of VA in the first year of the growth."""
    return float(g_A - np.sum(weights * part_g_A))


def _incomplete(units: Sequence[str], expected: Sequence[str]) -> list[FieldError]:
    told = Counter(units)
    said = (
        "Thiếu đơn vị cũ này, đơn vị có hai lần, hoặc không thuộc nơi sáp nhập.",
        "This predecessor is missing, comes twice, or does not belong to the merged place.",
    )
    return [
        placed("units", unit, None, "predecessors_incomplete", said)
        for unit in sorted({*units, *expected})
        if (told[unit], unit in expected) != (1, True)
    ]  # fmt: skip
