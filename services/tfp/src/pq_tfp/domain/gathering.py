"""Put the declared series of a place, or of the places it was made of, together into the inputs of an engine.

A successor's figures come from the summed levels of its predecessors, never from their rates; a set with one missing is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pq_common import places
from pq_common.errors import FieldError
from pq_tfp.domain.accounting import Inputs
from pq_tfp.domain.errors import SeriesRefused, fault
from pq_tfp.domain.series import Yearly

LEVELS = ("Y", "K", "L")
LABOUR_INCOME = "labour_income"
"""Full income of workers, current prices; with ``VA`` it gives the labour share of a merged place."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One stored series: its values with the facts that decide whether it may be summed."""

    values: Yearly
    unit: str
    price_basis: str | None


@dataclass(frozen=True, slots=True)
class Gathered:
    """Inputs ready for the engine, the places they were summed from, and what they have in common."""

    inputs: Inputs
    parts: tuple[str, ...]
    price_basis: str
    labour_unit: str
    share_method: str
    output_unit: str


def parts_of(place_id: str) -> tuple[str, ...]:
    """Return the places whose levels are summed: the predecessors, or the place itself when it has none."""
    return places.predecessors(place_id) or (place_id,)


def gather(declared: Mapping[tuple[str, str], Declared], parts: Sequence[str]) -> Gathered:
    """Return the inputs for the union of ``parts``. Raises SeriesRefused naming each missing or mixed series."""
    measures = (*LEVELS, LABOUR_INCOME, "VA")
    found = [
        fault(
            measure, None, "series_missing",
            f"Thiếu chuỗi {measure} của {places.describe(part)}.",
            f"The series {measure} of {places.describe(part)} is missing.",
        )
        for part in parts
        for measure in measures
        if (part, measure) not in declared
    ]  # fmt: skip
    if not found:
        found = _mixtures(declared, parts, measures)
    if found:
        raise SeriesRefused.because(found)
    sums = {name: _summed([declared[part, name].values for part in parts]) for name in measures}
    beta = {
        year: sums[LABOUR_INCOME][year] / sums["VA"][year]
        for year in sums["VA"]
        if year in sums[LABOUR_INCOME]
    }
    return Gathered(
        inputs=Inputs(
            sums["Y"], sums["K"], sums["L"],
            alpha={year: 1 - share for year, share in beta.items()}, beta=beta,
        ),
        parts=tuple(parts),
        price_basis=str(declared[parts[0], "Y"].price_basis),
        labour_unit=declared[parts[0], "L"].unit,
        share_method="full labour income / value added",
        output_unit=declared[parts[0], "Y"].unit,
    )  # fmt: skip


def _summed(series: Sequence[Yearly]) -> dict[int, float]:
    """Sum year by year; a year that one part lacks is left out, and the engine names the gap."""
    common = set.intersection(*(set(values) for values in series))
    return {year: sum(values[year] for values in series) for year in sorted(common)}


def _mixtures(
    declared: Mapping[tuple[str, str], Declared], parts: Sequence[str], measures: Sequence[str]
) -> list[FieldError]:
    found = []
    for measure in measures:
        bases = {
            (declared[part, measure].unit, declared[part, measure].price_basis) for part in parts
        }
        if len(bases) > 1:
            found.append(
                fault(
                    measure, None, "units_differ",
                    f"Các chuỗi {measure} khác đơn vị hoặc giá: {sorted(map(str, bases))}.",
                    f"The series {measure} differ in unit or prices: {sorted(map(str, bases))}.",
                )
            )  # fmt: skip
    constant = {declared[part, measure].price_basis for part in parts for measure in ("Y", "K")}
    if len(constant) > 1 or not all(str(basis).startswith("constant-") for basis in constant):
        found.append(
            fault(
                "price_basis", None, "price_basis_mixed",
                f"Y và K phải cùng một giá so sánh; nhận được {sorted(map(str, constant))}.",
                f"Y and K must share one constant-price basis; got {sorted(map(str, constant))}.",
            )
        )  # fmt: skip
    return found
