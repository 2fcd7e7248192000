"""The places that a run compares: those of one boundary whose series are complete and in the same prices, told which they are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pq_common import places
from pq_common.errors import FieldError
from pq_tfp.domain.axes import Axes, Notice, placed, refuse
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.running.flows import Years
from pq_tfp.domain.running.specification import Specification
from pq_tfp.domain.running.stock import capital_of
from pq_tfp.domain.running.supply import Supply, base_faults, constant_faults
from pq_tfp.domain.series import Array
from pq_tfp.domain.store.stored import Stored

Beside = Callable[[Supply], Mapping[str, Years]]


@dataclass(frozen=True, slots=True)
class Member:
    """One place with ``Y``, ``K``, ``L`` and what else was asked for, by year; ``contract`` is what an output tells of its inputs."""

    values: Mapping[str, Years]
    contract: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sample:
    """The places that are compared, and a notice of each that is not."""

    members: Mapping[str, Member]
    notices: tuple[Notice, ...]

    def table(self, name: str, axes: Axes) -> Array:
        """Return one measure of every place, (units, years); NaN where it is not told."""
        rows = [self.members[one].values[name] for one in axes.units]
        return np.array([[row.get(year, np.nan) for year in axes.years] for row in rows])


def gather(series: Sequence[Stored], wanted: Specification, beside: Beside) -> Sample:
    """Return the sample. Raises SeriesRefused with every fault of a place asked for by name.

    Asked for none by name, a place that lacks a series or tells output in other prices than the reference (the first place) is left out.
    """
    asked = wanted.places or places.boundary(wanted.boundary).places
    told: dict[str, Member] = {}
    lacking: dict[str, list[FieldError]] = {}
    for place_id in asked:
        try:
            told[place_id] = _member(series, place_id, wanted, beside)
        except SeriesRefused as refusal:
            lacking[place_id] = list(refusal.errors)
    lacking |= _of_other_prices(told, wanted.reference)
    refuse([fault for faults in lacking.values() for fault in faults] if wanted.places else [])
    members = {one: member for one, member in told.items() if one not in lacking}
    return Sample(members, tuple(Notice("PLACE_LEFT_OUT", None, one) for one in lacking))


def _member(
    series: Sequence[Stored], place_id: str, wanted: Specification, beside: Beside
) -> Member:
    supply = Supply(series, place_id, industry=wanted.industry, base_year=wanted.base_year)
    refuse(supply.missing([("Y", ""), ("L", "")]))
    Y, L = supply.level("Y"), supply.level("L")
    capital = capital_of(supply, wanted.capital, Y)
    refuse(constant_faults([Y.basis, capital.basis or Y.basis]))
    refuse(base_faults(Y.basis, wanted.base_year))
    contract = {
        "base_year": int(str(Y.basis).rpartition("-")[2]),
        "price_basis": Y.basis,
        "labour_unit": L.unit,
        "capital_method": capital.told,
    }
    values = {"Y": Y.whole, "K": capital.whole, "L": L.whole, **beside(supply)}
    return Member(values, contract)


def _of_other_prices(
    told: Mapping[str, Member], reference: str | None
) -> dict[str, list[FieldError]]:
    """Name the places whose output stands in other prices than that of the reference, or of the first place."""
    leading = told.get(reference or "", next(iter(told.values()), None))
    if leading is None:
        return {}
    wanted = leading.contract["price_basis"]
    return {
        one: [placed("Y", one, None, "price_basis_mixed", _said(member, wanted))]
        for one, member in told.items()
        if member.contract["price_basis"] != wanted
    }


def _said(member: Member, wanted: str) -> tuple[str, str]:
    basis = member.contract["price_basis"]
    return (
        f"Y theo giá {basis}, nơi khác theo {wanted}: không so sánh được.",
        f"Y stands in {basis}, elsewhere in {wanted}: they do not compare.",
    )
